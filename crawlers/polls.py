"""Book-keeping of one crawl: which list waits for which articles, and what became of each source. Pure; opens nothing.

A list (one feed, sitemap or listing) is finished when each of its new links is stored or given up. Only then, and only if
none was put off, may its validators be kept: what a crash or a failing server interrupts is found again at the next poll.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from .sources import Source

ListKind = Literal["feed", "sitemap", "listing"]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one call did for one source."""

    source: str
    ok: bool
    """at least one of its feeds, sitemaps or listings could be read"""
    error: str
    """the first error, in Vietnamese; empty when there was none"""
    items: int
    """links seen"""
    new: int
    """documents stored"""
    failed: int = 0
    """articles that could not be fetched or read this time"""
    bare: int = 0
    """documents stored with a title and no text"""
    trouble: str = ""
    """code (records.TROUBLES) of the first error; empty when there was none"""


@dataclass(slots=True, eq=False)
class Poll:
    """One list being read. `lost`: something was put off, the validators must not be kept."""

    source: Source
    kind: ListKind
    url: str
    etag: str | None = None
    last_modified: str | None = None
    waiting: set[str] = field(default_factory=set)
    lost: bool = False
    child: bool = False
    """named by an index, not by the source"""


@dataclass(slots=True)
class Turn:
    """One source's turn in a crawl. `open` counts its lists not yet finished."""

    source: Source
    open: int = 0
    read: int = 0
    seen: set[str] = field(default_factory=set)
    new: int = 0
    failed: int = 0
    bare: int = 0
    errors: list[str] = field(default_factory=list)
    trouble: str = ""
    waiting: dict[str, list[Poll]] = field(default_factory=dict)
    """article -> the lists that wait for it"""

    def wrong(self, text: str, trouble: str) -> None:
        self.errors.append(text)
        self.trouble = self.trouble or trouble

    def ask(self, poll: Poll, seen: Iterable[str], wanted: Iterable[str]) -> list[str]:
        """A list was read: `seen` are its links, `wanted` those to fetch. Gives those not being fetched already."""
        self.read += 1
        self.seen.update(seen)
        poll.waiting.update(wanted)
        fresh = [key for key in dict.fromkeys(wanted) if key not in self.waiting]
        for key in poll.waiting:
            self.waiting.setdefault(key, []).append(poll)
        return fresh

    def settle(self, key: str, lost: bool = False) -> list[Poll]:
        """An article was stored or given up (`lost`: put off). Gives the lists that this finishes."""
        finished = []
        for poll in self.waiting.pop(key, []):
            poll.waiting.discard(key)
            poll.lost = poll.lost or lost
            if not poll.waiting:
                finished.append(poll)
        return finished

    def collected(self) -> Collected:
        error = self.errors[0] if self.errors else ""
        return Collected(
            self.source.id, self.read > 0, error, len(self.seen), self.new, self.failed, self.bare, self.trouble
        )


def lists_of(source: Source) -> list[Poll]:
    """Where the source's links are found."""
    return [
        *(Poll(source, "feed", url) for url in source.feeds + source.searches),
        *(Poll(source, "sitemap", url) for url in source.sitemaps),
        *(Poll(source, "listing", url) for url in source.listings),
    ]


def host_count(sources: Iterable[Source]) -> int:
    """How many hosts the lists of some sources lie on."""
    return len({urlsplit(url).hostname for source in sources for url in source.lists})
