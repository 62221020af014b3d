"""Where in a text something stands: quotations and explanation spans as a run of pieces a template can show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from records import Assessment


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and why it is marked; an empty reason: it is not."""

    text: str
    why: str = ""


def quotations(assessment: Assessment, field: str, text: str) -> list[Piece]:
    """The field cut at the quotations of acts and claims, in order."""
    marks = [(act.start, act.end, act.reason) for act in assessment.acts if act.field == field]
    for claim in assessment.claims:
        start = text.find(claim.quote) if claim.verdict == "contradicted" and claim.quote else -1
        if start >= 0:
            marks.append((start, start + len(claim.quote), claim.differs or "trái quy định"))
    return cut(text, marks)


def cut(text: str, marks: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """`text` as pieces. Marks outside the text are dropped; where marks overlap the first begun wins the overlap."""
    pieces, at = [], 0
    for start, end, why in sorted(marks):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], why))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces


def reasons(assessment: Assessment, title: str, text: str, most: int = 12) -> list[tuple[str, str, str, float]]:
    """The heaviest spans behind the answers: (task, label, words, weight), heaviest first."""
    fields = {"title": title, "text": text}
    spans = sorted(assessment.spans, key=lambda span: -abs(span.weight))[:most]
    return [(span.task, span.label, fields[span.field][span.start : span.end], span.weight) for span in spans]
