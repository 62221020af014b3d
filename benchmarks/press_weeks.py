"""The recorded press stream as a store: every item kept, judged, placed and decided by the product's own jobs, day by day on a
clock of its own. The crawlers are left out (benchmarks/stream.py measures them). Needs ../shared."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import config
from benchmarks.replay_rig import NAMES, STREAM
from pipeline import clock, jobs
from pipeline.doors import Rooms, open_all
from records import Document

ANALYST, HEAD, LEADER = "phan-tich@langnghe.example", "truong@langnghe.example", "lanh-dao@langnghe.example"
SOURCES = "\n".join(
    f"""[[source]]
id = "{name}"
name = "{title}"
kind = "press"
homepage = "https://{name}.example/"
feeds = ["https://{name}.example/rss"]
tier = 1
grade = "A"
expected = 30
"""
    for name, title in NAMES.items()
)


def documents() -> Iterator[Document]:
    """The stream in order of time."""
    with lzma.open(STREAM, "rt", encoding="utf-8") as rows:
        items = sorted((json.loads(row) for row in rows), key=lambda item: (item["first_seen"], item["id"]))
    for item in items:
        host = urlsplit(item["url"]).hostname or ""
        source = next((name for name in NAMES if name in host), "vnexpress")
        seen = datetime.fromisoformat(item["first_seen"]).astimezone(UTC)
        yield Document(
            item["url"], "press", source, NAMES[source], item["url"], item["title"], item["lead"], None, seen, seen,
            section=item["section"], method="feed",
        )  # fmt: skip


@contextmanager
def opened(home: Path) -> Iterator[tuple[Rooms, clock.Hand]]:
    """The rooms over `home`, filled at the first time."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "sources.toml").write_text(SOURCES, encoding="utf-8")
    settings = config.Settings(
        data_dir=home,
        crawl=config.Crawl(sources=home / "sources.toml"),
        mail=config.Mail(weekly_to=(LEADER,)),
        judging=config.Judging(workers=0, batch=1000),
    )
    hand = clock.Hand(datetime(2026, 5, 1, tzinfo=UTC))
    with open_all(settings, hand) as rooms:
        if not (home / "filled").exists():
            fill(rooms, hand)
            (home / "filled").touch()
            hand.set(datetime(2026, 5, 1, tzinfo=UTC))
        yield rooms, hand


def fill(rooms: Rooms, hand: clock.Hand) -> None:
    for day, some in groupby(documents(), key=lambda one: (one.first_seen + timedelta(hours=7)).date()):
        new: dict[tuple[str, int], int] = {}
        for one in some:
            hand.set(one.first_seen)
            rooms.store.documents.keep(one)
            hour = one.source, int(one.first_seen.timestamp()) // 3600
            new[hour] = new.get(hour, 0) + 1
        for (source, hour), number in new.items():
            rooms.store.sources.polled(source, datetime.fromtimestamp(hour * 3600, UTC), True, items=number, new=number)
        hand.set(datetime(day.year, day.month, day.day, 16, 59, 59, tzinfo=UTC))
        jobs.digest(rooms)
