"""The queues of questions as people meet them: names, keys, what one question shows and what it hides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import store
from desk import answering, marking, wiring, words
from records import Judged, Label

RECENT = timedelta(hours=12)
"""an answer this fresh can be taken back from the page"""
TOPIC_KEYS = "1234567890qweryiopadfjklzxvbnm"
"""one key a topic; u, g, s, h, t, c do something on every question"""


@dataclass(frozen=True, slots=True)
class Queue:
    slug: str
    name: str
    about: str
    origin: Literal["unsure", "random", "second", "decision"]
    blind: bool
    """neither the machine's answer nor another person's is shown before the answer is kept"""


QUEUES: dict[str, Queue] = {
    "unsure": Queue("it-chac", "Máy ít chắc nhất", "Tin máy phân vân, ít chắc nhất trước; mỗi lượt một loại nhãn.", "unsure", False),
    "random": Queue(
        "ngau-nhien", "Mẫu ngẫu nhiên", "Tin bốc thăm mỗi tuần, gán đủ mọi nhãn; chỉ mẫu này đo chất lượng của máy.", "random", True
    ),
    "second": Queue(
        "lan-hai", "Gán độc lập lần hai", "Tin người khác đã gán; bạn không thấy câu trả lời của họ cho đến khi ghi.", "second", True
    ),
    "disagreement": Queue(
        "bat-dong", "Hai người trả lời khác nhau", "Chọn câu trả lời đúng; câu trả lời của bạn có hiệu lực.", "decision", False
    ),
}  # fmt: skip
BY_SLUG = {queue.slug: name for name, queue in QUEUES.items()}
TASK_NAMES = {answering.ALL: "mọi nhãn", **{task: words.TASK[task] for task in answering.EVERY}}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    text: str
    key: str
    hint: str = ""
    """who answered so: the machine, or one of two people"""


@dataclass(frozen=True, slots=True)
class Question:
    """What the page of one question shows."""

    judged: Judged
    title: list[marking.Piece]
    text: list[marking.Piece]
    choices: dict[str, list[Choice]]
    """task -> its choices, with their keys"""
    copies: int


@dataclass(frozen=True, slots=True)
class Told:
    """The answer given last: what it said, and what may be said of it now that it is kept."""

    batch: str
    short: str
    title: str
    said: str
    copies: int
    beside: str


def ask(desk: wiring.Desk, queue: str, task: str, judged: Judged) -> Question:
    blind = QUEUES[queue].blind
    document, assessment = judged.document, judged.assessment
    tasks = answering.EVERY if task == answering.ALL else (task,)
    hints = hinted(desk, queue, task, judged)
    shown = {"title": document.title or "", "text": document.text}
    pieces = {
        field: [marking.Piece(text)] if blind else marking.pieces(assessment, field, text)
        for field, text in shown.items()
    }
    reach = len(desk.store.labels.copies(document.key)) if not blind and told_often(judged) else 0
    return Question(
        judged, pieces["title"], pieces["text"],
        {each: choices(desk, each, judged, hints, blind) for each in tasks}, reach,
    )  # fmt: skip


def told_often(judged: Judged) -> bool:
    return judged.story is not None and judged.story.documents > 1


def hinted(desk: wiring.Desk, queue: str, task: str, judged: Judged) -> dict[str, str]:
    """answer -> whose it is, where the question is not blind."""
    if queue == "unsure":
        return dict.fromkeys(parts(task, answering.machine(judged, task)), "máy")
    if queue == "disagreement":
        given = desk.store.labels.of(judged.document.key)
        two = [label for label in given if label.task == task and label.origin in ("random", "second")]
        return {part: "một người" for label in two for part in parts(task, label.new)}
    return {}


def parts(task: str, text: str) -> tuple[str, ...]:
    """The choices an answer is made of; of topics the main one."""
    return tuple(text.split(";")[: 1 if task == "topics" else None]) if text else ("",)


def choices(
    desk: wiring.Desk, task: str, judged: Judged, hints: dict[str, str], blind: bool
) -> list[Choice]:  # fmt: skip
    if task == "topics":
        named = [*((topic.id, topic.name) for topic in desk.knowledge.topics), ("khac", "Khác")]
        keys = [*TOPIC_KEYS, *[""] * len(named)]
    elif task in words.TASKS:
        named, keys = list(words.TASKS[task][1].items()), list("123456789")
        keys = list("012") if task == "relevance" else keys
    elif blind:
        return []
    else:
        named = [*candidates(desk, task, judged, hints), ("", NONE[task])]
        keys = [*"123456789"[: len(named) - 1], *[""] * (len(named) - 10), "0"]
    return [Choice(value, text, key, hints.get(value, "")) for (value, text), key in zip(named, keys, strict=False)]


NONE = {"provinces": "Không nêu tỉnh, thành phố nào", "acts": "Không có hành vi nào"}


def candidates(desk: wiring.Desk, task: str, judged: Judged, hints: dict[str, str]) -> list[tuple[str, str]]:
    """What there is to choose from without typing: provinces the text may mean, acts the machine or people saw."""
    if task == "acts":
        return [(value, act_text(desk, value)) for value in hints if value]
    sure, unsure = judged.assessment.provinces, judged.assessment.provinces_unsure
    names = [*sure, *(name for group in unsure for name in group), *(value for value in hints if value)]
    return [(name, name) for name in dict.fromkeys(names)]


def act_text(desk: wiring.Desk, value: str) -> str:
    clause, mode = value.split(":")[:2]
    return f"{next((act.name for act in desk.knowledge.acts if act.clause == clause), clause)}: {words.MODE.get(mode, mode)}"


def last(desk: wiring.Desk, login: str, now: datetime) -> Told | None:
    """The answer this person gave last and can still take back."""
    given = desk.store.labels.last(login, now - RECENT)
    if given is None:
        return None
    said = "; ".join(f"{words.TASK[label.task]}: {value_text(desk, label.task, label.new)}" for label in given.answers)
    key = given.answers[0].document
    return Told(
        given.batch, store.short_id(key), given.title, said, given.items - 1, "; ".join(compared(desk, key, given.answers))
    )  # fmt: skip


def compared(desk: wiring.Desk, key: str, answers: tuple[Label, ...]) -> Iterator[str]:
    """What the machine, and the person before, had said otherwise: shown only now, after a blind answer."""
    origin = answers[0].origin
    judged = desk.store.judged.get(key) if origin in ("random", "second") else None
    if judged is None:
        return
    before = desk.store.labels.of(key) if origin == "second" else []
    first = {label.task: label.new for label in before if label.origin == "random"}
    for label in answers:
        others = {"máy": answering.machine(judged, label.task)}
        others |= {"người trước": first[label.task]} if label.task in first else {}
        for who, text in others.items():
            if store.comparable(label.task, text) != store.comparable(label.task, label.new):
                yield f"{who} trả lời {words.TASK[label.task]}: {value_text(desk, label.task, text)}"


def value_text(desk: wiring.Desk, task: str, text: str) -> str:
    """A label's value as people read it."""
    if task in words.TASKS:
        return words.TASKS[task][1].get(text, text) or "(trống)"
    said = {"topics": lambda one: words.topic(desk.knowledge, one), "acts": lambda one: act_text(desk, one)}
    return ", ".join(said.get(task, str)(one) for one in text.split(";") if one) or "(không có)"
