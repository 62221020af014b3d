"""What the next weeks may bring: simple methods tried on the past weeks, the best of them used, its error said. Pure.

A method gives the level of the next HORIZON weeks. Every method forecasts from every past week in turn; the one with the least
mean absolute error is used, the simplest of equals. Its own errors of the past give the width of the interval.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from reports.statistics import FEW

HORIZON = 4
LEAST = 12
"""weeks before the first that is forecast in the trial; twice as many are needed for a forecast at all"""
TRIED = 40
"""past weeks that are forecast in the trial"""
SURE = 0.9
"""how often the interval is to hold what comes"""
TRAILING = 8
YEAR, MONTH = 52, 4

Method = Callable[[Sequence[float]], list[float]]


@dataclass(frozen=True, slots=True)
class Step:
    """One week ahead: the level, and the interval that holds SURE of what comes."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """`errors`: mean absolute error of each method in the trial, in the unit of the series; `method`: the one used."""

    method: str
    steps: tuple[Step, ...]
    errors: Mapping[str, float]
    weeks: int
    """of the series"""
    tried: int
    """weeks forecast in the trial"""


def naive(series: Sequence[float]) -> list[float]:
    return [series[-1]] * HORIZON


def seasonal(series: Sequence[float]) -> list[float]:
    """The same week of the year before, else of the cycle of four weeks."""
    lag = YEAR if len(series) >= YEAR + LEAST else MONTH
    return [series[len(series) - lag + ahead % lag] for ahead in range(HORIZON)]


def trailing(series: Sequence[float]) -> list[float]:
    some = series[-TRAILING:]
    return [sum(some) / len(some)] * HORIZON


def smoothed(series: Sequence[float]) -> list[float]:
    """Simple exponential smoothing; its weight is estimated anew at each use."""
    if min(series) == max(series):
        return [series[-1]] * HORIZON
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a weight found roughly is still tried against the other methods
        made = _smoothing()(list(series), initialization_method="legacy-heuristic").fit(optimized=True, use_brute=False)
    return [max(0.0, float(level)) for level in made.forecast(HORIZON)]


METHODS: dict[str, Method] = {
    "trung bình 8 tuần": trailing, "bằng tuần trước": naive, "bằng cùng kỳ": seasonal, "san bằng mũ": smoothed,
}  # fmt: skip
"""the simplest first"""


@cache
def _smoothing() -> Any:
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing  # type: ignore[import-untyped]  # 2 s to import, and only a report needs it

    return SimpleExpSmoothing


def trial(series: Sequence[float]) -> dict[str, list[list[tuple[float, float]]]]:
    """Method -> for each number of weeks ahead, (forecast, what came) of the past weeks."""
    first = max(LEAST, len(series) - TRIED)
    found: dict[str, list[list[tuple[float, float]]]] = {name: [[] for _ in range(HORIZON)] for name in METHODS}
    for origin in range(first, len(series)):
        for name, method in METHODS.items():
            for ahead, level in enumerate(method(series[:origin])[: len(series) - origin]):
                found[name][ahead].append((level, series[origin + ahead]))
    return found


def forecast(counts: Sequence[int]) -> Forecast | None:
    """The weekly counts of the next HORIZON weeks; None where there are too few weeks to try anything on."""
    if len(counts) < 2 * LEAST:
        return None
    series = [float(count) for count in counts]
    tried = trial(series)
    method, errors = _best(tried)
    levels = METHODS[method](series)
    steps = tuple(_count_step(level, tried[method][ahead]) for ahead, level in enumerate(levels))
    return Forecast(method, steps, errors, len(counts), len(tried[method][0]))


def share_forecast(parts: Sequence[int], wholes: Sequence[int]) -> Forecast | None:
    """The share of `parts` in `wholes` (0..1) in the next HORIZON weeks. A share of fewer than FEW items says nothing: such
    a week carries the share before."""
    shares: list[float] = []
    for part, whole in zip(parts, wholes, strict=True):
        if whole >= FEW or shares:
            shares.append(part / whole if whole >= FEW else shares[-1])
    if len(shares) < 2 * LEAST:
        return None
    tried = trial(shares)
    method, errors = _best(tried)
    steps = []
    for ahead, level in enumerate(METHODS[method](shares)):
        miss = sorted(abs(came - said) for said, came in tried[method][ahead])
        half = miss[min(len(miss) - 1, math.ceil(SURE * (len(miss) + 1)) - 1)]
        steps.append(Step(level, max(0.0, level - half), min(1.0, level + half)))
    return Forecast(method, tuple(steps), errors, len(shares), len(tried[method][0]))


def _best(tried: Mapping[str, list[list[tuple[float, float]]]]) -> tuple[str, dict[str, float]]:
    pairs = {name: [pair for ahead in steps for pair in ahead] for name, steps in tried.items()}
    errors = {name: sum(abs(came - said) for said, came in some) / len(some) for name, some in pairs.items()}
    return min(METHODS, key=lambda name: round(errors[name], 9)), errors


def _count_step(level: float, past: Sequence[tuple[float, float]]) -> Step:
    """A negative binomial around the level, as wide as the errors of the past: they hold both the noise of the counts and
    what the method does not know."""
    from scipy.stats import nbinom, poisson

    level = max(level, 0.25)
    squares = sum((came - said) ** 2 for said, came in past)
    width = max(1.0, squares / max(sum(said for said, _ in past), 0.25 * len(past)))
    made = nbinom(level / (width - 1), 1 / width) if width > 1.001 else poisson(level)
    low, high = (float(made.ppf(end)) for end in ((1 - SURE) / 2, (1 + SURE) / 2))
    return Step(level, low, high)
