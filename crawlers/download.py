"""Scrapy's download handler for http and https with the address guard and our manners in it: the last gate of a fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from records import BlockedAddress

from .guard import Guard, GuardedPool
from .manners import Patience

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class GuardedHandler(HTTP11DownloadHandler):
    """Set for both schemes in `crawlers.settings`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        self.guard = Guard(crawler.settings.getlist("ALLOW_LOOPBACK"))
        plain = self._pool
        self._pool = GuardedPool(reactor, self.guard, self._contextFactory, plain._factory, plain.maxPersistentPerHost)

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
