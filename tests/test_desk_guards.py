"""What an attacker, a slow line or two people on one item may do to the desk: nothing, and the answer says so politely."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

import store
from desk import guards
from desk.guards import bounded
from desk.pages.signin import local, throttle
from records import Officer, Placement, Reason, Signature
from tests.desk_support import HASH, NOW, PASSWORD, Rig, assessment, document, rig, token

INSIDE = store.short_id(document(2).key)
"""the item of Huế"""


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    throttle._failures.clear()
    return rig(tmp_path)


def audited(desk: Rig) -> list[tuple[str, str]]:
    return [(line.who, line.what) for line in desk.store.audit_log(100, 0)]


def test_a_sign_in_ends_the_session_it_came_with(desk: Rig) -> None:
    client = desk.client("viewer")
    old = str(client.cookies.get("langnghe"))
    assert client.post("/dang-nhap", data={"login": "viewer", "password": PASSWORD}).status_code == 303
    assert desk.store.sessions.get(old, NOW) is None


def test_a_provincial_office_sees_no_other_item_of_a_story(desk: Rig) -> None:
    """The story of the Huế item has a second item, of Đà Nẵng."""
    other = document(9, title="Chuyện riêng của Đà Nẵng")
    desk.store.documents.keep(other)
    signature = Signature((7,), (1, 2, 3), {"bảo hiểm": 1.0})
    placement = Placement(f"s-{INSIDE}", None, signature)
    assert desk.store.settle(
        other, assessment(other.key, provinces=("Đà Nẵng",)), placement, Reason("daily", "test", "Lý do."), [], NOW
    )
    assert "Chuyện riêng" in desk.client("analyst").get(f"/tin/{INSIDE}").text
    page = desk.client("province").get(f"/tin/{INSIDE}")
    assert page.status_code == 200 and "Chuyện riêng" not in page.text
    assert "bài cùng câu chuyện" not in desk.client("province").get("/tin").text


def test_an_item_relabelled_to_another_province_leaves_the_first(desk: Rig) -> None:
    analyst, province = desk.client("analyst"), desk.client("province")
    assert province.get(f"/tin/{INSIDE}").status_code == 200
    form = {"token": token(analyst.get(f"/tin/{INSIDE}").text), "task": "provinces", "new": "Đà Nẵng"}
    assert analyst.post(f"/tin/{INSIDE}/nhan", data=form).status_code == 303
    assert province.get(f"/tin/{INSIDE}").status_code == 404
    assert ("analyst", "sửa nhãn") in audited(desk)


def test_what_a_person_decides_is_in_the_log(desk: Rig) -> None:
    client = desk.client("duty_officer")
    form = {"token": token(client.get(f"/tin/{INSIDE}").text), "status": "dismissed", "note": "nhầm", "seen": "0"}
    assert client.post(f"/tin/{INSIDE}/quyet-dinh", data=form).status_code == 303
    client.post("/dang-xuat", data={"token": token(client.get("/tin").text)})
    assert {("duty_officer", "quyết định"), ("duty_officer", "đăng xuất")} <= set(audited(desk))


def test_a_fault_of_ours_shows_no_trace_and_keeps_the_headers(desk: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("bí mật bên trong")

    monkeypatch.setattr(desk.store.judged, "page", broken)
    client = TestClient(desk.app, "http://desk.test", raise_server_exceptions=False, follow_redirects=False)
    client.post("/dang-nhap", data={"login": "viewer", "password": PASSWORD})
    answer = client.get("/")
    assert answer.status_code == 500 and "Có lỗi trong chương trình" in answer.text
    assert "bí mật" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["Content-Security-Policy"] == guards.POLICY


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_another_method_is_refused_in_words(desk: Rig, method: str) -> None:
    answer = desk.client("viewer").request(method, "/")
    assert answer.status_code == 405 and "Không dùng được cách này" in answer.text


def test_odd_addresses_and_headers_are_no_fault(desk: Rig) -> None:
    client = desk.client("admin")
    for address in ("/tin/%00" + "0" * 15, "/thu/%00", "/bao-cao/%00/x", "/tin?q=%00&tinh=%00", "/dang-nhap?tiep=//["):
        assert client.get(address).status_code in {200, 404}, address
    assert client.post("/viec", headers={"Origin": "http://["}).status_code == 403
    assert client.post("/viec", headers={"Content-Length": "9" * 5000}).status_code == 413
    assert local("//[") == "/"


@pytest.mark.parametrize("email", ["a@b.vn\r\nBcc: x@y.vn", "a b@c.vn", "ư@c.vn", "a@b@c"])
def test_an_address_that_could_break_a_mail_is_refused(desk: Rig, email: str) -> None:
    client = desk.client("admin")
    form = {"token": token(client.get("/tai-khoan").text), "login": "moi", "name": "M", "password": PASSWORD}
    assert client.post("/tai-khoan", data=form | {"roles": "viewer", "email": email}).status_code == 422
    assert desk.store.officers.get("moi") is None


def test_a_taken_issue_of_a_report_is_logged(desk: Rig) -> None:
    figures = desk.store.figures(NOW - timedelta(days=7), NOW, NOW, {})
    desk.store.reports.freeze("2026-W33", figures, {"a.docx": b"x"}, NOW)
    assert desk.client("leader").get("/bao-cao/2026-W33/a.docx").content == b"x"
    assert ("leader", "tải báo cáo") in audited(desk)


def test_a_headline_that_is_reported_in_is_masked_too(desk: Rig) -> None:
    client = desk.client("province")
    form = {"token": token(client.get("/bao-tin").text), "title": "Số 0912345678 lừa đảo", "text": "Gọi đòi tiền."}
    client.post("/bao-tin", data=form)
    kept = [one for one in desk.store.documents.unassessed("x", 10) if one.kind == "report"]
    assert len(kept) == 1 and "0912345678" not in str(kept[0].title)


def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "LONGEST_WAIT", 0.01)

    async def never() -> Any:
        await asyncio.Event().wait()

    async def waiting() -> None:
        await bounded(never)()

    with pytest.raises(HTTPException) as caught:
        asyncio.run(waiting())
    assert caught.value.status_code == 408


def test_an_office_without_its_province_sees_nothing(desk: Rig) -> None:
    desk.store.officers.add(Officer("lac", "Lạc", "", ("province",)), HASH)
    assert "Không có tin nào khớp" in desk.client("lac").get("/tin").text
