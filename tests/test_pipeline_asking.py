"""The random sample of each week that ended, drawn once, and questions that went stale."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pipeline import asking, schedule
from tests.pipeline_reports_support import MONDAY, NEXT, rooms
from tests.store_support import document, settled


def test_each_ended_week_is_drawn_once(tmp_path: Path) -> None:
    with rooms(tmp_path) as (opened, hand):
        assert asking.ask(opened) == 14, "the week before MONDAY has ended, the one that begins has not"
        assert asking.ask(opened) == 0
        hand.set(NEXT)
        assert asking.ask(opened) == 14
        drawn = [(draw.week, draw.stratum, draw.drawn) for draw in opened.store.queues.draws() if draw.population]
        assert drawn == [("2026-W36", "relevant", 14), ("2026-W35", "relevant", 14)]
        assert opened.store.queues.waiting("an") == {("random", "all"): 28}


def test_two_stores_with_the_same_news_draw_the_same(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        with rooms(tmp_path / name) as (opened, _):
            asking.ask(opened)
            found.append([opened.store.queues.next("random", "all", f"p{n}", MONDAY) for n in range(14)])
    assert found[0] == found[1] and None not in found[0]


def test_what_nobody_answered_is_let_go(tmp_path: Path) -> None:
    with rooms(tmp_path) as (opened, hand):
        one = document("https://bao.example/x", published_at=MONDAY, first_seen=MONDAY)
        settled(opened.store, one, margins={"sentiment": 0.0}, at=MONDAY)
        assert ("unsure", "sentiment") in opened.store.queues.waiting("an")
        hand.set(MONDAY + asking.KEPT + timedelta(days=1))
        asking.ask(opened)
        assert ("unsure", "sentiment") not in opened.store.queues.waiting("an")
        assert asking.ask in [job for job, _ in schedule.timetable(opened.settings.schedule)]
