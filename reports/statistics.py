"""Counts compared honestly: what a figure says, how sure it is, and the Vietnamese words for it. Pure arithmetic."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import vietnamese

FEW = 10
"""below this many items no percentage is given and no change is called a trend"""
DOUBT = 0.01
"""two-sided chance above which a change is called ordinary variation; strict, because a report compares many counts"""
SPREAD = 2.75
"""variance over mean of weekly counts, where the counts themselves do not tell: stories are reprinted, so counts of items
vary more than independent events would (benchmarks/report_weeks.py measures it on the recorded press)"""
KNOWN = 8
"""pairs of weeks that weigh as much as SPREAD"""
Z95 = 1.959963984540054
MEASURED = 30
"""items on which an error rate must have been measured before anything is corrected by it"""
TELLING = 0.2
"""how much oftener a label must be given to the true ones than to the others"""
EXACT = 2_500
"""sums up to this are tested exactly"""

SHORT = {
    "unknown": "chưa so sánh được",
    "same": "không đổi",
    "few": "số ít, chưa rõ xu hướng",
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
        """The comparison with the week before in words, to follow the figure in a sentence."""
        return self.said("tuần")

    def said(self, period: str) -> str:
        """The same for another period: "tháng", "quý", "năm"."""
        return _words(self, f"{period} trước")

    @property
    def short(self) -> str:
        """The comparison in a few words, for a table."""
        if self.direction in ("up", "down"):
            verb = "tăng" if self.direction == "up" else "giảm"
            return f"{verb} {vietnamese.percent(abs(self.ratio))}" if self.ratio is not None else f"{verb} rõ rệt"
        return SHORT[self.direction]


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` with its 95 % interval (Wilson's, or that of a correction); value, low and high are 0..1."""

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


def change(now: int, before: int | None, spread: float = SPREAD) -> Change:
    """How `now` stands to `before`; both at least 0. `spread`: variance over mean of such counts (1: independent events)."""
    if before is None:
        return Change(now, None, "unknown", None, None)
    if now == before:
        return Change(now, before, "same", None, 1.0)
    chance = _chance(now, before, max(spread, 1.0))
    if max(now, before) < FEW:
        return Change(now, before, "few", None, chance)
    if chance > DOUBT:
        return Change(now, before, "ordinary", None, chance)
    ratio = (now - before) / before if before else None
    return Change(now, before, "up" if now > before else "down", ratio, chance)


def share(part: int, whole: int, effective: float | None = None) -> Share:
    """`part` of `whole` (0 <= part <= whole; a whole of 0 gives 0 with the interval 0..1). `effective`: how many independent
    items the whole is worth, where stories repeat (see `independent`); None: all of them."""
    low, high = interval(part, whole, effective)
    return Share(part, whole, part / whole if whole else 0.0, low, high)


def interval(part: int, whole: int, effective: float | None = None) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion, within 0..1."""
    if whole == 0:
        return 0.0, 1.0
    p, n, z2 = part / whole, effective or whole, Z95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (0.0 if part == 0 else max(0.0, centre - half)), (1.0 if part == whole else min(1.0, centre + half))


def independent(groups: Sequence[tuple[int, int]]) -> float:
    """How many independent items groups of (part, whole) are worth: the design effect of sampling whole groups. A story
    that all outlets tell in one tone says little more than once."""
    whole, part, k = sum(n for _, n in groups), sum(y for y, _ in groups), len(groups)
    if k < 2 or part in (0, whole):
        return float(max(k, 1))
    p = part / whole
    between = sum((y - p * n) ** 2 for y, n in groups) * k / (k - 1) / whole**2
    return whole / max(1.0, between / (p * (1 - p) / whole))


def spread(series: Sequence[int]) -> float:
    """Variance over mean of weekly counts around a level that may drift, from the differences of neighbouring weeks; few
    weeks are drawn towards SPREAD. At least 1."""
    pairs = [(a - b) ** 2 / (a + b) for a, b in itertools.pairwise(series) if a + b]
    return max(1.0, (sum(pairs) + KNOWN * SPREAD) / (len(pairs) + KNOWN))


def corrected(
    raw: Share, found: tuple[int, int], false: tuple[int, int], effective: float | None = None
) -> Share | None:
    """`raw` corrected for a classifier that finds `found` = (k, n) of the true ones and takes `false` = (k, n) of the others
    for them: Rogan and Gladen's estimate with Lang and Reiczigel's interval (2014), which carries the doubt of both rates.
    None where the classifier tells too little, was measured on too few, or there are too few items."""
    (hits, trues), (wrong, others) = found, false
    if raw.whole < FEW or trues < MEASURED or others < MEASURED or hits / trues - wrong / others < TELLING:
        return None
    value = (raw.value - wrong / others) / (hits / trues - wrong / others)
    n, z2 = effective or raw.whole, Z95**2
    n_, trues_, others_ = n + z2, trues + 2, others + 2
    p, sensitivity, specificity = (n * raw.value + z2 / 2) / n_, (hits + 1) / trues_, (others - wrong + 1) / others_
    telling = sensitivity + specificity - 1
    centre = (p + specificity - 1) / telling
    doubt_found, doubt_false = sensitivity * (1 - sensitivity) / trues_, specificity * (1 - specificity) / others_
    shift = 2 * z2 * (centre * doubt_found - (1 - centre) * doubt_false)
    half = Z95 / telling * math.sqrt(p * (1 - p) / n_ + centre**2 * doubt_found + (1 - centre) ** 2 * doubt_false)
    low, high = (min(1.0, max(0.0, centre + shift + way * half)) for way in (-1, 1))
    value = min(high, max(low, min(1.0, max(0.0, value))))
    return Share(round(value * raw.whole), raw.whole, value, low, high)


def _chance(now: int, before: int, spread: float) -> float:
    """Two-sided chance of a difference this large between two counts of one level. Spread 1: the binomial test of `now`
    out of now + before at one half, exact for small sums; above 1: the same as a quasi-Poisson test."""
    total, larger = now + before, max(now, before)
    if spread > 1:
        return math.erfc(max(abs(now - before) - 1, 0) / math.sqrt(2 * spread * total))
    if total <= EXACT:
        tail = ways = math.comb(total, larger)
        for k in range(larger, total):
            ways = ways * (total - k) // (k + 1)
            tail += ways
        return min(1.0, tail / (1 << (total - 1)))
    return math.erfc((larger - 0.5 - total / 2) / math.sqrt(total / 2))


def _words(change: Change, earlier: str) -> str:
    if change.before is None:
        return f"chưa so sánh được với {earlier}"
    if change.direction == "same":
        return f"bằng {earlier}" if change.now else f"{earlier} cũng không có"
    before = f"{earlier} {vietnamese.number_text(change.before) if change.before else 'không có'}"
    if change.direction == "few":
        return f"{before}; số ít, chưa rõ xu hướng"
    if change.direction == "ordinary":
        return f"{before}; chênh lệch trong mức dao động thông thường"
    difference = vietnamese.number_text(abs(change.now - change.before))
    verb = "tăng" if change.direction == "up" else "giảm"
    if change.ratio is None:
        return f"{earlier} không có; {verb} rõ rệt"
    return f"{verb} {difference}, tức {vietnamese.percent(abs(change.ratio))}, so với {earlier}"
