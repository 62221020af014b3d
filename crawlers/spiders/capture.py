"""CaptureSpider: the page of a flagged document once more, kept byte for byte as evidence."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Container, Iterable
from typing import Any

from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError

from records import Document, UnreadablePage

from .. import warc
from ..capture import META, Captured, Recorder
from ..faults import GONE, reason
from ..links import Link
from ..pages import comments
from ..sources import Source
from .source import SourceSpider


class CaptureSpider(SourceSpider):
    name = "niem-phong"

    def __init__(self, documents: Iterable[Document] = (), named: Container[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.documents = {document.key: document for document in documents}
        self.named = named
        self.captured: list[Captured] = []

    async def start(self) -> AsyncIterator[Request]:
        by_id = {source.id: source for source in self.sources}
        for document in self.documents.values():
            source, link = by_id[document.source], Link(document.key, document.url)
            request = self._request(self.on_article, link.url, source=source, link=link)
            request.meta[META] = Recorder(self.intake.clock)
            request.headers["Accept-Encoding"] = b"identity"  # the bytes as a person would read them
            yield request

    async def on_article(self, response: Response, source: Source, link: Link, files: str = "") -> None:  # noqa: ARG002
        try:
            self._own(source, link, response)
            found = await self._do(self._sealable, source, link, response)
        except UnreadablePage as error:
            found = Captured(link.key, False, str(error))
        self.captured.append(found)

    async def on_article_error(self, failure: Any) -> None:
        source, link = failure.request.cb_kwargs["source"], failure.request.cb_kwargs["link"]
        error = failure.value
        if isinstance(error, HttpError) and error.response.status in GONE:
            self.captured.append(await self._do(self._sealable, source, link, error.response))
        else:
            self.captured.append(Captured(link.key, False, f"{link.url}: {reason(error)}"))

    def _sealable(self, source: Source, link: Link, response: Response) -> Captured:
        """Raises UnreadablePage for a page from which other people's words cannot be told apart."""
        known, exchanges = self.documents[link.key], response.meta[META].exchanges
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        html, there = comments.is_html(response.body, kind), response.status not in GONE
        page, places = response.body, 0
        if html:
            post = link.key.partition(":post-")[2] if source.kind == "post" else ""
            page, places = comments.cut(page, kind, known.body or known.text, post, link.key in self.named)
        received = hashlib.sha256(exchanges[-1].body).hexdigest()
        return Captured(
            key=link.key,
            answered=True,
            warc=warc.write(exchanges, page if places else None, places, received),
            url=response.url,
            status=response.status,
            address=exchanges[-1].address,
            fetched_at=exchanges[-1].at,
            sha256=received,
            cut=places,
            same_words=self._same(source, known, response, kind) if there else None,
            page=comments.still(page, "text/html; charset=utf-8" if places else kind) if html and there else b"",
        )

    def _same(self, source: Source, known: Document, response: Response, kind: str) -> bool | None:
        try:
            return self.intake.says_the_same(source, known, response.url, response.body, kind)
        except UnreadablePage:
            return None
