"""The doctor: whatever went wrong has its line, in Vietnamese, with what, where and what to do; and so does the desk."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import config
import store
from pipeline import clock, health
from pipeline.doors import Rooms, open_all
from records import PROBLEMS, Health, Message, StoreFull
from tests.desk_support import NOW as DESK_NOW
from tests.desk_support import rig

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rooms]:
    """Open rooms beside a langnghe.toml in the working directory; nobody listens at the mail server's port."""
    monkeypatch.chdir(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "langnghe.toml").write_text(f'data_dir = "."\n[mail]\nport = {port}\n[judging]\nworkers = 0\n')
    with open_all(config.read(), clock.Hand(NOW)) as opened:
        yield opened


def lines() -> dict[str, Health]:
    return {line.what: line for line in health.examine(lambda: NOW)}


def test_what_was_refused_and_what_failed_has_its_line(rooms: Rooms) -> None:
    kept = rooms.store
    for code in PROBLEMS:
        kept.runs.note_problem(code, "bao-thu", "chuyện đã xảy ra", NOW)
    kept.sources.polled("bao-thu", NOW, False, "máy chủ trả lời HTTP 500")
    late = Message("1@x", "daily", "a@x.example", "s", "t", "h", NOW - timedelta(hours=1))
    kept.outbox.add([late])
    (claimed,) = kept.outbox.claim(NOW, timedelta(minutes=1), 1)
    kept.outbox.failed(claimed, NOW, "không kết nối được", NOW + timedelta(minutes=1))
    found = lines()
    for words in PROBLEMS.values():
        if words != "đĩa":  # it has a line of its own as well
            assert "bao-thu: chuyện đã xảy ra (1 lần" in found[words].text
    assert "HTTP 500" in found["nguồn bao-thu"].text and "langnghe source test bao-thu" in found["nguồn bao-thu"].text
    assert found["máy chủ thư"].state == "error" and found["thư chờ"].state == "error"
    assert "không kết nối được" in found["thư chờ"].text


def test_what_waits_for_quiet_hours_to_end_is_not_late(rooms: Rooms) -> None:
    hour = timedelta(hours=1)
    rooms.store.outbox.add([Message("1@x", "urgent", "a@x.example", "s", "t", "h", NOW - hour, next_try_at=NOW + hour)])
    assert "thư chờ" not in lines()


def test_a_second_channel_is_missed_checked_and_its_secret_kept(rooms: Rooms, tmp_path: Path) -> None:
    assert lines()["kênh thứ hai"].state == "warning" and "alerts.second" in lines()["kênh thứ hai"].text
    file = tmp_path / "langnghe.toml"
    plain = file.read_text()
    file.write_text(plain + '[alerts]\nsecond = ["tgram://bimat/123"]\n')
    assert lines()["kênh thứ hai"].state in ("ok", "error")
    file.write_text(plain + '[alerts]\nsecond = ["khongco://bimat"]\n')
    assert lines()["kênh thứ hai"].state == "error" and "bimat" not in lines()["kênh thứ hai"].text


def test_mail_in_the_clear_and_a_desk_nobody_reaches_are_said(rooms: Rooms, tmp_path: Path) -> None:
    assert "public_url" in lines()["địa chỉ bàn làm việc"].text
    settings = config.Settings(
        public_url="https://langnghe.bhxh.example",
        mail=config.Mail(host="192.0.2.1", security="none", username="u", password="bimat"),  # type: ignore[arg-type]
    )
    (line,) = health.exposed(settings)
    assert line.state == "warning" and "mật khẩu" in line.text and "bimat" not in line.text


def test_a_full_disk_is_an_error_and_is_noted_for_the_desk(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage._replace(free=10 * 2**20))
    assert lines()["đĩa"].state == "error" and "giải phóng chỗ" in lines()["đĩa"].text
    health.watch_disk(rooms)
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert problem.what == "disk" and "giải phóng chỗ" in problem.detail


def test_a_wrong_setting_and_a_damaged_store_are_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "langnghe.toml"
    file.write_text("[mail]\nprot = 25\n")
    assert [line.what for line in health.examine()] == ["cấu hình"] and "mail.prot" in health.examine()[0].text
    file.write_text('data_dir = "."\n')
    (tmp_path / "langnghe.db").write_bytes(b"khong phai" * 1000)
    assert lines()["cơ sở dữ liệu"].state == "error"


def test_a_replay_that_does_not_answer_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "langnghe.toml").write_text('clock = "http://127.0.0.1:1/replay/state"\n')
    found = {line.what: line for line in health.examine()}
    assert found["đồng hồ"].state == "error" and "127.0.0.1:1" in found["đồng hồ"].text


def test_the_desk_shows_the_same_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = rig(tmp_path)
    for code in PROBLEMS:
        desk.store.runs.note_problem(code, "bao-thu", f"chuyện của {code}", DESK_NOW)
    desk.store.outbox.add([Message("9@x", "daily", "a@x.example", "s", "t", "h", DESK_NOW - timedelta(hours=1))])
    client = desk.client("admin")
    page = client.get("/suc-khoe").text
    for code, words in PROBLEMS.items():
        assert f"<td>{words}</td>" in page and f"chuyện của {code}" in page
    assert "Có thư chờ gửi từ" in page

    def full(*_: object) -> None:
        raise StoreFull("đĩa đầy; giải phóng chỗ")

    monkeypatch.setattr(desk.store.sources, "health", full)
    answer = client.get("/suc-khoe")
    assert answer.status_code == 503 and "giải phóng chỗ" in answer.text
    assert isinstance(desk.store, store.Store)


def test_the_quota_of_youtube_has_its_line_where_it_is_used(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hạn mức YouTube" not in lines()
    monkeypatch.setenv("LANGNGHE_SOCIAL__YOUTUBE_KEY", "khoa")
    rooms.store.quotas.spend("youtube", "2026-09-13", 1200, 10_000)
    line = lines()["hạn mức YouTube"]
    assert line.state == "ok" and "1.200 trên 10.000 đơn vị" in line.text and "14:00 14/09/2026" in line.text
    rooms.store.quotas.close("youtube-search", "2026-09-13", 100)
    assert lines()["hạn mức YouTube"].state == "warning"
