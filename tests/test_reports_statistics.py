"""reports.statistics and reports.trends: arithmetic against scipy, words against what they may claim."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import trends
from reports.counts import Counts
from reports.statistics import DOUBT, FEW, SPREAD, change, corrected, independent, interval, share, spread
from tests.reports_support import figures, item

COUNTS = st.integers(0, 400)


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (5, None, "chưa so sánh được với tuần trước"),
        (0, 0, "tuần trước cũng không có"),
        (7, 7, "bằng tuần trước"),
        (3, 9, "tuần trước 9; số ít, chưa rõ xu hướng"),
        (3, 0, "tuần trước không có; số ít, chưa rõ xu hướng"),
        (52, 45, "tuần trước 45; chênh lệch trong mức dao động thông thường"),
        (52, 30, "tuần trước 30; chênh lệch trong mức dao động thông thường"),
        (120, 60, "tăng 60, tức 100,0%, so với tuần trước"),
        (1500, 3000, "giảm 1.500, tức 50,0%, so với tuần trước"),
        (40, 0, "tuần trước không có; tăng rõ rệt"),
    ],
)
def test_a_change_in_words(now: int, before: int | None, text: str) -> None:
    assert change(now, before).text == text


@given(COUNTS, COUNTS)
def test_a_change_claims_no_more_than_the_counts_carry(now: int, before: int) -> None:
    said = change(now, before)
    if said.direction in ("up", "down"):
        assert max(now, before) >= FEW
        assert said.chance is not None
        assert said.chance <= DOUBT
        assert (said.direction == "up") == (now > before)
    mirrored = change(before, now)
    assert mirrored.chance == said.chance
    assert said.text
    assert said.short


@settings(deadline=None)
@given(st.integers(0, 1200), st.integers(0, 1200))
def test_the_chance_is_the_binomial_test(now: int, before: int) -> None:
    from scipy.stats import binomtest

    if now == before:
        return
    expected = binomtest(now, now + before, 0.5).pvalue
    assert change(now, before, 1).chance == pytest.approx(expected, rel=0.02, abs=1e-7)


@settings(deadline=None)
@given(st.integers(1, 3000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_is_wilsons(pair: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    part, whole = pair
    low, high = interval(part, whole)
    wanted = binomtest(part, whole).proportion_ci(0.95, "wilson")
    assert (low, high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert 0 <= low <= part / whole <= high <= 1


def test_a_share_of_few_items_gives_no_percentage() -> None:
    assert share(3, 8).text == share(3, 8).sure_text == "3 trên 8 tin"
    assert share(0, 0).text == "0 trên 0 tin"
    assert share(30, 120).sure_text == "25,0%; khoảng tin cậy 95%: 18–33%"


def test_counting_takes_each_item_once_and_leaves_none_out() -> None:
    groups = {"feedback": {"none": ("a", "b"), "question": ("c", "c"), "praise": ("d",)}, "all": {"all": ("a",)}}
    counts = Counts(figures([], groups=groups, before={}))
    assert counts.keys("feedback") == ("c", "d")
    assert counts.number("feedback", "question") == 1
    assert counts.ranked("feedback") == [("praise", 1), ("question", 1)]
    assert counts.before("feedback") is None
    assert counts.number("không có") == 0


def test_only_clear_movements_are_named() -> None:
    counts = Counts(figures([item(n) for n in range(180)], before=[item(n) for n in range(30)]))
    labels = [label for label, _ in trends.moved(counts, "topic")]
    assert labels
    assert all(change.direction == "up" for _, change in trends.moved(counts, "topic"))
    assert trends.moved(Counts(figures()), "không có") == []


def test_a_peak_must_stand_out() -> None:
    even = {"day": {f"2026-09-0{day}": tuple(f"{day}{n}" for n in range(10)) for day in range(1, 8)}}
    assert trends.peak_day(Counts(figures([], groups=even))) is None
    even["day"]["2026-09-02"] = tuple(f"x{n}" for n in range(60))
    assert trends.peak_day(Counts(figures([], groups=even))) == ("2026-09-02", 60)


def weekly_counts(chance: numpy.random.Generator, mean: float, width: float, size: int) -> list[int]:
    """Overdispersed weekly counts: negative binomial of this mean and this variance over mean."""
    return [int(n) for n in chance.negative_binomial(mean / (width - 1), 1 / width, size)]


@pytest.mark.parametrize("mean", [12, 60])
def test_ordinary_weeks_of_repeated_stories_are_seldom_called_a_change(mean: float) -> None:
    """The stated 1 % holds where counts vary as the press does; taken for independent events it would be broken."""
    chance = numpy.random.default_rng(7)
    pairs = list(zip(*(weekly_counts(chance, mean, SPREAD, 1500) for _ in range(2)), strict=True))
    false = sum(change(a, b, SPREAD).direction in ("up", "down") for a, b in pairs) / len(pairs)
    naive = sum(change(a, b, 1).direction in ("up", "down") for a, b in pairs) / len(pairs)
    assert false <= 0.02 < naive


def test_a_real_change_is_found() -> None:
    chance = numpy.random.default_rng(8)
    pairs = zip(weekly_counts(chance, 80, SPREAD, 500), weekly_counts(chance, 20, SPREAD, 500), strict=True)
    assert sum(change(a, b).direction == "up" for a, b in pairs) > 350


def test_the_spread_is_read_off_the_weeks() -> None:
    chance = numpy.random.default_rng(9)
    assert spread([]) == spread([5]) == SPREAD
    assert spread(weekly_counts(chance, 30, 6.0, 400)) == pytest.approx(6, rel=0.25)
    assert spread([int(n) for n in chance.poisson(30, 400)]) == pytest.approx(1, abs=0.25)
    assert spread([10] * 400) == 1


def test_a_story_told_by_all_counts_for_little_more_than_one() -> None:
    assert independent([(1, 1), (0, 1)] * 50) == pytest.approx(100, rel=0.05)
    assert independent([(10, 10), (0, 10)] * 5) == pytest.approx(10, rel=0.2)
    narrow, wide = share(50, 100), share(50, 100, independent([(10, 10), (0, 10)] * 5))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_share_is_corrected_for_the_machines_error_and_its_interval_holds() -> None:
    chance, held, number = numpy.random.default_rng(10), 0, 1500
    for _ in range(number):
        truth, whole = 0.2, 150
        hits, wrong = int(chance.binomial(200, 0.55)), int(chance.binomial(1000, 0.06))
        said = int(chance.binomial(whole, truth * 0.55 + (1 - truth) * 0.06))
        found = corrected(share(said, whole), (hits, 200), (wrong, 1000))
        assert found
        held += found.low <= truth <= found.high
    assert held / number == pytest.approx(0.95, abs=0.02)


def test_a_share_is_not_corrected_by_what_tells_nothing() -> None:
    raw = share(30, 120)
    assert corrected(raw, (10, 20), (5, 500)) is None, "measured on too few"
    assert corrected(raw, (30, 100), (150, 500)) is None, "no better than chance"
    assert corrected(share(3, 8), (90, 100), (5, 500)) is None
    perfect = corrected(raw, (100, 100), (0, 500))
    assert perfect and perfect.value == pytest.approx(raw.value)
