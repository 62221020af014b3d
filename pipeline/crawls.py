"""The crawls that run in this process: side by side, under one lease, so that a slow source holds up no other.

A source is left alone while a crawl still reads it, and so is every other source of its host: politeness is kept by the crawl.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import store
from crawlers.sources import Source

MOST = 4
"""crawls at once"""


class Crawls:
    """Used on the event loop alone."""

    def __init__(self) -> None:
        self._running: list[tuple[datetime, Sequence[Source]]] = []
        self._users, self._held, self._lease = 0, False, ExitStack()

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

    def free(self, sources: Sequence[Source], kept: store.Store) -> list[Source]:
        """Those no crawl is reading. A source that was polled since its crawl began is done, though the crawl goes on."""
        if not self._running:
            return list(sources)
        polled = {state.source: state.polled_at for state in kept.sources.health()}
        busy = {
            host(source)
            for began, crawled in self._running
            for source in crawled
            if source.id not in polled or polled[source.id] < began
        }
        return [source for source in sources if host(source) not in busy]


def host(source: Source) -> str:
    return urlsplit(source.homepage).hostname or source.id
