"""Requests of data subjects: found by hash, answered in two working days, erased wherever the words are kept, all logged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import masking
import records as r
import store
from desk.pages.signin import throttle
from tests.desk_support import NOW, Rig, document, rig, token
from tests.store_support import document as plain
from tests.store_support import settled

NAME, PLATFORM, PHONE = "Trần Thị Bưởi", "dien-dan", "0912345678"
AUTHOR = masking.pseudonym(NAME, PLATFORM, b"a" * 40)
ITEM = store.short_id(document(2).key)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rig]:
    throttle._failures.clear()
    made = rig(tmp_path)
    for number in (21, 22):
        post = replace(document(number, title=f"Bài {number}"), kind="post", source=PLATFORM, author=AUTHOR)
        made.store.documents.keep(post, [r.Indicator("phone", PHONE, "09xxxxxxxx")] if number == 21 else ())
    yield made


def post(client: TestClient, path: str, /, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={"token": token(client.get("/chu-the").text)} | form)
    return answer.status_code, answer.text


def asked(desk: Rig, wish: str, about: str, received: str = "2026-08-20T09:00") -> int:
    status, text = post(desk.client("admin"), "/chu-the", wish=wish, about=about, letter="15/CV", received=received)
    assert status == 303, text
    return max(one.id for one in desk.store.subjects.list())


def audited(desk: Rig) -> list[tuple[str, str, str]]:
    return [(line.what, line.subject, line.detail) for line in desk.store.audit_log(100)]


def test_what_somebody_posted_is_found_by_the_hash_and_the_name_is_kept_nowhere(desk: Rig) -> None:
    client = desk.client("admin")
    status, page = post(client, "/chu-the/tim", letter="15/CV", name=f" {NAME.upper()} ", platform=PLATFORM)
    assert status == 200 and "Tìm thấy 2 tin" in page and "Bài 21" in page and f"author:{AUTHOR}" in page
    assert ("tra cứu theo chủ thể", "15/CV", "author: 2 documents") in audited(desk)
    assert NAME not in str(audited(desk)) and NAME.upper() not in str(audited(desk))
    _, page = post(client, "/chu-the/tim", letter="15/CV", name=NAME, platform="noi-khac")
    assert "Không lưu gì khớp" in page


def test_a_number_finds_the_items_that_held_it(desk: Rig) -> None:
    client = desk.client("admin")
    _, page = post(client, "/chu-the/tim", letter="16/CV", number="+84 912 345 678")
    assert "Tìm thấy 1 tin" in page and "Bài 21" in page and "Bài 22" not in page
    assert PHONE not in str(audited(desk)) and ("tra cứu theo chủ thể", "16/CV", "number: 1 documents") in audited(desk)


@pytest.mark.parametrize("address", [f"http://desk.test/tin/{ITEM}", ITEM, document(2).key])
def test_an_item_is_found_by_its_address(desk: Rig, address: str) -> None:
    _, page = post(desk.client("admin"), "/chu-the/tim", letter="17/CV", address=address)
    assert "Tìm thấy 1 tin" in page and f"document:{ITEM}" in page


@pytest.mark.parametrize("form", [{}, {"name": NAME}, {"platform": PLATFORM}, {"number": "không có số"}])
def test_a_search_says_what_it_needs(desk: Rig, form: dict[str, str]) -> None:
    assert post(desk.client("admin"), "/chu-the/tim", letter="1", **form)[0] == 422
    assert post(desk.client("admin"), "/chu-the/tim", **({"address": ITEM} | form))[0] == 422, "without a letter"


def test_the_clock_runs_two_working_days_and_says_what_is_left(desk: Rig) -> None:
    """Received on Thursday 20/8; the weekend does not count: Monday's end."""
    number = asked(desk, "find", f"document:{ITEM}")
    one = desk.store.subjects.get(number)
    assert one and one.due_at == datetime(2026, 8, 24, 16, 59, 59, tzinfo=UTC)
    assert "Còn 4 ngày" in desk.client("admin").get("/chu-the").text
    desk.now[0] = one.due_at + timedelta(hours=3)
    assert "Quá hạn 3 giờ" in desk.client("admin").get("/chu-the").text
    post(desk.client("admin"), f"/chu-the/{number}/xong", outcome="Đã gửi văn bản.")
    page = desk.client("admin").get("/chu-the").text
    assert "Trễ 3 giờ" in page and "Đã gửi văn bản." in page


def test_a_holiday_lengthens_it(desk: Rig) -> None:
    """Received on 31/8/2026, the eve of two days of National Day."""
    desk.now[0] = datetime(2026, 8, 31, 9, 0, tzinfo=UTC)
    one = desk.store.subjects.get(asked(desk, "find", f"document:{ITEM}", "2026-08-31T10:00"))
    assert one and one.due_at > datetime(2026, 9, 3, tzinfo=UTC)


def test_a_correction_stands_beside_the_item(desk: Rig) -> None:
    number = asked(desk, "correct", f"document:{ITEM}")
    assert "Đính chính theo yêu cầu" not in desk.client("viewer").get(f"/tin/{ITEM}").text
    post(
        desk.client("admin"),
        f"/chu-the/{number}/xong",
        outcome="Người được nêu đã được trả lương từ <b>01/8</b>, gọi 0987654321.",
    )
    page = desk.client("viewer").get(f"/tin/{ITEM}").text
    assert "Đính chính theo yêu cầu" in page and "&lt;b&gt;01/8" in page and "0987654321" not in page


def test_erasing_takes_everything_of_the_author_and_answers(desk: Rig) -> None:
    number = asked(desk, "erase", f"author:{AUTHOR}")
    client = desk.client("admin")
    assert post(client, f"/chu-the/{number}/xoa")[0] == 422, "not without the tick"
    assert desk.store.documents.get(document(21).key)
    assert post(client, f"/chu-the/{number}/xoa", sure="co")[0] == 303
    assert desk.store.documents.get(document(21).key) is None and desk.store.documents.get(document(22).key) is None
    one = desk.store.subjects.get(number)
    assert one and one.outcome == "Đã xóa 2 tin." and one.done_by == "admin"
    assert post(client, f"/chu-the/{number}/xoa", sure="co")[0] == 409
    assert ("erase", f"author {AUTHOR}", "2 documents") in audited(desk) and desk.store.audit_intact()
    assert desk.store.documents.keep(document(21)) == "same", "it is not collected again"


def test_only_what_asks_for_it_is_erased(desk: Rig) -> None:
    number = asked(desk, "find", f"document:{ITEM}")
    assert post(desk.client("admin"), f"/chu-the/{number}/xoa", sure="co")[0] == 422
    assert desk.store.documents.get(document(2).key)
    number = asked(desk, "erase", f"document:{ITEM}")
    assert post(desk.client("admin"), f"/chu-the/{number}/xoa", sure="co")[0] == 303
    assert desk.store.documents.get(document(2).key) is None and desk.store.documents.get(document(1).key)


@pytest.mark.parametrize(
    "form",
    [
        {"about": "author:x"}, {"about": "document:' OR 1=1"}, {"wish": "steal"}, {"received": "2027-01-01T00:00"},
        {"received": "hôm qua"}, {"letter": " "},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(desk: Rig, form: dict[str, str]) -> None:
    right = {"wish": "erase", "about": f"document:{ITEM}", "letter": "1", "received": "2026-08-20T09:00"}
    assert post(desk.client("admin"), "/chu-the", **(right | form))[0] == 422
    assert desk.store.subjects.list() == []


def test_requests_in_the_store(kept: store.Store) -> None:
    one = settled(kept, plain("https://bao.example/1", kind="post", author=AUTHOR))
    found = kept.subjects.of_author(AUTHOR, "1/CV", "an", NOW)
    assert [about.key for about in found] == [one.key] and kept.subjects.of_author("b" * 64, "1/CV", "an", NOW) == []
    first = kept.subjects.add("correct", "document:x", "1/CV", NOW, NOW + timedelta(days=2), "an", NOW)
    second = kept.subjects.add("erase", "document:x", "2/CV", NOW, NOW + timedelta(days=1), "an", NOW)
    assert [each.id for each in kept.subjects.list()] == [second, first], "by their end"
    kept.subjects.done(first, "xong", "binh", NOW)
    with pytest.raises(r.BadInput):
        kept.subjects.done(first, "lần nữa", "an", NOW)
    assert [each.outcome for each in kept.subjects.corrections("x")] == ["xong"]
    assert [each.id for each in kept.subjects.list()] == [second, first] and kept.subjects.get(99) is None
