"""Trying sources without keeping anything of them: the real crawl into a store that is thrown away."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import crawlers.collect
import store
import vietnamese
from crawlers.manners import Memory
from crawlers.polls import Collected
from crawlers.sources import Source
from pipeline import catalogue
from pipeline.doors import Rooms
from records import Document

FEW, SHOWN = 5, 5
"""articles of a list that are read in a trial; articles that are shown"""
ALL = 100_000


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
    trials = await tried(rooms, sources)
    for trial in trials:
        await asyncio.to_thread(rooms.store.catalogue.tried, trial.source.id, trial.good, trial.text, rooms.clock())
    return trials


async def tried(rooms: Rooms, sources: Sequence[Source]) -> list[Trial]:
    """The same of sources that need not be listed."""
    done, documents, problems = await crawl(rooms, sources)
    trials = []
    for source, result in zip(sources, done, strict=True):
        own = [document for document in documents if document.source == source.id]
        trials.append(told(source, result, own, [text for place, text in problems if place == source.id]))
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
            done = await crawlers.collect.collect(
                sources, settings, kept, rooms.clock, memory=Memory(), owners=catalogue.owners(rooms)
            )
            problems = [
                (one.where, f"{one.what}: {one.detail}") for one in kept.runs.problems(began - timedelta(days=1))
            ]
            return done, kept.documents.unassessed("thử", ALL), problems
        finally:
            kept.close()
