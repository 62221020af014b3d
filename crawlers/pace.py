"""How often a source is asked: as often as it has something new to say, within the bounds of its tier. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .sources import Source

CEILINGS = {1: 900, 2: 3600, 3: 7200}
"""tier -> the longest time, in seconds, between two polls of a source that is well; the shortest is INTERVALS"""
SETTLED = 8
"""polls from which on what was seen counts"""
TURNED = 0.25
"""share of new items among those listed from which on a list turns over so fast that it might lose some"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a source over `hours`."""

    hours: int
    polls: int
    items: int
    new: int


def interval(source: Source, seen: Seen | None) -> timedelta:
    """The time between two polls. A stated interval stands. Otherwise about one new item a poll is aimed at, and half
    of that time where much of what is listed is new each time; the tier's bounds hold."""
    floor, ceiling = source.every, CEILINGS[source.tier]
    if source.interval or seen is None or seen.polls < SETTLED:
        return timedelta(seconds=floor)
    wait = seen.hours * 3600 / max(seen.new, 1)
    if seen.items and seen.new / seen.items > TURNED:
        wait /= 2
    return timedelta(seconds=min(max(wait, floor), ceiling))
