"""Counts compared honestly: what a figure says, how sure it is, and the Vietnamese words for it. Pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import vietnamese

FEW = 10
"""below this many items no percentage is given and no change is called a trend"""
DOUBT = 0.01
"""two-sided chance above which a change is called ordinary variation; strict, because reprints make counts vary more
than independent events would"""
Z95 = 1.959963984540054
EXACT = 1000
"""sums up to this are tested exactly"""

SHORT = {
    "unknown": "chưa so sánh được",
    "same": "không đổi",
    "few": "số lượng ít, chưa nói lên xu hướng",
    "ordinary": "dao động thông thường",
}

Direction = Literal["unknown", "same", "few", "ordinary", "up", "down"]


@dataclass(frozen=True, slots=True)
class Change:
    """A count beside the count of the week before (None: not known)."""

    now: int
    before: int | None
    direction: Direction
    ratio: float | None
    """(now - before) / before, only for "up" and "down" with before > 0"""
    chance: float | None
    """two-sided chance of a difference this large if nothing had changed"""

    @property
    def text(self) -> str:
        """The comparison in words, to follow the figure in a sentence."""
        return _words(self)

    @property
    def short(self) -> str:
        """The comparison in a few words, for a table."""
        if self.direction in ("up", "down"):
            verb = "tăng" if self.direction == "up" else "giảm"
            return f"{verb} {vietnamese.percent(abs(self.ratio))}" if self.ratio is not None else f"{verb} rõ rệt"
        return SHORT[self.direction]


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` with its 95 % Wilson interval; value, low and high are 0..1."""

    part: int
    whole: int
    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """ "12,5%", or "3 trên 8 tin" where a percentage would pretend too much."""
        if self.whole < FEW:
            return f"{self.part} trên {self.whole} tin"
        return vietnamese.percent(self.value)

    @property
    def sure_text(self) -> str:
        """ "12,5%; khoảng tin cậy 95%: 8–19%"; as `text` where no percentage is given."""
        if self.whole < FEW:
            return self.text
        low, high = (vietnamese.number_text(100 * end, 0) for end in (self.low, self.high))
        return f"{self.text}; khoảng tin cậy 95%: {low}–{high}%"


def change(now: int, before: int | None) -> Change:
    """How `now` stands to `before`; both at least 0."""
    if before is None:
        return Change(now, None, "unknown", None, None)
    if now == before:
        return Change(now, before, "same", None, 1.0)
    chance = _chance(now, before)
    if max(now, before) < FEW:
        return Change(now, before, "few", None, chance)
    if chance > DOUBT:
        return Change(now, before, "ordinary", None, chance)
    ratio = (now - before) / before if before else None
    return Change(now, before, "up" if now > before else "down", ratio, chance)


def share(part: int, whole: int) -> Share:
    """`part` of `whole` (0 <= part <= whole; a whole of 0 gives 0 with the interval 0..1)."""
    low, high = interval(part, whole)
    return Share(part, whole, part / whole if whole else 0.0, low, high)


def interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion, within 0..1."""
    if whole == 0:
        return 0.0, 1.0
    p, n, z2 = part / whole, whole, Z95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (0.0 if part == 0 else max(0.0, centre - half)), (1.0 if part == whole else min(1.0, centre + half))


def _chance(now: int, before: int) -> float:
    """Two-sided binomial test of `now` out of now + before at one half: exact for small sums, else normal."""
    total, larger = now + before, max(now, before)
    if total <= EXACT:
        tail = sum(math.comb(total, k) for k in range(larger, total + 1))
        return min(1.0, tail / (1 << (total - 1)))
    return math.erfc((larger - 0.5 - total / 2) / math.sqrt(total / 2))


def _words(change: Change) -> str:
    if change.before is None:
        return "chưa có số liệu tuần trước để so sánh"
    if change.direction == "same":
        return "bằng tuần trước" if change.now else "tuần trước cũng không có"
    before = f"tuần trước {vietnamese.number_text(change.before) if change.before else 'không có'}"
    if change.direction == "few":
        return f"{before}; số lượng ít, chưa nói lên xu hướng"
    if change.direction == "ordinary":
        return f"{before}; chênh lệch trong mức dao động thông thường"
    difference = vietnamese.number_text(abs(change.now - change.before))
    verb = "tăng" if change.direction == "up" else "giảm"
    if change.ratio is None:
        return f"tuần trước không có; {verb} rõ rệt"
    return f"{verb} {difference}, tức {vietnamese.percent(abs(change.ratio))}, so với tuần trước"
