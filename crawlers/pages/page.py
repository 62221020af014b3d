"""Page: what a reader takes from one fetched page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One article page as read. Missing things are None; times keep the page's offset (+07:00 where it gives none)."""

    title: str
    lead: str | None
    body: str | None
    """paragraphs joined by a blank line, without title, lead, captions, author and related items"""
    published_at: datetime | None
    modified_at: datetime | None
    authors: tuple[str, ...]
    section: str | None
    canonical_url: str | None
    """the address the page gives itself, canonical; None where it gives none, or another outlet's"""
    outlet: str | None
    method: str
    """"selectors", "json-ld" (title and date only, no body found) or "trafilatura" """
    comments: int | None = None
    """how many the page shows; None where it shows no number"""
    reader: str = ""
    """name of the row of readers.toml whose selectors found the body; "" where none did"""
    doubtful: tuple[str, ...] = ()
    """"charset": the text may be damaged"""
    refers: tuple[str, ...] = ()
    """of a page titled as a correction: the outlet's own addresses its text links to, canonical, in their order"""
