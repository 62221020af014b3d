"""Sitemaps: urlset -> links, index -> the addresses of its newest children. Also gzipped; sizes bounded."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import IO, cast

from lxml import etree

from vietnamese import parse_date

from .address import canonical
from .links import BadFeed, Link, link

MAX_BYTES = 50 * 2**20
"""of a sitemap when unpacked: the limit the sitemap protocol sets"""
MAX_URLS = 50_000
CHILDREN = 3
"""how many sitemaps of an index are read at one poll, the newest first"""
OLDEST = timedelta(days=7)
"""what a sitemap dates older than this is history, not news"""
_BROKEN = datetime(2000, 1, 1, tzinfo=UTC)
"""an earlier date is none: systems without one write 1970"""


def read(body: bytes, url: str, now: datetime) -> tuple[list[Link], list[str]]:
    """(links, addresses of child sitemaps) of a sitemap fetched from `url`. Raises BadFeed."""
    found: list[Link] = []
    children: list[tuple[datetime | None, str]] = []
    for kind, place, stated, title in _entries(_unpack(body, url), url):
        moment = parse_date(stated, now) if stated else None
        if moment is not None and moment < _BROKEN:
            moment = None
        if moment is not None and now - moment > OLDEST:
            continue
        if kind == "sitemap":
            child = link(place, url)
            children += [(moment, child.url)] if child else []
        elif (item := link(place, url, title=title, published_at=moment)) is not None:
            found.append(item)
    return found, _newest(children)


def _newest(children: list[tuple[datetime | None, str]]) -> list[str]:
    dated = sorted(((moment, place) for moment, place in children if moment), reverse=True)
    places = [place for _, place in dated] or _ends([place for _, place in children])
    return [canonical(place) for place in places[:CHILDREN]]


def _ends(places: list[str]) -> list[str]:
    """Of an index without dates: the last and the first of each row of numbered sitemaps. Which of the two holds the
    newest is nowhere said: WordPress fills up the last one."""
    rows: dict[str, list[tuple[list[int], str]]] = {}
    for place in places:
        numbers = [int(number[:18]) for number in re.findall(r"\d+", place)]
        rows.setdefault(re.sub(r"\d+", "#", place), []).append((numbers, place))
    ends = (end for row in rows.values() for end in (max(row)[1], min(row)[1]))
    return list(dict.fromkeys(ends))


def _unpack(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        data = body
    else:
        try:
            with gzip.open(io.BytesIO(body)) as packed:
                data = cast(IO[bytes], packed).read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise BadFeed(f"{url}: sitemap nén hỏng: {error}") from error
    if len(data) > MAX_BYTES:
        raise BadFeed(f"{url}: sitemap lớn quá {MAX_BYTES // 2**20} MB khi giải nén")
    return data


def _of_image(element: etree._Element) -> bool:
    """Pictures and videos of a page have addresses and titles of their own."""
    return isinstance(element.tag, str) and ("image" in element.tag or "video" in element.tag)


def _entries(data: bytes, url: str) -> list[tuple[str, str, str, str]]:
    """(url|sitemap, loc, date, title) of each entry, at most MAX_URLS. The parser resolves no entity, opens nothing."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise BadFeed(f"{url}: sitemap rỗng")
    if head.startswith((b"<!doctype html", b"<html")):
        raise BadFeed(f"{url}: trả về trang HTML, không phải sitemap; kiểm tra lại địa chỉ sitemap của nguồn")
    parser = etree.iterparse(
        io.BytesIO(data), events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, huge_tree=False, collect_ids=False,
    )  # fmt: skip
    found: list[tuple[str, str, str, str]] = []
    entry: dict[str, str] = {}
    try:
        for _, element in parser:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name in ("loc", "lastmod", "publication_date", "title") and not _of_image(element):
                entry.setdefault(name, (element.text or "").strip())
            elif name in ("url", "sitemap"):
                stated = entry.get("publication_date") or entry.get("lastmod", "")
                found.append((name, entry.get("loc", ""), stated, entry.get("title", "")))
                entry = {}
                element.clear(keep_tail=False)
                if len(found) >= MAX_URLS:
                    break
    except etree.LxmlError as error:
        if not found:
            raise BadFeed(f"{url}: không phải sitemap: {error}") from error
    if not found and not (b"urlset" in head or b"sitemapindex" in head):
        raise BadFeed(f"{url}: không phải sitemap")
    return found
