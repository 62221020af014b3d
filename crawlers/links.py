"""Link: an article's address as a feed, sitemap or listing gives it, with what is said about it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from records import BadInput, LangNgheError

from .address import at_home, canonical, spaced
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
        key = canonical(spaced(url), base)
    except BadInput:
        return None
    return Link(key, key, title, lead, published_at)


def mark(link: Link) -> str:
    """What a failure is remembered by: a thread that failed is worth a try again when it has grown."""
    return f"{link.key}@{link.published_at.isoformat()}" if link.key != link.url and link.published_at else link.key


_AGES_AGO = datetime(1, 1, 1, tzinfo=UTC)


def choose(links: Iterable[Link], source: Source, limit: int) -> list[Link]:
    """The links that are articles of the source, each once, the newest first, at most `limit`."""
    found = (
        replace(link, key=key, url=key)
        for link in links
        if source.is_article(key := at_home(link.key, source.homepage))
    )
    return newest({link.key: link for link in found}.values(), limit)


def newest(links: Iterable[Link], limit: int) -> list[Link]:
    """At most `limit` links, the newest first. Where none is dated they keep their order, and as some lists begin with
    the oldest, both ends of a long one are taken."""
    given = list(links)
    if not any(link.published_at for link in given):
        return given if len(given) <= limit else given[: limit - limit // 2] + given[len(given) - limit // 2 :]
    return sorted(given, key=lambda link: link.published_at or _AGES_AGO, reverse=True)[:limit]
