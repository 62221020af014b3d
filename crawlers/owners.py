"""Whose an address is: the listed outlet on whose hosts it lies."""

from __future__ import annotations

from collections.abc import Container, Iterable
from urllib.parse import urlsplit

from .address import bare
from .sources import Source


class Owners:
    """`closed`: ids of sources nobody may read; their articles are not taken from a search either."""

    def __init__(self, sources: Iterable[Source] = (), closed: Container[str] = ()) -> None:
        self._closed = closed
        self._by_host = {bare(one.host): one for one in sources if one.kind != "search" and not one.connector}

    def of(self, url: str) -> Source | None:
        """The outlet on the host of `url`, or on the nearest one above it."""
        parts = bare(urlsplit(url).hostname or "").split(".")
        hosts = (".".join(parts[start:]) for start in range(len(parts) - 1))
        return next((self._by_host[host] for host in hosts if host in self._by_host), None)

    def open_to_us(self, url: str) -> bool:
        """Whether an article at that address may be taken. Posts of forums are read by their own source alone."""
        owner = self.of(url)
        return owner is None or (owner.id not in self._closed and owner.kind != "post")
