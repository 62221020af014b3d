"""A hostile web on loopback, a store in memory, and sources to point the crawlers at them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import config
from crawlers.intake import Official
from crawlers.sources import Source

SHARED = Path(__file__).resolve().parents[2] / "shared"
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
OFFICIAL = Official(frozenset({"19009068"}), frozenset({"baohiemxahoi.gov.vn"}))
Answer = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """One loopback server on a free port. `pages`: path -> (status, headers, body) or a function that answers itself."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes] | Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def do_GET(self) -> None:
                web.asked.append((self.path, dict(self.headers.items())))
                page = web.pages.get(self.path, (404, {}, b"khong co"))
                try:
                    if callable(page):
                        page(self)
                        return
                    status, headers, body = page
                    self.send_response(status)
                    for name, value in {"Content-Length": str(len(body)), **headers}.items():
                        self.send_header(name, value.encode().decode("latin-1"))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that hangs up is nothing to tell."""

        self.server = Server((host, 0), Handler)
        self.host, self.port = host, self.server.server_port
        self.base = f"http://{host}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)

    def paths(self, start: str = "/") -> list[str]:
        return [path for path, _ in self.asked if path.startswith(start)]


@contextmanager
def web(host: str = "127.0.0.1") -> Iterator[Web]:
    found = Web(host)
    found.thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
        found.thread.join()


def rss(*items: tuple[str, str], date: str = "Thu, 26 Nov 2026 09:00:00 GMT+7", extra: str = "") -> str:
    """A feed of (link, title) pairs."""
    rows = "".join(
        f"<item><title>{title}</title><link>{link}</link><description>Tóm tắt {title}</description>"
        f"<pubDate>{date}</pubDate></item>"
        for link, title in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Báo thử</title>{extra}{rows}</channel></rss>'


def article(title: str, body: str = "", date: str = "2026-11-26T09:00:00+07:00", head: str = "") -> str:
    """An article page as an unknown outlet might write it."""
    paragraphs = "".join(f"<p>{text}</p>" for text in (body or PROSE).split("\n\n"))
    stated = f'<meta property="article:published_time" content="{date}">' if date else ""
    heading = f"<title>{title} - Báo thử</title><meta property='og:title' content='{title}'>" if title else ""
    return (
        f"<!doctype html><html lang='vi'><head><meta charset='utf-8'>{heading}{stated}{head}</head><body>"
        f"<nav><a href='/muc-1'>Mục 1</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


PROSE = "\n\n".join(
    f"Đoạn thứ {number}: cơ quan bảo hiểm xã hội tỉnh cho biết đã chi trả lương hưu tháng này cho hơn hai nghìn người "
    "hưởng qua tài khoản, và tiếp tục chi trả tại nhà cho người già yếu theo nguyện vọng của gia đình."
    for number in ("nhất", "hai", "ba", "tư")
)


def source(found: Web, feeds: tuple[str, ...] = ("/rss",), **more: Any) -> Source:
    values: dict[str, Any] = {"id": "bao-thu", "name": "Báo thử", "homepage": f"{found.base}/", "kind": "press"}
    return Source(**{**values, "feeds": tuple(found.base + path for path in feeds), **more})


def settings(*webs: Web, **crawl: Any) -> config.Settings:
    allowed = tuple(f"{found.host}:{found.port}" for found in webs)
    return config.Settings(crawl=config.Crawl(**{"allow_loopback": allowed, "delay": 0, "timeout": 5, **crawl}))


class Memorised:
    """The store's doors the crawlers use, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.indicators: dict[str, Any] = {}
        self.marks: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        self.polls: list[tuple[Any, ...]] = []
        self.troubles: list[tuple[str, str, str]] = []
        self.gone: dict[str, int] = {}
        self.looks: list[str] = []
        self.names: set[tuple[str, str]] = set()
        self.rests: dict[tuple[str, str], tuple[datetime, datetime, str, str | None]] = {}
        self.documents = self.sources = self.runs = self.lists = self

    def known(self, keys: Any) -> set[str]:
        return set(keys) & set(self.kept)

    def keep(self, document: Any, indicators: Any = ()) -> str:
        old = self.kept.get(document.key)
        self.kept[document.key] = document
        self.indicators[document.key] = indicators
        if old is None:
            return "new"
        same = (old.title, old.lead, old.body) == (document.title, document.lead, document.body)
        return "same" if same else "changed"

    def get(self, key: str) -> Any:
        return self.kept.get(key)

    def mark_gone(self, key: str, when: datetime, status: int) -> None:
        self.gone[key] = status

    def missing(self, key: str, when: datetime, status: int) -> bool:
        again = key in self.gone
        self.gone[key] = status
        return again

    def followed(self, key: str, now: datetime) -> None:
        self.looks.append(key)

    def validators(self, source: str, url: str) -> tuple[str | None, str | None] | None:
        return self.marks.get((source, url))

    def save_validators(self, source: str, url: str, etag: str | None, last_modified: str | None) -> None:
        self.marks[source, url] = (etag, last_modified)

    def polled(
        self, source: str, at: datetime, ok: bool, error: str = "", items: int = 0, new: int = 0, *_: object
    ) -> None:
        self.polls.append((source, ok, error, items, new))

    def put_off(self, source: str, at: datetime) -> None:
        self.polls.append((source, at))

    def met(self, source: str, names: Any) -> set[str]:
        return {name for name in names if (source, name) in self.names}

    def meet(self, source: str, names: Any, at: datetime) -> None:
        self.names |= {(source, name) for name in names}

    def resting(self, source: str, now: datetime) -> set[str]:
        return {url for (of, url), (asked, until, *_) in self.rests.items() if of == source and asked <= now < until}

    def asked(
        self, source: str, url: str, at: datetime, until: datetime, trouble: str = "", moved_to: str | None = None
    ) -> None:
        self.rests[source, url] = (at, until, trouble, moved_to)

    def rest(self, source: str, until: datetime) -> None:
        for place, (at, before, *more) in self.rests.items():
            if place[0] == source and before < until:
                self.rests[place] = (at, until, more[0], more[1])

    def note_problem(self, what: str, where: str, detail: str, at: datetime) -> None:
        self.troubles.append((what, where, detail))

    def said(self) -> str:
        return "\n".join(" ".join(trouble) for trouble in self.troubles)


def titles(store: Memorised) -> Mapping[str, str]:
    return {key: document.title for key, document in store.kept.items()}
