"""What a site's own pages say about where its news is listed. Pure: bytes and links in, addresses and figures out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from records import BadInput

from . import feeds, sitemaps
from .address import canonical, same_site
from .links import BadFeed, Link
from .pages.body import monstrous, parse, tidy
from .pages.decode import utf8
from .pages.metadata import Metadata

USUAL_FEEDS = ("/rss/home.rss", "/rss/tin-moi-nhat.rss", "/rss.xml", "/rss", "/feed", "/feed/")
USUAL_SITEMAPS = ("/sitemap-news.xml", "/google-news-sitemap.xml", "/sitemaps/google-news.xml", "/sitemap.xml")
MOST = 12
"""addresses of one kind taken from a page"""
ANCHORS = 3000
ARTICLES = (
    r"/Pages/[^?]+\.aspx\?.*ItemID=\d+", r"-post\d+\.\w+$", r"-a\d+\.html?$", r"-\d{4,}\.\w{3,5}$", r"-\d{4,}/?$",
    r"/20\d\d/\d\d?/[^/]+", r"/20\d{4}/[^/]+", r"/[a-z0-9]+(?:-[a-z0-9]+){4,30}(?:\.\w{3,5})?/?$",
)  # fmt: skip
"""how Vietnamese sites address articles, the surest first: by a number, a date, a long slug"""
LIKELY, ENOUGH = 0.8, 3
"""share of a list's links that one pattern must fit; fewest links that say anything"""
TITLE = 20
"""characters from which on the words of a link on a page may be a headline"""
THREAD = r"/(?:t|threads)/[^/]+\.\d+"
RECENT, WHOLE = timedelta(days=14), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Front:
    """A site's front page, or the page an operator names."""

    name: str
    """what the site calls itself; "" where it does not say"""
    feeds: tuple[str, ...]
    """addresses the page links as its feeds"""
    forum: bool
    """whether it is a XenForo forum"""


@dataclass(frozen=True, slots=True)
class Volume:
    """What the dates in a list say about how much is published."""

    items: int
    hours: float

    @property
    def daily(self) -> float | None:
        """Items a day, where the list covers a whole day or more."""
        return self.items * 24 / self.hours if self.hours >= WHOLE / timedelta(hours=1) else None


def front(body: bytes, url: str, content_type: str = "") -> Front:
    """Reads a page fetched from `url`; of a page that is none, or a monstrous one, nothing."""
    page, _ = utf8(body, content_type)
    if monstrous(page):
        return Front("", (), False)
    tree = parse(page)
    stated = Metadata(tree).first("og:site_name")
    title = tree.css_first("title")
    name = tidy(stated or re.split(r"\s[|–—-]\s", title.text() if title else "")[0])[:80]
    return Front(name, tuple(dict.fromkeys(_feeds(tree, url)))[:MOST], tree.css_first("html#XF") is not None)


def list_kind(body: bytes, url: str, now: datetime, content_type: str = "") -> Literal["feed", "sitemap"] | None:
    """Whether the address that was named is itself a list."""
    try:
        if feeds.read(body, url, now, content_type):
            return "feed"
    except BadFeed:
        pass
    try:
        links, children = sitemaps.read(body, url, now)
    except BadFeed:
        return None
    return "sitemap" if links or children else None


def _feeds(tree: LexborHTMLParser, url: str) -> Iterator[str]:
    """Linked as such in the head; then those a reader may click on."""
    for node in tree.css("link[rel~=alternate][href]")[:100]:
        if re.search(r"application/(rss|atom)\+xml", node.attributes.get("type") or ""):
            yield from own(node.attributes.get("href") or "", url)
    for node in tree.css("a[href$='.rss'], a[href$='/rss.xml'], a[href$='/feed/']")[:100]:
        yield from own(node.attributes.get("href") or "", url)


def own(address: str, url: str) -> Iterator[str]:
    """The canonical address, where it is one and lies on the site of `url`."""
    try:
        found = canonical(address, url)
    except BadInput:
        return
    if same_site(urlsplit(url).hostname or "", urlsplit(found).hostname or ""):
        yield found


def usual(home: str, kind: Literal["feed", "sitemap"]) -> list[str]:
    """Where sites have such a list though nothing leads to it."""
    return [urljoin(home, path) for path in (USUAL_FEEDS if kind == "feed" else USUAL_SITEMAPS)]


def article(links: Sequence[Link]) -> str:
    """The pattern nearly all links of a list fit; "" where none does."""
    if len(links) < ENOUGH:
        return ""
    shares = {pattern: sum(fits(pattern, link.key) for link in links) / len(links) for pattern in ARTICLES}
    return next((pattern for pattern, share in shares.items() if share >= LIKELY), "")


def listed(body: bytes, url: str, content_type: str = "") -> str:
    """The pattern of the articles that a page lists under their headlines; "" where it seems to list none."""
    page, _ = utf8(body, content_type)
    if monstrous(page):
        return ""
    headed = [
        address
        for node in parse(page).css("a[href]")[:ANCHORS]
        if len(tidy(node.text() or "")) >= TITLE
        for address in own(node.attributes.get("href") or "", url)
    ]
    counts = {pattern: len({one for one in headed if fits(pattern, one)}) for pattern in ARTICLES}
    return next((pattern for pattern, count in counts.items() if count >= ENOUGH), "")


def fits(pattern: str, address: str) -> bool:
    parts = urlsplit(address)
    return re.search(pattern, parts.path + (f"?{parts.query}" if parts.query else "")) is not None


def volume(links: Iterable[Link], now: datetime) -> Volume | None:
    """From the dated links of the last two weeks; None where there are too few."""
    moments = sorted(
        link.published_at for link in links if link.published_at and now - RECENT <= link.published_at <= now
    )
    if len(moments) < ENOUGH:
        return None
    return Volume(len(moments), max((now - moments[0]) / timedelta(hours=1), 1.0))


def covering(lists: Iterable[tuple[str, Sequence[Link]]], most: int) -> list[str]:
    """The fewest addresses that name every link, the richest first; at most `most`."""
    rest = [(url, {link.key for link in links}) for url, links in lists]
    seen: set[str] = set()
    chosen: list[str] = []
    while rest and len(chosen) < most:
        url, keys = max(rest, key=lambda one: len(one[1] - seen))
        if not keys - seen:
            break
        chosen.append(url)
        seen |= keys
    return chosen
