"""Trying sources without keeping anything of them: the real crawl into a store that is thrown away."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import crawlers.collect
import store
import vietnamese
from crawlers.manners import Memory
from crawlers.polls import Collected
from crawlers.sources import Source
from pipeline.doors import Rooms
from records import BadInput, Document

FEW, SHOWN = 5, 5
"""articles of a list that are read in a trial; articles that are shown"""
ALL = 100_000
USUAL_FEEDS = ("/rss/home.rss", "/rss/tin-moi-nhat.rss", "/rss.xml", "/rss", "/feed", "/feed/")
USUAL_SITEMAPS = ("/sitemap-news.xml", "/google-news-sitemap.xml", "/sitemap.xml", "/sitemaps.xml")


@dataclass(frozen=True)
class Trial:
    source: Source
    good: bool
    """a list answered, and an article with a text was read"""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


async def test(rooms: Rooms, sources: Sequence[Source]) -> list[Trial]:
    """What a poll of each source would bring, in words for an operator. The store remembers how it went: a good trial
    opens a source that waited for one."""
    done, documents, problems = await crawl(rooms, sources)
    trials = []
    for source, result in zip(sources, done, strict=True):
        own = [document for document in documents if document.source == source.id]
        trial = told(source, result, own, [text for place, text in problems if place == source.id])
        await asyncio.to_thread(rooms.store.catalogue.tried, source.id, trial.good, trial.text, rooms.clock())
        trials.append(trial)
    return trials


def told(source: Source, result: Collected, documents: Sequence[Document], problems: Sequence[str]) -> Trial:
    lines = [f"{source.name}: {result.items} liên kết, đọc thử {len(documents)} bài"]
    lines += [described(document) for document in newest(documents)]
    lines += [f"LỖI {text}" for text in dict.fromkeys(problems)]
    good = result.ok and any(document.body for document in documents)
    if not good:
        lines.append("Không đọc được bài nào: kiểm tra địa chỉ RSS, mẫu địa chỉ bài (article) và robots.txt của nguồn.")
    elif source.waits_for == "person":
        lines.append(f"Đọc được. Nguồn này chỉ được bật khi có người quyết định: {source.note}")
    return Trial(source, good, tuple(lines))


def newest(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda one: one.published_at or one.first_seen, reverse=True)[:SHOWN]


def described(document: Document) -> str:
    when = vietnamese.time_text(document.published_at) if document.published_at else "không rõ ngày"
    words = len((document.body or "").split())
    return f"  {when}  {document.title}  ({words} âm tiết, đọc bằng {document.method})"


async def crawl(
    rooms: Rooms, sources: Sequence[Source]
) -> tuple[list[Collected], list[Document], list[tuple[str, str]]]:
    """(results, documents read, (source, problem)) of one crawl that leaves nothing behind."""
    settings = rooms.settings.model_copy(update={"crawl": rooms.settings.crawl.model_copy(update={"max_items": FEW})})
    began = rooms.clock()
    with tempfile.TemporaryDirectory(prefix="langnghe-thu-") as place:
        url = f"sqlite:///{Path(place) / 'thu.db'}"
        await asyncio.to_thread(store.create, url)
        kept = store.open(url)
        try:
            done = await crawlers.collect.collect(sources, settings, kept, rooms.clock, memory=Memory())
            problems = [
                (one.where, f"{one.what}: {one.detail}") for one in kept.runs.problems(began - timedelta(days=1))
            ]
            return done, kept.documents.unassessed("thử", ALL), problems
        finally:
            kept.close()


async def proposal(rooms: Rooms, url: str) -> str:
    """A row of sources.toml for a site: its usual feed and sitemap addresses are tried, those that answer are named.

    Raises BadInput when none does.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput(f"{url}: địa chỉ phải bắt đầu bằng http:// hoặc https://")
    home = f"{parts.scheme}://{parts.netloc}/"
    name = parts.hostname.removeprefix("www.").replace(".", "-")
    plain = Source(name, parts.hostname, home, "press", 2, "C")
    given = [url] if parts.path not in {"", "/"} else []
    feeds = [*given, *(urljoin(home, path) for path in USUAL_FEEDS)]
    sitemaps = [urljoin(home, path) for path in USUAL_SITEMAPS]
    tries = [dataclasses.replace(plain, id=f"{name}-{number}", feeds=(feed,)) for number, feed in enumerate(feeds)]
    tries += [dataclasses.replace(plain, id=f"{name}-s{n}", sitemaps=(sitemap,)) for n, sitemap in enumerate(sitemaps)]
    done, _, _ = await crawl(rooms, tries)
    answered = {result.source for result in done if result.items}
    good_feeds = [one.feeds[0] for one in tries if one.id in answered and one.feeds]
    good_sitemaps = [one.sitemaps[0] for one in tries if one.id in answered and one.sitemaps]
    if not good_feeds and not good_sitemaps:
        raise BadInput(f"{home}: không tìm thấy RSS hay sitemap nào đọc được; hãy đưa thẳng địa chỉ RSS")
    rows = ["[[source]]", f'id = "{name}"', f'name = "{parts.hostname}"', f'homepage = "{home}"']
    rows += ['kind = "press"', "tier = 2", 'grade = "C"']
    rows += [f"feeds = {json.dumps(good_feeds)}"] if good_feeds else []
    rows += [f"sitemaps = {json.dumps(good_sitemaps)}"] if good_sitemaps else []
    return "\n".join(rows)
