"""The mail of a saved search: its new hits, in the form of the digest, each told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import vietnamese
from alerts import daily, digest, links, pages
from alerts.mail import message_id
from alerts.plain import one_line
from knowledge import Knowledge
from records import Judged, Message

NAME = 80


def message(
    number: int,
    name: str,
    judged: Sequence[Judged],
    recipient: str,
    public_url: str,
    unit: str,
    now: datetime,
    knowledge: Knowledge,
) -> Message:
    """The new hits of the search `number` for its owner; the same hits give the same Message-ID. `judged`: at least one."""
    gathered = digest.gather(judged, public_url, knowledge)
    title = f"Tìm kiếm “{one_line(name, NAME)}”: {len(judged)} tin mới"
    values = {
        "unit": unit,
        "digest": gathered,
        "summary": daily.summary(gathered),
        "notes": ["Thư này gửi theo tìm kiếm bạn đã lưu; bỏ ở mục Tìm kiếm đã lưu trên bàn làm việc."],
        "desk": public_url.rstrip("/"),
        "made_at": vietnamese.time_text(now),
        "title": title,
        "standing": (),
    }
    keys = sorted(one.document.key for one in judged)
    return Message(
        id=message_id("search", str(number), *keys, domain=links.domain(public_url)),
        kind="search",
        recipient=recipient,
        subject=f"[Lắng Nghe] {title}",
        text=pages.text("daily", **values),
        html=pages.html("daily", **values),
        created_at=now,
        documents=gathered.documents,
    )
