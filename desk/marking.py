"""Where in a text something stands: quotations, explanation spans and found words as pieces a template can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import store
from desk import words
from records import Assessment

Kind = Literal["quote", "hit", "reason", ""]
RANK: dict[str, int] = {"quote": 0, "hit": 1, "reason": 2}
"""which mark shows where several cover one stretch"""


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    why: str
    kind: Kind = "quote"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and why it is marked; without a kind it is not."""

    text: str
    why: str = ""
    kind: Kind = ""


def pieces(assessment: Assessment, field: str, text: str, query: str = "") -> list[Piece]:
    """The field cut at the quotations of acts and claims, the words searched for, and the heaviest reasons."""
    marks = [*quotations(assessment, field, text), *hits(text, query), *weights(assessment, field)]
    return cut(text, marks)


def quotations(assessment: Assessment, field: str, text: str) -> Iterator[Mark]:
    for act in assessment.acts:
        if act.field == field:
            yield Mark(act.start, act.end, act.reason)
    for claim in assessment.claims:
        start = text.find(claim.quote) if claim.verdict == "contradicted" and claim.quote else -1
        if start >= 0:
            yield Mark(start, start + len(claim.quote), claim.differs or "trái quy định")


def hits(text: str, query: str) -> list[Mark]:
    """The words of a search, as it folds them; words that stand together are one mark."""
    if not query:
        return []
    found: list[Mark] = []
    for start, end in store.found_in(text, query)[1]:
        if found and not text[found[-1].end : start].strip():
            start, end = found[-1].start, max(end, found.pop().end)
        found.append(Mark(start, end, "", "hit"))
    return found


def weights(assessment: Assessment, field: str, most: int = 12) -> Iterator[Mark]:
    for span in sorted(assessment.spans, key=lambda span: -abs(span.weight))[:most]:
        if span.field == field:
            yield Mark(span.start, span.end, reason(span.task, span.label), "reason")


def reason(task: str, label: str) -> str:
    """What a span speaks for, in words."""
    name, choices = words.TASKS.get(task, (words.TASK.get(task, task), {}))
    return f"{name}: {choices.get(label, label)}"


def cut(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """`text` as pieces. Marks outside the text are dropped; where several cover a stretch the strongest kind shows, of
    one kind the first begun."""
    inside = [mark for mark in marks if 0 <= mark.start < min(mark.end, len(text))]
    edges = sorted({0, len(text), *(mark.start for mark in inside), *(min(mark.end, len(text)) for mark in inside)})
    found: list[Piece] = []
    for start, end in pairwise(edges):
        covering = [mark for mark in inside if mark.start <= start and end <= mark.end]
        top = min(covering, key=lambda mark: (RANK[mark.kind], mark.start), default=None)
        piece = Piece(text[start:end], top.why, top.kind) if top else Piece(text[start:end])
        if found and (found[-1].why, found[-1].kind) == (piece.why, piece.kind):
            piece = Piece(found.pop().text + piece.text, piece.why, piece.kind)
        found.append(piece)
    return found


def snippet(text: str, query: str, most: int = 260) -> list[Piece]:
    """A stretch around the first found word, the words of the search marked; without a search the beginning."""
    if not query:
        return [Piece(text[:most].rsplit(" ", 1)[0] + "…" if len(text) > most else text)]
    shown, _ = store.found_in(text, query, most)
    return cut(shown, hits(shown, query))


def reasons(assessment: Assessment, title: str, text: str, most: int = 12) -> list[tuple[str, str, float]]:
    """The heaviest spans behind the answers: (what they speak for, words, weight), heaviest first."""
    fields = {"title": title, "text": text}
    spans = sorted(assessment.spans, key=lambda span: -abs(span.weight))[:most]
    return [(reason(one.task, one.label), fields[one.field][one.start : one.end], one.weight) for one in spans]
