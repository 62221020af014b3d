"""Adding a source: its feeds, sitemaps or list page are found, tried and shown; a person then has the row written.

Everything is asked through the guarded downloader, robots.txt obeyed, as any poll would.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import crawlers.collect
import crawlers.sources
import vietnamese
from crawlers import finding, readers
from crawlers.address import canonical
from crawlers.collect import Asked, Looked
from crawlers.links import Link
from crawlers.manners import Memory
from crawlers.sources import Source
from pipeline import trying
from pipeline.doors import Rooms
from records import BadInput, BadKnowledge

MOST_FEEDS, MOST_SITEMAPS = 8, 2
POOREST = 2
"""of the papers that were counted for months, the poorest whole day had half of a usual day's items"""
WAITS = (0.1, 0.4, 1.5)
"""seconds until the file is asked for again while somebody else writes it"""
PLAIN = Source("", "", "", "press")
TERMS = "diễn đàn: đọc điều khoản và robots.txt trước khi bật, ghi ngày đọc vào lý do"


Tell = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at an address. `told`: the row in words, (what, value); `trial`: how it fared when it was tried."""

    source: Source
    trial: trying.Trial
    told: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        row = (f"  {what}: {value}" for what, value in self.told)
        return "\n".join((f"{self.source.name} ({self.source.homepage})", *row, *self.trial.lines))


async def nobody(_step: str) -> None:
    """Hears of no step."""


async def find(rooms: Rooms, url: str, tell: Tell = nobody) -> Finding:
    """The row of a site, tried; `tell` hears each step. Raises BadInput for what is no address, is listed already, or
    has nothing to read."""
    refuse_known(rooms.sources, url)
    memory = Memory()
    await tell("đang mở trang")
    page = await front_page(rooms, url, memory)
    refuse_known(rooms.sources, page.url)
    await tell("đang tìm RSS, sitemap và trang danh sách")
    source, links = await lists(rooms, page, memory)
    amount = finding.volume(links, rooms.clock())
    day = vietnamese.date_text(rooms.clock())
    source = replace(
        source,
        id=free_id(rooms.sources, source.host),
        expected=int((amount.daily or amount.items) // POOREST) if amount else 0,
        evidence=f"tự tìm và đọc thử ngày {day}",
    )
    await tell("đang đọc thử vài bài")
    (trial,) = await trying.tried(rooms, [source])
    return Finding(source, trial, tuple(said(source, amount)))


def refuse_known(sources: Sequence[Source], url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput(f"{url}: địa chỉ phải bắt đầu bằng http:// hoặc https://")
    place = parts.netloc.lower().removeprefix("www.")
    for source in sources:
        if not source.connector and urlsplit(source.homepage).netloc.removeprefix("www.") == place:
            raise BadInput(f"đã có nguồn {source.id} ({source.name}) cho {source.homepage}")


async def front_page(rooms: Rooms, url: str, memory: Memory) -> Looked:
    """The page at the address. One that is refused may still have lists; a host that cannot be reached has none."""
    (page,) = await look(rooms, replace(PLAIN, homepage=url), [Asked("page", url)], memory)
    if page.trouble in ("network", "blocked"):
        raise BadInput(page.error)
    return page


async def look(rooms: Rooms, source: Source, asked: Sequence[Asked], memory: Memory) -> list[Looked]:
    return await crawlers.collect.look(source, asked, rooms.settings, rooms.store, rooms.clock, memory)


async def lists(rooms: Rooms, page: Looked, memory: Memory) -> tuple[Source, list[Link]]:
    """(the source, without an id; the links of its lists). What the site itself names comes first, then the usual
    addresses, then the page as a list. Raises BadInput."""
    plain = introduced(page)
    answers = await look(rooms, plain, list(candidates(plain, page, rooms.clock())), memory)
    feeds, maps = (
        [(one.asked.url, one.links) for one in answers if one.links and one.asked.kind == kind]
        for kind in ("feed", "sitemap")
    )
    if feeds or maps:
        return fitted(plain, feeds, maps), [link for _, some in feeds + maps for link in some]
    pattern = plain.article or finding.listed(page.body, page.url, page.content_type)
    if not pattern:
        first = page.error or next((one.error for one in answers if one.trouble in ("robots", "http", "wait")), "")
        raise BadInput(
            f"{plain.homepage}: không tìm thấy RSS, sitemap hay trang danh sách nào đọc được"
            f"{f' ({first})' if first else ''}; hãy đưa thẳng địa chỉ RSS"
        )
    listing = replace(plain, listings=(canonical(page.url),), article=pattern)
    (answer,) = await look(rooms, listing, [Asked("listing", listing.listings[0])], memory)
    return listing, list(answer.links)


def introduced(page: Looked) -> Source:
    """The site of a page, still without lists."""
    parts = urlsplit(page.url)
    host, home = parts.hostname or "", f"{parts.scheme}://{parts.netloc}/"
    front = finding.front(page.body, page.url, page.content_type)
    if front.forum:
        return Source("", front.name or host, home, "post", article=finding.THREAD, waits_for="person", note=TERMS)
    return Source("", front.name or host, home, "official" if host.endswith(".gov.vn") else "press")


def candidates(plain: Source, page: Looked, now: datetime) -> Iterator[Asked]:
    """Addresses that may be lists of the site. A feed or sitemap that was named is enough."""
    if feed_or_map := finding.list_kind(page.body, page.url, now, page.content_type):
        yield Asked(feed_or_map, page.url)
        return
    linked = finding.front(page.body, page.url, page.content_type).feeds
    yield from (Asked("feed", one) for one in linked or finding.usual(plain.homepage, "feed"))
    if plain.kind != "post":
        named = [one for stated in page.sitemaps[: finding.MOST] for one in finding.own(stated, plain.homepage)]
        yield from (Asked("sitemap", one) for one in named or finding.usual(plain.homepage, "sitemap"))


def fitted(
    plain: Source, feeds: Sequence[tuple[str, tuple[Link, ...]]], maps: Sequence[tuple[str, tuple[Link, ...]]]
) -> Source:
    """The source with the lists worth polling, and the pattern of its articles where sitemaps may name other pages."""
    named = tuple({link.key: link for _, some in (feeds or maps) for link in some}.values())
    pattern = plain.article or (finding.article(named) if maps else "")
    chosen = finding.covering(maps, MOST_SITEMAPS) if pattern or not feeds else []
    return replace(plain, feeds=tuple(finding.covering(feeds, MOST_FEEDS)), sitemaps=tuple(chosen), article=pattern)


def free_id(sources: Sequence[Source], host: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.")).strip("-")
    taken = {source.id for source in sources}
    return next(one for number in range(1, 1000) if (one := name if number == 1 else f"{name}-{number}") not in taken)


def said(source: Source, amount: finding.Volume | None) -> Iterator[tuple[str, str]]:
    """The row in words, for the person who decides."""
    for what, addresses in (("RSS", source.feeds), ("Sitemap", source.sitemaps), ("Trang danh sách", source.listings)):
        yield from ((what, address) for address in addresses)
    if source.article:
        yield "Mẫu địa chỉ bài", source.article
    known = readers.outlet(source.host)
    yield "Bộ đọc", f"riêng của {known}" if known else "chung (chưa có bộ đọc riêng cho trang này)"
    yield "Lượng tin", volume(amount)


def volume(amount: finding.Volume | None) -> str:
    if amount is None:
        return "không rõ, danh sách không ghi ngày"
    if amount.daily is not None:
        return f"khoảng {vietnamese.number_text(round(amount.daily, 1))} tin mỗi ngày"
    return f"ít nhất {amount.items} tin trong {vietnamese.number_text(round(amount.hours, 1))} giờ qua"


def row(source: Source) -> str:
    """The source as a [[source]] row: what is as it is by default is left out."""
    usual = asdict(PLAIN)
    values = {key: value for key, value in asdict(source).items() if value != usual[key] or key == "kind"}
    return "[[source]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in values.items())


def toml(value: object) -> str:
    """A JSON value is also a TOML value, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


async def add(rooms: Rooms, found: Source, by: str) -> None:
    """Write the row into the operator's own file, which is read at once. The line of the log comes first: what dies in
    between leaves a line without a row, never a row nobody answers for. Raises BadInput for a double or a busy file."""
    for wait in (*WAITS, None):
        with rooms.store.leases.hold("sources") as held:
            if held:
                draft, own = await asyncio.to_thread(_drafted, rooms, found)
                await asyncio.to_thread(rooms.store.audit, by, "thêm nguồn", found.id, rooms.clock(), found.homepage)
                await asyncio.to_thread(draft.replace, own)
                return
        if wait is None:
            raise BadInput("đang có người khác thêm nguồn; hãy thử lại")
        await asyncio.sleep(wait)


def _drafted(rooms: Rooms, found: Source) -> tuple[Path, Path]:
    """(the file with the new row, safely on the disk; the file whose place it is to take). Raises BadInput."""
    if any(source.id == found.id for source in rooms.sources):
        raise BadInput(f"đã có nguồn {found.id}")
    own = rooms.settings.data_dir / crawlers.sources.OWN
    text = (
        own.read_text(encoding="utf-8")
        if own.exists()
        else "# Nguồn thêm của đơn vị; cách viết: docs/adding-a-source.md\n"
    )
    draft = own.with_suffix(".moi")
    draft.write_text(f"{text.rstrip()}\n\n{row(found)}", encoding="utf-8")
    try:
        crawlers.sources.load(rooms.settings.crawl.sources, draft)
    except BadKnowledge as error:
        draft.unlink()
        raise BadInput(f"không thêm được nguồn: {str(error).replace(str(draft), str(own))}") from error
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    return draft, own
