"""The jobs when things go wrong: killed workers, poisonous texts and mails, slow sources, requests that break."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import alerts.mail
import config
import crawlers.collect
from crawlers.polls import Collected
from crawlers.sources import Source
from pipeline import clock, editions, heartbeat, jobs, judging, requests, room, schedule, sending, upkeep
from pipeline.doors import Rooms, open_all
from records import Assessment, BadInput, Document, MailUnavailable, Message, StoreError, Text

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
SOURCES = """
[[source]]
id = "cham"
name = "Báo Chậm"
homepage = "https://cham.example/"
kind = "press"
tier = 1
grade = "A"
feeds = ["https://cham.example/rss"]
[[source]]
id = "nhanh"
name = "Báo Nhanh"
homepage = "https://nhanh.example/"
kind = "press"
tier = 1
grade = "A"
feeds = ["https://nhanh.example/rss"]
"""


@pytest.fixture
def hand() -> clock.Hand:
    return clock.Hand(NOW)


@pytest.fixture
def rooms(tmp_path: Path, hand: clock.Hand) -> Iterator[Rooms]:
    (tmp_path / "nguon.toml").write_text(SOURCES, encoding="utf-8")
    settings = config.Settings(
        data_dir=tmp_path, crawl=config.Crawl(sources=tmp_path / "nguon.toml"), judging=config.Judging(workers=0)
    )
    with open_all(settings, hand) as opened:
        yield opened


def document(number: int) -> Document:
    key = f"https://bao.example/{number}"
    return Document(key, "press", "nhanh", "Báo", key, f"Tin {number}", None, "Nội dung.", NOW, NOW)


def answered(weights: judging.Weights, texts: list[Text], *_: object) -> list[judging.Answer]:
    return [(Assessment(text.id, "thử", 0, 0.1), None) for text in texts]


class Killed(Executor):
    """Workers that are killed at the given submissions."""

    def __init__(self, *deaths: int) -> None:
        self.deaths, self.count = deaths, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        future: Future[Any] = Future()
        if self.count in self.deaths:
            future.set_exception(BrokenExecutor("killed"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def work(answer: object) -> object:
    return answer


def test_killed_workers_are_replaced() -> None:
    workers = judging.Workers(1)
    try:
        pid = workers.submit(os.getpid).result()
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(BrokenExecutor):  # the work in hand may be lost
            workers.submit(time.sleep, 0).result()
        assert workers.submit(work, 7).result() == 7
    finally:
        workers.shutdown()


def test_workers_end_with_a_parent_that_is_killed() -> None:
    program = (
        "import os, sys, time\n"
        "from pipeline import judging\n"
        "if __name__ == '__main__':\n"
        "    print(judging.Workers(1).submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 20
    while alive(worker):
        assert time.monotonic() < end, "a worker of a killed parent must not stay"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except OSError:
        return False


def test_a_killed_worker_costs_no_document(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "assess", answered)
    killed = dataclasses.replace(rooms, executor=Killed(1))
    assert [answer.id for answer, _ in jobs.answers(killed, [document(1), document(2)])] == [
        document(1).key,
        document(2).key,
    ]
    assert rooms.store.runs.problems(NOW - timedelta(days=1)) == []


def test_a_text_that_kills_its_worker_is_told_to_a_person(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "assess", answered)
    monkeypatch.setattr(Rooms, "model", "thử")
    poisonous = dataclasses.replace(rooms, executor=Killed(1, 2, 4, 5))  # the batch twice, then the second text twice
    found = jobs.answers(poisonous, [document(1), document(2)])
    assert [answer.relevance for answer, _ in found] == [0, 1]
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert (problem.what, problem.where) == ("judge", document(2).key)


def test_a_judge_that_is_itself_broken_gives_up_no_document(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(weights: judging.Weights, texts: list[Text], *_: object) -> list[judging.Answer]:
        raise AttributeError("hỏng")

    monkeypatch.setattr(judging, "assess", broken)
    with pytest.raises(AttributeError):
        jobs.answers(rooms, [document(1), document(2)])
    assert rooms.store.runs.problems(NOW - timedelta(days=1)) == []


def test_an_answer_that_cannot_be_settled_holds_up_nobody(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rooms, "model", "thử")
    monkeypatch.setattr(judging, "assess", answered)
    settle, asked = jobs.settle, []

    def breaks(given: Rooms, one: Document, answer: Assessment, signature: Any) -> Any:
        asked.append(one.key)
        if one.key == document(1).key and answer.relevance == 0:
            raise ZeroDivisionError("hỏng")
        return settle(given, one, answer, signature)

    monkeypatch.setattr(jobs, "settle", breaks)
    for number in (1, 2):
        rooms.store.documents.keep(document(number))
    assert jobs.digest(rooms) == 2
    assert rooms.store.documents.unassessed("thử", 10) == []
    assert rooms.store.judged.get(document(1).key).reason.code == "unjudged"  # type: ignore[union-attr]


def test_a_digest_told_to_stop_stops(rooms: Rooms) -> None:
    rooms.store.documents.keep(document(1))
    rooms.stopping.set()
    assert jobs.digest(rooms) == 0


def mail(number: int) -> Message:
    return Message(f"{number}@x.example", "daily", f"nguoi-{number}@x.example", "Bản tin", "chữ", "<p>chữ</p>", NOW)


def test_a_mail_that_cannot_be_built_stops_at_itself(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(message: Message, _server: object, last_step: alerts.mail.LastStep) -> None:
        if message.id == "3@x.example":
            raise ValueError("dòng tiêu đề hỏng")
        await last_step.end("250 kept")

    monkeypatch.setattr(alerts.mail, "send", take)
    rooms.store.outbox.add([mail(number) for number in range(12)])
    assert asyncio.run(sending.send(rooms)) == 11
    assert rooms.store.outbox.counts() == {"sent": 11, "dead": 1}
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert problem.where == "nguoi-3@x.example" and "không dựng được" in problem.detail


def test_an_unreachable_mail_server_is_counted_and_not_hammered(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    async def away(message: Message, *_: object) -> None:
        tried.append(message.id)
        raise MailUnavailable("không kết nối được")

    monkeypatch.setattr(alerts.mail, "send", away)
    rooms.store.outbox.add([mail(number) for number in range(3)])
    assert asyncio.run(sending.send(rooms)) == 0
    assert sorted(tried) == ["0@x.example", "1@x.example", "2@x.example"]
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert problem.what == "mail" and problem.where == "127.0.0.1:25" and problem.count == 3


def test_a_slow_source_holds_up_no_other(rooms: Rooms, hand: clock.Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow one is still being read at the second look; the quick one, due again, is polled all the same."""
    crawled: list[list[str]] = []

    async def crawl(sources: list[Source], *_: Any, **_named: Any) -> list[Collected]:
        crawled.append([source.id for source in sources])
        for source in sources:
            if source.id == "nhanh":
                rooms.store.sources.polled(source.id, hand(), True)
        if len(crawled) == 1:
            await slow.wait()
        return []

    async def looks() -> None:
        first = asyncio.create_task(jobs.collect(rooms))
        await asyncio.sleep(0)
        hand.set(NOW + timedelta(hours=1))
        await jobs.collect(rooms)
        await jobs.collect(rooms)
        slow.set()
        await first
        with rooms.store.leases.hold("collect") as held:
            assert held, "the lease ends with the last crawl"
        await jobs.collect(rooms, ["cham"])

    slow = asyncio.Event()
    monkeypatch.setattr(crawlers.collect, "collect", crawl)
    asyncio.run(looks())
    assert crawled == [["cham", "nhanh"], ["nhanh"], ["cham"]]


def test_another_process_that_collects_is_left_to_it(rooms: Rooms) -> None:
    with rooms.store.leases.hold("collect") as held:
        assert held and asyncio.run(jobs.collect(rooms)) == []


def test_a_request_that_breaks_says_so_and_is_not_tried_for_ever(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_rooms: Rooms, _arguments: object) -> str:
        raise KeyError("hỏng")

    async def refuses(_rooms: Rooms, _arguments: object) -> str:
        raise BadInput("không có nguồn")

    monkeypatch.setattr(requests, "KINDS", {"train": breaks, "refetch": refuses})
    for kind in ("train", "refetch", "khac"):
        rooms.store.requests.add(kind, {}, "ai", NOW)
    assert asyncio.run(requests.answer(rooms)) == 3
    said = {one.kind: (one.state, (one.result or {})["text"]) for one in rooms.store.requests.list()}
    assert said["train"][0] == "failed" and "lỗi chương trình: KeyError" in said["train"][1]
    assert said["refetch"] == ("failed", "không có nguồn") and said["khac"] == ("failed", "không có việc khac")


def test_a_broken_job_is_noted_and_the_timetable_goes_on(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_rooms: Rooms) -> None:
        raise RuntimeError("hỏng")

    assert asyncio.run(schedule.perform(broken, rooms)) is None
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert problem.where == "broken" and "hỏng" in problem.detail
    monkeypatch.setattr(rooms.store.runs, "note_problem", broken)
    upkeep.note(rooms, "broken", "cả ghi chú cũng hỏng")


def test_the_heart_stops_while_a_job_hangs(rooms: Rooms) -> None:
    file = rooms.settings.data_dir / heartbeat.NAME
    asyncio.run(schedule.perform(upkeep.beat, rooms))
    assert file.exists()
    file.unlink()
    rooms.ended["digest"] = time.monotonic() - upkeep.STUCK - 1
    upkeep.beat(rooms)
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert not file.exists() and problem.where == "digest" and "khởi động lại" in problem.detail
    rooms.ended["digest"] = time.monotonic()
    upkeep.beat(rooms)
    assert file.exists()


def test_a_clock_set_back_puts_no_look_off(rooms: Rooms) -> None:
    async def story() -> list[timedelta]:
        scheduler = schedule.start(rooms)
        hour_ago = clock.wall() - timedelta(hours=1)
        assert all(job.next_run_time - hour_ago > timedelta(minutes=50) for job in scheduler.get_jobs())
        schedule.keep_pace(scheduler, hour_ago)
        waits = [job.next_run_time - hour_ago for job in scheduler.get_jobs()]
        scheduler.shutdown(wait=False)
        return waits

    assert set(asyncio.run(story())) == {timedelta()}


def test_the_digest_names_who_got_no_mail_and_what_cannot_be_read(rooms: Rooms) -> None:
    rooms.store.outbox.add([mail(1)])
    (claimed,) = rooms.store.outbox.claim(NOW, timedelta(minutes=1), 1)
    rooms.store.outbox.failed(claimed, NOW, "550", None)
    rooms.store.sources.polled("nhanh", NOW, False, "HTTP 500")
    source, letter = editions.notes(rooms)
    assert "Báo Nhanh (từ đầu)" in source and "nguoi-1@x.example" in letter


def test_the_heartbeat_says_what_works_and_what_waits(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms.store.outbox.add([dataclasses.replace(mail(1), created_at=NOW - timedelta(minutes=20))])
    rooms.store.documents.keep(dataclasses.replace(document(1), first_seen=NOW - timedelta(minutes=30)))

    def digest(_rooms: Rooms) -> None: ...

    def send(_rooms: Rooms) -> None:
        raise RuntimeError("hỏng")

    started = time.time()
    for job in (send, digest, send):  # the count of one that never worked begins at its first look
        asyncio.run(schedule.perform(job, rooms))
    upkeep.beat(rooms)
    beat = heartbeat.read(rooms.settings.data_dir / heartbeat.NAME)
    assert beat and beat.worked["digest"] >= beat.worked["send"] >= started and "collect" not in beat.worked
    assert (beat.unsent, beat.unjudged, beat.database) == (20.0, 30.0, "")

    def away() -> None:
        raise StoreError("mất kết nối")

    monkeypatch.setattr(rooms.store.documents, "unjudged_since", away)
    upkeep.beat(rooms)
    beat = heartbeat.read(rooms.settings.data_dir / heartbeat.NAME)
    assert beat and "mất kết nối" in beat.database


def test_a_disk_nearly_full_frees_the_reserve_and_stops_collecting(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [room.ENOUGH]
    monkeypatch.setattr(room, "free", lambda _settings: left[0])
    asked: list[object] = []

    async def collect(*given: object, **_named: object) -> list[object]:
        asked.append(given)
        return []

    monkeypatch.setattr(crawlers.collect, "collect", collect)
    file = room.reserve(rooms.settings)
    room.keep(rooms.settings)
    assert file.stat().st_size == room.RESERVED
    asyncio.run(jobs.collect(rooms))
    assert len(asked) == 1
    left[0] = room.TOO_FEW - 1
    room.keep(rooms.settings)
    assert not file.exists()
    left[0] = room.TOO_FEW + room.RESERVED - 1  # what the reserve gave
    asyncio.run(jobs.collect(rooms))
    assert len(asked) == 1, "what was freed is not eaten up at once"
    left[0] = room.ENOUGH
    room.keep(rooms.settings)
    assert file.exists()
    asyncio.run(jobs.collect(rooms, ["nhanh"]))
    assert len(asked) == 2
