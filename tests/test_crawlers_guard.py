"""The address guard: nothing but public addresses is ever connected to, by whatever door a bad one comes in."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import collect
from crawlers.guard import Guard, PinnedEndpoint, is_public
from crawlers.manners import Memory
from crawlers.sources import Source
from records import BadSetting, BlockedAddress

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, web

NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2620:4f:8000::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:4860:4860::8888%1",
    "not-an-ip",
    "1.2.3",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "113.160.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.0.1",
    "223.255.255.254",
    "2001:4860:4860::8888",
    "2400:cb00::1",
    "2a00::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_a_public_host_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_hosts_pass(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_never_more_open_than_the_standard_library(address: Any) -> None:
    if is_public(address):
        assert address.is_global
        assert not (address.is_private or address.is_loopback or address.is_multicast or address.is_reserved)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.vn/x", "gopher://example.vn/", "data:text/html,x", "dict://127.0.0.1:11211/",
        "javascript:alert(1)", "//example.vn/", "http:///x", "http://", "http://user:pw@example.vn/", "http://example.vn@127.0.0.1/",
        "http://127.0.0.1\\@example.vn/", "http://example.vn\\@127.0.0.1/", "http://exa mple.vn/", "http://exam\tple.vn/",
        "http://example.vn:22/", "http://example.vn:25/", "http://example.vn:6379/", "http://example.vn:8080/",
        "https://example.vn:3306/", "http://example.vn:0/", "http://example.vn:99999/", "http://example.vn:x/",
        "http://[::1/", "http://[fe80::1%25eth0]/", "http://%31%32%37.0.0.1/",
    ],
)  # fmt: skip
def test_bad_addresses_are_refused_before_any_name_is_resolved(url: str) -> None:
    with pytest.raises(BlockedAddress):
        Guard().check(url)


@pytest.mark.parametrize(
    "url", ["http://vnexpress.net/a", "https://tuoitre.vn:443/b", "http://báo.vn/", "https://a.vn./x"]
)
def test_ordinary_addresses_pass_the_first_look(url: str) -> None:
    Guard().check(url)


def test_one_bad_address_in_the_answer_refuses_all() -> None:
    with pytest.raises(BlockedAddress):
        Guard().pick("tin.vn", 443, ["113.160.0.1", "10.0.0.1"])
    with pytest.raises(BlockedAddress):
        Guard().pick("tin.vn", 443, ["113.160.0.1", "::1"])
    with pytest.raises(BlockedAddress):
        Guard().pick("tin.vn", 443, [])
    assert Guard().pick("tin.vn", 443, ["113.160.0.1", "2400:cb00::1"])


def test_the_allow_list_is_exact_and_of_loopback_only() -> None:
    guard = Guard(["127.0.0.1:8800"])
    assert guard.pick("127.0.0.1", 8800, ["127.0.0.1"])
    for host, port, address in (
        ("127.0.0.1", 8801, "127.0.0.1"),
        ("127.0.0.2", 8800, "127.0.0.2"),
        ("localhost", 8800, "127.0.0.1"),
    ):
        with pytest.raises(BlockedAddress):
            guard.pick(host, port, [address])
    # an allow-listed name that answers with anything but loopback is refused too
    with pytest.raises(BlockedAddress):
        Guard(["localhost:8800"]).pick("localhost", 8800, ["10.0.0.1"])


@pytest.mark.parametrize(
    "entry",
    [
        "10.0.0.1:80",
        "example.vn:80",
        "127.0.0.1",
        "*",
        "127.0.0.1:80/x",
        "u@127.0.0.1:80",
        "0.0.0.0:80",
        "127.0.0.1:x",
        "",
    ],
)
def test_the_allow_list_takes_nothing_else(entry: str) -> None:
    with pytest.raises(BadSetting, match="allow_loopback"):
        Guard([entry])


# ---------------------------------------------------------------- at every door, with a sentinel listening


@contextmanager
def sentinel(host: str = "127.0.0.1") -> Iterator[tuple[int, list[Any]]]:
    """A listener that must never be connected to: its port, and who came."""
    came: list[Any] = []
    listener = socket.create_server((host, 0))

    def accept() -> None:
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            came.append(peer)
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], came
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def crawl(store: Memorised, found: Web, **more: Any) -> None:
    work = collect.collect(
        [source(found, **more)], settings(found), store, lambda: NOW, official=OFFICIAL, memory=Memory()
    )
    asyncio.run(work)


def _redirect(found: Web, path: str, to: str) -> None:
    found.put(path, b"", 302, Location=to)


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/",
        "http://017700000001:{port}/", "http://0:{port}/", "http://localhost:{port}/", "http://localhost.:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/", "http://[::1]:{port}/", "http://127。0。0。1:{port}/",
        "http://x@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@bao.vn/", "//127.0.0.1:{port}/", "http://127.0.0.2:{port}/",
    ],
)  # fmt: skip
def test_no_redirect_reaches_an_inner_address(where: str) -> None:
    store = Memorised()
    with web() as found, sentinel() as (port, came):
        bad = where.format(port=port)
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A"), (f"{found.base}/b-100002.html", "Bài B")))
        _redirect(found, "/a-100001.html", bad)
        found.put("/b-100002.html", article("Bài B"))
        crawl(store, found)
        assert came == []
        assert [document.title for document in store.kept.values()] == ["Bài B"]
        assert store.troubles


@pytest.mark.parametrize("door", ["feed", "sitemap", "listing", "robots", "sitemap child", "article"])
def test_no_door_reaches_an_inner_address(door: str) -> None:
    store = Memorised()
    with web() as found, sentinel() as (port, came):
        bad = f"http://127.0.0.1:{port}/x-100001.html"
        found.put("/rss", rss((bad if door == "article" else f"{found.base}/b-100002.html", "Bài")))
        found.put("/b-100002.html", article("Bài B"))
        found.put("/map", f"<sitemapindex><sitemap><loc>{bad}</loc></sitemap></sitemapindex>")
        moved = {"feed": "/rss", "sitemap": "/map", "listing": "/list", "robots": "/robots.txt"}
        if door in moved:
            _redirect(found, moved[door], bad)
        crawl(store, found, sitemaps=(f"{found.base}/map",), listings=(f"{found.base}/list",), article=r"\d{6}\.html$")
        assert came == []
        assert (store.kept == {}) == (door in ("robots", "feed", "article"))


def test_a_redirect_carries_nothing_to_another_host() -> None:
    store = Memorised()
    with web() as found, web("127.0.0.5") as other:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")), Set_Cookie="phien=bi-mat; Path=/")
        found.put(
            "/a-100001.html", b"", 307, Location=f"{other.base}/x", Set_Cookie="phien=bi-mat", WWW_Authenticate="Basic"
        )
        work = collect.collect([source(found)], settings(found, other), store, lambda: NOW, OFFICIAL, Memory())
        asyncio.run(work)
        ((path, headers),) = [one for one in other.asked if one[0] == "/x"]
        assert not {"Cookie", "Authorization", "Proxy-Authorization", "Referer", "Content-Length"} & set(headers), path


def test_a_redirect_out_of_http_is_not_followed() -> None:
    store = Memorised()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        _redirect(found, "/a-100001.html", "file:///etc/passwd")
        crawl(store, found)
    assert store.kept == {} and "HTTP 302" in store.said()


def test_a_redirect_loop_ends_after_ten_hops() -> None:
    store = Memorised()
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        for number in range(40):
            _redirect(found, "/a-100001.html" if number == 0 else f"/hop{number}", f"/hop{number + 1}")
        crawl(store, found)
        assert len(found.paths("/hop")) == 10
    assert store.kept == {}


def test_what_was_resolved_is_what_is_connected_to() -> None:
    """DNS rebinding: public at the first answer, loopback at the second; only one answer is ever asked for."""
    answers = [["113.160.0.1"], ["127.0.0.1"]]
    asked: list[str] = []
    connected: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    class Reactor:
        def connectTCP(self, host: str, port: int, factory: Any, *rest: Any, **more: Any) -> None:
            connected.append((host, port))
            raise OSError("no network here")

    async def connect() -> None:
        guard = Guard(resolve=resolve)
        endpoint = PinnedEndpoint(Reactor(), guard, "tin.vn", 443)
        with pytest.raises(OSError, match="no network"):
            await endpoint.connect(None).asFuture(asyncio.get_running_loop())
        # the second answer is loopback: refused without a connect
        with pytest.raises(BlockedAddress):
            await endpoint.connect(None).asFuture(asyncio.get_running_loop())
        guard.close()

    asyncio.run(connect())
    assert connected == [("113.160.0.1", 443)]
    assert asked == ["tin.vn", "tin.vn"]


def test_a_name_that_resolves_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Memorised()
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", ("127.0.0.1", port))])
    with sentinel() as (_, came):
        outside = Source("bao", "Báo", "http://bao-thu.vn/", "press", feeds=("http://bao-thu.vn/rss",))
        work = collect.collect([outside], settings(), store, lambda: NOW, official=OFFICIAL, memory=Memory())
        assert not asyncio.run(work)[0].ok
        assert came == []
    assert "không phải địa chỉ công cộng" in store.said()
