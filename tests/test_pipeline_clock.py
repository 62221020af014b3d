"""Clocks, the timetable's looks and the watchdog."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from pipeline import clock, heartbeat, watchdog
from pipeline.heartbeat import Beat
from records import BadSetting, MailUnavailable, Message

START = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture
def replay() -> Iterator[str]:
    """A replay clock running at 500 times the wall."""
    began = time.monotonic()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moment = START + timedelta(seconds=(time.monotonic() - began) * 500)
            body = json.dumps({"clock": moment.isoformat()}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/replay/state"
    server.shutdown()
    server.server_close()


def test_a_replay_clock_keeps_its_speed_and_never_goes_back(replay: str) -> None:
    ticking = clock.Replay(replay)
    before = time.monotonic()
    began, wall = ticking(), time.monotonic()
    seen = [ticking() for _ in range(1000)]
    while time.monotonic() - wall < 0.3:
        seen.append(ticking())
    assert seen == sorted(seen)
    least = time.monotonic() - wall  # the last look lies between the two moments, however busy the machine is
    passed = (ticking() - began).total_seconds()
    assert 400 * least < passed < 600 * (time.monotonic() - before)


def test_a_replay_that_ended_is_asked_seldom_and_its_clock_runs_on(
    replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking, asked = clock.Replay(replay), []

    def gone(wait: float) -> tuple[datetime, float]:
        asked.append(wait)
        raise BadSetting("đã dừng")

    monkeypatch.setattr(ticking, "_look", gone)
    monkeypatch.setattr(clock, "AGAIN", -1.0)
    first = ticking()
    monkeypatch.setattr(clock, "AGAIN", 5.0)
    seen = [ticking() for _ in range(1000)]
    assert asked == [clock.WAIT] and clock.WAIT <= 1, "whoever wants the time does not wait for a dead server"
    assert seen == sorted(seen) and seen[-1] > first


@pytest.mark.parametrize(
    "address",
    ["http://192.0.2.1/replay/state", "https://127.0.0.1/x", "file:///etc/passwd", "http://localhost.evil.example/"],
)
def test_only_a_loopback_clock_is_believed(address: str) -> None:
    with pytest.raises(BadSetting, match="clock"):
        clock.Replay(address)


def test_a_hand_stands_until_released() -> None:
    hand = clock.Hand(START)
    assert hand() == START == hand()
    hand.set(START + timedelta(days=1))
    assert hand() == START + timedelta(days=1)
    hand.release()
    assert hand() >= START + timedelta(days=1)


def settings(place: Path) -> watchdog.Settings:
    mail = config.Mail(sender="a@b.example", alarm_to=("may@b.example", "truc@b.example"))
    return watchdog.Settings(heartbeat=place / "heartbeat", mail=mail)


def test_the_watchdog_hears_silence(tmp_path: Path) -> None:
    now, patience = datetime.now(UTC), timedelta(minutes=10)
    beat = tmp_path / "heartbeat"
    assert watchdog.silent_since(beat, now, patience) == now - patience, "no heartbeat at all is silence"
    beat.touch()
    assert watchdog.silent_since(beat, now, patience) is None
    old = now.timestamp() - 3600
    os.utime(beat, (old, old))
    since = watchdog.silent_since(beat, now, patience)
    assert since and abs((now - since).total_seconds() - 3600) < 2


def beat(place: Path, now: datetime, **changes: Any) -> None:
    said = Beat(now.timestamp(), dict.fromkeys(heartbeat.WATCHED, now.timestamp()), **changes)
    heartbeat.write(place, said)
    os.utime(place / heartbeat.NAME, (now.timestamp(), now.timestamp()))


def codes(place: Path, now: datetime, used: float = 10.0) -> list[str]:
    return [code for code, _ in watchdog.troubles(settings(place), now, used)]


def test_the_watchdog_reads_what_the_product_says_of_itself(tmp_path: Path) -> None:
    beat(tmp_path, START)
    assert codes(tmp_path, START) == []
    beat(tmp_path, START, database="không kết nối được")
    assert codes(tmp_path, START) == ["database"]
    beat(tmp_path, START, unsent=16.0, unjudged=16.0)
    assert codes(tmp_path, START) == ["unsent", "unjudged"]
    assert codes(tmp_path, START, 86.0)[-1:] == ["disk"] and codes(tmp_path, START, 96.0)[-2:] == ["disk", "disk95"]
    beat(tmp_path, START)
    assert codes(tmp_path, START + timedelta(minutes=6)) == ["silent"]
    assert codes(tmp_path, START - timedelta(minutes=6)) == ["ahead"], "the clock was set back"


@pytest.mark.parametrize("job", heartbeat.WATCHED)
def test_a_job_that_no_longer_works_is_told_by_name(tmp_path: Path, job: str) -> None:
    at = START.timestamp()
    worked = dict.fromkeys(heartbeat.WATCHED, at) | {job: at - 601}
    heartbeat.write(tmp_path, Beat(at, worked))
    os.utime(tmp_path / heartbeat.NAME, (at, at))
    ((code, words),) = watchdog.troubles(settings(tmp_path), START, 0.0)
    assert code == job and watchdog.JOBS[job] in words


@pytest.mark.parametrize(
    "wrong", [b"", b"{", b"[]", b'{"at": 1}', b"\xff" * 100, b"9" * 100_000, b'{"at": "x", "worked": 3}']
)
def test_a_heartbeat_that_cannot_be_read_is_a_trouble(tmp_path: Path, wrong: bytes) -> None:
    (tmp_path / "heartbeat").write_bytes(wrong)
    os.utime(tmp_path / "heartbeat", (START.timestamp(), START.timestamp()))
    assert codes(tmp_path, START) == ["unreadable"]


def test_a_trouble_is_told_once_and_once_more_when_it_is_over(tmp_path: Path) -> None:
    state = watchdog.State()
    first = watchdog.changes(
        settings(tmp_path), state, {"database": "cơ sở dữ liệu: hỏng", "disk": "đĩa đã dùng 90%"}, START
    )
    again = watchdog.changes(
        settings(tmp_path), state, {"database": "cơ sở dữ liệu: hỏng"}, START + timedelta(minutes=1)
    )
    over = watchdog.changes(settings(tmp_path), state, {}, START + timedelta(minutes=2))
    assert len(first) == 4 and len({message.id for message in first}) == 4
    assert [("đã hết" in one.subject, "đĩa" in one.subject) for one in again] == [(True, True)] * 2
    assert len(over) == 2 and all("lỗi cơ sở dữ liệu" in one.subject for one in over)
    assert state.told == {}


def test_every_trouble_has_words_for_its_end(tmp_path: Path) -> None:
    everything = {*watchdog.WORDS}
    assert everything >= {"silent", "unreadable", "ahead", "clock", "database", "disk", "disk95", "unsent", "unjudged"}
    assert everything >= set(heartbeat.WATCHED) == set(watchdog.JOBS)


def test_a_clock_that_jumps_is_noticed() -> None:
    state = watchdog.State()
    assert not watchdog.jumped(state, 1000.0, 50.0) and not watchdog.jumped(state, 1060.0, 110.0)
    assert watchdog.jumped(state, 4720.0, 170.0), "an hour forward"
    assert not watchdog.jumped(state, 4780.0, 230.0)
    assert watchdog.jumped(state, 1180.0, 290.0), "an hour back"


def test_the_dead_man_service_is_called_only_while_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    looks = 0

    async def sleep(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            (tmp_path / "heartbeat").unlink()
        if looks == 4:
            raise KeyboardInterrupt

    async def send(_message: Message, _server: object) -> None: ...

    monkeypatch.setattr("alerts.mail.send", send)
    monkeypatch.setattr(watchdog.asyncio, "sleep", sleep)
    monkeypatch.setattr(watchdog, "ping", called.append)
    monkeypatch.setattr(watchdog, "disk_used", lambda _place: 1.0)
    beat(tmp_path, datetime.now(UTC))
    watched = watchdog.Settings(
        heartbeat=tmp_path / "heartbeat", ping="https://song.example/x", mail=settings(tmp_path).mail
    )
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(watchdog.watch(watched))
    assert called == ["https://song.example/x"] * 2
    with pytest.raises(ValueError, match="ping"):
        watchdog.Settings(heartbeat=tmp_path, ping="file:///etc/passwd", mail=settings(tmp_path).mail)


def test_the_watchdog_s_settings_name_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "watchdog.toml"
    file.write_text('[mail]\nsender = "x"\n', encoding="utf-8")
    with pytest.raises(BadSetting, match=r"watchdog\.toml"):
        watchdog.read(file)


def test_an_alarm_is_sent_once_to_each_and_again_only_to_whom_it_did_not_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[str, str]] = []
    looks = 0

    async def send(message: Message, _server: object) -> None:
        if message.recipient == "hai@x.example" and looks < 2:
            raise MailUnavailable("bận")
        taken.append((message.recipient, message.id))

    async def look(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("alerts.mail.send", send)
    monkeypatch.setattr(watchdog.asyncio, "sleep", look)
    mail = config.Mail(sender="x@x.example", alarm_to=("mot@x.example", "hai@x.example"))
    watched = watchdog.Settings(heartbeat=tmp_path / "heartbeat", mail=mail)
    moments = iter(START + timedelta(minutes=minute) for minute in range(100))
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(watchdog.watch(watched, lambda: next(moments)))
    assert [to for to, _ in taken] == ["mot@x.example", "hai@x.example"] and len(set(taken)) == 2


def test_a_watchdog_that_cannot_begin_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert watchdog.main([]) == 2 and "Cách dùng" in capsys.readouterr().err
    assert watchdog.main([str(tmp_path / "không-có.toml")]) == 2 and "không-có.toml" in capsys.readouterr().err


def test_the_example_of_the_watchdog_is_valid() -> None:
    read = watchdog.read(Path(__file__).parents[1] / "watchdog.toml.example")
    assert read.mail.alarm_to and read.patience_minutes == 5
