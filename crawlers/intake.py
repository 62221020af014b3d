"""Intake: the one door from the crawlers to the store.

Here a page becomes a Document: scam indicators are taken out, personal numbers are masked, impossible dates are clamped
and marked. What the store must know about a poll (validators, success, refused input) goes through here too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

import config
import knowledge
import masking
import store
from config import Settings as Settings
from records import BadInput, Correction, Document, UnreadablePage
from store import Store as Store

from . import attachments, pages, threads
from .address import at_home, canonical, names, same_article
from .links import Link
from .pages import Page, forum
from .polls import Collected
from .sources import Source

Clock = Callable[[], datetime]
Kept = Literal["new", "changed", "same"]
AHEAD = timedelta(minutes=10)
"""how far a publication time may lie ahead of our clock before it is taken for wrong"""
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
"""no article of the sources is older; an earlier date is a broken one"""


@dataclass(frozen=True, slots=True)
class Official:
    """The numbers (digits) and domains that stay as they are."""

    numbers: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


class Intake:
    """`official` None: what knowledge/channels.toml lists."""

    def __init__(self, kept: Store, settings: Settings, clock: Clock, official: Official | None = None) -> None:
        self.store, self.settings, self.clock, self._official = kept, settings, clock, official

    @cached_property
    def official(self) -> Official:
        if self._official is not None:
            return self._official
        known = knowledge.load()
        return Official(known.official_numbers, known.official_domains)

    @cached_property
    def author_key(self) -> bytes:
        """The key of the pseudonyms. Raises BadSetting where there is none."""
        return config.keys(self.settings).author

    # ------------------------------------------------ documents

    def wanted(self, source: Source, links: Sequence[Link]) -> list[Link]:
        """Those of the links that are worth fetching: unknown articles, threads that may hold new posts."""
        if source.kind == "post":
            now = self.clock()
            return [link for link in links if threads.may_be_new(link, self._mark(source, link.key), now)]
        known = self.store.documents.known([link.key for link in links])
        unknown = [link for link in links if link.key not in known]
        met = self.store.lists.met(source.id, [name for link in unknown for name in names(link.key)]) if unknown else ()
        return [link for link in unknown if not any(name in met for name in names(link.key))]

    def keep(self, document: Document) -> Kept:
        """Store a document: indicators out, numbers masked, impossible dates clamped."""
        said = "\n\n".join(part for part in (document.title, document.text) if part)
        indicators = masking.indicators(said, self.official.domains, self.official.numbers)
        return self.store.documents.keep(self._masked(dated(document)), indicators)

    def take(
        self, source: Source, link: Link, url: str, body: bytes, content_type: str, files: str = ""
    ) -> tuple[Kept, str, bool]:
        """Read a fetched article page (`url`: where it was found in the end) and keep it with the words of its `files`; gives the key it is kept
        under, which may be another than the link's where the page names its own address, and whether it has no text.

        A page without a title falls back on what the feed said of it, counted as a problem; where the feed said nothing
        either, raises UnreadablePage.
        """
        now = self.clock()
        try:
            page: Page | None = pages.read(url, body, content_type, source, now)
        except UnreadablePage as error:
            if not link.title:
                raise
            self.problem("page", source.id, str(error))
            page = None
        read = _with(document(page, link, source, url, now), files)
        if self._stored_meanwhile(source, link, read):
            return "same", read.key, not read.body
        kept = self.keep(read)
        # a link that leads to this article once more, under another name, is then no new one
        self.store.lists.meet(source.id, dict.fromkeys(names(link.key) + names(read.key)), now)
        if page is not None and page.refers:
            self._corrects(read, page.refers, now)
        return kept, read.key, not read.body

    def _stored_meanwhile(self, source: Source, link: Link, read: Document) -> bool:
        """Whether another link of the same list led to the article first, under a name it is also known by."""
        met = self.store.lists.met(source.id, list({*names(link.key), *names(read.key)}))
        return bool(met) and not self.store.documents.known([link.key, read.key])

    def _corrects(self, read: Document, refers: Sequence[str], now: datetime) -> None:
        """An outlet's correction that links to the one item of its own that it corrects."""
        known = self.store.documents.known(refers) - {read.key}
        own = [found for key in known if (found := self.store.documents.get(key)) and found.source == read.source]
        if len(own) == 1:
            self.store.corrections.add(Correction(read.key, own[0].key, "link", now))

    def look_again(self, source: Source, known: Document, url: str, body: bytes, content_type: str) -> Kept:
        """Read a stored article's page again and keep what changed, under the same key. What the page does not say but
        the feed once did stays. A page that lost its title or its text raises UnreadablePage and wipes out nothing."""
        return self.keep(self._again(source, known, url, body, content_type))

    def says_the_same(self, source: Source, known: Document, url: str, body: bytes, content_type: str) -> bool:
        """Whether a page fetched again has the words that are stored. Raises UnreadablePage."""
        if source.kind == "post":
            thread, found = forum.posts(url, body, content_type, source), f"{source.id}:post-"
            post = next((post for post in thread.posts if found + post.id == known.key), None)
            if post is None:
                raise UnreadablePage(url, "trang của chủ đề không còn bài này")
            read = threads.document(post, known.title, thread, source, known.author, self.clock())
        else:
            read = self._again(source, known, url, body, content_type)
        return store.fingerprint(self._masked(read)) == store.fingerprint(known)

    def _again(self, source: Source, known: Document, url: str, body: bytes, content_type: str) -> Document:
        page = pages.read(url, body, content_type, source, self.clock())
        if known.body and known.body != attachments.tail(known.body).strip() and not page.body:
            raise UnreadablePage(url, "trang không còn nội dung bài")
        link = Link(known.key, known.url, lead=known.lead or "", published_at=known.published_at)
        read = replace(
            document(page, link, source, url, self.clock()), key=known.key, kind=known.kind, outlet=known.outlet
        )
        return _with(read, attachments.tail(known.body))

    def take_posts(
        self, source: Source, url: str, body: bytes, content_type: str
    ) -> tuple[forum.Thread, dict[str, Kept]]:
        """Read a fetched page of a forum thread and keep its posts; gives what became of each key. Names of authors end
        here: what is kept is their keyed hash. Raises UnreadablePage."""
        thread, now = forum.posts(url, body, content_type, source), self.clock()
        kept: dict[str, Kept] = {}
        for number, post in enumerate(thread.posts):
            title = thread.title if thread.page == 1 and number == 0 else None
            author = masking.pseudonym(post.author, source.id, self.author_key) if post.author else None
            read = threads.document(post, title or None, thread, source, author, now)
            if read.title or read.body:  # a post of pictures only says nothing that could be read
                kept[read.key] = self.keep(read)
        return thread, kept

    def take_thread(
        self, source: Source, walk: threads.Walk, url: str, body: bytes, content_type: str
    ) -> tuple[int, str | None]:
        """Keep one page of a thread; gives how many of its posts are new and the page to read next. After the last one
        the thread's mark is kept: what a crash interrupts is read again. Raises UnreadablePage."""
        thread, kept = self.take_posts(source, url, body, content_type)
        following = walk.after(thread, self._mark(source, walk.thread.key))
        if following is None:
            self.store.sources.save_validators(source.id, walk.thread.key, None, walk.mark(self.clock()).isoformat())
            if walk.unread:
                self.problem("page", source.id, f"{thread.address}: bỏ qua {walk.unread} trang có thể có bài mới")
        return list(kept.values()).count("new"), following

    def _mark(self, source: Source, key: str) -> datetime | None:
        """Up to when the posts of a thread were dealt with: it stands where the validators of its address would."""
        _, stated = self.validators(source.id, key)
        return datetime.fromisoformat(stated) if stated else None

    def gone(self, key: str, status: int) -> None:
        """The source itself says that it removed the document."""
        self.store.documents.mark_gone(key, self.clock(), status)

    def missing(self, key: str, status: int) -> bool:
        """A look found the page missing; whether that confirms an earlier look."""
        return self.store.documents.missing(key, self.clock(), status)

    def followed(self, key: str) -> None:
        """A later look at a document was taken."""
        self.store.documents.followed(key, self.clock())

    def _masked(self, document: Document) -> Document:
        title, lead, body = (
            masking.mask(text, self.official.numbers) if text else text
            for text in (document.title, document.lead, document.body)
        )
        return replace(document, title=title, lead=lead, body=body)

    # ------------------------------------------------ polls

    def validators(self, source: str, url: str) -> tuple[str | None, str | None]:
        """(ETag, Last-Modified) of the last time all links of this list were dealt with."""
        return self.store.sources.validators(source, url) or (None, None)

    def save_validators(self, source: str, url: str, etag: str | None, last_modified: str | None) -> None:
        """Called only when every new link of the list is stored or given up: what a crash interrupts is read again."""
        self.store.sources.save_validators(source, url, etag, last_modified)

    def resting(self, source: str) -> set[str]:
        """Addresses of the source that may not be asked yet."""
        return self.store.lists.resting(source, self.clock())

    def asked(self, source: str, url: str, rest: float, trouble: str, moved_to: str | None) -> None:
        """A list was asked for and is now left alone for `rest` seconds."""
        now = self.clock()
        self.store.lists.asked(source, url, now, now + timedelta(seconds=rest), trouble, moved_to)

    def rest(self, source: str, seconds: float) -> None:
        """None of the source's lists is asked for that long."""
        self.store.lists.rest(source, self.clock() + timedelta(seconds=seconds))

    def polled(self, done: Collected) -> None:
        self.store.sources.polled(
            done.source, self.clock(), done.ok, done.error, done.items, done.new, done.failed, done.bare, done.trouble
        )

    def put_off(self, source: str) -> None:
        """None of the source's lists may be asked yet."""
        self.store.sources.put_off(source, self.clock())

    def problem(self, what: str, where: str, text: str) -> None:
        """Count refused input and failures, for `doctor` and the desk."""
        self.store.runs.note_problem(what, where, text[:500], self.clock())


def document(page: Page | None, link: Link, source: Source, url: str, now: datetime) -> Document:
    """The Document of a page as read, or (page None) of what its feed says. Pure."""
    if page is None:
        page = Page(link.title, link.lead or None, None, None, None, (), None, None, None, "feed")
    published = page.published_at or link.published_at
    if published is not None and link.published_at is not None and published > now + AHEAD:
        published = link.published_at  # some pages write their local time as UTC
    gaps = [name for name, missing in (("body", not page.body), ("date", published is None)) if missing]
    own = at_home(page.canonical_url, source.homepage) if page.canonical_url else None
    return Document(
        key=own if own and source.owns(own) and _its_own(own, link, url) else link.key,
        kind=source.printed,
        source=source.id,
        outlet=source.name,
        url=url,
        title=page.title,
        lead=page.lead or link.lead or None,
        body=page.body,
        published_at=published,
        first_seen=now.astimezone(UTC),
        modified_at=page.modified_at,
        section=page.section,
        authors=page.authors,
        method=page.method,
        gaps=(*gaps, *page.doubtful),
        listed_at=link.listed_at,
    )


def _with(document: Document, files: str) -> Document:
    """The document with the words of its files behind its own."""
    if not files:
        return document
    gaps = tuple(gap for gap in document.gaps if gap != "body")
    return replace(document, body=((document.body or "") + files).strip(), gaps=gaps)


def _its_own(own: str, link: Link, url: str) -> bool:
    """Whether the address a page gives itself is that of the linked article, or of where the link led in the end."""
    if same_article(own, link.key):
        return True
    try:
        return same_article(own, canonical(url))
    except BadInput:
        return False


def dated(document: Document) -> Document:
    """A publication time that cannot be is set to when we first saw the document, and marked."""
    stated = document.published_at
    if stated is None or OLDEST <= stated <= document.first_seen + AHEAD:
        return document
    gap = "old_date" if stated < OLDEST else "future_date"
    return replace(document, published_at=document.first_seen, gaps=(*document.gaps, gap))


def standalone() -> Intake:
    """The door for `scrapy crawl NAME`: settings, store and wall clock by itself. Raises BadSetting, StoreError."""
    settings = config.read()
    store.create(settings.database_url)
    kept = store.open(settings.database_url)
    return Intake(kept, settings, lambda: datetime.fromtimestamp(time.time(), UTC))
