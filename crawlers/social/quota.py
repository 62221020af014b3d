"""A daily quota, and how it is spread over its day so that the last hours are not blind. Pure."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""YouTube's quotas begin anew at midnight there"""
HEAD = 0.1
"""share of the quota that may be used ahead of the clock"""


def day(now: datetime) -> str:
    return now.astimezone(PACIFIC).date().isoformat()


def reset(now: datetime) -> datetime:
    """When the next day begins there."""
    local = now.astimezone(PACIFIC)
    return datetime.combine(local.date() + timedelta(days=1), time(), PACIFIC)


def allowance(most: int, now: datetime) -> int:
    """How many units may have been used by now."""
    start = datetime.combine(now.astimezone(PACIFIC).date(), time(), PACIFIC)
    gone = (now - start.astimezone(now.tzinfo)) / (reset(now).astimezone(now.tzinfo) - start.astimezone(now.tzinfo))
    return min(most, math.ceil(most * (gone + HEAD)))
