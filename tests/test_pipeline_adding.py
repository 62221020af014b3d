"""`langnghe source add URL` on sites of every shape, and on hostile ones."""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import crawlers.sources
from crawlers import finding
from crawlers.links import Link
from pipeline import adding
from pipeline.doors import Rooms, open_all
from records import BadInput
from tests.crawlers_forum_support import post, thread
from tests.crawlers_support import NOW, Web, article, rss, web

HTML = {"Content_Type": "text/html; charset=utf-8"}


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as found:
        yield found


@pytest.fixture
def rooms(tmp_path: Path, site: Web) -> Iterator[Rooms]:
    (tmp_path / "nguon.toml").write_text(
        '[[source]]\nid = "co-san"\nname = "Có sẵn"\nhomepage = "https://co-san.example"\nkind = "press"\nfeeds = ["https://co-san.example/rss"]\n'
    )
    crawl = config.Crawl(
        sources=tmp_path / "nguon.toml", allow_loopback=(f"{site.host}:{site.port}",), delay=0, timeout=3
    )
    settings = config.Settings(data_dir=tmp_path, crawl=crawl, judging=config.Judging(workers=0))
    with open_all(settings, lambda: NOW) as opened:
        yield opened


def find(rooms: Rooms, url: str) -> adding.Finding:
    return asyncio.run(adding.find(rooms, url))


def articles(site: Web, number: int = 6) -> list[tuple[str, str]]:
    """Pages of articles, and what a feed says of them."""
    for one in range(number):
        site.put(f"/tin-ve-bao-hiem-{100001 + one}.html", article(f"Bài số {one} về bảo hiểm y tế"), **HTML)
    return [
        (f"{site.base}/tin-ve-bao-hiem-{100001 + one}.html", f"Bài số {one} về bảo hiểm y tế") for one in range(number)
    ]


def home(site: Web, head: str = "", body: str = "") -> None:
    page = f"<!doctype html><html><head><title>Báo Ví Dụ | Trang chủ</title>{head}</head><body>{body}</body></html>"
    site.put("/", page, **HTML)


def urlset(items: list[tuple[str, str]]) -> str:
    rows = "".join(f"<url><loc>{url}</loc><lastmod>2026-11-26T08:00:00+07:00</lastmod></url>" for url, _ in items)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def test_a_feed_that_the_page_links(rooms: Rooms, site: Web) -> None:
    home(site, '<link rel="alternate" type="application/rss+xml" href="/tin.xml">')
    site.put("/tin.xml", rss(*articles(site)))
    site.put("/robots.txt", f"User-agent: *\nDisallow: /kin\nSitemap: {site.base}/ban-do.xml\n")
    site.put("/ban-do.xml", urlset(articles(site)))
    found = find(rooms, site.base)
    assert found.source.name == "Báo Ví Dụ" and found.source.feeds == (f"{site.base}/tin.xml",)
    assert found.source.sitemaps == (f"{site.base}/ban-do.xml",) and found.source.is_article(articles(site)[0][0])
    assert found.trial.good and "Bài số 0" in found.text and "âm tiết" in found.text and "Bộ đọc: chung" in found.text
    assert "/rss" not in site.paths(), "what the site names is enough"
    assert rooms.store.documents.count() == 0


def test_a_feed_at_a_usual_address(rooms: Rooms, site: Web) -> None:
    home(site)
    site.put("/rss/home.rss", rss(*articles(site)))
    found = find(rooms, f"{site.base}/")
    assert found.source.feeds == (f"{site.base}/rss/home.rss",) and found.trial.good


def test_the_feed_itself_is_named(rooms: Rooms, site: Web) -> None:
    site.put("/chuyen-muc/tin.rss", rss(*articles(site)))
    found = find(rooms, f"{site.base}/chuyen-muc/tin.rss")
    assert found.source.feeds == (f"{site.base}/chuyen-muc/tin.rss",) and found.source.homepage == f"{site.base}/"
    assert found.source.name == "Báo thử" and found.trial.good


def test_only_a_sitemap_under_an_index(rooms: Rooms, site: Web) -> None:
    home(site)
    site.put("/sitemap.xml", f"<sitemapindex><sitemap><loc>{site.base}/map-1.xml</loc></sitemap></sitemapindex>")
    site.put("/map-1.xml", urlset(articles(site)))
    found = find(rooms, site.base)
    assert found.source.sitemaps == (f"{site.base}/sitemap.xml",) and found.source.feeds == () and found.trial.good
    assert found.source.article == r"-\d{4,}\.\w{3,5}$"


def test_only_a_page_that_lists(rooms: Rooms, site: Web) -> None:
    anchors = "".join(f'<h3><a href="{url}">{title}</a></h3>' for url, title in articles(site))
    home(site, body=f'<nav><a href="/gioi-thieu-999999.html">Giới thiệu</a></nav>{anchors}')
    found = find(rooms, site.base)
    assert found.source.listings == (f"{site.base}/",) and found.trial.good
    assert "Lượng tin: không rõ" in found.text


def test_nothing_to_read_is_said_with_its_reason(rooms: Rooms, site: Web) -> None:
    home(site, body="<p>Trang đang xây dựng</p>")
    with pytest.raises(BadInput, match="không tìm thấy RSS, sitemap hay trang danh sách nào đọc được"):
        find(rooms, site.base)
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    with pytest.raises(BadInput, match=r"robots\.txt không cho phép"):
        find(rooms, site.base)
    with pytest.raises(BadInput, match="phải bắt đầu bằng http"):
        find(rooms, "file:///etc/passwd")


def test_a_forum_waits_for_a_person(rooms: Rooms, site: Web) -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/forums/-/index.rss">'
    site.put("/", f'<html id="XF"><head><title>Diễn đàn Ví Dụ</title>{head}</head><body></body></html>', **HTML)
    site.put("/forums/-/index.rss", rss((f"{site.base}/t/hoi-ve-bao-hiem.12/", "Hỏi về bảo hiểm")))
    site.put("/t/hoi-ve-bao-hiem.12/", thread(post(1), title="Hỏi về bảo hiểm"), **HTML)
    found = find(rooms, site.base)
    assert (found.source.kind, found.source.waits_for) == ("post", "person") and "điều khoản" in found.source.note
    assert "bật khi có người quyết định" in found.text


def test_a_hostile_page_leads_nowhere(rooms: Rooms, site: Web) -> None:
    inner = [
        "http://127.0.0.1:9/rss", "http://169.254.169.254/latest", "file:///etc/passwd", "//10.0.0.1/rss", "javascript:1",
        f"http://{site.host}:1/rss", "/chuyen",
    ]  # fmt: skip
    home(site, "".join(f'<link rel="alternate" type="application/rss+xml" href="{one}">' for one in inner))
    site.put("/chuyen", b"", 302, Location="http://169.254.169.254/latest")
    site.put("/robots.txt", "Sitemap: http://169.254.169.254/s.xml\nSitemap: file:///etc/passwd\n")
    with pytest.raises(BadInput, match="không tìm thấy"):
        find(rooms, site.base)


def test_an_inner_address_is_refused(rooms: Rooms) -> None:
    for address in ("http://127.0.0.1:9/", "http://169.254.169.254/", "http://[::1]/", "http://10.0.0.1/"):
        with pytest.raises(BadInput):
            find(rooms, address)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    until = time.monotonic() + 8
    while time.monotonic() < until:
        handler.wfile.write(b"<p>vo tan</p>" * 2000)


def monstrous(handler: BaseHTTPRequestHandler) -> None:
    body = b"<div>" * 200_000
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.parametrize("page", [endless, monstrous])
def test_a_page_without_end_costs_little(
    rooms: Rooms, site: Web, page: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    site.pages["/"] = page
    began = time.monotonic()
    with pytest.raises(BadInput):
        find(rooms, site.base)
    assert time.monotonic() - began < 20


def test_what_is_found_is_written_once_and_read_at_once(rooms: Rooms, site: Web) -> None:
    home(site, '<link rel="alternate" type="application/rss+xml" href="/tin.xml">')
    site.put("/tin.xml", rss(*articles(site)))
    found = find(rooms, site.base).source
    asyncio.run(adding.add(rooms, found, "quan-tri"))
    own = rooms.settings.data_dir / crawlers.sources.OWN
    (written,) = tomllib.loads(own.read_text(encoding="utf-8"))["source"]
    assert written["id"] == found.id and found in rooms.sources
    with pytest.raises(BadInput, match=f"đã có nguồn {found.id}"):
        find(rooms, site.base)
    with pytest.raises(BadInput, match="đã có nguồn"):
        asyncio.run(adding.add(rooms, found, "quan-tri"))
    assert [(line.what, line.subject) for line in rooms.store.audit_log()] == [("thêm nguồn", found.id)]
    with pytest.raises(BadInput, match="đã có nguồn co-san"):
        find(rooms, "https://www.co-san.example/tin")


def test_a_row_that_doubles_an_address_is_not_written(rooms: Rooms) -> None:
    double = crawlers.sources.Source(
        "khac", "Khác", "https://co-san.example/khac", "press", feeds=("https://co-san.example/rss",)
    )
    with pytest.raises(BadInput, match="trùng địa chỉ"):
        asyncio.run(adding.add(rooms, double, "quan-tri"))
    assert not (rooms.settings.data_dir / crawlers.sources.OWN).exists()


def link(number: int, hours: float | None) -> Link:
    when = NOW - timedelta(hours=hours) if hours is not None else None
    return Link(f"https://bao.example/a-{number}.html", f"https://bao.example/a-{number}.html", published_at=when)


def test_the_volume_is_read_off_the_dates() -> None:
    daily = finding.volume([link(n, n * 2.0) for n in range(1, 25)], NOW)
    assert daily is not None and daily.daily == 12.0
    burst = finding.volume([link(n, n * 0.1) for n in range(1, 31)], NOW)
    assert burst is not None and burst.daily is None and (burst.items, burst.hours) == (30, 3.0)
    assert finding.volume([link(n, None) for n in range(30)], NOW) is None
    assert finding.volume([link(n, -n - 1.0) for n in range(30)], NOW) is None, "dates ahead of us say nothing"


WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)


@given(WORDS, WORDS, st.lists(st.sampled_from(finding.ARTICLES), max_size=1))
def test_any_row_written_is_read_back(name: str, note: str, pattern: list[str]) -> None:
    source = crawlers.sources.Source(
        "a", " ".join(name.split()) or "A", "https://a.example/", "press", feeds=("https://a.example/rss",),
        article="".join(pattern), note=note,
    )  # fmt: skip
    (read,) = tomllib.loads(adding.row(source))["source"]
    assert crawlers.sources.Source(**{**read, "feeds": tuple(read["feeds"])}) == source
