"""Link: an article's address as a feed, sitemap or listing gives it, with what is said about it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from records import BadInput, LangNgheError

from .address import at_home, canonical
from .sources import Source


@dataclass(frozen=True, slots=True)
class Link:
    """`key` is the canonical address, `url` the one to fetch. What a sitemap or listing does not say is empty."""

    key: str
    url: str
    title: str = ""
    lead: str = ""
    published_at: datetime | None = None
    listed_at: datetime | None = None
    """when the list that names it was read"""


class BadFeed(LangNgheError):
    """What came from the address of a feed, sitemap or listing cannot be used; the message says why."""


def link(url: str, base: str, title: str = "", lead: str = "", published_at: datetime | None = None) -> Link | None:
    """A link with its identity; None for an address that is none."""
    if not url.strip():
        return None
    try:
        key = canonical(url, base)
    except BadInput:
        return None
    return Link(key, key, title, lead, published_at)


_AGES_AGO = datetime(1, 1, 1, tzinfo=UTC)


def choose(links: Iterable[Link], source: Source, limit: int) -> list[Link]:
    """The links that are articles of the source, each once, the newest first, at most `limit`.

    Where none is dated they keep their order.
    """
    found = (
        replace(link, key=key, url=key)
        for link in links
        if source.is_article(key := at_home(link.key, source.homepage))
    )
    return newest({link.key: link for link in found}.values(), limit)


def newest(links: Iterable[Link], limit: int) -> list[Link]:
    """At most `limit` links, the newest first; where none is dated they keep their order."""
    given = list(links)
    dated = sorted(given, key=lambda link: link.published_at or _AGES_AGO, reverse=True)
    return (dated if any(link.published_at for link in dated) else given)[:limit]
