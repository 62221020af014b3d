"""The geometry of the desk's charts: pure numbers in, rectangles out; templates draw them as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, FOOT, SIDE = 720, 200, 24, 36
"""of the drawing, of its bars, of the line of dates below, of the scale beside"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a column. `day` and `label`: what it counts."""

    day: str
    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    bars: tuple[Bar, ...]
    dates: tuple[tuple[float, str], ...]
    """(x, "26/11") of the days that are named below"""
    scale: tuple[tuple[float, int], ...]
    """(y, count) of the lines across"""
    least: float | None = None
    """y of the line at the fewest a day there should be"""


def columns(
    days: Sequence[date], stacks: Mapping[str, Mapping[str, int]], order: Sequence[str], least: int = 0
) -> Columns:
    """Stacked columns, one a day: `stacks` label -> day (ISO) -> count; `order` of the labels from the bottom up.
    `least`: where a line is drawn across; 0: none."""
    totals = [sum(stacks.get(label, {}).get(day.isoformat(), 0) for label in order) for day in days]
    top = ceiling(max(*totals, least, 0))
    step = (WIDTH - SIDE) / max(len(days), 1)
    width = round(min(step * 0.8, 48), 2)
    bars: list[Bar] = []
    for place, day in enumerate(days):
        base, x = float(HEIGHT), round(SIDE + place * step + (step - width) / 2, 2)
        for label in order:
            count = stacks.get(label, {}).get(day.isoformat(), 0)
            height = round(HEIGHT * count / top, 2)
            if count:
                base -= height
                bars.append(Bar(day.isoformat(), label, count, x, round(base, 2), width, height))
    every = -(-len(days) // 10)
    dates = tuple(
        (round(SIDE + (place + 0.5) * step, 2), f"{day.day:02}/{day.month}")
        for place, day in enumerate(days)
        if place % every == (len(days) - 1) % every
    )
    scale = tuple((round(HEIGHT * (1 - part / 2), 2), top * part // 2) for part in (0, 1, 2))
    return Columns(tuple(bars), dates, scale, round(HEIGHT * (1 - least / top), 2) if least else None)


def ceiling(count: int) -> int:
    """The even round number at the top of the scale."""
    power = 1
    while True:
        for factor in (2, 4, 6, 8, 10):
            if power * factor >= count:
                return power * factor
        power *= 10


def width(count: int, most: int, full: int = 200) -> float:
    """The length of one bar beside others of which the longest counts `most`."""
    return round(full * count / most, 1) if most else 0.0
