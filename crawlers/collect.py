"""Collecting: one crawl over all sources that are due, inside an asyncio loop that is already running.

Scrapy needs a Twisted reactor on that loop; `ready` puts it there. One crawler serves many sources at once: each host
has its own queue, delay and single connection, so a slow one holds up nobody else.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import scrapy.settings
import twisted.internet
from scrapy.crawler import Crawler
from twisted.internet import asyncioreactor

from records import Document

from .capture import Captured
from .intake import Clock, Intake, Official, Settings, Store
from .manners import Memory
from .owners import Owners
from .polls import Collected, host_count
from .settings import build
from .sources import Source
from .spiders.capture import CaptureSpider
from .spiders.follow import FollowSpider, Refetched
from .spiders.look import Asked, Looked, LookSpider
from .spiders.search import SearchSpider
from .spiders.social import SocialSpider
from .spiders.source import SourceSpider

__all__ = [
    "Asked",
    "Captured",
    "Collected",
    "Looked",
    "Refetched",
    "capture",
    "collect",
    "look",
    "ready",
    "refetch",
    "run",
]

MEMORY = Memory()
"""what this process has learnt about hosts; starts empty"""
S = TypeVar("S", bound=SourceSpider)


def ready() -> None:
    """Put Scrapy's reactor on the running loop. Repeating it does nothing; a reactor left over from a closed loop is
    replaced. Call it once at the start of a long-lived process, before anything else imports a reactor."""
    loop = asyncio.get_running_loop()
    old: Any = sys.modules.get("twisted.internet.reactor")
    if old is not None:
        if getattr(old, "_asyncioEventloop", None) is loop:
            return
        del sys.modules["twisted.internet.reactor"]
        del twisted.internet.reactor
    asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
    from twisted.internet import reactor

    reactor.startRunning(installSignalHandlers=False)


async def collect(
    sources: Sequence[Source],
    settings: Settings,
    kept: Store,
    clock: Clock,
    official: Official | None = None,
    memory: Memory = MEMORY,
    owners: Owners | None = None,
) -> list[Collected]:
    """Poll these sources once and keep what is new. One result a source, in their order.

    `owners`: whose the articles are that a search finds. A source that fails is a result, not an exception.
    Raises StoreError when nothing can be kept, BadSetting.
    """
    intake = Intake(kept, settings, clock, official)
    done: dict[str, Collected] = {}
    for spider in await _side_by_side(sources, intake, memory, owners):
        done |= {result.source: result for result in spider.collected}
        for turn in spider.turns.values():
            if turn.source.id not in done:
                turn.wrong("lượt thu thập bị ngắt giữa chừng", "")
                done[turn.source.id] = result = turn.collected()
                intake.polled(replace(result, ok=False))
    return [done[source.id] for source in sources]


async def _side_by_side(
    sources: Sequence[Source], intake: Intake, memory: Memory, owners: Owners | None
) -> list[SourceSpider]:
    """Pages in one crawl, searches and interfaces of platforms in others: none waits for another."""
    searched = [source for source in sources if source.kind == "search"]
    paged = [source for source in sources if not source.connector and source.kind != "search"]
    asked = [source for source in sources if source.connector]
    crawls = [_crawl(SourceSpider, paged, intake, memory)] if paged or not sources else []
    crawls += [_crawl(SearchSpider, searched, intake, memory, owners=owners)] if searched else []
    crawls += [_crawl(SocialSpider, asked, intake, memory)] if asked else []
    ended = await asyncio.gather(*crawls, return_exceptions=True)
    spiders = []
    for one in ended:
        if isinstance(one, BaseException):
            raise one
        spiders.append(one)
    return spiders


async def refetch(
    documents: Sequence[Document],
    sources: Iterable[Source],
    settings: Settings,
    kept: Store,
    clock: Clock,
    official: Official | None = None,
    memory: Memory = MEMORY,
) -> list[Refetched]:
    """Look again at stored pages: edited, removed (404, 410), the same. Documents of unknown sources are left out."""
    known, intake = {source.id: source for source in sources}, Intake(kept, settings, clock, official)
    mine = [document for document in documents if document.source in known]
    found: list[Refetched] = []
    if paged := [one for one in mine if one.url and not known[one.source].connector]:
        spider = await _crawl(FollowSpider, _chosen(paged, known), intake, memory, documents=paged)
        found += spider.refetched
    if asked := [one for one in mine if known[one.source].connector]:
        interfaces = await _crawl(SocialSpider, _chosen(asked, known), intake, memory, documents=asked)
        found += interfaces.refetched
    return found


def _chosen(documents: Sequence[Document], known: Mapping[str, Source]) -> list[Source]:
    return [known[name] for name in dict.fromkeys(document.source for document in documents)]


async def capture(
    documents: Sequence[Document],
    sources: Iterable[Source],
    settings: Settings,
    kept: Store,
    clock: Clock,
    named: Container[str] = (),
    official: Official | None = None,
    memory: Memory = MEMORY,
) -> list[Captured]:
    """Fetch pages of flagged documents once more, as evidence; nothing is kept. The author's name stays on the pages of
    posts whose keys are in `named`. Documents of unknown sources and of platforms
    read through an interface are left out; those whose turn was cut off too."""
    known = {source.id: source for source in sources if not source.connector}
    looked = [document for document in documents if document.source in known and document.url]
    if not looked:
        return []
    intake = Intake(kept, settings, clock, official)
    spider = await _crawl(CaptureSpider, _chosen(looked, known), intake, memory, documents=looked, named=named)
    return spider.captured


async def look(
    source: Source, addresses: Iterable[Asked], settings: Settings, kept: Store, clock: Clock, memory: Memory
) -> list[Looked]:
    """What single addresses of a source are; nothing is kept, no article fetched."""
    spider = await _crawl(LookSpider, [source], Intake(kept, settings, clock), memory, addresses=addresses)
    return spider.looked


async def _crawl(kind: type[S], sources: Sequence[Source], intake: Intake, memory: Memory, **arguments: Any) -> S:
    ready()
    values = build(intake.settings.crawl, host_count(sources))
    crawler = Crawler(kind, scrapy.settings.Settings(values))
    with ThreadPoolExecutor(1, thread_name_prefix="intake") as worker:
        try:
            await crawler.crawl_async(sources=sources, intake=intake, memory=memory, worker=worker, **arguments)
        except asyncio.CancelledError:
            await crawler.stop_async()
            raise
    spider = crawler.spider
    assert isinstance(spider, kind)
    if spider.trouble is not None:
        raise spider.trouble
    return spider


def run(
    sources: Sequence[Source], settings: Settings, kept: Store, clock: Clock, collecting: Callable[..., Any] = collect
) -> list[Collected]:
    """`collect` for a process that has no loop of its own."""
    return asyncio.run(collecting(sources, settings, kept, clock))
