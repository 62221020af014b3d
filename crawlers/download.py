"""Scrapy's download handler for http and https with the address guard and our manners in it: the last gate of a fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.web._newclient import HEADER, STATUS

from records import BlockedAddress

from .guard import Guard, GuardedPool
from .manners import Patience

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_HEADERS = 256 * 1024


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Hangs up on a server that does not come to the end of its headers: neither Scrapy nor Twisted bounds them."""

    _head = 0

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > MAX_HEADERS:
                self.transport.abortConnection()  # type: ignore[union-attr]
        else:
            self._head = 0


class BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GuardedHandler(HTTP11DownloadHandler):
    """Set for both schemes in `crawlers.settings`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        self.guard = Guard(crawler.settings.getlist("ALLOW_LOOPBACK"))
        per_host = self._pool.maxPersistentPerHost
        self._pool = GuardedPool(reactor, self.guard, self._contextFactory, BoundedFactory, per_host)

    async def download_request(self, request: Request) -> Response:
        self.guard.check(request.url)
        if request.meta.get("proxy"):
            raise BlockedAddress(f"{request.url}: không tải qua proxy")
        patience = self._crawler.get_downloader_middleware(Patience)
        if patience is None:
            raise BlockedAddress(f"{request.url}: thiếu crawlers.manners.Patience")
        # much may have happened while the request waited for its turn at the host
        patience.process_request(request)
        try:
            return await super().download_request(request)
        except BlockedAddress:
            raise
        except Exception:
            patience.failed(request)
            raise

    async def close(self) -> None:
        self.guard.close()
        await super().close()
