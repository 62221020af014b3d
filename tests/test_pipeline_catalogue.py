"""Which sources are read: the operator's own file, pauses, trials that open a source, at the size of the whole country."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from crawlers.polls import Collected
from pipeline import catalogue, editions, health, jobs, trying, watching
from pipeline.doors import Rooms, open_all
from store.tables_work import polls, source_states
from tests.crawlers_support import NOW, Web, article, rss, web


def row(name: str, base: str, more: str = "") -> str:
    return (
        f'[[source]]\nid = "{name}"\nname = "Báo {name}"\nhomepage = "{base}/"\nkind = "press"\n'
        f'feeds = ["{base}/rss"]\n{more}\n'
    )


@pytest.fixture
def found() -> Iterator[Web]:
    with web() as one:
        one.put("/rss", rss((f"{one.base}/a-100001.html", "Bài A")))
        one.put("/a-100001.html", article("Bài A"))
        yield one


def settings(home: Path, *webs: Web, text: str = "") -> config.Settings:
    (home / "nguon.toml").write_text(text, encoding="utf-8")
    allowed = tuple(f"{one.host}:{one.port}" for one in webs)
    crawl = config.Crawl(sources=home / "nguon.toml", allow_loopback=allowed, delay=0, timeout=5)
    return config.Settings(data_dir=home, crawl=crawl, judging=config.Judging(workers=0))


def collected(rooms: Rooms, *names: str) -> list[str]:
    async def work() -> list[Collected]:
        return await jobs.collect(rooms, names)

    return [one.source for one in asyncio.run(work())]


def test_a_source_that_waits_is_opened_by_a_trial_that_reads_an_article(tmp_path: Path, found: Web) -> None:
    with open_all(settings(tmp_path, found, text=row("a", found.base, 'waits_for = "test"')), lambda: NOW) as rooms:
        assert collected(rooms) == [] and collected(rooms, "a") == [] and found.asked == []
        found.pages.pop("/a-100001.html")
        (bad,) = asyncio.run(trying.test(rooms, rooms.sources))
        assert not bad.good and collected(rooms) == []
        found.put("/a-100001.html", article("Bài A"))
        (good,) = asyncio.run(trying.test(rooms, rooms.sources))
        assert good.good and "Bài A" in good.text and rooms.store.documents.count() == 0
        assert collected(rooms) == ["a"] and rooms.store.documents.count() == 1


def test_a_source_that_waits_for_a_person_is_not_opened_by_a_trial(tmp_path: Path, found: Web) -> None:
    more = 'waits_for = "person"\nnote = "đọc điều khoản trước"'
    with open_all(settings(tmp_path, found, text=row("a", found.base, more)), lambda: NOW) as rooms:
        (trial,) = asyncio.run(trying.test(rooms, rooms.sources))
        assert trial.good and "đọc điều khoản trước" in trial.text and collected(rooms) == []
        rooms.store.catalogue.switch("a", True, "đã đọc ngày 26/11/2026", "quan-tri", NOW)
        assert collected(rooms) == ["a"]


def test_a_pause_holds_in_every_job(tmp_path: Path, found: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_all(settings(tmp_path, found, text=row("a", found.base, "expected = 100")), lambda: NOW) as rooms:
        assert collected(rooms) == ["a"]
        rooms.store.sources.polled("a", NOW - timedelta(days=2), False, "hết giờ", trouble="http")
        assert [one for one in health.working(rooms.store, rooms.settings, lambda: NOW) if one.what == "nguồn a"]
        rooms.store.catalogue.switch("a", False, "báo đề nghị", "quan-tri", NOW)
        asked = len(found.asked)
        assert collected(rooms) == collected(rooms, "a") == [] and editions.notes(rooms) == []
        document = rooms.store.documents.get(f"{found.base}/a-100001.html")
        assert document is not None
        monkeypatch.setattr(rooms.store.documents, "follow_due", lambda *_: [document])
        asyncio.run(jobs.follow(rooms))
        assert len(found.asked) == asked
        (line,) = health.waiting(catalogue.states(rooms.store, rooms.sources))
        assert (line.state, line.text) == ("ok", "1 tạm dừng")
        assert not [one for one in health.working(rooms.store, rooms.settings, lambda: NOW) if one.what == "nguồn a"]


def test_a_look_that_gets_no_answer_is_taken_again(tmp_path: Path, found: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [NOW]
    with open_all(settings(tmp_path, found, text=row("a", found.base)), lambda: now[0]) as rooms:
        assert collected(rooms) == ["a"]
        document = rooms.store.documents.get(f"{found.base}/a-100001.html")
        with monkeypatch.context() as once:
            once.setattr(rooms.store.documents, "follow_due", lambda *_: [document])
            found.put("/a-100001.html", "", 503)
            now[0] += timedelta(days=1)
            asyncio.run(jobs.follow(rooms))
        now[0] += timedelta(hours=6)
        assert [one.key for one in rooms.store.documents.follow_due(now[0], 5)] == [document.key if document else ""]
        found.put("/a-100001.html", article("Bài A"))
        asyncio.run(jobs.follow(rooms))
        assert rooms.store.documents.follow_due(now[0] + timedelta(days=5), 5) == []


def test_the_operators_own_file_joins_and_replaces_without_a_restart(tmp_path: Path) -> None:
    text = row("a", "https://a.example") + row("b", "https://b.example")
    with open_all(settings(tmp_path, text=text), lambda: NOW) as rooms:
        own = tmp_path / "nguon-them.toml"
        own.write_text(row("b", "https://b-moi.example") + row("c", "https://c.example"), encoding="utf-8")
        assert {one.id: one.host for one in rooms.sources} == {
            "a": "a.example",
            "b": "b-moi.example",
            "c": "c.example",
        }
        own.write_text("[[source]]\nid = 3\n", encoding="utf-8")
        assert len(rooms.sources) == 3 and str(own) in rooms.listed.fault, "what is broken leaves the list as it was"
        own.write_text("# không còn gì\n", encoding="utf-8")
        assert [one.host for one in rooms.sources] == ["a.example", "b.example"] and not rooms.listed.fault
        assert catalogue.publish(rooms) and not catalogue.publish(rooms)
        assert [one.source for one in rooms.store.catalogue.all()] == ["a", "b"]


@pytest.mark.slow
def test_the_whole_country_is_no_burden(tmp_path: Path) -> None:
    """250 sources, all read and a month old: what is due, the watch, the digest's notes, the list and the doctor."""
    names = [f"s{number}" for number in range(250)]
    text = "".join(row(name, f"https://{name}.example") for name in names)
    with open_all(settings(tmp_path, text=text), lambda: NOW) as rooms:
        a_month_old(rooms, names)
        looks: list[Callable[[], Any]] = [
            lambda: collected(rooms), lambda: editions.notes(rooms), lambda: watching.watch_sources(rooms),
            lambda: catalogue.publish(rooms), lambda: list(health.working(rooms.store, rooms.settings, lambda: NOW)),
        ]  # fmt: skip
        for look in looks:
            began = time.process_time()
            look()
            assert time.process_time() - began < 5.0
        assert len(rooms.store.catalogue.all()) == 250


def a_month_old(rooms: Rooms, names: Sequence[str]) -> None:
    """Every source was polled in every hour of four weeks and just now, and brought something each time."""
    last = int(NOW.timestamp()) // 3600
    counts = {"polls": 4, "errors": 0, "items": 20, "new": 1, "failed": 0, "bare": 0}
    hours = [{"source": name, "hour": last - hour, **counts} for name in names for hour in range(24 * 28)]
    times = dict.fromkeys(("polled_at", "success_at", "new_at"), NOW)
    states = [{"source": name, **times, "failures": 0, "error": ""} for name in names]
    with rooms.store._database.write() as connection:
        connection.execute(polls.insert(), hours)
        connection.execute(source_states.insert(), states)


def test_the_watch_tells_the_desk_and_takes_it_back(tmp_path: Path) -> None:
    with open_all(settings(tmp_path, text=row("a", "https://a.example", "expected = 100")), lambda: NOW) as rooms:
        catalogue.publish(rooms)
        rooms.store.sources.polled("a", NOW - timedelta(days=2), True, items=5, new=5)
        watching.watch_sources(rooms)
        (one,) = rooms.store.listings.of(["a"], NOW - timedelta(days=7), NOW)
        assert [finding.kind for finding in one.findings] == ["silent"] and "ít nhất 100 tin" in one.findings[0].said
        assert (one.entry.every, one.entry.at_most) == (900, 3600) and one.entry.kept == "long"
        rooms.store.sources.polled("a", NOW, True, items=5, new=5)
        watching.watch_sources(rooms)
        (one,) = rooms.store.listings.of(["a"], NOW - timedelta(days=7), NOW)
        assert one.findings == ()
