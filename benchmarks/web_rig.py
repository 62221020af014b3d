"""A web of many loopback hosts in one process of its own: papers that publish while time passes, and hostile servers.

`Web(papers, port)` as a context manager serves 127.x.y.z:port for each paper; every article request is logged. What a
hostile paper does is its `trick`; "" is a healthy one.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import multiprocessing
import random
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from crawlers.sources import Source

SAID = (
    "Cơ quan bảo hiểm xã hội tỉnh cho biết đã chi trả lương hưu tháng này cho hơn hai nghìn người hưởng qua tài khoản, "
    "và tiếp tục chi trả tại nhà cho người già yếu theo nguyện vọng của gia đình."
)


@dataclass
class Paper:
    """One outlet. `live`: seconds after the start at which each of its articles is published."""

    number: int
    live: list[float] = field(default_factory=lambda: [0.0])
    trick: str = ""

    @property
    def host(self) -> str:
        return f"127.{10 + self.number // 10_000}.{self.number // 100 % 100}.{1 + self.number % 100}"

    def source(self, port: int, **more: Any) -> Source:
        base = f"http://{self.host}:{port}"
        values = {"reader": "templates", "article": r"-\d+\.html$", **more}
        return Source(
            f"bao-{self.number}", f"Báo {self.number}", f"{base}/", "press", 1, feeds=(f"{base}/rss",), **values
        )

    def url(self, port: int, n: int) -> str:
        return f"http://{self.host}:{port}/bai-viet-{self.number * 1000 + n + 1_000_000}.html"

    def feed(self, port: int, age: float) -> bytes:
        rows = "".join(
            f"<item><title>Báo {self.number} bài {n}</title><link>{self.url(port, n)}</link></item>"
            for n, at in enumerate(self.live)
            if at <= age
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Báo</title>{rows}</channel></rss>'.encode()

    def page(self, path: str) -> bytes:
        text = "".join(f"<p class='Normal'>Tin {path[-12:-5]}, đoạn {n}: {SAID}</p>" for n in range(8))
        return (
            "<!doctype html><html lang='vi'><head><meta charset='utf-8'><title>Bài</title>"
            f"<meta property='og:title' content='Báo {self.number} {path[-12:-5]}'>"
            "<meta property='article:published_time' content='2026-11-26T09:00:00+07:00'></head><body><nav>"
            f"<a href='/'>Trang chủ</a></nav><h1 class='title-detail'>Báo {self.number} {path[-12:-5]}</h1>"
            f"<p class='description'>{SAID}</p><article class='fck_detail'>{text}</article></body></html>"
        ).encode()


Writer = asyncio.StreamWriter
Trick = Callable[[Writer], Awaitable[None]]


def answer(body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


async def _drip(writer: Writer, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n") -> None:
    writer.write(head)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(1)


async def _slow_head(writer: Writer) -> None:
    await _drip(writer, b"HTTP/1.1 200 OK\r\nX-Long: ")


async def _silent(_: Writer) -> None:
    await asyncio.sleep(600)


async def _endless(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
    while True:
        writer.write(b"<item/>" * 4096)
        await writer.drain()


async def _headers(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(50_000)) + b"\r\n")


async def _drop(writer: Writer) -> None:
    writer.transport.abort()


async def _garbage(writer: Writer) -> None:
    writer.write(b"\0\1\2 nothing like HTTP\r\n\r\n")
    writer.close()


def _bomb() -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as stream:
        for _ in range(128):
            stream.write(bytes(2**20))
    return packed.getvalue()


BOMB = _bomb()
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss>&b;</rss>'
FIXED: dict[str, bytes] = {
    "bomb": answer(BOMB, "text/xml", extra="Content-Encoding: gzip\r\n"),
    "nested bomb": answer(gzip.compress(BOMB), "text/xml", extra="Content-Encoding: gzip, gzip\r\n"),
    "laughs": answer(LAUGHS, "text/xml"),
    "nesting": answer(b"<rss version='2.0'>" + b"<b>" * 200_000, "text/xml"),
    "html": answer(b"<!doctype html><html><body>bao tri</body></html>"),
    "error": answer(b"", status="503 Busy"),
    "inside": answer(b"", status="302 Found", extra="Location: http://127.0.0.1:22/\r\n"),
    "loop": answer(b"", status="302 Found", extra="Location: /rss?again\r\n"),
    "lying length": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 10000000000\r\n\r\n<rss>",
    "50000 items": answer(
        b"<rss version='2.0'><channel>"
        + b"<item><title>a</title><link>/x</link></item>" * 50_000
        + b"</channel></rss>",
        "text/xml",
    ),
}
ACTED: dict[str, Trick] = {
    "slow head": _slow_head, "slow body": _drip, "silent": _silent, "endless": _endless, "many headers": _headers,
    "drop": _drop, "garbage": _garbage,
}  # fmt: skip
TRICKS = (*FIXED, *ACTED, "robots 503", "robots silent", "silent articles")


class _Server:
    def __init__(self, papers: Sequence[Paper], port: int, log: Path) -> None:
        self.papers = {paper.host: paper for paper in papers}
        self.port, self.began, self.log = port, time.time(), log.open("a", buffering=1)

    async def connected(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        paper = self.papers[writer.get_extra_info("sockname")[0]]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(paper, head.split(b" ", 2)[1].decode(), writer)
                await writer.drain()
        except (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer(self, paper: Paper, path: str, writer: Writer) -> None:
        if path == "/robots.txt":
            if paper.trick == "robots silent":
                await _silent(writer)
            bad = paper.trick == "robots 503"
            writer.write(answer(b"", status="503 Busy") if bad else answer(b"User-agent: *\nAllow: /\n", "text/plain"))
        elif path.startswith("/rss"):
            if paper.trick in FIXED:
                writer.write(FIXED[paper.trick])
            elif paper.trick in ACTED:
                await ACTED[paper.trick](writer)
            else:
                writer.write(answer(paper.feed(self.port, time.time() - self.began), "application/rss+xml"))
        else:
            self.log.write(f"{paper.host}{path}\n")
            if paper.trick == "silent articles":
                await _silent(writer)
            writer.write(answer(paper.page(path)))


async def _serve(papers: Sequence[Paper], port: int, log: Path, ready: Any) -> None:
    server = _Server(papers, port, log)
    for paper in papers:
        await asyncio.start_server(server.connected, paper.host, port, backlog=256)
    ready.send(server.began)
    await asyncio.Event().wait()


def _main(papers: Sequence[Paper], port: int, log: Path, ready: Any) -> None:
    asyncio.run(_serve(papers, port, log, ready))


class Web:
    """The process that serves; `began` is the wall time from which publication times count."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers, self.port = papers, _free_port()
        self.log = Path(tempfile.mkdtemp(prefix="langnghe-web-")) / "articles.log"
        self.log.touch()

    def __enter__(self) -> Web:
        ours, theirs = multiprocessing.Pipe()
        spawn = multiprocessing.get_context("spawn")
        self.process = spawn.Process(target=_main, args=(self.papers, self.port, self.log, theirs), daemon=True)
        self.process.start()
        self.began: float = ours.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.join()

    def allowed(self) -> list[str]:
        return [f"{paper.host}:{self.port}" for paper in self.papers]

    def asked(self) -> list[str]:
        """host + path of every article request so far, in order."""
        return self.log.read_text().splitlines()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def publish(count: int, articles: int, seconds: float, seed: int) -> list[Paper]:
    """`count` papers that each publish `articles` at random moments within `seconds`, the first at once."""
    dice = random.Random(seed)
    return [Paper(n, sorted([0.0, *(dice.uniform(0, seconds) for _ in range(articles - 1))])) for n in range(count)]


def show(figures: dict[str, Any]) -> None:
    print(json.dumps(figures, ensure_ascii=False, indent=1))
