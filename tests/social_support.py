"""Platforms on loopback that answer like their documents say, and a source to point a connector at them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hypothesis import strategies as st
from pydantic import SecretStr

import config
from crawlers import collect
from crawlers.manners import Memory
from crawlers.polls import Collected
from crawlers.social.talk import Mark, Visit
from crawlers.sources import Source
from platforms import Social

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, web

KEY = "khoa-but-danh-cua-bo-kiem-thu-32-ky-tu"
Asked = dict[str, str]
Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


class Platform:
    """One loopback server. `ways`: path -> function of the query (or form) that gives status, body and headers."""

    def __init__(self, found: Web) -> None:
        self.web, self.base = found, found.base
        self.ways: dict[str, Callable[[Asked], Answer]] = {}
        self.asked: list[tuple[str, Asked]] = []
        self.headers: list[dict[str, str]] = []
        found.pages = self  # type: ignore[assignment]
        handler: Any = found.server.RequestHandlerClass
        handler.do_POST = handler.do_GET

    def get(self, path: str, default: Any) -> Any:
        """Stands where the pages of a server stand."""
        way = self.ways.get(urlsplit(path).path)
        if way is None and urlsplit(path).path == "/robots.txt":
            return default

        def answer(handler: BaseHTTPRequestHandler) -> None:
            length = int(handler.headers.get("Content-Length") or 0)
            query = urlsplit(handler.path).query or handler.rfile.read(length).decode()
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            self.asked.append((urlsplit(handler.path).path, asked))
            self.headers.append({name.lower(): value for name, value in handler.headers.items()})
            status, body, *more = way(asked) if way else (404, {"error": {"code": 404}})
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            handler.send_response(status)
            headers = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(more[0] if more else {})}
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(raw)

        return answer

    def paths(self, start: str = "/") -> list[str]:
        return [path for path, _ in self.asked if path.startswith(start)]


@contextmanager
def platform() -> Any:
    with web() as found:
        yield Platform(found)


def settings(found: Platform, **social: Any) -> config.Settings:
    crawl = config.Crawl(allow_loopback=(f"{found.web.host}:{found.web.port}",), delay=0, timeout=5)
    addresses = {
        "youtube_api": found.base, "facebook_api": f"{found.base}/v23.0", "zalo_api": found.base, "zalo_login": found.base
    }  # fmt: skip
    return config.Settings(
        author_key=SecretStr(KEY),
        desk_key=SecretStr(KEY),
        vault_key=SecretStr(KEY),
        crawl=crawl,
        social=Social(**{**addresses, **social}),
    )


def poll(
    kept: Any, chosen: config.Settings, *sources: Source, now: datetime = NOW, memory: Memory | None = None
) -> list[Collected]:
    run = collect.collect(sources, chosen, kept, lambda: now, official=OFFICIAL, memory=memory or Memory())
    return asyncio.run(run)


def look_again(kept: Any, chosen: config.Settings, *sources: Source, documents: Any, now: datetime = NOW) -> Any:
    run = collect.refetch(documents, sources, chosen, kept, lambda: now, OFFICIAL, Memory())
    return {one.key: one.outcome for one in asyncio.run(run)}


class Remembered(Memorised):
    """With quotas, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.units: dict[tuple[str, str], int] = {}
        self.quotas = self

    def spend(self, name: str, day: str, units: int, most: int) -> bool:
        used = self.units.get((name, day), 0)
        if used + units > most:
            return False
        self.units[name, day] = used + units
        return True

    def close(self, name: str, day: str, used: int) -> None:
        self.units[name, day] = max(used, self.units.get((name, day), 0))

    def used(self, name: str, day: str) -> int:
        return self.units.get((name, day), 0)


class Nothing:
    """A keeper that knows nothing."""

    can_keep = True

    def mark(self, *_: object) -> Mark:
        return Mark()

    def credential(self, _name: str) -> str:
        return ""

    def put_credential(self, *_: object) -> None:
        pass


def bare_visit(source: Source, **social: Any) -> Visit:
    """A visit of which nothing is known yet, for reading single answers."""
    chosen = config.Settings(social=Social(**social))
    return Visit(source, chosen, NOW, Nothing())  # type: ignore[arg-type]


def hostile(names: str) -> st.SearchStrategy[Any]:
    """JSON that uses the words of an interface for anything at all."""
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800")
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(names.split()), inner, max_size=5),
        max_leaves=20,
    )
