"""Sixty addresses of the inside, through every door of the product: no connection is ever opened to any of them.

The doors run with the guard on; one loopback server is let in by its exact host:port, as a replay or a sample is. Every
connect of the process is seen through an audit hook, so an address without a listener counts as well.
"""

from __future__ import annotations

import ast
import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from crawlers import collect
from crawlers.manners import Memory
from crawlers.social import facebook
from crawlers.sources import Source
from pipeline import adding
from pipeline.doors import Rooms
from platforms import Social
from records import BadInput, Document

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, web

HOSTS = [
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "0", "0.0.0.0",
    "0.1.2.3", "localhost", "localhost.", "LOCALHOST", "127.0.0.1.", "127。0。0。1", "①②⑦.⓪.⓪.①", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[fec0::1]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd00::1]", "[ff02::1]", "[100::1]", "[2001:db8::1]",
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.1.254", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "trong.vn", "hai-dia-chi.vn", "sau-dia-chi.vn",
]  # fmt: skip
WHOLE = [
    "http://u@127.0.0.1:{port}/", "http://bao.vn@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@bao.vn/", "http://127.0.0.1\t:{port}/",
    "//127.0.0.1:{port}/", "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/",
    "data:text/html,x", "https://127.0.0.1:{port}/", "http://127.0.0.1:22/", "http://127.0.0.1:25/", "http://127.0.0.1:6379/",
]  # fmt: skip
CORPUS = (
    [f"http://{host}:{{port}}/x-100001.html" for host in HOSTS]
    + [f"http://{host}/x-100002.html" for host in HOSTS[36:]]
    + WHOLE
)
NAMES = {
    "trong.vn": ["127.0.0.1"],
    "hai-dia-chi.vn": ["113.160.0.1", "10.0.0.1"],
    "sau-dia-chi.vn": ["2400:cb00::1", "::1"],
}

watched: list[list[Any]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        for seen in watched:
            seen.append(arguments[1])


sys.addaudithook(_hook)


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    plain = socket.getaddrinfo

    def named(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host in NAMES:
            return [(2, 1, 6, "", (address, port)) for address in NAMES[host]]
        numeric = isinstance(host, str) and host.replace(".", "").replace("x", "").isalnum() and host[:1].isdigit()
        return (
            plain(host, port, *rest, **more)
            if numeric or host in ("localhost", "127.0.0.1") or ":" in str(host)
            else []
        )

    monkeypatch.setattr(socket, "getaddrinfo", named)
    seen: list[Any] = []
    watched.append(seen)
    yield seen
    watched.remove(seen)


def crawl(found: Web, sources: list[Source]) -> None:
    work = collect.collect(sources, settings(found), Memorised(), lambda: NOW, official=OFFICIAL, memory=Memory())
    asyncio.run(work)


def redirecting(found: Web, addresses: list[str]) -> list[str]:
    """Paths that lead to each of the addresses."""
    for number, address in enumerate(addresses):
        found.put(f"/r-{200_000 + number}.html", b"", 302, Location=address)
    return [f"/r-{200_000 + number}.html" for number in range(len(addresses))]


def many(found: Web, paths: list[str], kind: str) -> list[Source]:
    more: dict[str, Any] = {"article": r"-\d{6}\.html$"}
    return [
        source(found, (path,) if kind == "feeds" else (), id=f"s{n}", **more, **({kind: (found.base + path,)} if kind != "feeds" else {}))
        for n, path in enumerate(paths)
    ]  # fmt: skip


def links_of_a_feed(found: Web, addresses: list[str]) -> None:
    found.put("/rss", rss(*((address.replace("&", "&amp;"), "Bài") for address in addresses)))
    crawl(found, [source(found)])


def redirects_of_articles(found: Web, addresses: list[str]) -> None:
    found.put("/rss", rss(*((found.base + path, "Bài") for path in redirecting(found, addresses))))
    crawl(found, [source(found)])


def redirects_of_feeds(found: Web, addresses: list[str]) -> None:
    crawl(found, many(found, redirecting(found, addresses), "feeds"))


def redirects_of_sitemaps(found: Web, addresses: list[str]) -> None:
    crawl(found, many(found, redirecting(found, addresses), "sitemaps"))


def redirects_of_listings(found: Web, addresses: list[str]) -> None:
    crawl(found, many(found, redirecting(found, addresses), "listings"))


def children_of_sitemaps(found: Web, addresses: list[str]) -> None:
    for number, address in enumerate(addresses):
        found.put(f"/map-{number}", f"<sitemapindex><sitemap><loc>{address}</loc></sitemap></sitemapindex>")
    crawl(found, many(found, [f"/map-{number}" for number in range(len(addresses))], "sitemaps"))


def redirects_of_robots(found: Web, addresses: list[str]) -> None:
    for address in addresses:
        found.put("/robots.txt", b"", 302, Location=address)
        crawl(found, [source(found)])


def later_looks(found: Web, addresses: list[str]) -> None:
    documents = [
        Document(f"k{n}", "press", "bao-thu", "Báo", address, "Bài", None, "x", None, NOW) for n, address in enumerate(addresses)
    ] + [
        Document(f"r{n}", "press", "bao-thu", "Báo", found.base + path, "Bài", None, "x", None, NOW)
        for n, path in enumerate(redirecting(found, addresses))
    ]  # fmt: skip
    plain = [one for one in documents if one.url.startswith("http")]
    work = collect.refetch(
        plain, [source(found)], settings(found), cast(Any, Memorised()), lambda: NOW, OFFICIAL, Memory()
    )
    asyncio.run(work)


def rows_of_sources(found: Web, addresses: list[str]) -> None:
    """What an operator writes or a button tries: the address is itself the feed, the homepage is its host."""
    rows = [
        Source(f"s{n}", "Báo", address, "press", feeds=(address,))
        for n, address in enumerate(addresses)
        if address.startswith("http")
    ]
    crawl(found, rows)


def trial_of_an_address(found: Web, addresses: list[str]) -> None:
    """`langnghe source add URL` and the desk's button."""
    rooms = cast(Rooms, SimpleNamespace(settings=settings(found), clock=lambda: NOW, store=Memorised(), sources=()))
    for address in addresses[::12]:
        with pytest.raises(BadInput):
            asyncio.run(adding.find(rooms, address))


def interface(found: Web, **more: Any) -> Source:
    values: dict[str, Any] = {
        "id": "s",
        "name": "S",
        "homepage": f"{found.base}/",
        "kind": "post",
        "connector": "json-feed",
    }
    return Source(**{**values, **more})


def social_settings(found: Web, **social: Any) -> Any:
    key = SecretStr("x" * 32)
    keyed = {"author_key": key, "desk_key": key, "vault_key": key, "social": Social(**social)}
    return settings(found).model_copy(update=keyed)


def ask(found: Web, sources: list[Source], **social: Any) -> None:
    chosen = social_settings(found, **social)
    asyncio.run(collect.collect(sources, chosen, Memorised(), lambda: NOW, official=OFFICIAL, memory=Memory()))


def next_pages_of_interfaces(found: Web, addresses: list[str]) -> None:
    """JSON feeds and Facebook both name the address of their next page."""
    for number, address in enumerate(addresses):
        row = {"id": "1", "title": "Bài", "content_text": "x", "url": address, "date_published": "2026-11-26T00:00:00Z"}
        page = {"version": "https://jsonfeed.org/version/1.1", "items": [row], "next_url": address}
        found.put(f"/f-{number}", json.dumps(page))
    ask(found, [interface(found, id=f"s{n}", feeds=(f"{found.base}/f-{n}",)) for n in range(len(addresses))])
    fields = urlencode({"fields": facebook.POST_FIELDS, "limit": "50"})
    for number, address in enumerate(addresses):
        post = {"id": "1_2", "message": "x", "created_time": "2026-11-26T00:00:00+0000", "permalink_url": address}
        found.put(f"/p{number}/feed?{fields}", json.dumps({"data": [post], "paging": {"next": address}}))
    pages = [interface(found, id=f"p{n}", connector="facebook", account=f"p{n}") for n in range(len(addresses))]
    ask(found, pages, facebook_api=found.base, facebook_token="t" * 9)


def redirects_of_interfaces(found: Web, addresses: list[str]) -> None:
    feeds = [found.base + path for path in redirecting(found, addresses)]
    ask(found, [interface(found, id=f"s{n}", feeds=(feed,)) for n, feed in enumerate(feeds)])


DOORS = [links_of_a_feed, redirects_of_articles, redirects_of_feeds, redirects_of_sitemaps, redirects_of_listings,
         children_of_sitemaps, redirects_of_robots, later_looks, next_pages_of_interfaces, redirects_of_interfaces,
         rows_of_sources, trial_of_an_address]  # fmt: skip


def test_the_corpus_is_large_enough() -> None:
    assert len(set(CORPUS)) >= 60 and len(HOSTS) >= 50


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_nothing_inside_is_ever_connected_to(door: Any, connects: list[Any]) -> None:
    with web() as found, web("127.0.0.9") as sentinel:
        found.put("/rss", rss((f"{found.base}/b-100002.html", "Bài B")))
        found.put("/b-100002.html", article("Bài B"))
        connects.clear()
        door(found, [address.format(port=sentinel.port) for address in CORPUS])
        inside = [peer for peer in connects if peer != (found.host, found.port)]
        assert [peer for peer in inside if isinstance(peer, tuple)] == []
        assert sentinel.asked == []
        if door not in (rows_of_sources, trial_of_an_address):
            assert (found.host, found.port) in connects, "the door was used, and seen"
        if "redirect" in door.__name__ and door is not redirects_of_robots:
            assert len(set(found.paths("/r-"))) == len(CORPUS), "with each of the addresses"
        if door is redirects_of_robots:
            assert len(found.paths("/robots.txt")) == len(CORPUS)


WIRES = {
    "socket",
    "ssl",
    "httpx",
    "requests",
    "aiohttp",
    "urllib.request",
    "http.client",
    "ftplib",
    "twisted.internet.endpoints",
}


def test_the_crawlers_have_no_door_beside_the_guard() -> None:
    """Whatever fetches for the crawlers imports no means of its own to connect: only guard.py does."""
    rooms = Path(__file__).resolve().parents[1] / "crawlers"
    opening = set()
    for file in rooms.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            named += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if WIRES & set(named):
                opening.add(file.relative_to(rooms).as_posix())
    assert opening == {"guard.py"}
