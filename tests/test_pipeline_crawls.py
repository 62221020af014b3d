"""Crawls side by side: slow sources take a few lanes and never all of them."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import store
from crawlers.sources import Source
from pipeline.crawls import LANES, WATCHED, Crawls

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SLOW, QUICK = (
    [
        Source(f"{name}-{n}", name, f"https://{name}{n}.vn/", "press", feeds=(f"https://{name}{n}.vn/rss",))
        for n in range(20)
    ]
    for name in ("cham", "nhanh")
)


def test_slow_sources_leave_room_for_the_others(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store.create(url)
    kept, crawls = store.open(url), Crawls()
    with ExitStack() as stack:
        now, held = NOW, 0
        for look in range(60):  # a new slow source turns up at each third look; what is slow never ends
            there = [*SLOW[: 5 + look // 3], *QUICK]
            chosen = crawls.free(there, kept, now)
            assert set(QUICK) <= set(chosen)
            if set(chosen) - set(QUICK):
                stack.enter_context(crawls.running(chosen, now))
                held += 1
            for source in QUICK:
                kept.sources.polled(source.id, now, True)
            now += MINUTE
        assert held == 16, "one crawl for the first five, one for each that turned up"
        assert crawls.free(SLOW, kept, now) == []
    kept.close()


def test_slow_lanes_are_few_and_forgiven(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store.create(url)
    kept, crawls = store.open(url), Crawls()
    with crawls.running(SLOW[:6], NOW):
        later = NOW + 2 * MINUTE
        assert crawls.free(SLOW[:6], kept, later) == [], "still being read"
    assert crawls.free([SLOW[0], QUICK[0]], kept, later) == [QUICK[0]], "never together with others"
    assert crawls.free([SLOW[0]], kept, later) == [SLOW[0]], "by itself"
    with ExitStack() as stack:
        for lane in range(LANES):
            stack.enter_context(crawls.running([SLOW[lane]], later))
        assert crawls.free([SLOW[5]], kept, later) == [], "all lanes are taken"
        assert crawls.free([QUICK[0]], kept, later) == [QUICK[0]]
    assert crawls.free([SLOW[0], QUICK[0]], kept, later + WATCHED) == [SLOW[0], QUICK[0]], "forgiven"
    kept.close()
