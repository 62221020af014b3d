"""How often a source is asked: by tier, by what it publishes, by how fast its list turns over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pace import CEILINGS, Seen, interval
from crawlers.sources import INTERVALS, Source


def source(tier: int = 2, every: int = 0) -> Source:
    return Source("bao", "Báo", "https://bao.vn/", "press", tier, interval=every)


@pytest.mark.parametrize(
    ("tier", "seen", "seconds"),
    [
        (1, None, 300),  # nothing known yet: the tier's own
        (1, Seen(24, 3, 60, 0), 300),  # too few polls to say anything
        (1, Seen(168, 2000, 50_000, 2000), 302),  # 12 an hour: one new item a poll
        (1, Seen(168, 500, 12_500, 168), 900),  # one an hour: the ceiling of a national paper
        (2, Seen(168, 500, 12_500, 336), 1800),  # one each half hour
        (2, Seen(168, 500, 900, 336), 900),  # the same, and a third of the list is new each time: twice as often
        (3, Seen(168, 300, 7500, 0), 7200),  # silent: still asked every two hours
        (3, Seen(168, 300, 7500, 9000), 1800),  # never faster than the floor
    ],
)
def test_intervals(tier: int, seen: Seen | None, seconds: int) -> None:
    assert interval(source(tier), seen) == timedelta(seconds=seconds) or abs(
        interval(source(tier), seen) - timedelta(seconds=seconds)
    ) < timedelta(seconds=1)


def test_a_stated_interval_stands() -> None:
    assert interval(source(1, 77), Seen(168, 500, 12_500, 5)) == timedelta(seconds=77)


@given(st.sampled_from([1, 2, 3]), st.builds(Seen, *(st.integers(0, 10**6) for _ in range(4))))
def test_the_bounds_of_the_tier_hold(tier: int, seen: Seen) -> None:
    assert INTERVALS[tier] <= interval(source(tier), seen).total_seconds() <= CEILINGS[tier]
