"""Personal data: masked wherever they are shown, in clear only to an officer with an open case, and every look is logged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import store
from desk.pages.signin import throttle
from records import Indicator, Placement, Reason, Signature
from tests.desk_support import NOW, Rig, assessment, document, rig, token

PHONE, MASKED = "0912345678", "09xxxxxxxx"
NOTE = f"Người dân gọi từ {PHONE}, CCCD 001203004567"
FLAGGED, PLAIN = (store.short_id(document(number).key) for number in (1, 2))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rig]:
    throttle._failures.clear()
    made = rig(tmp_path)
    for number in (1, 2):
        again = document(number, title=f"Tin có số {MASKED}")
        made.store.documents.keep(again, [Indicator("phone", PHONE, MASKED)])
    yield made


def look(client: TestClient, short: str) -> tuple[int, str]:
    form = {"token": token(client.get("/tim-kiem").text)}
    answer = client.post(f"/tin/{short}/dau-hieu", data=form)
    return answer.status_code, answer.text


def looks(desk: Rig) -> list[str]:
    return [line.who for line in desk.store.audit_log(100) if line.what == "indicators"]


def test_nothing_is_in_clear_without_an_open_case(desk: Rig) -> None:
    status, page = look(desk.client("duty_officer"), PLAIN)
    assert status == 409 and PHONE not in page and looks(desk) == []


def test_with_an_open_case_it_is_in_clear_and_logged_each_time(desk: Rig) -> None:
    officer = desk.client("duty_officer")
    desk.store.cases.decide(document(1).key, "confirmed", "duty_officer", NOW, NOTE)
    for times in (1, 2):
        status, page = look(officer, FLAGGED)
        assert status == 200 and PHONE in page and NOTE in page
        assert looks(desk) == ["duty_officer"] * times


@pytest.mark.parametrize("status", ["dismissed", "closed"])
def test_a_closed_case_shuts_it_again(desk: Rig, status: str) -> None:
    desk.store.cases.decide(document(1).key, status, "duty_officer", NOW, "xong")
    assert look(desk.client("admin"), FLAGGED)[0] == 409 and looks(desk) == []


@pytest.mark.parametrize("role", ["viewer", "analyst", "province", "unit", "leader"])
def test_no_other_role_sees_it(desk: Rig, role: str) -> None:
    desk.store.cases.decide(document(1).key, "confirmed", "duty_officer", NOW, NOTE)
    status, page = look(desk.client(role), FLAGGED)
    assert status == 403 and PHONE not in page and looks(desk) == []


@pytest.mark.parametrize("role", ["viewer", "leader", "duty_officer", "admin"])
def test_what_officers_typed_is_masked_on_the_pages(desk: Rig, role: str) -> None:
    """Notes, reasons, statements: whoever looks, the pages that are not logged show them masked."""
    desk.store.cases.decide(document(1).key, "confirmed", "duty_officer", NOW, NOTE)
    client = desk.client(role)
    for address in (f"/tin/{FLAGGED}", "/tin", "/", "/tin?xem=vi_pham"):
        page = client.get(address).text
        assert PHONE not in page and "001203004567" not in page, address
    assert MASKED in client.get(f"/tin/{FLAGGED}").text


def test_the_hotline_of_the_agency_stays_readable(desk: Rig) -> None:
    desk.store.cases.decide(document(1).key, "confirmed", "duty_officer", NOW, "Đã hướng dẫn gọi 1900 9068")
    assert "1900 9068" in desk.client("viewer").get(f"/tin/{FLAGGED}").text


def test_neither_a_file_nor_the_interface_gives_it_away(desk: Rig) -> None:
    desk.store.cases.decide(document(1).key, "confirmed", "duty_officer", NOW, NOTE)
    client = desk.client("admin")
    for form in ("csv", "jsonl"):
        answer = client.get(f"/xuat/{form}")
        assert answer.status_code == 200 and PHONE not in answer.text
    key = desk.store.tokens.make("máy", "leader", None, NOW.replace(year=2027), "admin", NOW)
    for address in ("/api/v1/tin", f"/api/v1/tin/{FLAGGED}"):
        answer = desk.client().get(address, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200 and PHONE not in answer.text


def test_the_author_of_a_post_is_on_no_page(desk: Rig) -> None:
    hidden = "a" * 64
    post = replace(document(9), kind="post", author=hidden)
    desk.store.documents.keep(post)
    placement = Placement("s-9", None, Signature((9,), (1, 2, 3), {"bảo hiểm": 1.0}))
    assert desk.store.settle(post, assessment(post.key), placement, Reason("daily", "test", "Lý do."), [], NOW)
    client = desk.client("admin")
    for address in (f"/tin/{store.short_id(post.key)}", "/tin", "/xuat/jsonl", "/xuat/csv"):
        assert hidden not in client.get(address).text, address
