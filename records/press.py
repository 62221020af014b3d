"""What the Centre does with the press: requests, briefings, statements, replies. The six indicators of Decree 244/2026
count these and the cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PressKind = Literal[
    "conference", "briefing", "statement", "request", "forwarded", "petition", "reply", "correction"
]  # fmt: skip
"""a press conference, a briefing, a public statement, a request of the press, a criticism it forwarded, a citizen's
petition about wrong information, our written reply, our request for a correction"""


@dataclass(frozen=True, slots=True)
class PressEntry:
    """One line of the press register, written by a person. What waits for an answer has `due_at` and no `done_at`."""

    kind: PressKind
    at: datetime
    """when it happened; a time limit counts from here"""
    subject: str
    by: str
    noted_at: datetime
    party: str = ""
    """the outlet, the citizen's letter, who was briefed"""
    text: str = ""
    address: str = ""
    """where it stands: an address or a document number"""
    document: str | None = None
    """key of the item it is about"""
    deadline: str | None = None
    """id in knowledge/deadlines.toml"""
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    done_note: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A draft made from a case: a DOCX without number, seal or signature."""

    id: int
    name: str
    by: str
    at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class PressCounts:
    """The counts behind the six indicators of the annex of Decree 244/2026, for a period [start, end)."""

    conferences: int
    briefings: int
    requests: int
    requests_answered: int
    requests_late: int
    """of `requests`: answered after the limit, or not answered and past it"""
    incidents: int
    """cases whose impact a person confirmed in the period"""
    incidents_stated: int
    incidents_on_time: int
    """first statement within the 24 hours"""
    wrong: int
    """cases a person confirmed in the period"""
    letters: int
    """replies and requests for a correction sent"""
    letters_answered: int
