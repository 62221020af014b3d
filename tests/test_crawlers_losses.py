"""What might be lost quietly: articles behind an outage, sitemaps of an index that stays the same, ends of long lists,
removals that no status tells."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from crawlers import attachments, collect, feeds, sitemaps
from crawlers.intake import document
from crawlers.links import Link, choose
from crawlers.manners import Memory
from crawlers.pages import Page
from crawlers.polls import Collected
from crawlers.sources import Source

from .crawlers_forum_support import post, thread
from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, web

HOUR = 3600.0
HOME = "https://bao-thu.vn"
BAO = Source("bao-thu", "Báo thử", HOME, "press", feeds=(f"{HOME}/rss",))


class Hours:
    """A clock of the memory that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.memory = Memory(lambda: self.seconds)


def poll(kept: Memorised, found: Web, memory: Memory, **more: object) -> Collected:
    work = collect.collect([source(found, **more)], settings(found), kept, lambda: NOW, OFFICIAL, memory)  # type: ignore[arg-type]
    return asyncio.run(work)[0]


# ---------------------------------------------------------------- articles that cannot be had


@pytest.mark.parametrize("hours", [1, 5, 24])
def test_an_outage_of_hours_loses_no_article_that_is_still_listed(hours: int) -> None:
    kept, clock = Memorised(), Hours()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")), ETag='"1"')
        found.put("/a-100001.html", "", 500)
        while clock.seconds < hours * HOUR:
            poll(kept, found, clock.memory)
            assert kept.marks == {}, "a list that lost an article is read in full"
            clock.seconds += HOUR / 4
        found.put("/a-100001.html", article("Bài A"))
        clock.seconds += 6 * HOUR
        assert poll(kept, found, clock.memory).new == 1
        assert len(kept.marks) == 1
        assert len(found.paths("/a-")) <= 2 * 9 + 1, "asked ever more seldom"


def test_an_article_that_never_comes_ends_by_costing_its_list_nothing() -> None:
    kept, clock = Memorised(), Hours()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")), ETag='"1"')
        found.put("/a-100001.html", "", 500)
        for _ in range(48):
            poll(kept, found, clock.memory)
            clock.seconds += HOUR
        assert len(kept.marks) == 1
        assert len(found.paths("/a-")) <= 2 * 12


def test_an_article_listed_a_moment_too_early_is_had() -> None:
    kept, memory = Memorised(), Memory()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        assert poll(kept, found, memory).failed == 1
        found.put("/a-100001.html", article("Bài A"))
        assert poll(kept, found, memory).new == 1


# ---------------------------------------------------------------- sitemaps


def urlset(*addresses: str, date: str = "") -> str:
    stated = f"<lastmod>{date}</lastmod>" if date else ""
    rows = "".join(f"<url><loc>{address}</loc>{stated}</url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def index(*addresses: str, date: str = "") -> str:
    stated = f"<lastmod>{date}</lastmod>" if date else ""
    rows = "".join(f"<sitemap><loc>{address}</loc>{stated}</sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


def test_a_sitemap_grows_under_an_index_that_stays_the_same() -> None:
    """The index is dated by the day: it answers 304 while its newest sitemap gets articles all day."""
    kept, memory = Memorised(), Memory()
    with web() as found:
        body = index(f"{found.base}/tin.xml", date="2026-11-26").encode()

        def unchanged(handler: object) -> None:
            known = handler.headers.get("If-None-Match")  # type: ignore[attr-defined]
            handler.send_response(304 if known else 200)  # type: ignore[attr-defined]
            for name, value in {"ETag": '"1"', "Content-Length": str(0 if known else len(body))}.items():
                handler.send_header(name, value)  # type: ignore[attr-defined]
            handler.end_headers()  # type: ignore[attr-defined]
            handler.wfile.write(b"" if known else body)  # type: ignore[attr-defined]

        found.pages["/map.xml"] = unchanged
        for number in (1, 2, 3):
            found.put("/tin.xml", urlset(*(f"{found.base}/a-10000{one}.html" for one in range(1, number + 1))))
            found.put(f"/a-10000{number}.html", article(f"Bài {number}"))
            place = {"feeds": (), "sitemaps": (f"{found.base}/map.xml",)}
            assert poll(kept, found, memory, **place).new == 1


def test_an_index_without_dates_gives_both_ends_of_its_rows() -> None:
    names = [f"wp-sitemap-posts-post-{number}.xml" for number in range(1, 12)]
    names += ["wp-sitemap-posts-page-1.xml", "wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-users-1.xml"]
    _, children = sitemaps.read(index(*(f"{HOME}/{name}" for name in names)).encode(), f"{HOME}/map.xml", NOW)
    assert [child.removeprefix(f"{HOME}/wp-sitemap-posts-") for child in children] == [
        "post-11.xml", "post-1.xml", "page-1.xml",
    ]  # fmt: skip


@pytest.mark.parametrize("broken", ["1970-01-01T00:00:00+00:00", "1999-12-31"])
def test_a_sitemap_that_dates_all_at_the_beginning_of_time_dates_nothing(broken: str) -> None:
    found, _ = sitemaps.read(urlset(f"{HOME}/a-100001.html", date=broken).encode(), f"{HOME}/map.xml", NOW)
    assert [(link.key, link.published_at) for link in found] == [(f"{HOME}/a-100001.html", None)]


def test_of_a_long_list_without_dates_both_ends_are_taken() -> None:
    links = [Link(f"{HOME}/a-{number}.html", f"{HOME}/a-{number}.html") for number in range(100_000, 101_000)]
    for limit in (500, 5, 1):
        chosen = choose(links, BAO, limit)
        assert len(chosen) == limit and chosen[0] == links[0]
        assert limit == 1 or chosen[-1] == links[-1]
    assert choose(links[:500], BAO, 500) == links[:500]


# ---------------------------------------------------------------- what leads nowhere


@pytest.mark.parametrize("where", ["/", "/404.html", "/loi/khong-tim-thay", "/error-404"])
def test_an_article_that_leads_to_the_front_page_is_none(where: str) -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        found.put("/a-100001.html", "", 302, Location=where)
        found.put(where, article("Trang chủ báo thử"))
        assert poll(kept, found, Memory()).failed == 1
    assert kept.kept == {} and "trang chủ" in kept.said()


@pytest.mark.parametrize(
    ("where", "outcome"), [("/", "missing"), ("/khong-tim-thay.html", "missing"), ("/b-1", "changed")]
)
def test_a_removed_article_that_leads_to_the_front_page_keeps_its_words(where: str, outcome: str) -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        found.put("/a-100001.html", article("Bài A"))
        poll(kept, found, Memory())
        (before,) = kept.kept.values()
        found.put("/a-100001.html", "", 301, Location=where)
        found.put(where, article("Tiêu đề khác", "Nội dung của trang khác, " * 30))
        work = collect.refetch([before], [source(found)], settings(found), kept, lambda: NOW, OFFICIAL, Memory())  # type: ignore[arg-type]
        (looked,) = asyncio.run(work)
    assert looked.outcome == outcome
    assert (kept.kept[before.key] == before) == (outcome == "missing")
    assert kept.gone == ({before.key: 404} if outcome == "missing" else {})


@pytest.mark.parametrize(("there", "outcome"), [(True, "same"), (False, "missing")])
def test_a_deleted_post_whose_address_leads_to_its_thread_is_missing(there: bool, outcome: str) -> None:
    """XenForo sends the address of a post on: to the page it is on, or, where it is no more, to the thread."""
    kept = Memorised()
    with web() as found:
        forum = source(found, kind="post", article=r"/t/[^/]+\.\d+")
        found.put("/rss", rss((f"{found.base}/t/luong-huu.41/", "Hỏi lương hưu")))
        found.put("/t/luong-huu.41/", thread(post(1), post(2)))
        chosen = settings(found).model_copy(
            update=dict.fromkeys(("author_key", "desk_key", "vault_key"), SecretStr("k" * 40))
        )
        asyncio.run(collect.collect([forum], chosen, kept, lambda: NOW, OFFICIAL, Memory()))  # type: ignore[arg-type]
        one = kept.kept["bao-thu:post-2"]
        found.put("/t/luong-huu.41/post-2", "", 303, Location="/t/luong-huu.41/")
        if not there:
            found.put("/t/luong-huu.41/", thread(post(1)))
        work = collect.refetch([one], [forum], chosen, kept, lambda: NOW, OFFICIAL, Memory())  # type: ignore[arg-type]
        (looked,) = asyncio.run(work)
    assert looked.outcome == outcome
    assert kept.gone == ({} if there else {one.key: 404})


# ---------------------------------------------------------------- asked to wait


def test_an_article_that_asks_us_to_wait_is_heeded_after_a_restart() -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        found.put("/a-100001.html", "", 429, Retry_After="7200")
        poll(kept, found, Memory())
        found.asked.clear()
        poll(kept, found, Memory())  # a new process: it remembers nothing
        assert found.paths("/rss") == found.paths("/a-") == []


def test_a_robots_txt_that_asks_us_to_wait_is_heeded() -> None:
    kept, clock = Memorised(), Hours()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        found.put("/a-100001.html", article("Bài A"))
        found.put("/robots.txt", "", 429, Retry_After="3600")
        poll(kept, found, clock.memory)
        found.put("/robots.txt", "")
        clock.seconds += HOUR - 60
        poll(kept, found, clock.memory)
        assert found.paths("/rss") == [] and len(found.paths("/robots.txt")) == 1
        clock.seconds += 120
        assert poll(kept, found, clock.memory).new == 1


def test_a_moment_to_come_back_counts_from_our_clock_where_the_server_has_none() -> None:
    def busy(handler: object) -> None:
        handler.wfile.write(  # type: ignore[attr-defined]
            b"HTTP/1.1 503 x\r\nRetry-After: Thu, 26 Nov 2026 04:00:00 GMT\r\nContent-Length: 0\r\n\r\n"
        )

    kept = Memorised()
    with web() as found:
        found.pages["/rss"] = busy
        poll(kept, found, Memory())
        assert kept.rests["bao-thu", f"{found.base}/rss"][1] == NOW + timedelta(hours=1)


# ---------------------------------------------------------------- times


def test_where_a_page_writes_local_time_as_utc_the_list_that_names_it_is_believed() -> None:
    stated = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
    page = Page("Tên", None, "Nội dung", stated + timedelta(hours=7), None, (), None, None, None, "selectors")
    link = Link(f"{HOME}/a-100001.html", f"{HOME}/a-100001.html", "Tên", "", stated)
    assert document(page, link, BAO, link.url, NOW).published_at == stated
    assert document(replace(page, published_at=NOW), link, BAO, link.url, NOW).published_at == NOW


# ---------------------------------------------------------------- addresses


def test_a_space_in_an_address_costs_no_article_and_no_file() -> None:
    feed = rss((f" {HOME}/thu muc/a b-100001.html\n", "A"), ("https://bao thu.vn/b-100002.html", "B"))
    assert [link.key for link in feeds.read(feed.encode(), f"{HOME}/rss", NOW)] == [
        f"{HOME}/thu%20muc/a%20b-100001.html"
    ]
    page = (
        "<a href='/Tài liệu/QĐ 12.pdf '>tệp</a><a href='java script:alert(1).pdf'>x</a><a href='http://a b/c.pdf'>y</a>"
    )
    portal = replace(BAO, kind="official")
    assert attachments.found(f"{HOME}/", page.encode(), "text/html; charset=utf-8", portal) == [
        f"{HOME}/T%C3%A0i%20li%E1%BB%87u/Q%C4%90%2012.pdf",
        f"{HOME}/java%20script:alert(1).pdf",
    ]


def test_one_article_that_a_list_names_twice_is_stored_once() -> None:
    kept = Memorised()
    with web() as found:
        names = ("/bai-100001.html", "/amp/bai-100001.html", "/in/bai-100001.html")
        found.put("/rss", rss(*((found.base + name, "Bài A") for name in names)))
        for name in names:
            found.put(name, article("Bài A"))
        result = poll(kept, found, Memory())
    assert (result.new, len(kept.kept)) == (1, 1)


def test_an_answer_that_nothing_changed_counts_only_where_that_was_asked() -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", "", 304)
        assert not poll(kept, found, Memory()).ok
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")), ETag='"1"')
        found.put("/a-100001.html", article("Bài A"))
        assert poll(kept, found, Memory()).new == 1
        found.put("/rss", "", 304)
        assert poll(kept, found, Memory()).ok
