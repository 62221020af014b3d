"""Articles a search names: kept as their own outlet's, each once, whoever names it first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from records import UnreadablePage

from . import readers, searches
from .address import at_home, canonical, names
from .intake import Intake, Kept
from .links import Link
from .owners import Owners
from .sources import Source

_FORUM = b'id="XF"'


class Found:
    """The way of found articles into the store. All of it runs on the worker thread."""

    def __init__(self, intake: Intake, owners: Owners) -> None:
        self.intake, self.owners = intake, owners

    def fresh(self, source: Source, links: Iterable[Link]) -> list[Link]:
        """The links as their outlets write them, without those that are stored under another name, or may not be read."""
        found = {}
        for link in (searches.unwrapped(one, source) for one in links):
            if self.owners.open_to_us(link.url):
                link = self._at_owner(link)
                if not self._met(link):
                    found[link.key] = link
        return list(found.values())

    def take(self, source: Source, link: Link, url: str, body: bytes, content_type: str) -> tuple[Kept | None, bool]:
        """Keep a fetched article; (None, …): it was stored already. Raises UnreadablePage."""
        if not self.owners.open_to_us(url) or _FORUM in body[:4000]:
            raise UnreadablePage(url, "thuộc một nguồn đang tắt hoặc một diễn đàn; không đọc qua tìm kiếm")
        key = canonical(url)
        own = self._at_owner(replace(link, key=key, url=key))
        if own.key in self.intake.store.documents.known([own.key]) or self._met(own):
            kept, stored, bare = None, own.key, False
        else:
            kept, stored, bare = self.intake.take(self._outlet(source, url), own, url, body, content_type)
        self._meet(source, (link.key, own.key, stored))
        return kept, bare

    def _at_owner(self, link: Link) -> Link:
        owner = self.owners.of(link.url)
        key = at_home(link.key, owner.homepage) if owner else link.key
        return replace(link, key=key, url=key)

    def _met(self, link: Link) -> bool:
        owner = self.owners.of(link.url)
        return owner is not None and bool(self.intake.store.lists.met(owner.id, names(link.key)))

    def _meet(self, source: Source, keys: Iterable[str]) -> None:
        """The same names are met by the search, and by the outlet when it lists the article itself."""
        now = self.intake.clock()
        for key in dict.fromkeys(keys):
            self.intake.store.lists.meet(source.id, names(key), now)
            if owner := self.owners.of(key):
                self.intake.store.lists.meet(owner.id, names(key), now)

    def _outlet(self, source: Source, url: str) -> Source:
        """The source under which an article is read: the search, with the face of the outlet."""
        owner, parts = self.owners.of(url), urlsplit(url)
        if owner is not None:
            return replace(source, kind=owner.kind, name=owner.name, homepage=owner.homepage, reader=owner.reader)
        host = parts.hostname or ""
        home = f"{parts.scheme}://{parts.netloc}/"
        return replace(source, kind="press", name=readers.outlet(host) or host, homepage=home)
