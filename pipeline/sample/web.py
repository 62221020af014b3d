"""The sample's web server: every outlet on a loopback address of its own, driven by the clock it is handed.

Only what was published before `clock()` is live; edits and removals happen when their time has come. Loopback only.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from . import pages
from .content import Content, Outlet, load, path_of
from .sources import posts, rows

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. `changed`: when the resource last changed; None: no validators."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    changed: datetime | None = None
    location: str | None = None


NOT_FOUND = Answer("<html><body><h1>Không tìm thấy trang</h1></body></html>".encode(), status=404)


def answer(content: Content, outlet: Outlet, address: str, base: str, now: datetime) -> Answer:
    """The answer of an outlet to a GET of `address` (path and query) at `now`. Pure."""
    if outlet.broken:
        return Answer(b"<h1>500 Internal Server Error</h1>", status=500)
    site = pages.Site(content, outlet, now, base)
    parts = urlsplit(address)
    path, query = unquote(parts.path), parse_qs(parts.query)
    if path == "/robots.txt":
        return Answer(outlet.robots.encode(), "text/plain; charset=utf-8")
    found = _index(site, path, query)
    if found:
        return Answer(*found, changed=content.changed(outlet.id, now))
    return _item(site, path, query)


def _index(site: pages.Site, path: str, query: dict[str, list[str]]) -> tuple[bytes, str] | None:
    """Feeds, sitemaps, listings and the front page."""
    outlet, xml, html = site.outlet, "application/xml; charset=utf-8", "text/html; charset=utf-8"
    front = (outlet.listings or ("/",))[0]
    if path in outlet.html_feeds:
        return pages.listing(site, "/", 1), html
    if path in outlet.feeds:
        return pages.feed(site), "application/rss+xml; charset=utf-8"
    if path in outlet.news_sitemaps:
        return pages.news_sitemap(site), xml
    if path in outlet.sitemaps:
        return (pages.sitemap_index(site) if "index" in path else pages.sitemap(site)), xml
    if path.startswith("/sitemap-20") and outlet.sitemaps:
        return pages.sitemap(site, path[9:16]), xml
    if outlet.kind == "post":
        name = path.removeprefix("/forums/").rstrip("/")
        return (pages.board(site, name), html) if name in pages.BOARDS else None
    if path in (front, "/") and "id" not in query:
        page = query.get("trang", ["1"])[0]
        return pages.listing(site, front, int(page) if page.isdecimal() and 0 < int(page) < 1000 else 1), html
    return None


def _item(site: pages.Site, path: str, query: dict[str, list[str]]) -> Answer:
    """An article, a notice or a thread."""
    content, outlet, now = site.content, site.outlet, site.now
    if outlet.kind == "post":
        name, _, post = path.removeprefix("/threads/").partition("/")
        body = pages.thread(site, name)
        if body is None:
            return NOT_FOUND
        if post.startswith("post-"):
            return Answer(b"", status=301, location=f"/threads/{name}/#js-{post.rstrip('/')}")
        return Answer(body, changed=content.changed(outlet.id, now))
    asked = f"{path}?id={query['id'][0]}" if "id" in query else path
    for item in content.items:
        if item.source == outlet.id and item.at <= now and path_of(item, outlet, item.title) == asked:
            if item.gone and item.gone <= now:
                return Answer(NOT_FOUND.body, status=item.gone_status)
            current = next(i for i in content.live(outlet.id, now) if i.id == item.id)
            return Answer(pages.article(site, current), changed=current.modified or current.at)
    return NOT_FOUND


ATTEMPTS = (("127.0.2.{host}", True), ("127.0.2.{host}", False), ("127.0.0.1", False))
"""(address, whether on the port asked for), tried in this order"""


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def __init__(self, address: tuple[str, int], web: SampleWeb, outlet: Outlet) -> None:
        super().__init__(address, _Handler)
        self.web, self.outlet = web, outlet

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up is no error worth a page of text; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class SampleWeb:
    """The running web. `start()` opens it, `stop()` ends it; also a context manager.

    `port`: the same for every outlet; 0, or where it is taken, a free one (keep the port: it is part of every address,
    so of every document's key). Where the system has no addresses 127.0.2.x, all outlets
    listen on 127.0.0.1, each on a port of its own.
    """

    def __init__(self, clock: Clock, port: int = 0, content: Content | None = None) -> None:
        self.clock, self._port, self.content = clock, port, content or load()
        self._servers: list[_Server] = []
        self.requests: deque[tuple[str, str, int]] = deque(maxlen=50_000)
        """(outlet, path and query, status) of each answer, oldest first"""
        self.bases: dict[str, str] = {}
        """outlet -> "http://127.0.2.1:20801" """

    def start(self) -> SampleWeb:
        last = len(ATTEMPTS) - 1
        for number, (pattern, keep_port) in enumerate(ATTEMPTS):
            try:
                self._open(pattern, self._port if keep_port else 0)
                break
            except OSError:
                self.stop()
                if number == last:
                    raise
        return self

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()
        self.bases.clear()

    def __enter__(self) -> SampleWeb:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Rows in the shape of crawlers/sources.toml."""
        return rows(self.content, self.bases)

    def posts(self, since: datetime | None = None) -> list[dict[str, str]]:
        """The forum posts of now, later than `since`, in the shape of an import file."""
        return posts(self.content, self.bases, self.clock(), since)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Exact host:port of every outlet, for the crawler's list of allowed loopback servers."""
        return tuple(base.removeprefix("http://") for base in self.bases.values())

    def _open(self, pattern: str, port: int) -> None:
        for outlet in self.content.outlets:
            host = pattern.format(host=outlet.host)
            server = _Server((host, port), self, outlet)
            self._servers.append(server)
            if "{" in pattern:
                port = server.server_port  # the first one chooses, the others share it
            self.bases[outlet.id] = f"http://{host}:{server.server_port}"
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name=f"sample-{outlet.id}").start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "LangNgheMau", ""
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        web, outlet = self.server.web, self.server.outlet
        found = answer(web.content, outlet, self.path, web.bases[outlet.id], web.clock())
        tag = f'"{hashlib.sha256(found.body).hexdigest()[:16]}"'
        status = 304 if found.status == 200 and self._unchanged(found, tag) else found.status
        web.requests.append((outlet.id, self.path, status))
        body = b"" if status == 304 else found.body
        self.send_response(status)
        if found.changed:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", format_datetime(found.changed.astimezone(UTC), usegmt=True))
        if found.location:
            self.send_header("Location", found.location)
        self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # a reader that has seen enough hangs up
                self.wfile.write(body)

    do_HEAD = do_GET

    def _unchanged(self, found: Answer, tag: str) -> bool:
        if not found.changed:
            return False
        if asked := self.headers.get("If-None-Match"):
            return tag in asked
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since.tzinfo is not None and found.changed <= since

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the requests are kept in `SampleWeb.requests`."""
