"""Twenty-four hours of polling against servers that say how they want to be asked, on a clock that is handed in.

The product decides when to ask (the store's due list, intervals, rests); the servers write down when they were asked and
what had been agreed. Half-way the process dies: nothing it remembered is left, only the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import store
from crawlers import collect
from crawlers.manners import Memory
from crawlers.sources import Source
from pipeline.crawls import Crawls

from .crawlers_support import NOW, OFFICIAL, Web, article, rss, settings, source, web

STEP = timedelta(minutes=5)
FLOOR = {1: 300, 2: 900, 3: 1800}


@dataclass
class Host:
    """A server with a wish. `says(poll)` -> (status, headers) of its n-th answer; None: the feed, as it is."""

    says: Callable[[int, datetime], tuple[int, dict[str, str]] | None]
    tier: int = 1
    changes: int = 0
    """the feed changes at each so many-th poll; 0: never"""
    asked: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    answered: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def answer(self, found: Web, clock: list[datetime]) -> Callable[[BaseHTTPRequestHandler], None]:
        def handle(handler: BaseHTTPRequestHandler) -> None:
            poll = len(self.asked)
            version = poll // self.changes if self.changes else 0
            body = rss((f"{found.base}/bai-{100_000 + version}.html", "Bài")).encode()
            status, headers = self.says(poll, clock[0]) or (200, {})
            if status == 200:
                headers = {"ETag": f'W/"phiên bản {version}, gzip"', "Last-Modified": f"Thu, 26 Nov 2026 0{version % 9}:00:00 GMT",
                           "Date": format_datetime(clock[0], usegmt=True), **headers}  # fmt: skip
                given = handler.headers.get("If-None-Match", "")
                if given.encode("latin-1") == headers["ETag"].encode():
                    status, body = 304, b""
            self.asked.append((clock[0], dict(handler.headers.items())))
            self.answered.append((status, headers))
            handler.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(body) if status == 200 else 0)}.items():
                handler.send_header(name, value.encode().decode("latin-1"))
            handler.end_headers()
            handler.wfile.write(body if status == 200 else b"")

        return handle


def busy(status: int, wait: Callable[[datetime], str | None]) -> Callable[[int, datetime], Any]:
    """Every seventh answer asks for patience."""

    def says(poll: int, now: datetime) -> tuple[int, dict[str, str]] | None:
        stated = wait(now)
        headers = {"Date": format_datetime(now, usegmt=True)} | ({"Retry-After": stated} if stated else {})
        return (status, headers) if poll % 7 == 3 else None

    return says


def hosts() -> dict[str, Host]:
    def later(now: datetime) -> str:
        return format_datetime(now + timedelta(hours=2), usegmt=True)

    return {
        "plain": Host(lambda *_: None),
        "changing": Host(lambda *_: None, changes=5),
        "fresh": Host(lambda *_: (200, {"Cache-Control": "public, max-age=2400"})),
        "aged": Host(lambda *_: (200, {"Cache-Control": "max-age=3000", "Age": "1200"}), tier=2),
        "no-cache": Host(lambda *_: (200, {"Cache-Control": "no-cache, max-age=3000"}), tier=3),
        "429 in seconds": Host(busy(429, lambda _: "3600")),
        "503 at a date": Host(busy(503, later)),
        "429 without a word": Host(busy(429, lambda _: None)),
        "a whole night": Host(busy(503, lambda _: "32400"), tier=2),
    }


def allowed_after(host: Host, number: int) -> timedelta:
    """How long after its n-th answer the host may be asked again."""
    status, headers = host.answered[number]
    wait = timedelta(seconds=FLOOR[host.tier])
    stated = headers.get("Retry-After", "60" if status == 429 else "0")
    if status in (429, 503):
        wait = max(wait, timedelta(hours=2) if not stated.isdigit() else timedelta(seconds=int(stated)))
    control = headers.get("Cache-Control", "")
    if "max-age" in control and "no-cache" not in control:
        age = int(control.rpartition("=")[2]) - int(headers.get("Age", "0"))
        wait = max(wait, timedelta(seconds=age))
    return wait


def live(url: str, sources: list[Source], webs: list[Web], clock: list[datetime], until: datetime) -> None:
    """One life of the process, from now on the clock to `until`."""
    kept, crawls = store.open(url), Crawls()
    start = clock[0]
    memory = Memory(lambda: (clock[0] - start).total_seconds() + 1.0)

    async def polling() -> None:
        while clock[0] < until:
            due = kept.sources.due(crawls.intervals(sources, kept, clock[0]), clock[0])
            if chosen := [one for one in sources if one.id in due]:
                await collect.collect(chosen, settings(*webs), kept, lambda: clock[0], OFFICIAL, memory)
            clock[0] += STEP

    asyncio.run(polling())
    kept.close()


@pytest.mark.slow
def test_a_day_of_polite_polling(tmp_path: Path) -> None:
    url, clock, everyone = f"sqlite:///{tmp_path / 'x.db'}", [NOW.replace(tzinfo=UTC)], hosts()
    store.create(url)
    with ExitStack() as stack:
        webs = [stack.enter_context(web(f"127.0.7.{number + 1}")) for number in range(len(everyone))]
        sources = []
        for found, (name, host) in zip(webs, everyone.items(), strict=True):
            found.pages["/rss"] = host.answer(found, clock)
            for version in range(100):
                found.put(f"/bai-{100_000 + version}.html", article("Bài"))
            sources.append(source(found, id=name.replace(" ", "-"), tier=host.tier))
        live(url, sources, webs, clock, NOW + timedelta(hours=12))
        live(url, sources, webs, clock, NOW + timedelta(hours=24))
    asked = retries = unchanged = conditional = 0
    for name, host in everyone.items():
        assert len(host.asked) >= 5, f"{name} was asked {len(host.asked)} times"
        for number, ((before, _), (after, headers)) in enumerate(zip(host.asked, host.asked[1:], strict=False)):
            wait = allowed_after(host, number)
            assert after - before >= wait, f"{name}: asked after {after - before}, agreed {wait}"
            asked += 1
            retries += host.answered[number][0] in (429, 503)
            known = next((one for _, one in reversed(host.answered[: number + 1]) if "ETag" in one), {})
            if host.answered[number + 1][1].get("ETag") == known.get("ETag"):
                unchanged += 1
                conditional += headers.get("If-None-Match", "").encode("latin-1") == known["ETag"].encode()
                assert headers.get("If-Modified-Since", known["Last-Modified"]) == known["Last-Modified"]
    print(
        f"{asked} polls, {retries} waits asked for and kept, {conditional} of {unchanged} unchanged polls conditional"
    )
    assert retries >= 20 and unchanged > 300 and conditional >= 0.99 * unchanged
