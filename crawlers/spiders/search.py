"""SearchSpider: the feeds of a news search -> articles of any outlet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Request, Response

from records import UnreadablePage

from .. import searches
from ..found import Found
from ..links import Link, mark
from ..owners import Owners
from ..polls import Poll
from ..sources import Source
from .source import SourceSpider


class SearchSpider(SourceSpider):
    name = "tim-tin"

    def __init__(self, owners: Owners | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.found = Found(self.intake, owners or Owners())

    def _read_list(self, poll: Poll, response: Response) -> tuple[list[Link], list[str]]:
        links, _ = super()._read_list(poll, response)
        return self.found.fresh(poll.source, links), []

    def _article(self, source: Source, link: Link) -> Request:
        return self._request(self.on_found, link.url, source=source, link=link)

    async def on_found(
        self, response: Response, source: Source, link: Link, sent: bool = False
    ) -> AsyncIterator[Request]:
        """`sent`: the page in between was read already."""
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        try:
            if searches.stays(source, response.url):
                target = None if sent else await self._do(searches.behind, response.body, response.url, kind, source)
                if target is None:
                    raise UnreadablePage(link.url, "trang trung gian không cho biết địa chỉ của bài")
                yield self._request(self.on_found, target, source=source, link=link, sent=True)
                return
            kept, bare = await self._do(self.found.take, source, link, response.url, response.body, kind)
        except UnreadablePage as error:
            await self._give_up(source, link, str(error))
            return
        self.turns[source.id].new += kept == "new"
        self.turns[source.id].bare += kept == "new" and bare
        self.memory.done(mark(link))
        await self._settle(source, link)
