"""Which days are off. The files decide for the years they cover; the other years follow the calendar library, lunar Tết
included, which knows no days worked in exchange."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays

from knowledge.entries import Holiday


def works(day: date, known: Mapping[date, Holiday]) -> bool:
    """Whether offices work on `day`."""
    if day in known:
        return not known[day].off
    return day.weekday() < 5 and not off(day, known)


def off(day: date, known: Mapping[date, Holiday]) -> str:
    """The name of the public holiday, empty where there is none."""
    if day in known:
        return known[day].name if known[day].off else ""
    covered = any(one.year == day.year for one in known)
    return "" if covered else _calendar(day.year).get(day, "")


@cache
def _calendar(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("VN", years=year, language="vi"))
