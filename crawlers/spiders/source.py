"""SourceSpider: feed, sitemap or listing -> links -> articles, for any number of sources in one crawl.

All that touches the store or costs time (parsing, reading, masking) runs on one worker thread, in order; the event loop
only moves bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import scrapy
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError

from records import StoreError, UnreadablePage

from .. import feeds, listings, sitemaps, threads
from ..address import nowhere
from ..faults import reason, tries, trouble
from ..intake import Intake, standalone
from ..links import BadFeed, Link, choose, mark
from ..manners import GIVE_UP, Later, Memory, fresh_for, moved_to, retry_after
from ..polls import Collected, Poll, Turn, lists_of
from ..settings import verify
from ..sources import Source
from .notices import Notices

T = TypeVar("T")
TURN = 600.0
"""seconds a source may take in one crawl; what is left then is fetched at its next poll"""
SELDOM = 3600.0
"""seconds between two looks at the sitemaps and listings of a source that has feeds: they are the safety net"""

WAITING = 4
"""pieces of work that may wait for the worker thread before nothing more is fetched"""
RESTING = "chưa đến lúc máy chủ cho hỏi lại"


class SourceSpider(Notices, scrapy.Spider):
    """Arguments come from `crawlers.collect`; with none, the class's `row` is crawled alone (`scrapy crawl NAME`)."""

    name = "nguon"
    row: Source | None = None

    def __init__(
        self,
        sources: Iterable[Source] = (),
        intake: Intake | None = None,
        memory: Memory | None = None,
        worker: Executor | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sources = tuple(sources) or ((self.row,) if self.row else ())
        self.intake = intake or standalone()
        self.memory = memory or Memory()
        self.worker = worker or ThreadPoolExecutor(1, thread_name_prefix="intake")
        self.turns = {source.id: Turn(source) for source in self.sources}
        self.collected: list[Collected] = []
        self.until = time.monotonic() + TURN
        self.trouble: StoreError | None = None
        self.pending, self.drained = 0, asyncio.Event()
        if any(source.kind == "post" for source in self.sources):
            _ = self.intake.author_key  # a forum is not read without the key of its authors' pseudonyms

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> SourceSpider:
        verify(crawler.settings)
        return super().from_crawler(crawler, *args, **kwargs)

    async def _do(self, work: Callable[..., T], *args: Any) -> T:
        """Run on the worker thread. A store that fails ends the crawl: nothing could be kept."""
        self.pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.worker, work, *args)
        except StoreError as error:
            self.trouble = self.trouble or error
            raise CloseSpider("store") from error
        finally:
            self.pending -= 1
            self.drained.set()

    async def room(self) -> None:
        """Waits until what was fetched is on its way into the store: what waits here would be lost to a crash, and
        fetched again."""
        while self.pending >= WAITING:
            self.drained.clear()
            await self.drained.wait()

    # ------------------------------------------------ lists

    async def start(self) -> AsyncIterator[Request]:
        for source in self.sources:
            resting = await self._do(self.intake.resting, source.id)
            polls = [poll for poll in lists_of(source) if poll.url not in resting]
            self.turns[source.id].open += len(polls)
            for poll in polls:
                yield await self._asking(poll)
            if not polls:
                self.collected.append(Collected(source.id, False, RESTING, 0, 0, trouble="wait"))
                await self._do(self.intake.put_off, source.id)

    async def _asking(self, poll: Poll) -> Request:
        etag, modified = await self._do(self.intake.validators, poll.source.id, poll.url)
        stated = {"If-None-Match": etag, "If-Modified-Since": modified}
        return Request(
            poll.url,
            self.on_list,
            headers={name: value.encode("latin-1", "replace") for name, value in stated.items() if value},
            cb_kwargs={"poll": poll},
            errback=self.on_list_error,
            dont_filter=True,
            priority=10,
            meta={"handle_httpstatus_list": [304], "until": self.until},
        )

    async def on_list(self, response: Response, poll: Poll) -> AsyncIterator[Request]:
        turn = self.turns[poll.source.id]
        links: list[Link] = []
        children: list[str] = []
        asked = response.request.headers if response.request else {}
        if response.status != 304 or not any(name in asked for name in ("If-None-Match", "If-Modified-Since")):
            poll.etag, poll.last_modified = _header(response, "ETag"), _header(response, "Last-Modified")
            try:
                links, children = await self._do(self._read_list, poll, response)
            except BadFeed as error:
                await self._asked(poll, response, "content")
                await self._list_failed(poll, str(error), "content")
                return
        await self._asked(poll, response)
        found = await self._do(self.intake.wanted, poll.source, links)
        tried = {link.key: self.memory.resting(mark(link)) for link in found}
        wanted = {link.key: link for link in found if tried[link.key] is None}
        poll.lost = poll.lost or any(one is not None and not one.final for one in tried.values())
        if children:  # an index may stay as it is while what it names grows: it is read in full each time
            poll.etag = poll.last_modified = None
            await self._do(self.intake.save_validators, poll.source.id, poll.url, None, None)
        turn.open += len(children)
        for child in children:
            yield await self._asking(Poll(poll.source, "sitemap", child, child=True))
        for key in turn.ask(poll, [link.key for link in links], list(wanted)):
            yield self._article(poll.source, wanted[key])
        if not poll.waiting:
            await self._finished(poll)

    def _read_list(self, poll: Poll, response: Response) -> tuple[list[Link], list[str]]:
        now, limit = self.intake.clock(), self.intake.settings.crawl.max_items
        kind = _header(response, "Content-Type") or ""
        children: list[str] = []
        if poll.kind == "feed":
            links = feeds.read(response.body, response.url, now, kind, limit)
        elif poll.kind == "sitemap":
            links, children = sitemaps.read(response.body, response.url, now)
        elif poll.source.kind == "post":
            links = threads.board(response.body, response.url, poll.source, kind, now)
        else:
            links = listings.read(response.body, response.url, poll.source, kind)
        if poll.source.kind == "post":
            return threads.choose(links, poll.source, limit, now), []
        links = [replace(link, listed_at=now) for link in choose(links, poll.source, limit)]
        return links, [url for url in children if poll.source.owns(url) and url != poll.url]

    async def on_list_error(self, failure: Any) -> None:
        poll: Poll = failure.request.cb_kwargs["poll"]
        await self._asked(poll, getattr(failure.value, "response", None), trouble(failure.value))
        await self._list_failed(poll, f"{poll.url}: {reason(failure.value)}", trouble(failure.value))

    async def _asked(self, poll: Poll, response: Response | None, trouble: str = "") -> None:
        """Keep how a list answered, and until when it is to be left alone."""
        if poll.child:
            return
        rest, moved = 0.0, None
        if response is not None:
            rest = max(retry_after(response, self.intake.clock()), fresh_for(response))
            moved = moved_to(response)
            if poll.kind != "feed" and poll.source.feeds and not trouble:
                rest = max(rest, SELDOM)
        await self._do(self.intake.asked, poll.source.id, poll.url, rest, trouble, moved)

    async def _list_failed(self, poll: Poll, error: str, trouble: str) -> None:
        self.turns[poll.source.id].wrong(error, trouble)
        await self._do(self.intake.problem, poll.kind, poll.source.id, error)
        poll.lost = True
        await self._finished(poll)

    async def _finished(self, poll: Poll) -> None:
        """Keep the validators of a list that lost nothing; report the source when this was its last list."""
        if not poll.lost and (poll.etag or poll.last_modified):
            await self._do(self.intake.save_validators, poll.source.id, poll.url, poll.etag, poll.last_modified)
        turn = self.turns[poll.source.id]
        turn.open -= 1
        if turn.open == 0:
            done = turn.collected()
            self.collected.append(done)
            await self._do(self.intake.polled, done)

    # ------------------------------------------------ articles

    def _article(self, source: Source, link: Link) -> Request:
        if source.kind == "post":
            return self._request(self.on_thread, link.url, source=source, link=link, walk=threads.Walk(link))
        callback = self.on_notice if source.kind == "official" else self.on_article
        return self._request(callback, link.url, source=source, link=link)

    def _request(self, callback: Callable[..., Any], url: str, **known: Any) -> Request:
        return Request(
            url,
            callback,
            cb_kwargs=known,
            errback=self.on_article_error,
            dont_filter=True,
            meta={"until": self.until},
        )

    async def on_article(self, response: Response, source: Source, link: Link, files: str = "") -> None:
        kind = _header(response, "Content-Type") or ""
        try:
            self._own(source, link, response)
            kept, key, bare = await self._do(self.intake.take, source, link, response.url, response.body, kind, files)
        except UnreadablePage as error:
            await self._give_up(source, link, str(error))
        else:
            self.turns[source.id].new += kept == "new"
            self.turns[source.id].bare += kept == "new" and bare
            if key == link.key:
                self.memory.attempts.pop(mark(link), None)
            else:  # kept under the page's own address: this one need not be fetched again
                self.memory.done(mark(link))
            await self._settle(source, link)

    async def on_thread(
        self, response: Response, source: Source, link: Link, walk: threads.Walk
    ) -> AsyncIterator[Request]:
        kind = _header(response, "Content-Type") or ""
        try:
            self._own(source, link, response)
            new, following = await self._do(self.intake.take_thread, source, walk, response.url, response.body, kind)
        except UnreadablePage as error:
            await self._give_up(source, link, str(error))
            return
        self.turns[source.id].new += new
        if following:
            yield self._request(self.on_thread, following, source=source, link=link, walk=walk)
        else:
            self.memory.attempts.pop(mark(link), None)
            await self._settle(source, link)

    def _own(self, source: Source, link: Link, response: Response) -> None:
        if not source.owns(response.url):
            raise UnreadablePage(link.url, f"chuyển hướng sang trang khác: {response.url[:200]}")
        if self._astray(source, link, response):
            raise UnreadablePage(link.url, f"chuyển hướng về trang chủ hoặc trang báo lỗi: {response.url[:200]}")

    def _astray(self, source: Source, link: Link, response: Response) -> bool:
        """Whether an article's address led to no article at all."""
        led = bool(response.meta.get("redirect_urls"))
        return led and nowhere(response.url, source.homepage) and not nowhere(link.url, source.homepage)

    async def on_article_error(self, failure: Any) -> None:
        source, link = failure.request.cb_kwargs["source"], failure.request.cb_kwargs["link"]
        error, text = failure.value, f"{link.url}: {reason(failure.value)}"
        await self._heed(source, error)
        if isinstance(error, Later):
            self.turns[source.id].wrong(text, error.trouble)
            await self._settle(source, link, lost=True)
        else:
            await self._give_up(source, link, text, tries(error))

    async def _heed(self, source: Source, error: BaseException) -> None:
        """A page's server may ask us to wait: then the source's lists wait, after a restart too."""
        if isinstance(error, HttpError) and (wait := retry_after(error.response, self.intake.clock())):
            await self._do(self.intake.rest, source.id, wait)

    async def _give_up(self, source: Source, link: Link, text: str, tries: int = 1) -> None:
        """Counted, and shown in health once it is more than a stumble; asked for again when it has rested."""
        tried = self.memory.failed(mark(link), tries)
        self.turns[source.id].failed += 1
        if tried.final or tried.times >= GIVE_UP:
            said = text if tried.times < GIVE_UP else f"{text} (đã thử {tried.times} lượt)"
            await self._do(self.intake.problem, "page", source.id, said)
        await self._settle(source, link, lost=not tried.final)

    async def _settle(self, source: Source, link: Link, lost: bool = False) -> None:
        for poll in self.turns[source.id].settle(link.key, lost):
            await self._finished(poll)


def _header(response: Response, name: str) -> str | None:
    """A header byte for byte (latin-1 keeps them all)."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
