"""Page readers: pure functions from bytes to a Page. Nothing here fetches, stores, or reads a clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

import corrections
from records import BadInput, UnreadablePage
from vietnamese import parse_date

from ..address import canonical, same_site
from ..readers import Layout, layouts, outlet
from ..sources import Source
from .body import monstrous, paragraphs, parse, settle, tidy, unknown
from .decode import utf8
from .metadata import Metadata
from .outlets import bylines, container, counted, text_of
from .page import Page

__all__ = ["Page", "read"]

REFERS = 20
_NO_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)
"""a page read without a clock: "2 giờ trước" says nothing then, and is dropped as older than any page"""
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_PRINTED = (
    "[data-role=publishdate], .detail-time, span.date, .date-time, .article__time, .cms-date, .post-date, "
    ".publish-date, .pubdate, .news-time, .author-time, .time, time"
)
_HTML = re.compile(rb"<\s*(!doctype|html|head|body|meta|title|div|p|article|h1)\b", re.IGNORECASE)


def read(
    url: str, body: bytes, content_type: str = "text/html", source: Source | None = None, now: datetime | None = None
) -> Page:
    """Read one fetched page. `now` (aware) is what relative times count from.

    Raises UnreadablePage where the bytes are no page or it has no title. A missing body or date is None, not an error.
    """
    if not _HTML.search(body[:100_000]) and not _HTML.search(body[:200_000].replace(b"\0", b"")):
        raise UnreadablePage(url, "không phải trang HTML" if body.strip() else "trang rỗng")
    page, doubtful = utf8(body, content_type)
    if monstrous(page):
        raise UnreadablePage(url, "trang có quá nhiều thẻ hoặc lồng quá sâu")
    tree = parse(page)
    meta = Metadata(tree)
    host = urlsplit(url).hostname or ""
    layout, found = _known(tree, layouts(host, source.reader if source else ""))
    title = tidy((text_of(tree, layout.title) if layout else "") or meta.title() or _heading(tree))
    if not title:
        raise UnreadablePage(url, "không tìm thấy tiêu đề")
    lead = tidy((text_of(tree, layout.lead) if layout else "") or meta.lead()) or None
    authors = (bylines(tree, layout.authors) if layout else ()) or meta.authors()
    kept = settle(found or unknown(page.decode()), title, lead, authors)
    stated = counted(tree, layout.comments) if layout else None
    method = ("selectors" if found else "trafilatura") if kept else "json-ld"
    return Page(
        title=title,
        lead=lead,
        body="\n\n".join(kept) or None,
        published_at=_moment(meta.published(), now) or _moment(_times(tree, layout), now),
        modified_at=_moment(meta.modified(), now),
        authors=authors,
        section=tidy(meta.section() or (text_of(tree, layout.section) if layout else "")) or None,
        canonical_url=_own_address(meta.canonical(), url),
        outlet=(source.name if source else outlet(host) or tidy(meta.outlet())) or None,
        method=method,
        comments=meta.comments() if stated is None else stated,
        reader=layout.name if layout and kept else "",
        doubtful=("charset",) if doubtful else (),
        refers=_refers(tree, layout, url) if corrections.titled(title) else (),
    )


def _known(tree: LexborHTMLParser, tried: Iterable[Layout]) -> tuple[Layout | None, list[str]]:
    """The first layout whose body stands on this page, and its paragraphs."""
    for layout in tried:
        node = container(tree, layout)
        if node is not None and (found := paragraphs(node, layout.junk)):
            return layout, found
    return None, []


def _refers(tree: LexborHTMLParser, layout: Layout | None, url: str) -> tuple[str, ...]:
    """Where the text links to within its outlet, at most REFERS addresses."""
    within = (container(tree, layout) if layout else None) or tree.css_first("article")
    found: dict[str, None] = {}
    for anchor in within.css("a[href]")[:200] if within is not None else ():
        address = _own_address(anchor.attributes.get("href") or "", url)
        if address and address != url and len(found) < REFERS:
            found[address] = None
    return tuple(found)


def _heading(tree: LexborHTMLParser) -> str:
    for node in tree.css("h1")[:5]:
        if text := tidy(node.text()):
            return text
    named = tree.css_first("title")
    return re.split(r" [|–] ", tidy(named.text()) if named else "")[0]


def _times(tree: LexborHTMLParser, layout: Layout | None) -> Iterable[str]:
    """Where a page prints its time, for pages that do not state it in their head."""
    for selector in layout.date if layout else ():
        for node in tree.css(selector)[:3]:
            yield node.attributes.get("datetime") or node.attributes.get("title") or ""
            yield tidy(node.text())
    for node in tree.css("time[datetime]")[:5]:
        yield node.attributes.get("datetime") or ""
    for node in tree.css(_PRINTED)[:8]:
        yield tidy(node.text())


def _moment(stated: Iterable[str], now: datetime | None) -> datetime | None:
    """The first moment stated; a later statement of the same minute that has seconds says it more exactly."""
    first: datetime | None = None
    for text in stated:
        moment = parse_date(text, now or _NO_CLOCK) if text else None
        if moment is None or moment < _OLDEST:
            continue
        if first is None:
            first = moment
        elif moment.second and moment.replace(second=0) == first:
            return moment
        if first.second:
            break
    return first


def _own_address(stated: str, url: str) -> str | None:
    """The page's word about its address counts only within its own outlet."""
    try:
        own = canonical(stated, base=url) if stated else None
    except BadInput:
        return None
    if own is None or urlsplit(own).path == "/" != urlsplit(url).path:
        return None
    return own if same_site(urlsplit(own).hostname or "", urlsplit(url).hostname or "") else None
