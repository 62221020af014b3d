"""May a candidate take the place of the model in force? Decided from both models' answers to the same texts: the analysts'
random sample, and the written challenge set. Pure: it reads no file and changes nothing.

The sample tells of the stream as it is and holds hardly any act; the challenge set (nlp/challenge.jsonl, never trained on) sets
true acts beside honest criticism, complaints, questions and refutations of the same matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from nlp import evaluation, pairing
from nlp.examples import Example
from nlp.pairing import Change
from records import Assessment
from vietnamese import number_text

CHALLENGE = Path(__file__).with_name("challenge.jsonl")
ENOUGH = 200
"""items of the random sample below which no candidate is promoted by itself"""
LOSS = 0.005
"""macro-F1 a task may lose"""
TASKS = ("relevance", "sentiment", "target", "topic", "feedback")
NAMES = {
    "relevance": "mức liên quan",
    "sentiment": "sắc thái",
    "target": "đối tượng bị phê phán",
    "topic": "chủ đề chính",
    "feedback": "phản ánh",
    "act_recall": "hành vi tìm được",
    "false_flags": "cắm cờ nhầm",
    "relevance_post": "mức liên quan của bài mạng xã hội",
    "topics": "mọi chủ đề",
    "all_topics": "tin đúng mọi chủ đề",
}
PLACES = {"sample": "mẫu ngẫu nhiên", "challenge": "bộ thử thách"}
KEEP = "giữ mô hình cũ: "
"""before the losses, where a candidate goes aside"""
SLACK = 1e-9
"""rounding of floats is no loss"""


@dataclass(frozen=True, slots=True)
class Answered:
    """A labelled text with the answers of the model in force and of the candidate. `stands`: for how many texts."""

    example: Example
    before: Assessment
    after: Assessment
    stands: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the comparison. `what`: a task (macro-F1), "all_topics", "act_recall" or "false_flags" (shares of texts)."""

    where: Literal["sample", "challenge"]
    what: str
    change: Change

    @property
    def lost(self) -> bool:
        step = self.change.after - self.change.before
        if self.what == "false_flags":
            return step > SLACK
        return step < -SLACK if self.what == "act_recall" else step < -LOSS - SLACK


@dataclass(frozen=True, slots=True)
class Verdict:
    """`promote`; `aside`: something would be lost; `wait`: too few items of the random sample to say, a person may decide."""

    state: Literal["promote", "aside", "wait"]
    reason: str
    """in Vietnamese, for the page and the log"""
    figures: tuple[Figure, ...]

    def told(self) -> list[dict[str, Any]]:
        """The figures as JSON values."""
        return [asdict(figure) | {"lost": figure.lost} for figure in self.figures]


def weigh(sample: Sequence[Answered], challenge: Sequence[Answered]) -> Verdict:
    """Promoted only where no task loses more than `LOSS`, act recall does not fall and no honest text is flagged anew."""
    figures = (*_figures("sample", sample), *_figures("challenge", challenge))
    enough = len(sample) >= ENOUGH
    lost = [figure for figure in figures if figure.lost and (enough or figure.where == "challenge")]
    if lost:
        return Verdict("aside", KEEP + "; ".join(map(_loss, lost)), figures)
    if not enough:
        return Verdict(
            "wait",
            f"mới có {len(sample)} tin của mẫu ngẫu nhiên được gán nhãn, dưới {ENOUGH} thì máy không tự thay mô hình",
            figures,
        )
    return Verdict("promote", f"không mặt nào kém đi trên {len(sample)} tin mẫu ngẫu nhiên và bộ thử thách", figures)


def _figures(where: Literal["sample", "challenge"], answered: Sequence[Answered]) -> Iterator[Figure]:
    for question in evaluation.QUESTIONS:
        asked = [one for one in answered if question.name in TASKS and question.asked(one.example)]
        truth = [question.truth(one.example) for one in asked]
        before, after = ([question.answer(answer) for answer in side] for side in _sides(asked))
        if change := pairing.macro_f1(truth, before, after, weights=[one.stands for one in asked]):
            yield Figure(where, question.name, change)
    listed = [one for one in answered if one.example.answers.get("relevance", 1) and "topics" in one.example.answers]
    was, now = ([set(a.topics) == set(one.example.answers["topics"]) for one, a in zip(listed, side, strict=True)]
                for side in _sides(listed))  # fmt: skip
    if change := pairing.rate(was, now, [one.stands for one in listed]):
        yield Figure(where, "all_topics", change)
    told = [one for one in answered if "clauses" in one.example.answers]
    for what, true in (("act_recall", True), ("false_flags", False)):
        some = [one for one in told if _commits(mode for _, mode in one.example.answers["clauses"]) is true]
        was, now = ([_commits(act.mode for act in answer.acts) for answer in side] for side in _sides(some))
        if change := pairing.rate(was, now, [one.stands for one in some]):
            yield Figure(where, what, change)


def _sides(answered: Sequence[Answered]) -> tuple[list[Assessment], list[Assessment]]:
    return [one.before for one in answered], [one.after for one in answered]


def _commits(modes: Iterable[str]) -> bool:
    return "commits" in set(modes)


def _loss(figure: Figure) -> str:
    points = number_text(round(100 * abs(figure.change.after - figure.change.before), 1))
    turn = "tăng" if figure.what == "false_flags" else "giảm"
    return f"{NAMES[figure.what]} trên {PLACES[figure.where]} {turn} {points} điểm"
