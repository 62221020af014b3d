"""reports.forecast, reports.bursts: honest against simple methods, intervals that hold, few false alarms, true ones found."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy
import pytest

from records import Figures
from reports import bursts, forecast, outlook
from reports.counts import Counts
from tests.reports_support import START, facts, figures, history, item

OUTLETS = tuple(f"Báo {n}" for n in range(6))
PLACES = ("Huế", "Hà Nội", "Đà Nẵng", "Cà Mau")
TOPICS = ("luong_huu", "bhtn", "bhyt_kcb", "thai_san", "bhxh_mot_lan")


def counts_like_the_press(
    chance: numpy.random.Generator, weeks: int, mean: float = 11, width: float = 2.75
) -> list[int]:
    return [int(n) for n in chance.negative_binomial(mean / (width - 1), 1 / width, weeks)]


@pytest.mark.parametrize(("weeks", "number"), [(33, 40), pytest.param(60, 200, marks=pytest.mark.slow)])
def test_the_interval_holds_what_it_says(weeks: int, number: int) -> None:
    chance, held = numpy.random.default_rng(weeks), 0
    for _ in range(number):
        series = counts_like_the_press(chance, weeks + forecast.HORIZON)
        made = forecast.forecast(series[:weeks])
        assert made
        held += sum(one.low <= came <= one.high for one, came in zip(made.steps, series[weeks:], strict=True))
    assert held / (number * forecast.HORIZON) == pytest.approx(forecast.SURE, abs=0.05)


@pytest.mark.slow
def test_the_interval_of_a_share_holds_what_it_says() -> None:
    chance, held, number = numpy.random.default_rng(5), 0, 40
    for _ in range(number):
        wholes = [max(n, 1) for n in counts_like_the_press(chance, 64, 30)]
        parts = [int(chance.binomial(n, 0.15)) for n in wholes]
        made = forecast.share_forecast(parts[:60], wholes[:60])
        assert made
        held += sum(
            one.low <= part / whole <= one.high
            for one, part, whole in zip(made.steps, parts[60:], wholes[60:], strict=True)
        )
    assert held / (number * forecast.HORIZON) == pytest.approx(forecast.SURE, abs=0.07)


def test_a_share_of_a_few_items_moves_no_forecast() -> None:
    parts, wholes = [3] * 40, [30] * 40
    made = forecast.share_forecast([*parts, 2], [*wholes, 3])
    assert made and [step.level for step in made.steps] == pytest.approx([0.1] * forecast.HORIZON)


def test_the_best_method_of_the_trial_is_used_even_the_simplest() -> None:
    flat = forecast.forecast([20, 22] * 20)
    assert flat and flat.method == min(flat.errors, key=lambda name: flat.errors[name])
    climbing = forecast.forecast(list(range(10, 60)))
    assert climbing and climbing.method == "bằng tuần trước"
    yearly = forecast.forecast([10 + (30 if n % 4 == 0 else 0) for n in range(40)])
    assert yearly and yearly.method == "bằng cùng kỳ" and yearly.steps[0].level == 40


def test_too_few_weeks_are_not_forecast() -> None:
    assert forecast.forecast([5] * (2 * forecast.LEAST - 1)) is None
    assert forecast.share_forecast([0] * 50, [0] * 50) is None
    assert "chưa đủ" in outlook.next_week(outlook.look(Counts(figures())))


def test_a_forecast_is_the_same_twice() -> None:
    series = counts_like_the_press(numpy.random.default_rng(3), 50)
    assert forecast.forecast(series) == forecast.forecast(series)


# ---------------------------------------------------------------- bursts


def shuffled(chance: random.Random, weeks: int, planted: str | None = None) -> Figures:
    """Weeks whose items carry topics, outlets and provinces drawn at random; `planted`: a topic of which twelve more items
    tell one story in the last week, all on its third day."""
    series: dict[str, dict[str, list[int]]] = {
        dimension: {label: [0] * weeks for label in labels}
        for dimension, labels in (("topic", TOPICS), ("outlet", OUTLETS), ("province", PLACES), ("all", ("all",)))
    }

    def drawn(week: int, topic: str | None = None) -> tuple[str, str, str]:
        chosen = topic or chance.choice(TOPICS), chance.choice(OUTLETS), chance.choice(PLACES)
        for dimension, label in zip(("topic", "outlet", "province", "all"), (*chosen, "all"), strict=True):
            series[dimension][label][week] += 1
        return chosen

    for week in range(weeks - 1):
        for _ in range(chance.randint(8, 16)):
            drawn(week)
    items = [item(n) for n in range(chance.randint(8, 16))]
    late = [item(n) for n in range(100, 112)] if planted else []
    for one in items + late:
        topic, outlet, place = drawn(weeks - 1, planted if one in late else None)
        object.__setattr__(one.assessment, "topics", (topic,))
        object.__setattr__(one.assessment, "provinces", (place,))
        object.__setattr__(one.document, "outlet", outlet)
        object.__setattr__(one.story, "id", "lớn" if one in late else one.document.key)
        if one in late:
            object.__setattr__(one.document, "published_at", START + timedelta(days=2, hours=3))
    return figures(items + late, history=history(weeks, **series))


def test_a_planted_burst_is_found_with_its_week_and_its_story() -> None:
    chance, found = random.Random(1), 0
    for n in range(40):
        topic = TOPICS[n % len(TOPICS)]
        seen = [one for one in bursts.bursts(Counts(shuffled(chance, 20, topic))) if one.dimension == "topic"]
        found += bool(seen) and seen[0].label == topic and seen[0].stories[0] == ("lớn", 12)
        if seen and seen[0].label == topic:
            assert seen[0].days == ("2026-09-02",)
    assert found >= 38


def test_shuffled_weeks_ring_no_oftener_than_stated() -> None:
    chance = random.Random(2)
    rung = sum(bool(bursts.bursts(Counts(shuffled(chance, 20)))) for _ in range(400))
    assert rung / 400 <= bursts.FALSE


def test_bursts_need_a_past() -> None:
    chance = random.Random(3)
    of = shuffled(chance, 4, "bhtn")
    assert bursts.bursts(Counts(of)) == []
    said = outlook.outlook(Counts(of), facts(), outlook.look(Counts(of)))
    assert "Không đủ dữ liệu các tuần trước" in str(said.blocks)


def test_a_new_level_is_found_and_ordinary_weeks_have_none() -> None:
    chance = numpy.random.default_rng(4)
    weeks = [f"2026-W{n:02}" for n in range(1, 53)]
    found = 0
    for _ in range(30):
        series = counts_like_the_press(chance, 26, 12) + counts_like_the_press(chance, 26, 50)
        seen = bursts.shifts(weeks, series)
        found += len(seen) == 1 and abs(weeks.index(seen[0].week) - 26) <= 2
    assert found >= 26
    false = sum(bool(bursts.shifts(weeks, counts_like_the_press(chance, 52))) for _ in range(100))
    assert false <= 5
