"""The hourly bundle: the urgent items of a busy day after the tenth, in one mail a recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import vietnamese
from alerts import items, links, pages
from alerts.mail import message_id
from knowledge import Knowledge
from records import Judged, Message


def message(
    held: Sequence[Message],
    judged: Sequence[Judged],
    recipient: str,
    public_url: str,
    unit: str,
    now: datetime,
    knowledge: Knowledge,
) -> Message:
    """One mail for the `held` ones about `judged`; its id is made of the first of them, so it is made once."""
    views = [items.view(one, public_url, knowledge) for one in {one.document.key: one for one in judged}.values()]
    values = {
        "items": views,
        "unit": unit,
        "desk": public_url.rstrip("/"),
        "made_at": vietnamese.time_text(now),
        "title": f"{len(views)} tin khẩn trong giờ qua, cần người xác minh",
    }
    return Message(
        id=message_id("bundle", held[0].id, recipient, domain=links.domain(public_url)),
        kind="bundle",
        recipient=recipient,
        subject=f"[Cần xác minh - khẩn] {len(views)} nội dung cần xác minh trong giờ qua",
        text=pages.text("bundle", **values),
        html=pages.html("bundle", **values),
        created_at=now,
        documents=tuple(one.document.key for one in judged),
    )
