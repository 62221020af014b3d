"""Listing pages: HTML -> links of articles, for outlets and portals without a feed."""

from __future__ import annotations

from .links import BadFeed, Link, link
from .pages.body import monstrous, parse, tidy
from .pages.decode import utf8
from .sources import Source

MAX_LINKS = 3000


def read(body: bytes, url: str, source: Source, content_type: str = "") -> list[Link]:
    """The article links of a listing page, in its order. Raises BadFeed where there is none: the page was rebuilt."""
    page, _ = utf8(body, content_type)
    if monstrous(page):
        raise BadFeed(f"{url}: trang danh sách có quá nhiều thẻ hoặc lồng quá sâu")
    tree = parse(page)
    found: dict[str, Link] = {}
    for anchor in tree.css("a[href]")[:MAX_LINKS]:
        item = link(
            anchor.attributes.get("href") or "", url, title=tidy(anchor.attributes.get("title") or anchor.text())
        )
        if item is not None and source.is_article(item.key) and (item.key not in found or not found[item.key].title):
            found[item.key] = item
    if not found:
        raise BadFeed(f"{url}: trang danh sách không có liên kết nào khớp mẫu bài viết của nguồn {source.id!r}")
    return list(found.values())
