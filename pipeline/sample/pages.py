"""Items -> bytes of an article page, a forum thread, a feed, a sitemap or a listing. Pure: the time is an argument.

The same content, path, base address and time give the same bytes. The outlets write dates in different ways on purpose.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .content import HERE, VIETNAM, Content, Item, Outlet, path_of

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
BOARDS = {"bao-hiem.12": "Bảo hiểm xã hội, bảo hiểm y tế", "tan-gau.7": "Tán gẫu"}
HUGE = 10 * 2**20
"""bytes of the huge page"""
INVALID = b"\xff\xfe\xc3\x28 \xa0\xa1"
"""bytes that are not UTF-8"""


@dataclass(frozen=True, slots=True)
class Site:
    """One outlet as seen at one moment under one base address ("http://127.0.2.1:20801")."""

    content: Content
    outlet: Outlet
    now: datetime
    base: str

    def rows(self) -> list[dict[str, Any]]:
        """Everything live, newest first, ready for the templates."""
        return [self.row(item) for item in self.content.live(self.outlet.id, self.now)]

    def row(self, item: Item) -> dict[str, Any]:
        first = next(i for i in self.content.items if i.id == item.id)
        path = path_of(item, self.outlet, first.title)
        at, modified = item.at.astimezone(VIETNAM), (item.modified or item.at).astimezone(VIETNAM)
        return {
            "item": item, "path": path, "url": self.base + path, "link": self.base + path + self.outlet.tracking,
            "title": item.title, "lead": item.lead, "summary": _summary(item, self.outlet), "number": item.number,
            "author": item.author, "reactions": item.number % 40, "paragraphs": paragraphs(item),
            "date": _feed_date(item, self.outlet), "iso": at.isoformat(), "iso_modified": modified.isoformat(),
            "weekday": WEEKDAYS[at.weekday()], "day": f"{at:%d/%m/%Y}", "clock": f"{at:%H:%M}",
            "clock_12": f"{at:%I:%M} {'SA' if at.hour < 12 else 'CH'}",
        }  # fmt: skip

    def render(self, template: str, **values: Any) -> bytes:
        values = {"outlet": self.outlet, "base": self.base, **values}
        return _environment().get_template(template).render(values).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def paragraphs(item: Item) -> list[str]:
    return [] if item.flaw == "no_body" else [part for part in (item.body or "").split("\n\n") if part]


def article(site: Site, item: Item) -> bytes:
    """The page of an article, with the flaw the item asks for."""
    if item.flaw == "empty":
        return b""
    row = site.row(item)
    others = [other for other in site.content.live(item.source, site.now) if other.title and other.id != item.id]
    original = next((i for i in site.content.items if i.id == item.copy_of), None)
    body = site.render(
        site.outlet.template,
        **row,
        related=[site.row(other) for other in others[:4]],
        news_article=_json(_news_article(site, row)),
        graph=_json({"@context": "https://schema.org", "@graph": [_publisher(site), _news_article(site, row)]}),
        source_name=site.content.outlet(original.source).name if original else None,
        date_meta=_stated_date(item, row),
    )
    return _spoilt(body, item.flaw)


def _stated_date(item: Item, row: dict[str, Any]) -> str | None:
    future = (item.at + timedelta(days=400)).astimezone(VIETNAM).isoformat()
    return {"no_date": None, "bad_date": "Thứ Tám, 45/13/2026 25:61", "future_date": future}.get(
        item.flaw or "", row["iso"]
    )


def _spoilt(body: bytes, flaw: str | None) -> bytes:
    if flaw == "bytes":
        return body.replace(b"</p>\n<p>", b" " + INVALID + b"</p>\n<p>", 1)
    if flaw == "huge":
        filler = "<p>Bảng số liệu kéo dài, dòng này được lặp lại để trang thật lớn.</p>\n".encode()
        return body.replace(b"</article>", filler * (HUGE // len(filler)) + b"</article>", 1)
    return body


def _news_article(site: Site, row: dict[str, Any]) -> dict[str, Any]:
    item = row["item"]
    return {
        "@context": "https://schema.org", "@type": "NewsArticle", "mainEntityOfPage": row["url"],
        "headline": item.title, "description": item.lead, "articleSection": item.section,
        "datePublished": row["iso"], "dateModified": row["iso_modified"],
        "author": [{"@type": "Person", "name": name} for name in item.authors], "publisher": _publisher(site),
    }  # fmt: skip


def _publisher(site: Site) -> dict[str, Any]:
    return {"@type": "Organization", "name": site.outlet.name, "url": site.base}


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def thread(site: Site, name: str) -> bytes | None:
    """A whole forum thread, oldest post first; None where nothing of it is live."""
    posts = [row for row in reversed(site.rows()) if row["item"].thread == name]
    if not posts:
        return None
    return site.render("thread.html", title=posts[0]["title"] or name, url=f"{site.base}/threads/{name}/", posts=posts)


def board(site: Site, name: str) -> bytes:
    """The threads of a forum board, newest first."""
    rows = [row for row in site.rows() if row["title"] and row["item"].board == name]
    return site.render(
        "board.html", title=BOARDS[name], rows=[r | {"path": f"/threads/{r['item'].thread}/"} for r in rows]
    )


def listing(site: Site, path: str, page: int, size: int = 20) -> bytes:
    """One page of the newest items. Page 2 is `path?trang=2`."""
    rows = [row for row in site.rows() if row["title"]]
    start = (page - 1) * size
    return site.render(
        "listing.html",
        rows=rows[start : start + size],
        previous=f"{path}?trang={page - 1}" if page > 1 else None,
        next=f"{path}?trang={page + 1}" if start + size < len(rows) else None,
    )


def feed(site: Site) -> bytes:
    """RSS 2.0, or Atom where the outlet writes ISO dates."""
    rows = site.rows()[:100]
    if site.outlet.feed_dates == "iso":
        changed = site.content.changed(site.outlet.id, site.now).isoformat()
        return site.render("atom.xml", rows=rows, changed=changed)
    return site.render("rss.xml", rows=rows)


def sitemap(site: Site, month: str | None = None) -> bytes:
    rows = [row for row in site.rows() if month is None or f"{row['item'].at.astimezone(VIETNAM):%Y-%m}" == month]
    return site.render("sitemap.xml", rows=rows, news=False)


def news_sitemap(site: Site) -> bytes:
    """The items of the last two days, as the news sitemap protocol asks."""
    rows = [row for row in site.rows() if row["item"].at > site.now - timedelta(days=2)]
    return site.render("sitemap.xml", rows=rows, news=True)


def sitemap_index(site: Site) -> bytes:
    """One sitemap a month."""
    months: dict[str, str] = {}
    for row in site.rows():
        months.setdefault(f"{row['item'].at.astimezone(VIETNAM):%Y-%m}", row["iso_modified"])
    return site.render("sitemap_index.xml", months=[{"name": name, "iso": iso} for name, iso in months.items()])


def _feed_date(item: Item, outlet: Outlet) -> str | None:
    at = item.at.astimezone(VIETNAM)
    if item.flaw == "no_date":
        return None
    if item.flaw == "bad_date":
        return "Thứ Tám, 45/13/2026 25:61"
    return {
        "rfc": format_datetime(at),
        "gmt+7": f"{at:%a, %d %b %Y %H:%M:%S} GMT+7",
        "vn": f"{at:%d/%m/%Y %H:%M}",
        "iso": at.isoformat(),
    }[outlet.feed_dates]


def _summary(item: Item, outlet: Outlet) -> str:
    """The description in a feed: text with a picture before it, as outlets do; a post's words themselves."""
    if outlet.kind == "post":
        return (item.body or "").replace("]]>", "")
    picture = f'<a href="/"><img src="/anh/{item.number}.jpg"/></a></br>' if outlet.feed_dates == "gmt+7" else ""
    return picture + (item.lead or "").replace("]]>", "")
