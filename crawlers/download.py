"""Scrapy's download handler for http and https with the address guard and our manners in it: the last gate of a fetch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from scrapy import signals
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import StopDownload
from twisted.internet.protocol import connectionDone
from twisted.web._newclient import HEADER, STATUS

from records import BlockedAddress

from .capture import META, Recorder
from .guard import Guard, GuardedPool
from .manners import Patience

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

MAX_HEADERS = 256 * 1024


IDLE = 10.0
"""seconds without a byte after which a server is hung up on; DOWNLOAD_TIMEOUT bounds the whole"""
UNREAD = ("image/", "audio/", "video/", "font/")
"""media types of which nothing is read: given up at the headers"""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Hangs up on a server that does not come to the end of its headers, or falls silent: neither Scrapy nor Twisted
    bounds these."""

    _head = 0
    _silence: asyncio.TimerHandle | None = None

    def request(self, request: Any) -> Any:
        self._listen()
        return super().request(request)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._hear()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _listen(self) -> None:
        self._hear()
        self._silence = asyncio.get_running_loop().call_later(IDLE, self._hang_up)

    def _hear(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _hang_up(self) -> None:
        if self.transport is not None:
            self.transport.abortConnection()

    def dataReceived(self, data: bytes) -> None:
        self._listen()
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self.state == "QUIESCENT":
            self._hear()
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > MAX_HEADERS:
                self.transport.abortConnection()  # type: ignore[union-attr]
        else:
            self._head = 0


class BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@runtime_checkable
class Unhurried(Protocol):
    """A spider that says when it can take more."""

    async def room(self) -> None: ...


class GuardedHandler(HTTP11DownloadHandler):
    """Set for both schemes in `crawlers.settings`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        self.guard = Guard(crawler.settings.getlist("ALLOW_LOOPBACK"))
        crawler.signals.connect(self._look, signal=signals.headers_received)
        per_host = self._pool.maxPersistentPerHost
        self._pool = GuardedPool(reactor, self.guard, self._contextFactory, BoundedFactory, per_host)

    def _look(self, headers: Headers, **_: Any) -> None:
        """The headers are there: a picture or a film is not fetched."""
        kind = (headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
        if kind.startswith(UNREAD):
            raise StopDownload(fail=True)

    async def download_request(self, request: Request) -> Response:
        self.guard.check(request.url)
        if request.meta.get("proxy"):
            raise BlockedAddress(f"{request.url}: không tải qua proxy")
        if isinstance(spider := self._crawler.spider, Unhurried):
            await spider.room()
        patience = self._crawler.get_downloader_middleware(Patience)
        if patience is None:
            raise BlockedAddress(f"{request.url}: thiếu crawlers.manners.Patience")
        # much may have happened while the request waited for its turn at the host
        patience.process_request(request)
        try:
            response = await super().download_request(request)
        except (BlockedAddress, StopDownload):
            raise
        except Exception:
            patience.failed(request)
            raise
        if isinstance(recorder := request.meta.get(META), Recorder):
            recorder.add(request, response)
        return response

    async def close(self) -> None:
        self.guard.close()
        await super().close()
