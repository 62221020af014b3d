"""FollowSpider: looks again at single stored pages, for edits and removals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError

from records import Document, UnreadablePage

from .. import threads
from ..faults import GONE, is_permanent, reason
from ..links import Link
from ..sources import Source
from .source import SourceSpider

NOT_THERE = 404
"""the status of what a site takes away without saying so"""


@dataclass(frozen=True, slots=True)
class Refetched:
    """What a later look at a document found."""

    key: str
    outcome: Literal["changed", "same", "missing", "gone", "failed"]
    """missing: not there at this look; gone: not there at a second look, hours later"""
    text: str = ""
    """why it failed, in Vietnamese"""
    answered: bool = True
    """False: nothing was learnt, the same look is worth taking again"""


class FollowSpider(SourceSpider):
    name = "theo-doi"

    def __init__(self, documents: Iterable[Document] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.documents = {document.key: document for document in documents}
        self.refetched: list[Refetched] = []

    async def start(self) -> AsyncIterator[Request]:
        by_id = {source.id: source for source in self.sources}
        for document in self.documents.values():
            source, link = by_id[document.source], Link(document.key, document.url)
            yield self._request(self.on_article, link.url, source=source, link=link)

    async def on_article(self, response: Response, source: Source, link: Link, files: str = "") -> None:  # noqa: ARG002
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if self._astray(source, link, response):  # how some sites say 404
            await self._missing(link, NOT_THERE, f"chuyển hướng về {response.url[:200]}")
            return
        try:
            self._own(source, link, response)
            if source.kind == "post":
                thread, posts = await self._do(self.intake.take_posts, source, response.url, response.body, kind)
                if threads.removed(link.key, thread, response.url):
                    await self._missing(link, NOT_THERE, "trang của chủ đề không còn bài này")
                    return
                if link.key not in posts:
                    raise UnreadablePage(link.url, "trang của chủ đề không cho thấy lời của bài này")
                kept = posts[link.key]
            else:
                known = self.documents[link.key]
                kept = await self._do(self.intake.look_again, source, known, response.url, response.body, kind)
        except UnreadablePage as error:
            await self._looked(link, Refetched(link.key, "failed", str(error)))
        else:
            await self._looked(link, Refetched(link.key, "changed" if kept == "changed" else "same"))

    async def on_article_error(self, failure: Any) -> None:
        source, link = failure.request.cb_kwargs["source"], failure.request.cb_kwargs["link"]
        error = failure.value
        await self._heed(source, error)
        if isinstance(error, HttpError) and error.response.status in GONE:
            await self._missing(link, error.response.status, f"HTTP {error.response.status}")
            return
        text = f"{link.url}: {reason(error)}"
        if is_permanent(error):
            await self._do(self.intake.problem, "page", source.id, text)
            await self._looked(link, Refetched(link.key, "failed", text))
        else:  # still due: the next look tries again
            self.refetched.append(Refetched(link.key, "failed", text, answered=False))

    async def _missing(self, link: Link, status: int, text: str) -> None:
        gone = await self._do(self.intake.missing, link.key, status)
        await self._looked(link, Refetched(link.key, "gone" if gone else "missing", text))

    async def _looked(self, link: Link, result: Refetched) -> None:
        await self._do(self.intake.followed, link.key)
        self.refetched.append(result)
