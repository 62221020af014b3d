"""Hostile and broken servers: each costs little, is named and counted, and leaves the other sources alone."""

from __future__ import annotations

import asyncio
import gzip
import io
import resource
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler
from typing import Any

import brotli
import pytest
from backports import zstd

from crawlers import collect, download
from crawlers.manners import Memory
from crawlers.polls import Collected
from crawlers.sources import Source

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, web


def crawl(store: Memorised, webs: list[Web], sources: list[Source], **limits: Any) -> dict[str, Collected]:
    work = collect.collect(sources, settings(*webs, **limits), store, lambda: NOW, official=OFFICIAL, memory=Memory())
    return {result.source: result for result in asyncio.run(work)}


def beside(bad: Web, good: Web, store: Memorised, **limits: Any) -> tuple[Collected, Collected]:
    """The bad source and a good one in the same crawl; the good one must not notice."""
    good.put("/rss", rss((f"{good.base}/tot-200001.html", "Bài tốt")))
    good.put("/tot-200001.html", article("Bài tốt"))
    sources = [source(bad, id="xau"), source(good, id="tot", homepage=f"{good.base}/tot")]
    done = crawl(store, [bad, good], sources, **limits)
    assert done["tot"] == Collected("tot", True, "", 1, 1)
    return done["xau"], done["tot"]


def packed_zeros(size: int, coding: str) -> bytes:
    chunk, out = b"\0" * 2**20, io.BytesIO()
    if coding == "gzip":
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as stream:
            for _ in range(size // len(chunk)):
                stream.write(chunk)
    elif coding == "deflate":
        press = zlib.compressobj(1)
        for _ in range(size // len(chunk)):
            out.write(press.compress(chunk))
        out.write(press.flush())
    elif coding == "br":
        press = brotli.Compressor(quality=1)
        for _ in range(size // len(chunk)):
            out.write(press.process(chunk))
        out.write(press.finish())
    else:
        press = zstd.ZstdCompressor(level=1)
        for _ in range(size // len(chunk)):
            out.write(press.compress(chunk))
        out.write(press.flush())
    return out.getvalue()


BOMB = 256 * 2**20


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
@pytest.mark.parametrize("place", ["/rss", "/a-100001.html"])
def test_a_decompression_bomb_is_stopped_at_the_cap(coding: str, place: str) -> None:
    store = Memorised()
    bomb = packed_zeros(BOMB, coding.split(", ")[0])
    if ", " in coding:
        bomb = gzip.compress(bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with web() as bad, web() as good:
        bad.put("/rss", rss((f"{bad.base}/a-100001.html", "Bài A")))
        bad.put(place, bomb, Content_Encoding=coding)
        started = time.monotonic()
        beside(bad, good, store)
        assert time.monotonic() - started < 15
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 72 * 1024, f"{grown} KiB"
    assert [document.title for document in store.kept.values()] == ["Bài tốt"]
    assert "xau" in store.said()


def test_a_bomb_in_a_packed_sitemap_is_stopped() -> None:
    store = Memorised()
    with web() as bad:
        bad.put("/map.xml.gz", packed_zeros(BOMB, "gzip"), Content_Type="application/gzip")
        done = crawl(store, [bad], [source(bad, (), sitemaps=(f"{bad.base}/map.xml.gz",))])
    assert not done["bao-thu"].ok and "sitemap" in done["bao-thu"].error


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        handler.wfile.write(b"<p>x</p>" * 8192)


def chunked(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def boastful(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n<html>")
    handler.close_connection = True


def short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html><title>x</title>")
    handler.close_connection = True


def many_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + b"\r\n")
    handler.close_connection = True


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\0\1\2 nothing like HTTP\r\n\r\n")
    handler.close_connection = True


@pytest.mark.parametrize("evil", [endless, chunked, boastful, short, many_headers, garbage])
@pytest.mark.parametrize("place", ["/rss", "/a-100001.html"])
def test_bodies_that_lie_are_cut_off(evil: Any, place: str) -> None:
    sent = [0]

    def counted(handler: Any) -> None:
        write = handler.wfile.write

        def through(data: bytes) -> int:
            sent[0] += len(data)
            return int(write(data))

        handler.wfile.write = through
        evil(handler)

    store = Memorised()
    with web() as bad, web() as good:
        bad.put("/rss", rss((f"{bad.base}/a-100001.html", "Bài A")))
        bad.pages[place] = counted
        started = time.monotonic()
        beside(bad, good, store, timeout=3, max_bytes=2**20)
        assert time.monotonic() - started < 12
    assert 0 < sent[0] < 24 * 2**20, "a MiB a try, and what the sockets hold"
    assert [document.title for document in store.kept.values()] == ["Bài tốt"]


@pytest.mark.parametrize("place", ["/rss", "/a-100001.html", "/robots.txt"])
def test_a_server_that_falls_silent_is_hung_up_on(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[bool] = []

    def falls_silent(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html>")
        handler.wfile.flush()
        try:
            left.append(not handler.rfile.read(1))
        except TimeoutError:  # the server's own patience, long before that of the crawl for the whole page
            left.append(False)
        except ConnectionError:
            left.append(True)
        handler.close_connection = True

    monkeypatch.setattr(download, "IDLE", 0.3)
    store = Memorised()
    with web() as bad, web() as good:
        bad.put("/rss", rss((f"{bad.base}/a-100001.html", "Bài A")))
        bad.pages[place] = falls_silent
        beside(bad, good, store, timeout=110)
    assert left and all(left)
    assert [document.title for document in store.kept.values()] == ["Bài tốt"]


@pytest.mark.parametrize("kind", ["image/jpeg", "video/mp4", "AUDIO/mpeg; x=y"])
def test_pictures_and_films_are_not_fetched(kind: str) -> None:
    sent = [0]

    def film(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 50000000\r\n\r\n".encode())
        for _ in range(50):
            handler.wfile.write(bytes(10**6))
            sent[0] += 1

    store = Memorised()
    with web() as bad, web() as good:
        bad.put("/rss", rss(*((f"{bad.base}/a-10000{n}.html", "Bài") for n in range(4))))
        for n in range(4):
            bad.pages[f"/a-10000{n}.html"] = film
        done, _ = beside(bad, good, store)
        assert len(bad.paths("/a-")) == 4, "each is given up by itself, the host is not"
    assert done.ok and done.failed == 4 and "không phải trang đọc được" in store.said() and sent[0] < 40


@pytest.mark.slow
def test_two_hundred_slow_hosts_do_not_delay_a_good_one() -> None:
    release = threading.Event()
    store = Memorised()
    given_up: dict[str, int] = {}
    """slow host -> how many slow sources were given up before it was first asked for its feed"""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        given_up.setdefault(str(handler.server.server_address), sum(poll[0] != "tot" for poll in store.polls))
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not release.wait(0.5):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    with web("127.0.0.1") as good:
        good.put("/rss", rss((f"{good.base}/tot-200001.html", "Bài tốt")))
        good.put("/tot-200001.html", article("Bài tốt"))
        slow = [Web(f"127.0.3.{number}") for number in range(1, 201)]
        for found in slow:
            found.pages["/rss"] = drip
            found.thread.start()
        try:
            sources = [source(found, id=f"cham-{number}") for number, found in enumerate(slow)] + [
                source(good, id="tot")
            ]
            done = crawl(store, [*slow, good], sources, timeout=5)
        finally:
            release.set()
            for found in slow:
                found.server.shutdown()
                found.server.server_close()
    assert len(given_up) == 200 and not any(given_up.values()), "all are waited for side by side"
    assert all(len(found.paths("/rss")) <= 2 for found in slow), (
        "one more try, and no more: twice the time-out is all they cost"
    )
    assert done["tot"].new == 1
    waited = store.polls.index(("tot", True, "", 1, 1))
    assert waited == 0, "the good source was done before any slow one was given up"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "feed rỗng"),
        (b"   \n", "feed rỗng"),
        (b"<!doctype html><html><body>Bao tri</body></html>", "trả về trang HTML"),
        (b"<html><head></head></html>", "trả về trang HTML"),
        (b'{"items": []}', "không phải feed"),
        (b"\xff\xfe\x00\x01\x02", "feed"),
        (b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'x'>]><rss version='2.0'><channel/></rss>", "DTD"),
    ],
)
def test_a_feed_that_is_none_is_named(body: bytes, said: str) -> None:
    store = Memorised()
    with web() as bad, web() as good:
        bad.put("/rss", body)
        done, _ = beside(bad, good, store)
    assert not done.ok
    assert f"{bad.base}/rss" in done.error and said in done.error
    assert ("feed", "xau", done.error) in store.troubles


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"", "trang rỗng"),
        (b"   ", "trang rỗng"),
        (b"%PDF-1.4 ...", "không phải trang HTML"),
        (b"<html><body><p>khong co tieu de</p></body></html>", "không tìm thấy tiêu đề"),
    ],
)
def test_a_page_that_cannot_be_read_falls_back_on_its_feed_and_is_counted(page: bytes, said: str) -> None:
    store = Memorised()
    with web() as bad, web() as good:
        bad.put("/rss", rss((f"{bad.base}/a-100001.html", "Bài A")))
        bad.put("/a-100001.html", page)
        done, _ = beside(bad, good, store)
    assert done.ok and said in store.said()
    document = store.kept[f"{bad.base}/a-100001.html"]
    assert (document.title, document.method, document.gaps) == ("Bài A", "feed", ("body",))


def test_a_page_nobody_says_anything_about_is_refused_and_counted() -> None:
    store = Memorised()
    with web() as bad:
        bad.put("/map", f"<urlset><url><loc>{bad.base}/a-100001.html</loc></url></urlset>")
        bad.put("/a-100001.html", "<html><body><p>khong co tieu de</p></body></html>")
        done = crawl(store, [bad], [source(bad, (), sitemaps=(f"{bad.base}/map",))])
    assert store.kept == {} and "không tìm thấy tiêu đề" in store.said()
    assert done["bao-thu"].failed == 1


def test_a_page_without_date_takes_the_feeds_and_a_broken_one_is_marked() -> None:
    store = Memorised()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        found.put("/a-100001.html", article("Bài A", date=""))
        found.put("/rss2", rss((f"{found.base}/b-100002.html", "Bài B"), date="31/02/2026 25:99"))
        found.put("/b-100002.html", article("Bài B", date="hôm nào đó"))
        crawl(store, [found], [source(found, ("/rss", "/rss2"))])
    assert store.kept[f"{found.base}/a-100001.html"].published_at.isoformat() == "2026-11-26T09:00:00+07:00"
    undated = store.kept[f"{found.base}/b-100002.html"]
    assert undated.published_at is None and undated.gaps == ("date",)


@pytest.mark.parametrize("status", [500, 502, 503, 403, 404])
def test_a_source_that_answers_with_an_error_is_named(status: int) -> None:
    store = Memorised()
    with web() as bad, web() as good:
        bad.put("/rss", b"loi", status)
        done, _ = beside(bad, good, store)
    trouble = "gone" if status == 404 else "http"
    assert done == Collected("xau", False, f"{bad.base}/rss: máy chủ trả lời HTTP {status}", 0, 0, trouble=trouble)
    assert ("xau", False, done.error, 0, 0) in store.polls


def test_a_server_that_is_not_there_is_named() -> None:
    store = Memorised()
    with web() as good:
        with web() as gone:
            pass
        done, _ = beside(gone, good, store)
    assert not done.ok and "robots.txt không truy cập được" in done.error


def test_an_article_that_leads_to_another_outlet_is_not_taken_for_ours() -> None:
    store = Memorised()
    with web() as found, web("127.0.0.5") as other:
        other.put("/quang-cao", article("Quảng cáo"))
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A"), (f"{other.base}/quang-cao", "Quảng cáo")))
        found.put("/a-100001.html", b"", 302, Location=f"{other.base}/quang-cao")
        crawl(store, [found, other], [source(found)])
        assert [path for path, _ in other.asked if path == "/quang-cao"] == ["/quang-cao"]
    assert store.kept == {} and "chuyển hướng sang trang khác" in store.said()
