"""What changed between two versions, word by word: what went, what came, and a little of what stayed around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from rapidfuzz.distance import Indel

from records import Version

Kind = Literal["same", "out", "in", "gap"]
MOST = 20_000
"""words of a part that are compared"""
AROUND = 12
"""words of what stayed, shown before and after a change"""
ISLAND = 2
"""so few words that stayed between two changes are shown as changed too: it reads better"""
PARTS = (("title", "Tiêu đề"), ("lead", "Sapô"), ("body", "Nội dung"))
_WORD = re.compile(r"\n+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str
    """words; empty for a gap: words that stayed and are not shown"""


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the text that changed."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def places(self) -> int:
        """How many stretches changed."""
        changed = [piece.kind in ("in", "out") for piece in self.pieces]
        return sum(now and not before for before, now in pairwise([False, *changed]))


def between(old: Version, new: Version) -> list[Change]:
    """The parts that changed, in the order they are read."""
    found = []
    for field, name in PARTS:
        before, after = getattr(old, field) or "", getattr(new, field) or ""
        if before != after:
            found.append(Change(name, tuple(shortened(compared(before, after)))))
    return found


def compared(old: str, new: str) -> list[Piece]:
    """All of both texts. The pieces "same" and "out" together are the old words, "same" and "in" the new ones."""
    before, after = _WORD.findall(old)[:MOST], _WORD.findall(new)[:MOST]
    runs: list[tuple[Kind, list[str]]] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            runs.append(("same", before[step.src_start : step.src_end]))
        if step.tag == "delete":
            runs.append(("out", before[step.src_start : step.src_end]))
        if step.tag == "insert":
            runs.append(("in", after[step.dest_start : step.dest_end]))
    return [Piece(kind, _joined(words)) for kind, words in _ordered(_without_islands(runs))]


def _without_islands(runs: Sequence[tuple[Kind, list[str]]]) -> Iterator[tuple[Kind, list[str]]]:
    for number, (kind, words) in enumerate(runs):
        inside = 0 < number < len(runs) - 1
        if kind == "same" and inside and len(words) <= ISLAND and "\n" not in "".join(words):
            yield "out", words
            yield "in", words
        else:
            yield kind, words


def _ordered(runs: Iterator[tuple[Kind, list[str]]]) -> Iterator[tuple[Kind, list[str]]]:
    """Of each stretch that changed, first all that went, then all that came."""
    for stayed, group in groupby(runs, key=lambda run: run[0] == "same"):
        stretch = list(group)
        for kind in ("same",) if stayed else ("out", "in"):
            if words := [word for of, some in stretch if of == kind for word in some]:
                yield kind, words  # type: ignore[misc]


def shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """With what stayed cut to the words around the changes."""
    for number, piece in enumerate(pieces):
        words = _WORD.findall(piece.text)
        first, last = number == 0, number == len(pieces) - 1
        if piece.kind != "same" or len(words) <= AROUND * (2 - first - last):
            yield piece
            continue
        if not first:
            yield Piece("same", _joined(words[:AROUND]))
        yield Piece("gap", "")
        if not last:
            yield Piece("same", _joined(words[-AROUND:]))


def _joined(words: Sequence[str]) -> str:
    return re.sub(r" ?(\n+) ?", r"\1", " ".join(words))
