"""The crawls that run in this process: side by side, under one lease, so that a slow source holds up no other.

A source is left alone while a crawl still reads it, and so is every other source of its host: politeness is kept by the crawl.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import store
from crawlers import pace
from crawlers.sources import Source

MOST, LANES = 8, 2
"""crawls at once, and how many of them may be for slow sources"""
LAG, WATCHED = timedelta(minutes=1), timedelta(hours=1)
"""a source that is still being read after so long is slow, and is treated so for so long"""
LOOKED_BACK, HELD = timedelta(days=7), timedelta(minutes=10)
"""how much of a source's past decides its interval, and how long the answer is used"""


class Crawls:
    """Used on the event loop alone, but for `intervals`."""

    def __init__(self) -> None:
        self._running: list[tuple[datetime, Sequence[Source]]] = []
        self._users, self._held, self._lease = 0, False, ExitStack()
        self._slow: dict[str, datetime] = {}
        """source -> until when it is kept out of the others' crawls"""
        self._paces: tuple[datetime, dict[str, store.Pace]] | None = None

    def intervals(self, sources: Sequence[Source], kept: store.Store, now: datetime) -> dict[str, timedelta]:
        """The time between two polls of each source, from what it brought lately."""
        if self._paces is None or not self._paces[0] <= now <= self._paces[0] + HELD:
            self._paces = (now, kept.sources.paces(now - LOOKED_BACK))
        return {source.id: pace.interval(source, seen(self._paces[1].get(source.id))) for source in sources}

    @contextmanager
    def lease(self, kept: store.Store) -> Iterator[bool]:
        """Whether this process is the one that collects; every crawl of it shares the lease."""
        if not self._users:
            self._held = self._lease.enter_context(kept.leases.hold("collect"))
        self._users += 1
        try:
            yield self._held
        finally:
            self._users -= 1
            if not self._users:
                self._lease.close()

    @contextmanager
    def running(self, sources: Sequence[Source], began: datetime) -> Iterator[None]:
        entry = (began, sources)
        self._running.append(entry)
        try:
            yield
        finally:
            self._running.remove(entry)

    def free(self, sources: Sequence[Source], kept: store.Store, now: datetime) -> list[Source]:
        """Those to crawl now: no crawl is reading them. A source that was polled since its crawl began is done, though
        the crawl goes on. Slow ones are crawled by themselves, in few lanes, so that there is always room for the rest."""
        polled = {state.source: state.polled_at for state in kept.sources.health()} if self._running else {}
        unfinished = [
            (began, source)
            for began, crawled in self._running
            for source in crawled
            if source.id not in polled or polled[source.id] < began
        ]
        self._slow |= {source.id: now + WATCHED for began, source in unfinished if now - began > LAG}
        self._slow = {source: until for source, until in self._slow.items() if until > now}
        busy = {host(source) for _, source in unfinished}
        free = [source for source in sources if host(source) not in busy]
        quick = [source for source in free if source.id not in self._slow]
        lanes = sum(any(source.id in self._slow for source in crawled) for _, crawled in self._running)
        return quick or (free if lanes < LANES else [])


def seen(paced: store.Pace | None) -> pace.Seen | None:
    return pace.Seen(paced.hours, paced.polls - paced.errors, paced.items, paced.new) if paced else None


def host(source: Source) -> str:
    return urlsplit(source.homepage).hostname or source.id
