"""Manners: robots.txt as RFC 9309 says, conditional requests byte for byte, Retry-After, bounded retries."""

from __future__ import annotations

import asyncio
import time
from http.server import BaseHTTPRequestHandler

import pytest

from crawlers import collect
from crawlers.manners import Memory, Remembered
from crawlers.polls import Collected

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, web


def crawl(store: Memorised, found: Web, memory: Memory | None = None, **more: object) -> Collected:
    work = collect.collect(
        [source(found, **more)], settings(found), store, lambda: NOW, official=OFFICIAL, memory=memory or Memory()
    )
    return asyncio.run(work)[0]


def small(found: Web) -> None:
    found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
    found.put("/a-100001.html", article("Bài A"))


DENY = "User-agent: *\nDisallow: /"
ROBOTS = [
    # status, headers, body, may the article be fetched?
    (200, {}, "", True),
    (200, {}, "User-agent: *\nAllow: /\n", True),
    (200, {}, DENY, False),
    (200, {}, "User-agent: *\nDisallow: /a-", False),
    (200, {}, "User-agent: *\nDisallow: /muc-khac/", True),
    (200, {}, "User-agent: LangNghe\nDisallow: /a-\n\nUser-agent: *\nAllow: /", False),
    (200, {}, "User-agent: Googlebot\nDisallow: /", True),
    (200, {}, "User-agent: *\nDisallow: /\nAllow: /rss\nAllow: /a-100001.html", True),
    (200, {}, "User-agent: *\nDisallow: /*.html$", False),
    (200, {}, "\ufeff" + DENY, False),
    (200, {}, "<!doctype html><html><body>Không có trang này</body></html>", True),
    (200, {}, "User-agent: *\nAllow: /\n" + "# dài\n" * 120_000 + DENY, True),  # past the 500 KiB that count
    (204, {}, "", True),
    (401, {}, DENY, True),
    (403, {}, DENY, True),
    (404, {}, DENY, True),
    (410, {}, DENY, True),
    (429, {}, DENY, True),
    (500, {}, "", False),
    (502, {}, "", False),
    (503, {}, "", False),
    (503, {"Retry-After": "1"}, "", False),
]


@pytest.mark.parametrize(("status", "headers", "body", "fetched"), ROBOTS)
def test_robots(status: int, headers: dict[str, str], body: str, fetched: bool) -> None:
    store = Memorised()
    with web() as found:
        small(found)
        found.put("/robots.txt", body, status, **headers)
        crawl(store, found)
        assert bool(found.paths("/a-")) == fetched
        assert len(found.paths("/robots.txt")) == 1
        assert bool(store.troubles) != fetched
        if status >= 500:
            assert found.paths("/rss") == []
            assert "robots.txt không truy cập được" in store.said()


@pytest.mark.parametrize(("hops", "fetched"), [(1, False), (5, False), (12, True)])
def test_robots_behind_redirects(hops: int, fetched: bool) -> None:
    store = Memorised()
    with web() as found:
        small(found)
        for number in range(hops):
            found.put("/robots.txt" if number == 0 else f"/r{number}", "", 302, Location=f"/r{number + 1}")
        found.put(f"/r{hops}", DENY)
        crawl(store, found)
        assert bool(found.paths("/a-")) == fetched


def test_robots_that_cannot_be_had_forbid_all() -> None:
    def drop(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    store = Memorised()
    with web() as found:
        small(found)
        found.pages["/robots.txt"] = drop
        result = crawl(store, found)
        assert found.paths("/rss") == found.paths("/a-") == []
    assert not result.ok


def test_robots_are_remembered_between_crawls_and_forgotten_after_a_day() -> None:
    store, memory = Memorised(), Memory()
    with web() as found:
        small(found)
        crawl(store, found, memory)
        crawl(store, found, memory)
        assert len(found.paths("/robots.txt")) == 1
        for place, (until, rules, refused) in memory.robots.items():
            assert until - time.monotonic() <= 24 * 3600
            memory.robots[place] = (0.0, rules, refused)
        crawl(store, found, memory)
        assert len(found.paths("/robots.txt")) == 2


# ---------------------------------------------------------------- polite polling


def test_validators_are_sent_back_byte_for_byte_and_304_is_understood() -> None:
    etag, stamp = 'W/"ă\'0, 1-gzip"', "Thu,  26 Nov 2026 02:00:00 gmt"

    store = Memorised()
    with web() as found:
        small(found)
        body = found.pages["/rss"][2]  # type: ignore[index]
        found.put("/rss", body, ETag=etag, Last_Modified=stamp)
        first = crawl(store, found)
        found.put("/rss", b"", 304, ETag='"other"')
        second = crawl(store, found)
        headers = [headers for path, headers in found.asked if path == "/rss"]
    assert first == Collected("bao-thu", True, "", 1, 1)
    assert second == Collected("bao-thu", True, "", 0, 0)
    assert "If-None-Match" not in headers[0] and "If-Modified-Since" not in headers[0]
    assert headers[1]["If-None-Match"].encode("latin-1") == etag.encode()
    assert headers[1]["If-Modified-Since"] == stamp.replace("  ", " ") or headers[1]["If-Modified-Since"] == stamp
    assert store.marks["bao-thu", f"{found.base}/rss"][0] == etag.encode().decode("latin-1")


def test_who_we_are_is_said_and_nothing_else_is() -> None:
    store = Memorised()
    with web() as found:
        small(found)
        found.put("/robots.txt", "", Set_Cookie="a=1", Referrer_Policy="os.system")
        crawl(store, found)
        for _, headers in found.asked:
            assert headers["User-Agent"].startswith("LangNghe/")
            assert not {"Cookie", "Referer", "Authorization"} & set(headers)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_across_crawls(status: int) -> None:
    store, memory = Memorised(), Memory()
    with web() as found:
        small(found)
        found.put("/rss", "", status, Retry_After="3600")
        assert not crawl(store, found, memory).ok
        assert not crawl(store, found, memory).ok
        assert len(found.paths("/rss")) == 1
        assert not crawl(store, found, Memory()).ok, "a restart forgets no Retry-After"
        assert len(found.paths("/rss")) == 1
        memory.not_before.clear()
        store.rests.clear()
        small(found)
        assert crawl(store, found, memory).new == 1


def test_a_failing_article_keeps_the_list_open_until_it_is_had_or_given_up() -> None:
    store, memory = Memorised(), Memory()
    with web() as found:
        small(found)
        body = found.pages["/rss"][2]  # type: ignore[index]
        found.put("/rss", body, ETag='"1"')
        found.put("/a-100001.html", "", 500)
        assert crawl(store, found, memory).failed == 1
        assert store.marks == {}, "the validators of a list that lost an article must not be kept"
        found.put("/a-100001.html", article("Bài A"))
        assert crawl(store, found, memory).new == 1
        assert len(store.marks) == 1


def test_an_article_that_always_fails_rests_after_three_polls_and_is_counted() -> None:
    store, memory = Memorised(), Memory()
    with web() as found:
        small(found)
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")), ETag='"1"')
        found.put("/a-100001.html", "", 500)
        for _ in range(5):
            crawl(store, found, memory)
        assert len(found.paths("/a-")) == 6  # three polls, each with one retry
    assert store.said().count("HTTP 500 (đã thử 3 lượt)") == 1
    assert store.marks == {}


def test_what_is_gone_for_good_is_asked_for_once() -> None:
    store, memory = Memorised(), Memory()
    with web() as found:
        small(found)
        found.put("/a-100001.html", "", 410)
        for _ in range(3):
            crawl(store, found, memory)
        assert len(found.paths("/a-")) == 1
    assert "HTTP 410" in store.said()


def test_a_host_that_does_not_answer_is_left_alone() -> None:
    store = Memorised()
    with web() as found:
        links = tuple((f"{found.base}/a-10000{number}.html", f"Bài {number}") for number in range(9))
        found.put("/rss", rss(*links))
        for link, _ in links:
            found.pages[link.removeprefix(found.base)] = lambda handler: setattr(handler, "close_connection", True)
        result = crawl(store, found)
        # each of the first three may be sent again once, on a fresh connection
        assert len(found.paths("/a-")) <= 6
    assert result.ok and result.new == 0 and store.marks == {}


def test_a_host_is_asked_one_thing_at_a_time_even_without_delay() -> None:
    busy, most = [0], [0]

    def slow(handler: BaseHTTPRequestHandler) -> None:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        body = article(handler.path).encode()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body))
        handler.wfile.flush()
        time.sleep(0.01)
        busy[0] -= 1
        handler.wfile.write(body)

    store = Memorised()
    with web() as found:
        links = tuple((f"{found.base}/a-10000{number}.html", f"Bài {number}") for number in range(9))
        found.put("/rss", rss(*links))
        for link, _ in links:
            found.pages[link.removeprefix(found.base)] = slow
        assert crawl(store, found).new == 9
    assert most == [1]


def test_remembered_forgets_the_oldest() -> None:
    found: Remembered[int] = Remembered(2)
    for number, key in enumerate("abc"):
        found[key] = number
    assert list(found) == ["b", "c"]
