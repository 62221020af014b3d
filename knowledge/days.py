"""Working days and the ends of legal time limits. Pure; a person starts every clock, this only counts.

Counting follows Bộ luật Dân sự 2015, Điều 147-148: the day of the start does not count, a limit in days ends with its last
day, and one whose last day is a day off ends with the next working day. Hours are counted as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

import vietnamese
from knowledge.entries import Deadline, Holiday

LAST_SECOND = time(23, 59, 59)


def works(day: date, known: Mapping[date, Holiday]) -> bool:
    """Whether offices work. `known` decides for the years it covers; the other years follow the calendar library (lunar
    Tết included), which knows no days worked in exchange."""
    if day in known:
        return not known[day].off
    return day.weekday() < 5 and not off(day, known)


def off(day: date, known: Mapping[date, Holiday]) -> str:
    """The name of the public holiday, empty where there is none."""
    if day in known:
        return known[day].name if known[day].off else ""
    covered = any(one.year == day.year for one in known)
    return "" if covered else _calendar(day.year).get(day, "")


def due(deadline: Deadline, start: datetime, known: Mapping[date, Holiday]) -> datetime:
    """When the limit that begins at `start` (aware) ends: exact for hours, else the last second of a day in Viet Nam."""
    if deadline.unit == "hours":
        return start + timedelta(hours=deadline.amount)
    day = start.astimezone(vietnamese.HO_CHI_MINH).date()
    if deadline.unit == "days":
        day += timedelta(days=deadline.amount)
    else:
        for _ in range(deadline.amount):
            day = _next(day + timedelta(days=1), known)
    return datetime.combine(_next(day, known), LAST_SECOND, vietnamese.HO_CHI_MINH)


def _next(day: date, known: Mapping[date, Holiday]) -> date:
    while not works(day, known):
        day += timedelta(days=1)
    return day


@cache
def _calendar(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("VN", years=year, language="vi"))
