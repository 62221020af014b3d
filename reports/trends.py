"""What moved in the week: days that stand out, labels that rose or fell beyond ordinary variation. Pure."""

from __future__ import annotations

from reports.counts import Counts
from reports.statistics import FEW, Change, interval


def peak_day(counts: Counts) -> tuple[str, int] | None:
    """(ISO day, items) of the busiest day when it clearly holds more than an even seventh of the week; else None."""
    days, total = counts.ranked("day"), counts.number("day")
    if not days or total < FEW:
        return None
    day, items = days[0]
    return (day, items) if interval(items, total)[0] > 1 / 7 else None


def moved(counts: Counts, dimension: str) -> list[tuple[str, Change]]:
    """(label, change) of every label that is clearly up or down, the largest difference first."""
    labels = set(counts.figures.groups.get(dimension, {})) | set(counts.figures.before.get(dimension, {}))
    changes = [(label, counts.change(dimension, label)) for label in sorted(labels)]
    sure = [(label, change) for label, change in changes if change.direction in ("up", "down")]
    return sorted(sure, key=lambda pair: -abs(pair[1].now - (pair[1].before or 0)))
