"""The way of an official notice: its page, then the files it links to one by one, then both are kept together. A crash in
between keeps nothing, and the page is fetched again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Request, Response

from records import BadInput

from ..attachments import Bundle, found
from ..faults import reason
from ..links import Link
from ..sources import Source


class Notices:
    """Part of `SourceSpider`."""

    async def on_notice(self: Any, response: Response, source: Source, link: Link) -> AsyncIterator[Request]:
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        files = await self._do(found, response.url, response.body, kind, source)
        async for asked in self._next_file(source, link, Bundle(response, files)):
            yield asked

    async def on_file(
        self: Any, response: Response, source: Source, link: Link, bundle: Bundle
    ) -> AsyncIterator[Request]:
        try:
            if not source.owns(response.url):
                raise BadInput("chuyển hướng sang trang khác")
            await asyncio.to_thread(bundle.add, response.url, response.body)
        except BadInput as error:
            await self._do(self.intake.problem, "page", source.id, f"{response.url[:200]}: {error}")
        async for asked in self._next_file(source, link, bundle):
            yield asked

    async def on_file_error(self: Any, failure: Any) -> AsyncIterator[Request]:
        """The page is kept without the file."""
        known = failure.request.cb_kwargs
        await self._heed(known["source"], failure.value)
        text = f"{failure.request.url[:200]}: {reason(failure.value)}"
        await self._do(self.intake.problem, "page", known["source"].id, text)
        async for asked in self._next_file(**known):
            yield asked

    async def _next_file(self: Any, source: Source, link: Link, bundle: Bundle) -> AsyncIterator[Request]:
        if bundle.left:
            known = {"source": source, "link": link, "bundle": bundle}
            asked = self._request(self.on_file, bundle.left.pop(0), **known)
            asked.errback = self.on_file_error
            yield asked
        else:
            await self.on_article(bundle.response, source, link, "".join(bundle.words))
