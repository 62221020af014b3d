"""What happens while nobody acknowledges an urgent mail. Pure: the state is what was told; a step is one action.

    told, not yet taken by the server      10 minutes  -> the same by the second channel, once
    taken by the server, nobody answers    30 minutes  -> the next of the chain (on duty, other officers, heads)
    the whole chain told                   4 hours     -> all of the chain again, until somebody acknowledges

The clock of a call starts when the server said 250, or when the second channel was used; where neither was possible, when
patience ended, so that two dead channels stop no call. Moments that lie ahead of `now` were written by a clock that ran
ahead: they count as long ago, so that a clock set back silences nothing.

Nobody waits for who is asleep: a mail held for the hourly bundle, or planned for the end of somebody's quiet hours, is not
late, and the others are called meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts import items, urgent
from knowledge import Knowledge
from records import Judged, Message, Told

WAIT = timedelta(minutes=30)
PATIENCE = timedelta(minutes=10)
REPEAT = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Times:
    wait: timedelta = WAIT
    patience: timedelta = PATIENCE
    repeat: timedelta = REPEAT


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: mails to `recipients`."""

    action: Literal["next", "repeat"]
    recipients: tuple[str, ...]
    number: int = 0
    """of this call, the first urgent mail being 0"""
    minutes: int = 0
    """since somebody was last reached"""


def unheard(told: Sequence[Told], now: datetime, times: Times = Times()) -> tuple[Told, ...]:
    """The mails no server has taken in time and that have not gone by the second channel."""
    return tuple(one for one in told if _late(one, now, times) and one.second_at is None)


def step(told: Sequence[Told], chain: Sequence[str], now: datetime, times: Times = Times()) -> Step | None:
    """The next call about a document nobody has acknowledged; None: wait."""
    mails = [one for one in told if not one.held]
    calls = [one for one in mails if not _asleep(one, now)]
    if not mails or any(_reached(one, now, times) is None for one in calls):
        return None  # the bundle will tell it, or the last call is still on its way
    reached = [moment for one in calls if (moment := _reached(one, now, times))] or [one.queued_at for one in mails]
    real = [moment for moment in reached if moment <= now]
    since = now - max(real) if real else times.repeat
    number = len({one.queued_at for one in told})
    following = next((address for address in chain if address not in {one.recipient for one in told}), None)
    minutes = int(since / timedelta(minutes=1))
    if following:
        return Step("next", (following,), number=number, minutes=minutes) if since >= times.wait else None
    return (
        Step("repeat", tuple(dict.fromkeys(chain)), number=number, minutes=minutes) if since >= times.repeat else None
    )


def messages(
    judged: Judged, what: Step, public_url: str, unit: str, now: datetime, knowledge: Knowledge
) -> list[Message]:
    """The mails of a step."""
    intro = (
        f"Sau {what.minutes} phút chưa có ai nhận xác minh nội dung này; chuyển tiếp tới người trực kế tiếp."
        if what.action == "next"
        else "Đã báo tới tất cả người trực và lãnh đạo nhưng chưa có ai nhận xác minh; xin nhắc lại."
    )
    subject = f"[Lắng Nghe – NHẮC LẠI] Chưa ai xác minh: {items.headline(judged)}"
    return urgent.compose(
        "escalation", subject, judged, what.recipients, public_url, unit, now, knowledge, intro, number=what.number
    )


def _due(one: Told) -> datetime:
    return max(one.queued_at, one.planned_at or one.queued_at)


def _asleep(one: Told, now: datetime) -> bool:
    return one.accepted_at is None and one.second_at is None and one.queued_at <= now < _due(one)


def _late(one: Told, now: datetime, times: Times) -> bool:
    waits = one.accepted_at is None and not one.held and not _asleep(one, now)
    return waits and not timedelta(0) <= now - _due(one) < times.patience


def _reached(one: Told, now: datetime, times: Times) -> datetime | None:
    """When a call reached its person, or was given up on; None: it is on its way."""
    given_up = one.queued_at <= now and _late(one, now, times)
    return one.accepted_at or one.second_at or (_due(one) + times.patience if given_up else None)
