"""One trouble, one alarm: what follows from another trouble, or cannot be known while it lasts, is neither told nor said to
be over. And what the heartbeat finds out by itself: a file that was replaced, a store nobody can write to, a hung worker."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import store
from pipeline import clock, heartbeat, judging, upkeep, watchdog
from pipeline.doors import open_all
from pipeline.heartbeat import Beat
from records import StoreDamaged, StoreUnreachable
from tests.store_support import NOW

START = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTINGS = watchdog.Settings(heartbeat=Path("/x/heartbeat"), mail=config.Mail(alarm_to=("may@b.example",)))
CODES = sorted(watchdog.WORDS)


def told(looks: list[set[str]]) -> list[list[str]]:
    """The subjects of the alarms of each look, one a minute, at which these troubles are found."""
    state = watchdog.State()
    return [
        [
            message.subject.removeprefix("[Lắng Nghe] Cảnh báo vận hành: ")
            for message in watchdog.changes(SETTINGS, state, dict.fromkeys(sorted(found), "hỏng"), START + n * MINUTE)
        ]
        for n, found in enumerate(looks)
    ]


def test_what_a_dead_database_drags_along_is_not_told() -> None:
    outage = [{"database"}] * 12 + [{"database", "collect", "digest", "send"}] * 12
    after = [{"collect", "digest"}, {"digest"}, set[str]()]  # the first beats still say when a job last worked
    said = told(outage + after)
    assert said[0] == ["hỏng"] and not any(said[1:24])
    assert len(said[24]) == 1 and said[24][0].startswith("đã hết: lỗi cơ sở dữ liệu")
    assert said[25:] == [[], []]


def test_what_stays_wrong_afterwards_is_told() -> None:
    silence = [{"silent"}] * 20
    stays = [{"digest"}] * 12
    said = told(silence + stays)
    assert sum(map(len, said)) == 3 and said[20][0].startswith("đã hết: im lặng") and said[30] == ["hỏng"]


def test_silence_is_not_the_end_of_another_trouble() -> None:
    said = told([{"unsent"}, {"silent"}, {"silent"}, {"unsent"}, set()])
    assert [len(one) for one in said] == [1, 1, 0, 1, 1]
    assert said[3][0].startswith("đã hết: im lặng") and said[4][0].startswith("đã hết: thư chờ")


def test_a_stopped_judge_is_told_and_not_the_texts_that_wait_for_it() -> None:
    said = told([{"digest"}, {"digest", "unjudged"}, {"unjudged"}, set()])
    assert [len(one) for one in said] == [1, 0, 1, 0]
    assert [len(one) for one in told([{"unjudged"}, {"unjudged", "digest"}, set()])] == [1, 1, 2]


@given(st.lists(st.sets(st.sampled_from(CODES)), max_size=40))
def test_each_alarm_has_one_end(looks: list[set[str]]) -> None:
    state, open_ = watchdog.State(), set[str]()
    for n, found in enumerate([*looks, set[str]()]):
        before = set(state.told)
        made = watchdog.changes(SETTINGS, state, dict.fromkeys(sorted(found), "hỏng"), START + n * MINUTE)
        new, over = set(state.told) - before, before - set(state.told)
        assert len(made) == len(new) + len(over) and new <= found and not over & found
        open_ = (open_ | new) - over
    assert state.told == {} and open_ == set()


def test_a_beat_that_is_old_is_silence_and_says_nothing_of_the_jobs(tmp_path: Path) -> None:
    at = START.timestamp()
    heartbeat.write(tmp_path, Beat(at, dict.fromkeys(heartbeat.WATCHED, at - 500)))
    os.utime(tmp_path / heartbeat.NAME, (at, at))
    settings = SETTINGS.model_copy(update={"heartbeat": tmp_path / heartbeat.NAME})
    assert list(watchdog.troubles(settings, START + 4 * MINUTE, 0.0)) == []
    ((code, _),) = watchdog.troubles(settings, START + 6 * MINUTE, 0.0)
    assert code == "silent"


def test_sources_that_nobody_asks_are_told(tmp_path: Path) -> None:
    heartbeat.write(tmp_path, Beat(START.timestamp(), {}, uncollected=16.0))
    os.utime(tmp_path / heartbeat.NAME, (START.timestamp(), START.timestamp()))
    settings = SETTINGS.model_copy(update={"heartbeat": tmp_path / heartbeat.NAME})
    ((code, words),) = watchdog.troubles(settings, START, 0.0)
    assert code == "uncollected" and "15 phút" in words


def test_since_when_nobody_polls(kept: store.Store) -> None:
    every = {"a": 5 * MINUTE, "b": 60 * MINUTE}

    def since(minutes: int) -> datetime | None:
        return kept.sources.unpolled_since(every, NOW, NOW + minutes * MINUTE)

    assert since(3) == NOW, "never polled: due from the start"
    for source in every:
        kept.sources.polled(source, NOW + 4 * MINUTE, True)
    assert since(8) is None, "none is due"
    assert since(20) == NOW + 9 * MINUTE, "due since then, and no poll ended"
    kept.sources.polled("b", NOW + 18 * MINUTE, False, "lỗi")
    assert since(20) == NOW + 18 * MINUTE, "one that fails is a poll as well: something collects"
    assert kept.sources.unpolled_since(every, NOW + 19 * MINUTE, NOW + 20 * MINUTE) == NOW + 19 * MINUTE
    assert kept.sources.unpolled_since({}, NOW, NOW + MINUTE) is None


def test_a_database_file_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    with open_all(config.Settings(data_dir=tmp_path, judging=config.Judging(workers=0)), clock.Hand(START)) as rooms:
        upkeep.beat(rooms)
        assert said(tmp_path) == ""
        file = tmp_path / "langnghe.db"
        shutil.copy(file, tmp_path / "other")
        file.rename(tmp_path / "away")
        upkeep.beat(rooms)
        assert "langnghe.db" in said(tmp_path)
        (tmp_path / "other").rename(file)
        with pytest.raises(StoreDamaged, match="bị thay"):
            rooms.store.check()
        upkeep.beat(rooms)
        assert "bị thay" in said(tmp_path)
        (tmp_path / "away").rename(file)
        upkeep.beat(rooms)
        assert said(tmp_path) == ""


def test_a_store_nobody_can_write_to_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.database.BUSY_MS", 50)
    with open_all(config.Settings(data_dir=tmp_path, judging=config.Judging(workers=0)), clock.Hand(START)) as rooms:
        other = sqlite3.connect(tmp_path / "langnghe.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE").close()
        with pytest.raises(StoreUnreachable):
            rooms.store.check_writing()
        upkeep.beat(rooms)
        assert "không ghi được" in said(tmp_path)
        other.close()
        upkeep.beat(rooms)
        assert said(tmp_path) == ""


def said(place: Path) -> str:
    beat = heartbeat.read(place / heartbeat.NAME)
    assert beat is not None
    return beat.database


def test_a_worker_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = judging.Workers(1)
    try:
        os.kill(workers.submit(os.getpid).result(), signal.SIGSTOP)
        monkeypatch.setattr(judging, "HANGS", 0.1)
        with pytest.raises(BrokenExecutor):
            workers.submit(time.time).result(60)
        monkeypatch.undo()
        assert workers.submit(abs, -7).result(60) == 7
    finally:
        workers.shutdown()
