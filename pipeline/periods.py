"""The periods of reports by their names: ISO week "2026-W36", month "2026-09", quarter "2026-Q3", year "2026"; all begin and end
at midnight in Asia/Ho_Chi_Minh."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import vietnamese
from records import BadInput

WEEK = timedelta(days=7)
EXAMPLES = {"tuần": "2026-W36", "tháng": "2026-09", "quý": "2026-Q3", "năm": "2026"}


def bounds(name: str) -> tuple[datetime, datetime, datetime]:
    """(start, end, start of the period before). Raises BadInput."""
    try:
        if found := re.fullmatch(r"(\d{4})-W(\d\d)", name):
            first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return _at(first), _at(first + WEEK), _at(first - WEEK)
        if found := re.fullmatch(r"(\d{4})(?:-(\d\d)|-Q([1-4]))?", name):
            months = 1 if found[2] else 3 if found[3] else 12
            first = date(int(found[1]), int(found[2] or 3 * int(found[3] or 1) - 2), 1)
            return _at(first), _at(_months(first, months)), _at(_months(first, -months))
    except ValueError as error:
        raise BadInput(_wrong(name)) from error
    raise BadInput(_wrong(name))


def week_of(moment: datetime) -> str:
    """The ISO week a moment is in."""
    return moment.astimezone(vietnamese.HO_CHI_MINH).strftime("%G-W%V")


def closed_weeks(now: datetime, most: int) -> list[str]:
    """The last `most` weeks that have ended, the oldest first."""
    return [week_of(now - n * WEEK) for n in range(most, 0, -1)]


def _months(first: date, number: int) -> date:
    at = first.year * 12 + first.month - 1 + number
    return date(at // 12, at % 12 + 1, 1)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), vietnamese.HO_CHI_MINH)


def _wrong(name: str) -> str:
    kind = "tuần" if "W" in name else "quý" if "Q" in name else "tháng" if "-" in name else "năm"
    return f'{kind} "{name}" không đúng; hãy viết như {EXAMPLES[kind]}'
