"""Feeds, sitemaps and listing pages: bytes in, links out; nothing hostile gets further than its parser."""

from __future__ import annotations

import gzip
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers import feeds, listings, sitemaps
from crawlers.links import BadFeed, Link, choose
from crawlers.sources import Source

from .crawlers_support import NOW, SHARED, rss

HOME = "https://bao-thu.vn"
FEED = f"{HOME}/rss"
BAO = Source("bao-thu", "Báo thử", HOME, "press", article=r"-\d{6}\.html$", feeds=(FEED,))


def links(text: str | bytes, **more: Any) -> list[Link]:
    return feeds.read(text.encode() if isinstance(text, str) else text, FEED, NOW, **more)


def test_a_feed_is_read_with_what_it_says() -> None:
    (found,) = links(rss((f"{HOME}/a-100001.html?utm_source=x", "Lương hưu &amp;lt;b&amp;gt;tăng&amp;lt;/b&amp;gt;")))
    assert found == Link(
        f"{HOME}/a-100001.html", f"{HOME}/a-100001.html", "Lương hưu tăng", "Tóm tắt Lương hưu tăng", found.published_at
    )
    assert found.published_at is not None and found.published_at.isoformat() == "2026-11-26T09:00:00+07:00"


@pytest.mark.parametrize(
    ("date", "wanted"),
    [
        ("Sat, 22 Nov 2025 07:00:00 GMT+7", "2025-11-22T07:00:00+07:00"),
        ("Sat, 22 Nov 2025 07:00:00 +0700", "2025-11-22T07:00:00+07:00"),
        ("22/11/2025", "2025-11-22T00:00:00+07:00"),
        ("22/11/2025 07:05", "2025-11-22T07:05:00+07:00"),
        ("2025-11-22T07:00:00.000 +07:00", "2025-11-22T07:00:00+07:00"),
        ("2025-11-22T00:00:00Z", "2025-11-22T00:00:00+00:00"),
        ("31/02/2025", None),
        ("hôm nào", None),
        ("", None),
    ],
)
def test_dates_of_feeds(date: str, wanted: str | None) -> None:
    (found,) = links(rss((f"{HOME}/a-100001.html", "A"), date=date))
    assert (found.published_at.isoformat() if found.published_at else None) == wanted


def test_atom_and_a_guid_that_is_the_link() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>A</title><link href="/a-100001.html"/>'
        "<updated>2026-11-25T01:00:00Z</updated></entry></feed>"
    )
    assert links(atom)[0].key == f"{HOME}/a-100001.html"
    guid = f'<rss version="2.0"><channel><item><title>A</title><guid>{HOME}/b-100002.html</guid></item></channel></rss>'
    assert links(guid)[0].key == f"{HOME}/b-100002.html"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
def test_the_encoding_of_a_feed_is_what_its_bytes_are(encoding: str) -> None:
    text = rss((f"{HOME}/a-100001.html", "Bảo hiểm xã hội tự nguyện"))
    for body in (text, text.replace('encoding="utf-8"', 'encoding="iso-8859-1"')):
        (found,) = links(body.encode(encoding), content_type="text/xml; charset=windows-1252")
        assert found.title == "Bảo hiểm xã hội tự nguyện"


def test_a_broken_feed_still_gives_its_items() -> None:
    text = rss((f"{HOME}/a-100001.html", "A & B \x0b <b>"), (f"{HOME}/b-100002.html", "B"))
    assert [found.key for found in links(text)] == [f"{HOME}/a-100001.html", f"{HOME}/b-100002.html"]
    cut = rss((f"{HOME}/a-100001.html", "A"), (f"{HOME}/b-100002.html", "B"))[:-60]
    assert links(cut)[0].title == "A"
    assert links(rss(("javascript:alert(1)", "x"), ("", "y"), ("http://[bad/", "z"))) == []


def test_an_empty_feed_is_a_feed() -> None:
    assert links(rss()) == []


def test_the_newest_items_within_the_limit() -> None:
    rows = "".join(
        f"<item><title>{n}</title><link>{HOME}/a-{100000 + n}.html</link><pubDate>{n:02}/11/2026 10:00</pubDate></item>"
        for n in range(1, 26)
    )
    found = links(f'<rss version="2.0"><channel>{rows}</channel></rss>')
    assert [int(one.title) for one in choose(found, BAO, 3)] == [25, 24, 23]


def test_links_of_other_sites_and_repeats_are_dropped() -> None:
    found = links(
        rss(
            (f"{HOME}/a-100001.html", "A"),
            (f"{HOME}/a-100001.html#x", "A"),
            ("https://khac.vn/a-100001.html", "B"),
            (f"{HOME}/muc", "C"),
        )
    )
    assert [one.key for one in choose(found, BAO, 500)] == [f"{HOME}/a-100001.html"]


def test_an_article_is_one_whether_its_feed_says_http_or_www_or_neither() -> None:
    written = [f"{start}bao-thu.vn/a-100001.html" for start in ("http://", "http://www.", "https://www.", "https://")]
    (found,) = choose(links(rss(*((one, "A") for one in written))), BAO, 500)
    assert found.key == found.url == f"{HOME}/a-100001.html"


def test_a_recorded_feed() -> None:
    file = SHARED / "web/feeds/vnexpress_rss_2017/vnexpress_tin-moi-nhat_2017-08-30.xml"
    if not file.is_file():
        pytest.skip("needs ../shared/web/feeds")
    found = feeds.read(file.read_bytes(), "https://vnexpress.net/rss/tin-moi-nhat.rss", NOW)
    assert len(found) == 25 and all(one.title and one.published_at for one in found)


# ---------------------------------------------------------------- hostile XML

SECRET = "bi-mat-khong-duoc-lo"


def _documents(file: Path, wrap: str) -> list[str]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = '<?xml version="1.0"?>'
    return [
        f'{head}<!DOCTYPE r [<!ENTITY x SYSTEM "{file.as_uri()}">]>' + wrap.format("&x;"),
        f'{head}<!DOCTYPE r [<!ENTITY % p SYSTEM "{file.as_uri()}"> %p;]>' + wrap.format("a"),
        f'{head}<!DOCTYPE r SYSTEM "{file.as_uri()}">' + wrap.format("&x;"),
        f'{head}<!DOCTYPE r PUBLIC "x" "http://127.0.0.1:9/x.dtd">' + wrap.format("&x;"),
        f'{head}<!DOCTYPE r [<!ENTITY l0 "lol">{laughs}]>' + wrap.format("&l9;"),
        f'{head}<!DOCTYPE r [<!ENTITY q "{"q" * 50_000}">]>' + wrap.format("&q;" * 20_000),
        f'{head}<r xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{file.as_uri()}" parse="text"/></r>'
        + wrap.format("a"),
        wrap.format("<b>" * 100_000),
        f'{head}<?xml-stylesheet type="text/xsl" href="{file.as_uri()}"?>' + wrap.format("a"),
        f'{head}<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x http://127.0.0.1:9/x.xsd"/>'
        + wrap.format("a"),
        f'{head}<!--{"x" * 5000}--><!doctype r [<!entity x system "{file.as_uri()}">]>' + wrap.format("&x;"),
        f'{head}<!DOCTYPE r [<!ATTLIST r a CDATA "{"y" * 50_000}"><!NOTATION n SYSTEM "{file.as_uri()}">]>'
        + wrap.format("a"),
    ]


WRAPS = {
    "feed": '<rss version="2.0"><channel><item><title>{}</title><link>https://bao-thu.vn/a-100001.html</link></item></channel></rss>',
    "sitemap": "<urlset><url><loc>https://bao-thu.vn/a-100001.html</loc><news>{}</news></url></urlset>",
}


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("kind", list(WRAPS))
def test_no_document_opens_anything_or_costs_much(tmp_path: Path, kind: str, number: int) -> None:
    file = tmp_path / "bi-mat.txt"
    file.write_text(SECRET, encoding="utf-8")
    document = _documents(file, WRAPS[kind])[number].encode()
    opened: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in ("open", "socket.connect", "socket.getaddrinfo"):
            opened.append(f"{event} {arguments[:2]}")

    watching = True
    sys.addaudithook(watch)
    started = time.process_time()
    found: object = None
    try:
        found = feeds.read(document, FEED, NOW) if kind == "feed" else sitemaps.read(document, FEED, NOW)
    except BadFeed:
        pass
    finally:
        watching = False
    assert time.process_time() - started < 4
    assert SECRET not in repr(found) and len(repr(found)) < 100_000
    assert [line for line in opened if "bi-mat" in line or "socket" in line] == []


def test_fifty_thousand_items_cost_no_more_than_the_limit() -> None:
    rows = "".join(f"<item><title>{n}</title><link>{HOME}/a-{n}.html</link></item>" for n in range(30_000))
    started = time.process_time()
    found = links(f'<rss version="2.0"><channel>{rows}</channel></rss>')
    assert len(found) == 1000 and len(choose(found, Source("b", "B", HOME, "press"), 500)) == 500
    assert time.process_time() - started < 3


def test_a_huge_feed_is_refused() -> None:
    with pytest.raises(BadFeed, match="lớn quá"):
        links(b"<rss>" + b" " * feeds.MAX_BYTES)


# ---------------------------------------------------------------- sitemaps


def urlset(*rows: tuple[str, str], extra: str = "") -> bytes:
    inside = "".join(f"<url>{extra}<loc> {place} </loc><lastmod>{stamp}</lastmod></url>" for place, stamp in rows)
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</urlset>'.encode()
    )


def test_a_sitemap_is_read_plain_and_packed_and_old_pages_are_left_out() -> None:
    body = urlset(
        (f"{HOME}/a-100001.html", "2026-11-26T09:00:00+07:00"),
        (f"{HOME}/b-100002.html", "2026-01-01"),
        (f"{HOME}/c-100003.html", ""),
    )
    for raw in (body, gzip.compress(body)):
        found, children = sitemaps.read(raw, f"{HOME}/map", NOW)
        assert [one.key for one in found] == [f"{HOME}/a-100001.html", f"{HOME}/c-100003.html"] and children == []
        assert found[0].published_at == datetime(2026, 11, 26, 2, tzinfo=UTC)


def test_a_news_sitemap_gives_title_and_publication_date() -> None:
    news = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><image:image><image:loc>https://anh.vn/x.jpg</image:loc>'
        f"<image:title>Ảnh</image:title></image:image><loc>{HOME}/a-100001.html</loc><news:news><news:publication_date>2026-11-25T08:00:00+07:00"
        "</news:publication_date><news:title>Tên bài</news:title></news:news></url></urlset>"
    )
    ((found,), _) = sitemaps.read(news.encode(), f"{HOME}/map", NOW)
    assert (found.key, found.title) == (f"{HOME}/a-100001.html", "Tên bài")
    assert found.published_at is not None and found.published_at.day == 25


def test_an_index_gives_its_newest_children() -> None:
    rows = "".join(
        f"<sitemap><loc>{HOME}/map-{n}.xml</loc><lastmod>2026-11-{n:02}</lastmod></sitemap>" for n in range(10, 26)
    )
    found, children = sitemaps.read(f"<sitemapindex>{rows}</sitemapindex>".encode(), f"{HOME}/map", NOW)
    assert found == [] and children == [f"{HOME}/map-{n}.xml" for n in (25, 24, 23)]


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "rỗng"), (b"<html><body>x</body></html>", "HTML"), (b"\x1f\x8b\x08broken", "nén hỏng"), (b"xin chao", "không phải sitemap"),
     (b"<rss><channel/></rss>", "không phải sitemap"), (gzip.compress(b"<urlset>" + b" " * (sitemaps.MAX_BYTES + 9)), "lớn quá")],
)  # fmt: skip
def test_what_is_no_sitemap_is_named(body: bytes, said: str) -> None:
    with pytest.raises(BadFeed, match=said):
        sitemaps.read(body, f"{HOME}/map", NOW)


# ---------------------------------------------------------------- listings


def test_a_listing_gives_its_article_links() -> None:
    page = f"""<html><body><a href="/"><img></a><a href="/muc/">Mục</a><a href="/a-100001.html"><img></a>
      <h3><a href="/a-100001.html?utm_source=trang-chu"> Tên   bài </a></h3><a href="{HOME}/b-100002.html" title="Bài B">…</a>
      <a href="https://khac.vn/c-100003.html">Ngoài</a><a href="javascript:void(0)">x</a></body></html>"""
    found = listings.read(page.encode(), f"{HOME}/muc/", BAO)
    assert [(one.key, one.title) for one in found] == [
        (f"{HOME}/a-100001.html", "Tên bài"),
        (f"{HOME}/b-100002.html", "Bài B"),
    ]


def test_a_listing_without_articles_is_named() -> None:
    with pytest.raises(BadFeed, match="không có liên kết nào khớp"):
        listings.read(b"<html><a href='/x'>x</a></html>", f"{HOME}/muc/", BAO)


@pytest.mark.parametrize(
    ("name", "home", "pattern"),
    [
        ("vnexpress", "https://vnexpress.net", r"-\d+\.html$"),
        ("tuoitre", "https://tuoitre.vn", r"-\d{12,17}\.htm$"),
        ("dantri", "https://dantri.com.vn", r"-\d+\.htm$"),
    ],
)
def test_recorded_listings(name: str, home: str, pattern: str) -> None:
    file = SHARED / f"web/html/{name}_list.html"
    if not file.is_file():
        pytest.skip("needs ../shared/web/html")
    row = Source(name, name, home, "press", article=pattern, listings=(home,))
    found = listings.read(file.read_bytes(), home, row)
    assert len(found) >= 12 and sum(bool(one.title) for one in found) > len(found) * 0.9
