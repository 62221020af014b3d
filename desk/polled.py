"""What the polls of a source brought, day by day as people count days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import store
import vietnamese
from desk import charts

DAYS = 28
FULL, BARE = "full", "bare"
PARTS = {FULL: "tin có nội dung", BARE: "tin chỉ có tiêu đề"}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of Viet Nam. `polls` 0: it was not read that day."""

    day: date
    polls: int = 0
    errors: int = 0
    new: int = 0
    bare: int = 0
    failed: int = 0


def begin(now: datetime) -> datetime:
    """Midnight in Viet Nam before the first of the days shown."""
    midnight = now.astimezone(vietnamese.HO_CHI_MINH).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=DAYS - 1)


def days(hours: Sequence[store.Hour], now: datetime) -> list[Day]:
    """The last days, today among them, the oldest first."""
    first = begin(now).date()
    by_day: dict[date, list[store.Hour]] = {first + timedelta(days=number): [] for number in range(DAYS)}
    for hour in hours:
        by_day.setdefault(hour.start.astimezone(vietnamese.HO_CHI_MINH).date(), []).append(hour)
    return [
        Day(day, *(sum(getattr(one, name) for one in some) for name in ("polls", "errors", "new", "bare", "failed")))
        for day, some in sorted(by_day.items())
        if day >= first
    ][:DAYS]


def drawn(shown: Sequence[Day], expected: int) -> charts.Columns:
    """New items a day, those without a text apart, with a line at the expected minimum."""
    stacks = {
        FULL: {one.day.isoformat(): max(one.new - one.bare, 0) for one in shown},
        BARE: {one.day.isoformat(): min(one.bare, one.new) for one in shown},
    }
    return charts.columns([one.day for one in shown], stacks, (FULL, BARE), expected)
