"""The urgent mail: one severe flag that a person should look at now, one message a recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import vietnamese
from alerts import items, links, pages
from alerts.mail import message_id
from knowledge import Knowledge
from records import Judged, Message


def messages(
    judged: Judged, recipients: Sequence[str], public_url: str, unit: str, now: datetime, knowledge: Knowledge
) -> list[Message]:
    """One message a recipient; its id is made of the story (or the document without one) and the recipient."""
    return compose("urgent", subject(judged, knowledge), judged, recipients, public_url, unit, now, knowledge)


def subject(judged: Judged, knowledge: Knowledge) -> str:
    """The act in words and the headline; never a person's name of ours, never an accusation of the outlet."""
    acts = items.flags(judged)
    words = knowledge.act(acts[0].clause).words_vi if acts else "vi phạm"
    return f"[Cần xác minh - khẩn] khả năng {words}: {items.headline(judged)}"


def followup(
    judged: Judged,
    why: str,
    number: int,
    recipients: Sequence[str],
    public_url: str,
    unit: str,
    now: datetime,
    knowledge: Knowledge,
) -> list[Message]:
    """What changed in a story told before; `why` says it, `number` counts the mails about the story."""
    headline = f"[Lắng Nghe – diễn biến mới] {items.headline(judged)}"
    intro = f"Câu chuyện đã báo có diễn biến mới: {why}"
    return compose("followup", headline, judged, recipients, public_url, unit, now, knowledge, intro, number)


def compose(
    kind: Literal["urgent", "escalation", "followup"],
    subject: str,
    judged: Judged,
    recipients: Sequence[str],
    public_url: str,
    unit: str,
    now: datetime,
    knowledge: Knowledge,
    intro: str = "Hệ thống phát hiện một nội dung cần người xác minh ngay.",
    number: int = 0,
) -> list[Message]:
    """The messages of one flagged document under `subject`, opened by `intro`; `number` tells the calls about it apart."""
    story = judged.story.id if judged.story else judged.document.key
    values = {
        "item": items.view(judged, public_url, knowledge),
        "story": judged.story,
        "unit": unit,
        "intro": intro,
        "desk": public_url.rstrip("/"),
        "made_at": vietnamese.time_text(now),
        "title": "Tin khẩn: khả năng vi phạm, cần người xác minh",
    }
    text, html = pages.text("urgent", **values), pages.html("urgent", **values)
    return [
        Message(
            id=message_id(kind, story, *([str(number)] if number else []), recipient, domain=links.domain(public_url)),
            kind=kind,
            recipient=recipient,
            subject=subject,
            text=text,
            html=html,
            created_at=now,
            documents=(judged.document.key,),
            story=judged.story.id if judged.story else None,
        )
        for recipient in dict.fromkeys(recipients)
    ]
