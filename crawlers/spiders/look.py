"""LookSpider: asks single addresses of a site what they are, and fetches no article."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from scrapy.http import Request, Response

from ..faults import reason, trouble
from ..links import BadFeed, Link
from ..polls import Poll
from .source import SourceSpider


@dataclass(frozen=True, slots=True)
class Asked:
    """An address to look at: a page as it is, or a list to be read."""

    kind: Literal["page", "feed", "sitemap", "listing"]
    url: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it. `links`: of a list, the newest first; `body`: of a page."""

    asked: Asked
    url: str
    """where it was found in the end"""
    links: tuple[Link, ...] = ()
    body: bytes = b""
    content_type: str = ""
    sitemaps: tuple[str, ...] = ()
    """what the host's robots.txt names"""
    error: str = ""
    trouble: str = ""
    """code (records.TROUBLES) of the error"""


class LookSpider(SourceSpider):
    """Looks at addresses of one source, which needs no lists of its own yet."""

    name = "tim-nguon"

    def __init__(self, addresses: Iterable[Asked] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.addresses = tuple(addresses)
        self.looked: list[Looked] = []

    async def start(self) -> AsyncIterator[Request]:
        for asked in self.addresses:
            yield self._look(asked, asked.url)

    def _look(self, asked: Asked, url: str, part: bool = False) -> Request:
        known = {"asked": asked, "part": part}
        return Request(
            url, self.on_answer, cb_kwargs=known, errback=self.on_fault, dont_filter=True, meta={"until": self.until}
        )

    async def on_answer(self, response: Response, asked: Asked, part: bool) -> AsyncIterator[Request]:
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if asked.kind == "page":
            self.looked.append(
                Looked(
                    asked, response.url, body=response.body, content_type=kind, sitemaps=self._sitemaps(response.url)
                )
            )
            return
        (source,) = self.sources
        if not source.owns(response.url):
            self.looked.append(Looked(asked, response.url, error="chuyển hướng sang trang khác", trouble="content"))
            return
        try:
            links, children = await self._do(self._read_list, Poll(source, asked.kind, asked.url), response)
        except BadFeed as error:
            self.looked.append(Looked(asked, response.url, error=str(error), trouble="content"))
            return
        if children and not part:  # an index: its newest part says what the whole is like
            yield self._look(asked, children[0], part=True)
            return
        self.looked.append(Looked(asked, response.url, tuple(links)))

    async def on_fault(self, failure: Any) -> None:
        request, error = failure.request, failure.value
        text = f"{request.url}: {reason(error)}"
        self.looked.append(Looked(request.cb_kwargs["asked"], request.url, error=text, trouble=trouble(error)))

    def _sitemaps(self, url: str) -> tuple[str, ...]:
        parts = urlsplit(url)
        known = self.memory.robots.get(f"{parts.scheme}://{parts.netloc}")
        return tuple(known[1].rp.sitemaps) if known and known[1] is not None else ()
