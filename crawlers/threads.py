"""Forum threads: which of those a feed or a board names may hold something new, and which of their pages to read. Pure.

A thread grows, so its address being known says nothing. What counts is the mark: the moment up to which its posts were
dealt with, kept per thread by the intake once every post read was stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from records import Document
from vietnamese import parse_date

from . import listings
from .links import BadFeed, Link, link, newest
from .pages.body import monstrous, parse, tidy
from .pages.decode import utf8
from .pages.forum import Post, Thread, thread_address
from .sources import Source

MAX_PAGES = 5
"""of one thread read in one turn: the first, then from the last one backwards"""
AHEAD = timedelta(days=1)
"""how far a forum's clock may run ahead before what it says counts as undated"""
UNDATED = timedelta(days=1)
"""between two looks at a thread whose list gives no time"""
MAX_ROWS = 500


def choose(links: Iterable[Link], source: Source, limit: int, now: datetime) -> list[Link]:
    """The threads that a list's links belong to, each once with the latest time stated, the newest first, at most
    `limit`. The key of such a link is "<source>:thread-<number>"."""
    found: dict[str, Link] = {}
    for one in links:
        if not source.is_article(one.key):
            continue
        address = thread_address(one.key)
        numbered = re.search(r"[./](\d{1,18})/$", address)
        key = f"{source.id}:thread-{numbered[1]}" if numbered else address
        stated = [one.published_at, found[key].published_at if key in found else None]
        moments = [moment for moment in stated if moment and moment <= now + AHEAD]
        found[key] = Link(key, address, published_at=max(moments, default=None))
    return newest(found.values(), limit)


def board(body: bytes, url: str, source: Source, content_type: str, now: datetime) -> list[Link]:
    """The threads a board page lists, each with the time of its latest post. Raises BadFeed where there is none."""
    page, _ = utf8(body, content_type)
    if monstrous(page):
        raise BadFeed(f"{url}: trang danh sách có quá nhiều thẻ hoặc lồng quá sâu")
    tree = parse(page)
    found: list[Link] = []
    for row in tree.css(".structItem--thread")[:MAX_ROWS]:
        time = row.css_first("time.structItem-latestDate")
        stated = (time.attributes.get("datetime") or "")[:40] if time is not None else ""
        for anchor in row.css(".structItem-title a[href]")[:5]:
            item = link(
                anchor.attributes.get("href") or "", url, tidy(anchor.text()), published_at=parse_date(stated, now)
            )
            if item is not None and source.is_article(item.key):
                found.append(item)
    return found or listings.read(body, url, source, content_type)


def may_be_new(thread: Link, mark: datetime | None, now: datetime) -> bool:
    """Whether a listed thread is worth fetching. `mark`: up to when its posts are known; None: never fetched."""
    if mark is None:
        return True
    return thread.published_at > mark if thread.published_at else mark < now - UNDATED


@dataclass(slots=True)
class Walk:
    """One thread being read, page by page. `newest`: the latest moment seen in it."""

    thread: Link
    newest: datetime | None = None
    pages: list[int] = field(default_factory=list)
    """read so far"""
    unread: int = 0
    """pages left out that may hold new posts"""

    def after(self, page: Thread, mark: datetime | None) -> str | None:
        """A page was read and kept; gives the address of the next one to read: the last, then backwards until one
        reaches posts older than `mark`. None: the thread is done."""
        moments = [post.published_at for post in page.posts if post.published_at]
        stated = [moment for moment in (self.newest, self.thread.published_at, *moments) if moment]
        self.newest = max(stated, default=None)
        first = not self.pages
        self.pages.append(page.page)
        if not first and mark and moments and min(moments) <= mark:
            return None
        following = page.pages if first else page.page - 1
        if following < 2 or following in self.pages:
            return None
        if len(self.pages) >= MAX_PAGES:
            self.unread = following - 1 if mark else 0
            return None
        return page.at(following)

    def mark(self, now: datetime) -> datetime:
        """What to keep when the walk is over: the latest moment in it, never one that lies far ahead."""
        dated = self.newest if self.thread.published_at else max(self.newest or now, now)
        return min(dated or now, now + AHEAD)


def removed(key: str, page: Thread, url: str) -> bool:
    """Whether the page at `url`, to which the address of a post led, shows that the post is no more: a forum sends the
    address of a post it still has to the page with it on."""
    number = key.rpartition("-")[2]
    sent_on = f"post-{number}" not in urlsplit(url).path
    return sent_on and number not in {post.id for post in page.posts}


def document(
    post: Post, title: str | None, thread: Thread, source: Source, author: str | None, now: datetime
) -> Document:
    """The Document of a post. `title` stands at the first post of the thread only; `author` is the keyed hash."""
    gaps = () if post.published_at else ("date",)
    return Document(
        key=f"{source.id}:post-{post.id}",
        kind="post",
        source=source.id,
        outlet=source.name,
        url=post.permalink,
        title=title,
        lead=None,
        body=post.text or None,
        published_at=post.published_at,
        first_seen=now.astimezone(UTC),
        author=author,
        method="selectors",
        gaps=(*gaps, *thread.doubtful),
        reach=post.reactions,
    )
