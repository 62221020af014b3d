"""RSS and Atom: the bytes of a feed -> links. feedparser on bytes we fetched; it opens nothing itself."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import feedparser

from vietnamese import nfc, parse_date

from .links import BadFeed, Link, link
from .pages.decode import decode
from .pages.metadata import clean

MAX_BYTES = 4 * 2**20
MAX_DEPTH = 60
_ITEM_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)[a-zA-Z][^<>]{0,400}?(/?)>")
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)\b", re.IGNORECASE)


def read(body: bytes, url: str, now: datetime, content_type: str = "", limit: int = 500) -> list[Link]:
    """The links of a feed fetched from `url`, in its order, at most its first and last `limit` items. Raises BadFeed.

    A broken or missing date is no error: the link then has none. `now` (aware) is what relative dates count from.
    """
    if len(body) > MAX_BYTES:
        raise BadFeed(f"{url}: feed lớn quá {MAX_BYTES // 2**20} MB")
    text, _ = decode(body, content_type)
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if not head:
        raise BadFeed(f"{url}: feed rỗng")
    while head.startswith("<!--") and "-->" in head:
        head = head.partition("-->")[2].lstrip()
    if re.match(r"<(!doctype\s{1,99}html|html)\b", head):
        raise BadFeed(f"{url}: trả về trang HTML, không phải feed RSS/Atom; kiểm tra lại địa chỉ feed của nguồn")
    if _DECLARATION.search(text):
        raise BadFeed(f"{url}: feed mang khai báo DTD; từ chối đọc")
    # the text is handed on as UTF-8, whatever it came as
    kind = {"content-type": "application/xml; charset=utf-8"}
    # as a stream: handed bytes, feedparser first tries to open a file of that name
    stream = io.BytesIO(_cut(text, limit, url).encode())
    parsed = feedparser.parse(stream, response_headers=kind, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and not parsed.version:
        raise BadFeed(f"{url}: không phải feed RSS/Atom")
    return list(_links(parsed.entries[: 2 * limit], url, now))


def _cut(text: str, limit: int, url: str) -> str:
    """Only the first and the last `limit` items reach the parser (some feeds list the oldest first), and none of a
    depth no feed has: both cost it time."""
    ends = [match.end() for match in _ITEM_END.finditer(text)]
    if len(ends) > 2 * limit:
        text = text[: ends[limit - 1]] + text[ends[-limit - 1] :]
    depth = deepest = 0
    for closing, empty in _TAG.findall(re.sub(r"<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL)):
        depth += -1 if closing else 0 if empty else 1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH + limit:
        raise BadFeed(f"{url}: feed lồng quá sâu")
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _links(entries: list[dict[str, Any]], url: str, now: datetime) -> Iterator[Link]:
    for entry in entries:
        address = str(entry.get("link") or "") or _guid(entry)
        # dict.get: the entry's own would answer for a missing "updated" with a warning
        stated = (str(dict.get(entry, key) or "") for key in ("published", "updated", "created", "date"))
        moments = (parse_date(text, now) for text in stated if text)
        found = link(
            address,
            url,
            title=_plain(entry.get("title"), 500),
            lead=_plain(entry.get("summary"), 5000),
            published_at=next((moment for moment in moments if moment), None),
        )
        if found is not None:
            yield found


def _guid(entry: dict[str, Any]) -> str:
    guid = str(entry.get("id") or "")
    return guid if guid.startswith(("http://", "https://")) else ""


def _plain(value: object, longest: int) -> str:
    """A feed's text without its markup, entities undone."""
    return nfc(clean(str(value or "")))[:longest]
