"""What happens when nobody acknowledges an urgent message: the next officer of the roster is told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts import items, urgent
from knowledge import Knowledge
from records import Judged, Message

WAIT = timedelta(minutes=30)


def messages(
    judged: Judged,
    told: Sequence[str],
    told_at: datetime,
    roster: Sequence[str],
    public_url: str,
    unit: str,
    now: datetime,
    knowledge: Knowledge,
    wait: timedelta = WAIT,
) -> list[Message]:
    """The message to the first address of `roster` not among `told`, once `wait` has passed since `told_at`.

    Empty when somebody has taken the case (any status but "new"), when it is too early, or when all have been told:
    then it is on the desk's list and in the next digest.
    """
    if (judged.case and judged.case.status != "new") or now - told_at < wait:
        return []
    following = next((address for address in roster if address not in told), None)
    if following is None:
        return []
    minutes = int((now - told_at) / timedelta(minutes=1))
    return urgent.compose(
        "escalation",
        f"[Lắng Nghe – NHẮC LẠI] Chưa ai xác minh: {items.headline(judged)}",
        judged,
        [following],
        public_url,
        unit,
        now,
        knowledge,
        intro=f"Sau {minutes} phút chưa có ai nhận xác minh nội dung này; chuyển tiếp tới người trực kế tiếp.",
    )
