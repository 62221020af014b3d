"""Labels that stand out in a week against their own past: topics, outlets, provinces, phrases; when, and because of which
stories. And weeks from which on a level is another one. Pure.

The chance of a count is that of a gamma-Poisson forecast from the label's own past weeks, widened by how much weekly counts vary.
A week rings falsely at most FALSE of the time over all labels together (Bonferroni), so one false burst in twenty weeks.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.counts import Counts
from reports.statistics import spread

FALSE = 0.05
PAST = 12
"""weeks a label is held against"""
LEAST = 4
"""past weeks without which nothing is called a burst"""
FEW = 4
"""items below which nothing is called a burst"""
DIMENSIONS = ("topic", "outlet", "province")
PHRASES_AN_ITEM = 12
"""about how many phrases a headline has: a rising phrase is the most striking of them all"""


@dataclass(frozen=True, slots=True)
class Burst:
    """`usual`: mean of the past weeks; `chance`: of a count this large by ordinary variation; `days`: those that hold half
    of the items or more; `stories`: (story, items of it under this label), the largest first."""

    dimension: str
    label: str
    count: int
    usual: float
    chance: float
    days: tuple[str, ...]
    stories: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """From `week` on the weekly level is another one."""

    week: str
    before: float
    after: float


def bursts(counts: Counts) -> list[Burst]:
    """Topics, outlets and provinces of the week that stand out, the least likely first."""
    known = {dimension: set(counts.figures.groups.get(dimension, {})) for dimension in DIMENSIONS}
    for line in counts.past(PAST):
        for dimension in DIMENSIONS:
            known[dimension] |= set(line.counts.get(dimension, {}))
    tests = sum(len(labels) for labels in known.values())
    return _standing_out(counts, [(d, label) for d in DIMENSIONS for label in sorted(known[d])], tests)


def rising(counts: Counts) -> list[Burst]:
    """Phrases of headlines that stand out, the least likely first."""
    labels = [("phrase", label) for label, _ in counts.ranked("phrase")]
    return _standing_out(counts, labels, PHRASES_AN_ITEM * counts.number("all"))


def _standing_out(counts: Counts, labels: Sequence[tuple[str, str]], tests: int) -> list[Burst]:
    past = counts.past(PAST)
    if any(dimension == "phrase" for dimension, _ in labels):
        past = [line for line in past if "phrase" in line.counts or not line.counts.get("all")] or past[-8:]
    if len(past) < LEAST:
        return []
    width = spread([line.counts.get("all", {}).get("all", 0) for line in past])
    found = []
    for dimension, label in labels:
        count = counts.number(dimension, label)
        before = [line.counts.get(dimension, {}).get(label, 0) for line in past]
        chance = tail(count, before, width) if count >= FEW else 1.0
        if chance * tests <= FALSE:
            usual = sum(before) / len(before)
            found.append(Burst(dimension, label, count, usual, chance, *_why(counts, dimension, label)))
    return sorted(found, key=lambda one: (one.chance, one.dimension, one.label))


def tail(count: int, before: Sequence[int], width: float) -> float:
    """Chance of `count` or more in a week like those before. Gamma-Poisson, Jeffreys' prior, counts taken as so many
    independent events as their spread allows."""
    from scipy.stats import nbinom

    events = math.floor(count / width)
    return float(nbinom.sf(events - 1, sum(before) / width + 0.5, len(before) / (len(before) + 1)))


def _why(counts: Counts, dimension: str, label: str) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    keys = set(counts.keys(dimension, label))
    by_day = sorted(
        ((day, len(keys & set(counts.keys("day", day)))) for day, _ in counts.ranked("day")), key=lambda p: -p[1]
    )
    days, held = [], 0
    for day, number in by_day:
        if 2 * held >= len(keys):
            break
        days.append(day)
        held += number
    told: dict[str, int] = {}
    for item in counts.figures.items:
        if item.key in keys:
            told[item.story] = told.get(item.story, 0) + 1
    return tuple(sorted(days)), tuple(sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))[:2])


def shifts(weeks: Sequence[str], series: Sequence[int]) -> list[Shift]:
    """Where the weekly level changed for four weeks or more: PELT on Anscombe's transform, in units of the counts' spread."""
    if len(series) < 12:
        return []
    import numpy
    import ruptures  # type: ignore[import-untyped]

    scaled = 2 * numpy.sqrt(numpy.array(series, dtype=float) + 0.375) / math.sqrt(spread(series))
    ends = (
        ruptures.Pelt(model="l2", min_size=4, jump=1).fit(scaled.reshape(-1, 1)).predict(pen=4 * math.log(len(series)))
    )
    found, start = [], 0
    for at, end in itertools.pairwise(ends):
        before, after = (sum(series[a:b]) / (b - a) for a, b in ((start, at), (at, end)))
        found.append(Shift(weeks[at], before, after))
        start = at
    return found
