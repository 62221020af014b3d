"""What was published, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["press", "official", "post", "report"]
"""press: an outlet's article; official: a state body's page; post: a public social post or comment;
report: what a provincial office sent in."""


@dataclass(frozen=True, slots=True)
class Document:
    """One published item as it was read. Its key is the canonical address (posts: platform + id;
    reports from provinces: content hash + receipt time)."""

    key: str
    kind: Kind
    source: str
    """id of the source (or of the import) it came through"""
    outlet: str
    """name of the outlet, as printed for people"""
    url: str
    """address a person can open; empty where there is none"""
    title: str | None
    lead: str | None
    body: str | None
    """paragraphs joined by a blank line"""
    published_at: datetime | None
    first_seen: datetime
    modified_at: datetime | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    """bylines of press articles only"""
    author: str | None = None
    """keyed hash of a post's author; never a name"""
    method: str = ""
    """how it was read: "selectors", "json-ld", "trafilatura", "feed", "import", "report", "api" """
    gaps: tuple[str, ...] = ()
    """what is missing or doubtful: "body", "date", "future_date", "old_date", "charset" """
    reach: int | None = None
    """engagement the source states (views, reactions), where it states one"""
    listed_at: datetime | None = None
    """when a feed, sitemap or listing first named it to us; `first_seen` is when its page was fetched"""

    @property
    def text(self) -> str:
        """Lead and body as one text, joined by a blank line: what is judged, and what an act's offsets count in."""
        return "\n\n".join(part for part in (self.lead, self.body) if part)


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document's words; a new one is kept when the source changes them."""

    document: str
    seen_at: datetime
    digest: str
    title: str | None
    lead: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which a document's page was not there."""

    status: int
    """HTTP status, e.g. 404 or 410"""
    first_at: datetime
    confirmed_at: datetime | None = None
    """when a second look found it missing still; None: seen once only"""
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """An outlet's correction and the item it corrects, by their keys."""

    correction: str
    corrected: str
    how: Literal["link", "title", "words"]
    """it links to the item, names its title in quotation marks, or has the title in its words"""
    at: datetime


@dataclass(frozen=True, slots=True)
class Text:
    """What is handed to nlp: one text to judge. `date` None means "judge as of today"."""

    id: str
    title: str | None
    text: str
    date: date | None
    kind: Kind = "press"
