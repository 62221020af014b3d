"""The pages of the desk, asked as a browser without JavaScript would."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

import store
from tests.desk_support import NOW, QUOTE, Rig, document, rig, token


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def item(number: int) -> str:
    return f"/tin/{store.short_id(document(number).key)}"


def test_the_list_shows_newest_first_with_tags_and_reason(desk: Rig) -> None:
    page = desk.client("viewer").get("/tin").text
    assert page.index("Thông báo mạo danh") < page.index("Tin thử số 3")
    assert "khả năng vi phạm" in page and "cần đính chính" in page and "Lý do để thử." in page


def test_hostile_titles_stay_text(desk: Rig) -> None:
    for address in ("/", "/tin", item(2)):
        page = desk.client("viewer").get(address).text
        assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("xem=vi_pham", "mạo danh", "Tin thử số 3"),
        ("xem=dinh_chinh", "Tin thử số 3", "mạo danh"),
        ("phan_anh=complaint", "Chờ ba tháng", "Tin thử số 3"),
        ("sac_thai=negative", "mạo danh", "Tin thử số 3"),
        ("tinh=Hu%E1%BA%BF", "Chờ ba tháng", "mạo danh"),
        ("q=mao+danh", "mạo danh", "Tin thử số 3"),
        ("q=%22so+3%22", "Tin thử số 3", "mạo danh"),
        ("vu_viec=open", "mạo danh", "Tin thử số 3"),
        ("tu=2026-08-21", "Không có tin nào khớp", "mạo danh"),
    ],
)
def test_filters_choose(desk: Rig, query: str, seen: str, unseen: str) -> None:
    page = re.sub(r"</?mark[^>]*>", "", desk.client("viewer").get(f"/tin?{query}").text)
    assert seen in page and unseen not in page


@pytest.mark.parametrize(
    "query", ["trang=-1", "trang=99999999999", "tu=hom-qua", "sac_thai=xấu", "xem=%00", "q=" + "a" * 5000]
)
def test_nonsense_filters_do_no_harm(desk: Rig, query: str) -> None:
    assert desk.client("viewer").get(f"/tin?{query}").status_code == 200


def test_an_item_marks_its_quotation_and_says_why(desk: Rig) -> None:
    page = desk.client("viewer").get(item(1)).text
    assert f'<mark title="Đòi nộp tiền để giữ thẻ.">{QUOTE}</mark>' in page
    assert "Khả năng vi phạm, cần người xác minh" in page and "máy gợi ý" in page
    assert "F006" in desk.client("viewer").get(item(3)).text


def test_an_analyst_relabels_beside_the_machine(desk: Rig) -> None:
    client = desk.client("analyst")
    form = {"token": token(client.get(item(3)).text), "task": "sentiment", "new": "positive"}
    assert client.post(f"{item(3)}/nhan", data=form).status_code == 303
    (label,) = desk.store.labels.of(document(3).key)
    assert (label.old, label.new, label.by) == ("neutral", "positive", "analyst")
    judged = desk.store.judged.get(document(3).key)
    assert judged and judged.assessment.sentiment == "neutral" and judged.labels["sentiment"] == "positive"
    assert desk.store.judged.count(store.Filter(sentiment="positive")) == 1


@pytest.mark.parametrize(("task", "new"), [("sentiment", "xấu"), ("password", "x"), ("topics", "không có")])
def test_a_label_that_does_not_exist_is_refused(desk: Rig, task: str, new: str) -> None:
    client = desk.client("analyst")
    form = {"token": token(client.get(item(3)).text), "task": task, "new": new}
    assert client.post(f"{item(3)}/nhan", data=form).status_code == 422
    assert not desk.store.labels.all()


def test_an_officer_dismisses_with_a_reason(desk: Rig) -> None:
    client = desk.client("duty_officer")
    form = {"token": token(client.get(item(1)).text), "status": "dismissed", "seen": "0"}
    assert client.post(f"{item(1)}/quyet-dinh", data=form).status_code == 422, "a reason is asked for"
    assert client.post(f"{item(1)}/quyet-dinh", data=form | {"note": "Bài cảnh báo."}).status_code == 303
    case = desk.store.cases.get(document(1).key)
    assert case and (case.status, case.by, case.note) == ("dismissed", "duty_officer", "Bài cảnh báo.")


def test_a_province_sees_its_own_items_only(desk: Rig) -> None:
    client = desk.client("province")
    page = client.get("/tin").text
    assert "Chờ ba tháng" in page and "mạo danh" not in page
    assert client.get(item(1)).status_code == 404 and client.get(item(2)).status_code == 200


def test_a_province_reports_in_and_numbers_are_masked(desk: Rig) -> None:
    client = desk.client("province")
    form = {
        "token": token(client.get("/bao-tin").text),
        "title": "Cuộc gọi lạ",
        "text": "Số 0912345678 gọi đòi nộp tiền.",
    }
    answer = client.post("/bao-tin", data=form)
    assert answer.status_code == 303, "a reload must not report twice"
    assert "Đã nhận" in client.get(answer.headers["location"]).text
    (kept,) = [d for d in desk.store.documents.unassessed("mới", 100) if d.kind == "report"]
    assert kept.outlet == "BHXH Huế" and "0912345678" not in kept.text


def test_a_mail_is_shown_in_a_closed_frame(desk: Rig) -> None:
    client = desk.client("duty_officer")
    (mail,) = desk.store.outbox.list()
    assert quote(mail.id) in quote(client.get("/thu").text)
    assert "sandbox" in client.get(f"/thu/{mail.id}").text
    frame = client.get(f"/thu/{mail.id}/noi-dung")
    assert (
        "sandbox" in frame.headers["Content-Security-Policy"]
        and "script-src" not in frame.headers["Content-Security-Policy"]
    )


def test_an_administrator_adds_and_locks_an_account(desk: Rig) -> None:
    client = desk.client("admin")
    form = {
        "token": token(client.get("/tai-khoan").text),
        "login": "moi",
        "name": "Người mới",
        "password": "một mật khẩu dài",
        "roles": ["viewer"],
    }
    assert client.post("/tai-khoan", data=form).status_code == 303
    other = desk.client()
    assert other.post("/dang-nhap", data={"login": "moi", "password": "một mật khẩu dài"}).status_code == 303
    assert other.get("/").status_code == 200
    assert client.post("/tai-khoan/moi/khoa", data={"token": form["token"]}).status_code == 303
    assert other.get("/").status_code == 303, "every session of a locked account ends at once"
    assert "khóa tài khoản" in client.get("/nhat-ky").text


def test_pages_of_work_and_health_open(desk: Rig) -> None:
    client = desk.client("admin")
    for address in ("/viec", "/suc-khoe", "/bao-cao", "/nhat-ky", "/tai-khoan"):
        assert client.get(address).status_code == 200, address
    form = {"token": token(client.get("/viec").text), "kind": "test_source", "what": "bao"}
    assert client.post("/viec", data=form).status_code == 303
    taken = desk.store.requests.take(NOW)
    assert taken and (taken.kind, taken.arguments["what"], taken.by) == ("test_source", "bao", "admin")


def test_mails_are_filtered_and_a_dead_one_goes_out_again(desk: Rig) -> None:
    outbox = desk.store.outbox
    (claimed,) = outbox.claim(NOW, timedelta(minutes=5), 5)
    assert outbox.failed(claimed, NOW, "không có hộp thư này", None)
    client = desk.client("duty_officer")
    assert "Bản tin ngày" in client.get("/thu?trang_thai=dead").text
    assert "Không có thư nào" in client.get("/thu?trang_thai=sent").text
    assert "Không có thư nào" in client.get("/thu?loai=urgent").text and client.get("/thu?loai=x").status_code == 200
    page = client.get(f"/thu/{claimed.id}").text
    form = {"token": token(page), "recipient": claimed.recipient}
    assert "Gửi lại" in page and "Gửi lại" not in desk.client("leader").get(f"/thu/{claimed.id}").text
    assert client.post(f"/thu/{claimed.id}/gui-lai", data=form).status_code == 303
    assert outbox.list()[0].state == "queued"
    assert client.post(f"/thu/{claimed.id}/gui-lai", data=form).status_code == 409
    assert desk.store.audit_log(1)[0].what == "gửi lại thư"


def test_a_later_page_keeps_its_filters(desk: Rig) -> None:
    for number in range(101):
        desk.store.audit("an", f"việc {number}", "x", NOW)
    page = desk.client("admin").get("/nhat-ky?ai=an").text
    assert 'href="?ai=an&amp;trang=2"' in page and "việc 0<" in desk.client("admin").get("/nhat-ky?ai=an&trang=2").text


def test_an_error_names_the_field(desk: Rig) -> None:
    client = desk.client("admin")
    form = {
        "token": token(client.get("/tai-khoan").text),
        "login": "X!",
        "name": "An",
        "password": "đủ dài để thử",
        "roles": ["viewer"],
    }
    answer = client.post("/tai-khoan", data=form | {"email": "a b"})
    assert answer.status_code == 422 and "Phần chưa đúng: tên đăng nhập, thư." in answer.text
    assert "số trang" in client.get("/thu?trang=x").text


def test_a_browser_keeps_the_look_and_no_page(desk: Rig) -> None:
    client = desk.client("viewer")
    look = client.get("/tinh/desk.css")
    assert (
        look.headers["cache-control"] == "public, max-age=600" and look.headers["x-content-type-options"] == "nosniff"
    )
    assert client.get("/tinh/desk.css", headers={"If-None-Match": look.headers["etag"]}).status_code == 304
    assert client.get("/tin").headers["cache-control"] == "no-store"
