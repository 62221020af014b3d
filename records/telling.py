"""What is told: mails as rows of the outbox, what rang, what was said of a story, and who is to hear it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one recipient: a row of the outbox. `id` is deterministic and is the Message-ID for ever."""

    id: str
    kind: Literal["urgent", "followup", "bundle", "daily", "weekly", "escalation", "alarm", "search"]
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime
    documents: tuple[str, ...] = ()
    story: str | None = None
    attachments: tuple[Attachment, ...] = ()
    state: Literal["queued", "sending", "sent", "dead", "held", "bundled"] = "queued"
    """held: waits for the recipient's next hourly bundle; bundled: told in one"""
    attempts: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None
    reply: str | None = None
    """the server's last line, where it took the mail"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of flagged items between two moments."""

    decided: dict[str, int]
    """case status -> items a person brought to it"""
    edited: tuple[tuple[str, str], ...] = ()
    """(key, title) of those changed at their source"""
    gone: tuple[tuple[str, str], ...] = ()
    """(key, title) of those removed there"""


@dataclass(frozen=True, slots=True)
class Told:
    """One urgent mail about a document that nobody has acknowledged."""

    recipient: str
    queued_at: datetime
    accepted_at: datetime | None
    """when the server said 250"""
    second_at: datetime | None
    """when it went by the second channel"""
    message_id: str
    held: bool = False
    """it waits for the recipient's hourly bundle"""
    planned_at: datetime | None = None
    """when it may go out first, where that is later than `queued_at` (quiet hours)"""


@dataclass(frozen=True, slots=True)
class Ringing:
    """A document that rang and that nobody has acknowledged, with the mails about it, the first one first."""

    document: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What the last urgent mail or follow-up about a story said of it."""

    story: str
    at: datetime
    number: int
    """0: the first urgent mail"""
    outlets: int
    documents: int
    clauses: tuple[str, ...]
    corrected: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Rings held back for a stated reason. `scope`: "story", "outlet", "topic", "clause" or "province"."""

    id: int
    scope: str
    value: str
    reason: str
    author: str
    start: datetime
    end: datetime
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of duty or of leave of one officer. `substitute`: who stands in during a leave."""

    id: int
    login: str
    kind: Literal["duty", "leave"]
    start: datetime
    end: datetime
    substitute: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a recipient chose by the signed link in their mails. Times "HH:MM", Asia/Ho_Chi_Minh; empty: none."""

    recipient: str
    morning: bool = True
    afternoon: bool = True
    quiet_from: str = ""
    quiet_to: str = ""
