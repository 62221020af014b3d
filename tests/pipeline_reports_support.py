"""Rooms with two weeks of small news, for the tests of the report's way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import config
from pipeline import clock
from pipeline.doors import Rooms, open_all
from records import Officer
from tests.store_support import document, settled
from vietnamese import HO_CHI_MINH

MONDAY = datetime(2026, 8, 31, tzinfo=HO_CHI_MINH)
"""the week 2026-W36 begins"""
NEXT = MONDAY + timedelta(days=7)
ANALYST, HEAD, LEADER = "phan-tich@x.example", "truong@x.example", "lanh-dao@x.example"
SOURCES = """[[source]]
id = "bao"
name = "Báo Ví Dụ"
kind = "press"
homepage = "https://bao.example/"
feeds = ["https://bao.example/rss"]
tier = 1
grade = "A"
expected = 1
"""


@contextmanager
def rooms(home: Path) -> Iterator[tuple[Rooms, clock.Hand]]:
    """An analyst, a head and a reader; news from the Monday a week before MONDAY to the Sunday after it."""
    home.mkdir(parents=True, exist_ok=True)
    if not (listed := home / "sources.toml").exists():  # another process may be reading it
        listed.write_text(SOURCES, encoding="utf-8")
    settings = config.Settings(
        data_dir=home,
        crawl=config.Crawl(sources=listed),
        mail=config.Mail(weekly_to=(LEADER,), sender="lang-nghe@x.example"),
        judging=config.Judging(workers=0),
    )
    hand = clock.Hand(MONDAY)
    with open_all(settings, hand) as opened:
        if not opened.store.documents.count():
            fill(opened)
        yield opened, hand


def fill(opened: Rooms) -> None:
    kept = opened.store
    kept.officers.add(Officer("an", "An", ANALYST, ("analyst",)), "x")
    kept.officers.add(Officer("binh", "Bình", HEAD, ("leader",)), "x")
    for n in range(28):
        at = MONDAY - timedelta(days=7) + timedelta(hours=12 * n + 1)
        one = document(f"https://bao.example/{n}", published_at=at, first_seen=at, title=f"Tin số {n} về lương hưu")
        settled(
            kept,
            one,
            sentiment=("neutral", "negative", "positive")[n % 3],
            topics=("luong_huu",),
            at=at + timedelta(minutes=5),
        )
