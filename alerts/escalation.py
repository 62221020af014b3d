"""What happens while nobody acknowledges an urgent mail. Pure: the state is what was told; a step is one action.

    told, not yet taken by the server      10 minutes  -> the same by the second channel, once
    taken by the server, nobody answers    30 minutes  -> the next of the chain (on duty, other officers, heads)
    the whole chain told                   4 hours     -> all of the chain again, until somebody acknowledges

The clock of a step starts when the server said 250 (or when the second channel was used). Moments that lie ahead of
`now` were written by a clock that ran ahead: they count as long ago, so that a clock set back silences nothing.
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
    """What to do now. "second": `told` goes by the second channel; "next", "repeat": mails to `recipients`."""

    action: Literal["second", "next", "repeat"]
    recipients: tuple[str, ...] = ()
    told: Told | None = None
    number: int = 0
    """of this call, the first urgent mail being 0"""
    minutes: int = 0
    """since somebody was last reached"""


def step(told: Sequence[Told], chain: Sequence[str], now: datetime, times: Times = Times()) -> Step | None:
    """The next action about a document nobody has acknowledged; None: wait."""
    for one in told:
        unheard = one.accepted_at is None and one.second_at is None
        if unheard and not timedelta(0) <= now - one.queued_at < times.patience:
            return Step("second", told=one)
    reached = [moment for one in told if (moment := one.accepted_at or one.second_at)]
    if len(reached) < len(told):
        return None  # the last call is still on its way
    real = [moment for moment in reached if moment <= now]
    since = now - max(real) if real else times.repeat
    calls = len({one.queued_at for one in told})
    following = next((address for address in chain if address not in {one.recipient for one in told}), None)
    minutes = int(since / timedelta(minutes=1))
    if following:
        return Step("next", (following,), number=calls, minutes=minutes) if since >= times.wait else None
    return Step("repeat", tuple(dict.fromkeys(chain)), number=calls, minutes=minutes) if since >= times.repeat else None


def messages(
    judged: Judged, what: Step, public_url: str, unit: str, now: datetime, knowledge: Knowledge
) -> list[Message]:
    """The mails of a step "next" or "repeat"."""
    intro = (
        f"Sau {what.minutes} phút chưa có ai nhận xác minh nội dung này; chuyển tiếp tới người trực kế tiếp."
        if what.action == "next"
        else "Đã báo tới tất cả người trực và lãnh đạo nhưng chưa có ai nhận xác minh; xin nhắc lại."
    )
    subject = f"[Lắng Nghe – NHẮC LẠI] Chưa ai xác minh: {items.headline(judged)}"
    return urgent.compose(
        "escalation", subject, judged, what.recipients, public_url, unit, now, knowledge, intro, number=what.number
    )
