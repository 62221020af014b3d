"""What an analyst answered, out of a form: checked against what exists, in the words the store keeps (store/answers.py).

Shared by the page of one item, the pages of the queues and the import of labels. It writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import Form, HTTPException

import vietnamese
from desk import wiring, words
from records import Act, Clause, Document, Judged, Mode

ALL = "all"
"""the task of a question about every task"""
SINGLE = tuple(words.TASKS)
EVERY = (*SINGLE, "topics", "provinces", "acts")
"""the tasks, in the order of the form"""
MOST_TOPICS, MOST = 3, 5
QUOTE = 2000
MARKED = re.compile(
    r"(?P<clause>\w+):(?P<mode>\w+)(?::(?P<field>title|text):(?P<start>\d{1,8}):(?P<end>\d{1,8}))?", re.ASCII
)
Parts = Annotated[tuple[str, ...], Form(max_length=8)]


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form as they came."""

    single: dict[str, str]
    topics: tuple[str, ...]
    also: tuple[str, ...]
    provinces: tuple[str, ...]
    province: str
    acts: tuple[str, ...]
    rows: list[tuple[str, str, str, str, str]]
    """clause, mode, quotation, field, start: of each act marked by hand"""


def sent(
    relevance: Annotated[str, Form(max_length=20)] = "",
    sentiment: Annotated[str, Form(max_length=20)] = "",
    target: Annotated[str, Form(max_length=20)] = "",
    feedback: Annotated[str, Form(max_length=20)] = "",
    topics: Parts = (),
    also: Parts = (),
    provinces: Parts = (),
    province: Annotated[str, Form(max_length=300)] = "",
    acts: Parts = (),
    clause: Parts = (),
    mode: Parts = (),
    quote: Parts = (),
    field: Parts = (),
    start: Parts = (),
) -> Sent:
    """The dependency of a form with answers."""
    single = {"relevance": relevance, "sentiment": sentiment, "target": target, "feedback": feedback}
    rows = list(zip(clause, mode, quote, field, start, strict=False))
    return Sent(single, topics, also, provinces, province, acts, rows)


def answers(desk: wiring.Desk, document: Document, task: str, given: Sent) -> dict[str, str]:
    """task -> the answer's text. Of every task at once, one that is not about the field needs no other answer.

    Raises 422 for what is missing or does not exist."""
    if task != ALL:
        return {task: answer(desk, document, task, given)}
    relevance = answer(desk, document, "relevance", given)
    others = EVERY[1:] if relevance != "0" else ()
    return {"relevance": relevance} | {each: answer(desk, document, each, given, whole=True) for each in others}


def answer(desk: wiring.Desk, document: Document, task: str, given: Sent, whole: bool = False) -> str:
    """`whole`: in a form of every task an empty list says "none"; alone it says that nothing was chosen."""
    if task in SINGLE:
        return checked(desk, task, [given.single[task]] if given.single[task] else [])
    if task == "topics":
        return checked(desk, task, list(dict.fromkeys([*given.topics, *given.also]))[:MOST_TOPICS])
    if task == "provinces":
        chosen = [name for name in given.provinces if name] + list(provinces(desk, given.province))
        return checked(desk, task, list(dict.fromkeys(chosen)), none=whole or "" in given.provinces)
    if task == "acts":
        marked = [*(each for each in given.acts if each), *(act(document, *row) for row in given.rows if row[0])]
        return acts(document, list(dict.fromkeys(marked)), none=whole or "" in given.acts)
    raise HTTPException(422, "Nhãn không hợp lệ.")


def checked(desk: wiring.Desk, task: str, new: list[str], none: bool = False) -> str:
    """The label's text. Raises 422 for a task or value that does not exist; `none`: no value at all is an answer."""
    allowed: dict[str, set[str]] = {name: set(choices) for name, (_, choices) in words.TASKS.items()}
    if task not in allowed:
        known = desk.knowledge
        allowed["topics"] = {*(topic.id for topic in known.topics), "khac"}
        allowed["provinces"] = {province.name for province in known.provinces}
    if task in allowed and not new and not none:
        raise HTTPException(422, f"Chưa chọn: {words.TASK[task]}.")
    single = task in words.TASKS
    if task not in allowed or not set(new) <= allowed[task] or (single and len(new) != 1) or len(new) > MOST:
        raise HTTPException(422, "Nhãn không hợp lệ.")
    return ";".join(new)


def provinces(desk: wiring.Desk, text: str) -> Iterator[str]:
    """The provinces of today that a person typed, with or without accents, former names too. Raises 422."""
    for name in filter(None, (part.strip() for part in vietnamese.nfc(text).replace(",", ";").split(";"))):
        found = desk.knowledge.province(name)
        if found is None:
            raise HTTPException(422, f"Không rõ tỉnh, thành phố “{name}”; hãy viết tên hiện nay.")
        yield found.name


def act(document: Document, clause: str, mode: str, quote: str, field: str, start: str) -> str:
    """An act marked by hand, with the place of its quotation: the one nearest to where it was marked. Raises 422."""
    text, said = _field(document, field), vietnamese.nfc(quote).replace("\r\n", "\n").strip()[:QUOTE]
    if not said:
        return f"{clause}:{mode}"
    near = int(start) if re.fullmatch(r"\d{1,8}", start, re.ASCII) else 0
    at = min(_places(text, said), key=lambda place: abs(place - near), default=None)
    if at is None:
        raise HTTPException(422, "Đoạn trích của hành vi không có trong bài; hãy bôi đen lại đoạn đó.")
    return f"{clause}:{mode}:{field or 'text'}:{at}:{at + len(said)}"


def _places(text: str, said: str) -> Iterator[int]:
    at = text.find(said)
    while at >= 0:
        yield at
        at = text.find(said, at + 1)


def _field(document: Document, field: str) -> str:
    return (document.title or "") if field == "title" else document.text


def acts(document: Document, marked: list[str], none: bool = False) -> str:
    """The answer of these acts. Raises 422 for a clause, mode or place that does not exist."""
    if not marked and not none:
        raise HTTPException(422, "Chưa chọn hành vi nào; nếu không có, hãy chọn “không có hành vi nào”.")
    if len(marked) > MOST or not all(_exists(document, each) for each in marked):
        raise HTTPException(422, "Hành vi không hợp lệ.")
    return ";".join(marked)


def _exists(document: Document, marked: str) -> bool:
    found = MARKED.fullmatch(marked)
    if found is None or found["clause"] not in get_args(Clause) or found["mode"] not in get_args(Mode):
        return False
    return not found["field"] or int(found["start"]) < int(found["end"]) <= len(_field(document, found["field"]))


def machine(judged: Judged, task: str) -> str:
    """The machine's answer in the words of a label."""
    value = getattr(judged.assessment, task)
    if isinstance(value, tuple):
        return ";".join(marked(each) if isinstance(each, Act) else each for each in value)
    return "" if value is None else str(value)


def marked(act: Act) -> str:
    return f"{act.clause}:{act.mode}:{act.field}:{act.start}:{act.end}"


def in_force(judged: Judged, task: str) -> str:
    """The answer that stood until now: the last human one, else the machine's."""
    return judged.labels[task] if task in judged.labels else machine(judged, task)


def for_copy(task: str, text: str) -> str:
    """The same answer for a copy, whose words stand at other places."""
    return ";".join(":".join(each.split(":")[:2]) for each in text.split(";")) if task == "acts" else text
