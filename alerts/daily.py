"""The daily digest: everything of the day that a person should see, one story once, one message a recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import vietnamese
from alerts import digest, links, pages
from alerts.mail import message_id
from alerts.plain import one_line
from alerts.standing import NONE, Standing, blocks
from knowledge import Knowledge
from records import Judged, Message

SHORT = {
    "urgent": "cần xử lý ngay",
    "flag": "khả năng vi phạm",
    "review": "cần xem xét",
    "correction": "cần đính chính",
    "feedback": "phản ánh, kiến nghị",
    "negative": "tin tiêu cực",
    "other": "tin khác",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One daily mail: of the morning, or of the afternoon."""

    day: date
    afternoon: bool = False

    @property
    def name(self) -> str:
        """ "2026-11-26", "2026-11-26-chieu": part of the Message-IDs and of the store's mark, for ever."""
        return self.day.isoformat() + ("-chieu" if self.afternoon else "")

    @property
    def title(self) -> str:
        return f"Bản tin {'chiều' if self.afternoon else 'ngày'} {vietnamese.date_text(self.day)}"


def messages(
    edition: Edition,
    judged: Sequence[Judged],
    recipients: Sequence[str],
    public_url: str,
    unit: str,
    now: datetime,
    knowledge: Knowledge,
    notes: Sequence[str] = (),
    stands: Standing = NONE,
) -> list[Message]:
    """The edition for each recipient: the same words, an id of their own that never changes.

    Each document of `judged` is in it, in full or as a line; an empty day is told too. `unit`: name of the sending
    unit. `notes`: lines of the product about itself (silent sources, waiting corrections), in Vietnamese.
    `stands`: what is still open from before.
    """
    gathered = digest.gather(judged, public_url, knowledge)
    values = {
        "unit": unit,
        "digest": gathered,
        "summary": summary(gathered),
        "notes": [one_line(note, 300) for note in notes],
        "desk": public_url.rstrip("/"),
        "made_at": vietnamese.time_text(now),
        "title": edition.title,
        "standing": blocks(stands, public_url, knowledge),
    }
    subject, text, html = _subject(edition, gathered), pages.text("daily", **values), pages.html("daily", **values)
    domain = links.domain(public_url)
    return [
        Message(
            message_id("daily", edition.name, recipient, domain=domain), "daily", recipient, subject, text, html, now,
            gathered.documents,
        )
        for recipient in dict.fromkeys(recipients)
    ]  # fmt: skip


def summary(gathered: digest.Digest) -> str:
    """ "12 bài trong 9 câu chuyện: 1 cần xử lý ngay; 2 cần đính chính; 6 tin khác." """
    if not gathered.documents:
        return "Không có tin mới về BHXH, BHYT, BHTN cần báo trong ngày."
    parts = "; ".join(f"{count} {SHORT[name]}" for name, count in gathered.counts.items() if count)
    return f"{len(gathered.documents)} bài trong {gathered.stories} câu chuyện: {parts}."


def _subject(edition: Edition, gathered: digest.Digest) -> str:
    counts = gathered.counts
    grave = [f"{counts[name]} {SHORT[name]}" for name in ("urgent", "flag", "correction") if counts[name]]
    tail = "; ".join(grave) or (f"{len(gathered.documents)} bài" if gathered.documents else "không có tin mới")
    return f"[Lắng Nghe] {edition.title}: {tail}"
