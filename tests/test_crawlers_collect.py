"""The way of an article: feed -> page -> store, on a loopback web with every guard on."""

from __future__ import annotations

import asyncio
from typing import Any

import config
from crawlers import collect
from crawlers.manners import Memory
from crawlers.polls import Collected
from crawlers.sources import Source

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, titles, web


def gather(
    store: Any, webs: Web | list[Web], *sources: Source, memory: Memory | None = None, **crawl: Any
) -> list[Collected]:
    listed = webs if isinstance(webs, list) else [webs]
    chosen: config.Settings = settings(*listed, **crawl)
    return asyncio.run(
        collect.collect(sources, chosen, store, lambda: NOW, official=OFFICIAL, memory=memory or Memory())
    )


def test_a_feeds_new_articles_are_stored_and_known_ones_are_not_fetched() -> None:
    store = Memorised()
    with web() as found:
        found.put(
            "/rss",
            rss((f"{found.base}/a-100001.html?utm_source=rss#x", "Bài A"), (f"{found.base}/b-100002.html", "Bài B")),
        )
        found.put("/a-100001.html", article("Bài A"))
        found.put("/b-100002.html", article("Bài B"))
        first = gather(store, found, source(found))
        found.asked.clear()
        second = gather(store, found, source(found))
    assert first == [Collected("bao-thu", True, "", 2, 2)]
    assert second == [Collected("bao-thu", True, "", 2, 0)]
    assert titles(store) == {f"{found.base}/a-100001.html": "Bài A", f"{found.base}/b-100002.html": "Bài B"}
    assert found.paths("/a-") == found.paths("/b-") == []
    assert store.polls[0] == ("bao-thu", True, "", 2, 2)
    document = store.kept[f"{found.base}/a-100001.html"]
    assert document.body and document.body.startswith("Đoạn thứ nhất") and document.gaps == ()
    assert document.published_at.isoformat() == "2026-11-26T09:00:00+07:00"
