"""Questions to analysts: the random sample of each week that ended, and those gone stale cleared away. Which items the
judge was unsure of is asked as they are settled (store.asking)."""

from __future__ import annotations

from datetime import timedelta

from pipeline import periods
from pipeline.doors import Rooms

SEED = "lang-nghe"
"""with the week, it decides the sample: nobody chooses it"""
SIZE = (100, 40)
"""items a week: held for relevant by the machine, and not"""
WEEKS = 4
"""weeks looked back at: an analyst can begin at once where the product is new"""
KEPT = timedelta(days=60)
"""how long a question waits for its answer"""


def ask(rooms: Rooms) -> int:
    """Draws what was not drawn yet; returns how many questions it put."""
    now = rooms.clock()
    with rooms.store.leases.hold("ask") as held:
        if not held:
            return 0
        rooms.store.queues.clear(now - KEPT)
        return sum(draw(rooms, week) for week in periods.closed_weeks(now, WEEKS))


def draw(rooms: Rooms, week: str) -> int:
    start, end, _ = periods.bounds(week)
    return rooms.store.queues.draw(week, start, end, SEED, SIZE, rooms.clock())
