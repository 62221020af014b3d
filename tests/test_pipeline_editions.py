"""The daily mail: editions at their hours, once, after downtime too; what still stands; what offices get."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import config
from pipeline import clock, editions, people
from pipeline.doors import Rooms, open_all
from records import Act, Assessment, Document, Message, Officer, Preferences, Reason

MORNING = datetime(2026, 9, 14, 0, 0, tzinfo=UTC)
"""07:00 in Viet Nam"""
AFTERNOON = MORNING + timedelta(hours=9, minutes=30)
DESK, PROVINCE = "truc@bhxh.example", "hue@bhxh.example"


@pytest.fixture
def hand() -> clock.Hand:
    return clock.Hand(MORNING - timedelta(minutes=1))


@pytest.fixture
def rooms(tmp_path: Path, hand: clock.Hand) -> Iterator[Rooms]:
    mail = config.Mail(daily_to=(DESK,), afternoon_at="16:30")
    settings = config.Settings(data_dir=tmp_path, mail=mail, judging=config.Judging(workers=0))
    with open_all(settings, hand) as opened:
        yield opened


def judged(rooms: Rooms, number: int, provinces: tuple[str, ...] = (), flag: bool = False) -> str:
    """A judged item of the press, kept and settled now."""
    key, now = f"https://bao.example/{number}", rooms.clock()
    document = Document(key, "press", "bao", "Báo Mẫu", key, f"Tin số {number}", None, "Nội dung.", now, now)
    act = Act("3a", "commits", 0.9, "text", 0, 9, "nộp tiền giữ thẻ", "lý do", "luat", None, "2016")
    said = Assessment(key, rooms.model, 2, 0.9, "negative" if flag else "neutral", {}, "none", ("bhyt_kcb",), provinces=provinces,
                      acts=(act,) if flag else ())  # fmt: skip
    rooms.store.documents.keep(document)
    reason = Reason("daily", "flag" if flag else "news", "Vì sao.")
    assert rooms.store.settle(document, said, None, reason, [], now)
    return key


def mails(rooms: Rooms) -> list[Message]:
    return sorted(rooms.store.outbox.list(), key=lambda one: (one.created_at, one.recipient))


def test_each_edition_goes_out_once_at_its_hour(rooms: Rooms, hand: clock.Hand) -> None:
    judged(rooms, 1)
    assert editions.tell(rooms) == 0, "a minute too early"
    hand.set(MORNING)
    assert (editions.tell(rooms), editions.tell(rooms)) == (1, 0)
    hand.set(AFTERNOON - timedelta(minutes=1))
    judged(rooms, 2)
    assert editions.tell(rooms) == 0
    hand.set(AFTERNOON)
    assert (editions.tell(rooms), editions.tell(rooms)) == (1, 0)
    first, second = mails(rooms)
    assert first.subject == "[Lắng Nghe] Bản tin ngày 14/09/2026: 1 bài" and "Tin số 1" in first.text
    assert second.subject == "[Lắng Nghe] Bản tin chiều 14/09/2026: 1 bài"
    assert "Tin số 2" in second.text and "Tin số 1" not in second.text
    hand.set(MORNING + timedelta(days=1))
    assert editions.tell(rooms) == 1, "an empty day is told too"
    assert "không có tin mới" in mails(rooms)[-1].subject


def test_after_downtime_nothing_is_missing_and_nothing_comes_twice(rooms: Rooms, hand: clock.Hand) -> None:
    judged(rooms, 1)
    hand.set(AFTERNOON + timedelta(days=2, hours=1))
    assert editions.tell(rooms) == 2 and editions.tell(rooms) == 0
    assert sum("Tin số 1" in one.text for one in mails(rooms)) == 1


def test_recipients_choose_their_editions(rooms: Rooms, hand: clock.Hand) -> None:
    rooms.store.officers.add(Officer("an", "An", "an@bhxh.example", ("duty_officer",)), "x")
    rooms.store.wishes.set(Preferences("an@bhxh.example", morning=False), hand())
    rooms.store.wishes.set(Preferences(DESK, afternoon=False), hand())
    hand.set(AFTERNOON)
    editions.tell(rooms)
    assert [(one.recipient, "chiều" in one.subject) for one in mails(rooms)] == [
        ("an@bhxh.example", True),
        (DESK, False),
    ]


def test_where_nobody_wants_an_edition_all_get_it(rooms: Rooms, hand: clock.Hand) -> None:
    rooms.store.wishes.set(Preferences(DESK, morning=False), hand())
    hand.set(MORNING)
    assert editions.tell(rooms) == 1


def test_an_office_gets_its_own_and_nothing_else(rooms: Rooms, hand: clock.Hand) -> None:
    rooms.store.officers.add(Officer("hue", "Huế", PROVINCE, ("province",), "Huế"), "x")
    rooms.store.officers.add(Officer("hanoi", "Hà Nội", "hn@bhxh.example", ("province",), "Hà Nội"), "x")
    judged(rooms, 1, ("Huế",))
    judged(rooms, 2, ("Đà Nẵng",))
    hand.set(MORNING)
    editions.tell(rooms)
    told = {one.recipient: one.text for one in mails(rooms)}
    assert set(told) == {DESK, PROVINCE}
    assert "Tin số 1" in told[PROVINCE] and "Tin số 2" not in told[PROVINCE] and "Còn chờ" not in told[PROVINCE]
    assert "Tin số 1" in told[DESK] and "Tin số 2" in told[DESK]


def test_a_unit_hears_of_its_topic_and_its_clauses(rooms: Rooms, hand: clock.Hand) -> None:
    for unit in ("ban-bhyt", "ban-to-chuc", "tt-cntt"):
        rooms.store.officers.add(Officer(unit, unit, f"{unit}@bhxh.example", ("unit",), None, unit), "x")
    act = Act("1e", "commits", 0.9, "text", 0, 9, "trích", "lý do", "luat", None, "2016")
    said = Assessment("k", "m", 2, 0.9, "neutral", {}, "none", ("bhyt_kcb",), acts=(act,))
    assert people.concerned(rooms, said) == ["ban-bhyt@bhxh.example", "tt-cntt@bhxh.example"]
    reported = replace(said, acts=(replace(act, mode="reports"),))
    assert people.concerned(rooms, reported) == ["ban-bhyt@bhxh.example"]


def test_the_mail_says_what_still_stands_and_what_changed(rooms: Rooms, hand: clock.Hand) -> None:
    flags = [judged(rooms, number, flag=True) for number in range(12)]
    hand.set(MORNING)
    editions.tell(rooms)
    assert "CÒN CHỜ" not in mails(rooms)[0].text, "what is new today stands in the sections"
    hand.set(hand() + timedelta(hours=2))
    rooms.store.cases.decide(flags[0], "dismissed", "an", hand(), "không phải")
    rooms.store.cases.decide(flags[1], "confirmed", "an", hand(), "đúng")
    rooms.store.cases.impact_confirmed(flags[1], "an", hand())
    rooms.store.documents.mark_gone(flags[2], hand(), 404)
    document = rooms.store.documents.get(flags[3])
    rooms.store.documents.keep(replace(document, body="Nội dung đã sửa.", first_seen=hand()))
    hand.set(AFTERNOON)
    editions.tell(rooms)
    text = mails(rooms)[-1].text
    assert "== ĐỒNG HỒ ĐANG CHẠY ==" in text and "Hạn phát ngôn: 09:00 15/09/2026" in text and "Tin số 1\n" in text
    assert "== CÒN CHỜ QUYẾT ĐỊNH (10) ==" in text and "và 2 mục khác" in text
    assert "Quyết định: 1 xác nhận; 1 bỏ cờ." in text
    assert "Bài đã gỡ: Tin số 2" in text and "Bài đã sửa: Tin số 3" in text
    hand.set(MORNING + timedelta(days=1))
    editions.tell(rooms)
    assert "Bài đã gỡ" not in mails(rooms)[-1].text, "told once"
