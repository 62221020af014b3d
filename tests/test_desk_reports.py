"""The reports on the desk: the archive, the Centre's words beside frozen figures, who may approve, what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from desk import words
from desk.pages import reports
from desk.pages.signin import throttle
from tests.desk_support import NOW, Rig, rig, token

WEEK = "2026-W33"
PARTS = [
    {"id": "tong-quan", "heading": "I. TỔNG QUAN", "blocks": [{"text": "Có 4 tin <b>.", "figures": []}]},
    {
        "id": "so-lieu",
        "heading": "II. SỐ LIỆU",
        "blocks": [{"table": "Số liệu chung", "rows": []}, {"picture": "x", "text": "Biểu đồ."}],
    },
    {"id": "de-xuat", "heading": "IX. ĐỀ XUẤT", "blocks": [{"items": [{"text": "Phân công người xác minh."}]}]},
    {"heading": "1. Cách lập", "blocks": []},
]


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    throttle._failures.clear()
    made = rig(tmp_path)
    figures = made.store.figures(NOW - timedelta(days=7), NOW, NOW, {})
    files = {f"bao-cao-{WEEK}.json": json.dumps({"report": PARTS}).encode(), f"bao-cao-{WEEK}-du-thao.docx": b"x"}
    assert made.store.reports.freeze(WEEK, figures, files, NOW)
    return made


def post(desk: Rig, login: str, what: str, **fields: str) -> tuple[int, str]:
    client = desk.client(login)
    page = client.get(f"/bao-cao/{WEEK}").text
    sign = token(client.get("/tim-kiem").text if 'name="token"' not in page else page)
    answer = client.post(f"/bao-cao/{WEEK}/{what}", data={"token": sign, **fields})
    return answer.status_code, answer.text


def test_the_archive_shows_where_a_report_stands(desk: Rig) -> None:
    page = desk.client("viewer").get("/bao-cao").text
    assert "tuần 33/2026" in page and "chờ duyệt" in page and f"/bao-cao/{WEEK}/bao-cao-{WEEK}-du-thao.docx" in page
    page = desk.client("viewer").get(f"/bao-cao/{WEEK}").text
    assert "Có 4 tin &lt;b&gt;." in page and "Phân công người xác minh." in page and "(Bảng) Số liệu chung" in page
    assert "Biểu đồ." not in page and "Cách lập" not in page
    assert "<textarea" not in page and "Duyệt để gửi" not in page, "a viewer only reads"
    assert desk.store.reports.get(WEEK).sha256 in page  # type: ignore[union-attr]
    assert desk.client("leader").get("/bao-cao/2020-W01").status_code == 404


def test_a_reader_is_offered_the_report_and_its_drafts_apart() -> None:
    drafts = [f"bao-cao-{WEEK}-du-thao.{end}" for end in ("pdf", "html", "docx")]
    final, figures = [name.replace("-du-thao", "") for name in drafts], f"bao-cao-{WEEK}.json"
    now, before = reports.shelved([*drafts, figures])
    assert [said for _, said in now] == ["Word", "PDF", "Trang web", "Số liệu (JSON)"] and not before
    now, before = reports.shelved([*drafts, *final, figures])
    assert {name for name, _ in now} == {*final, figures} and {name for name, _ in before} == set(drafts)


def test_the_analyst_writes_and_the_head_approves_what_was_seen(desk: Rig) -> None:
    assert post(desk, "analyst", "sua", part="de-xuat", text="  Họp báo.\n\n Trả lời bạn đọc. ")[0] == 303
    assert desk.store.reports.edits(WEEK)["de-xuat"].text == "Họp báo.\nTrả lời bạn đọc."
    page = desk.client("analyst").get(f"/bao-cao/{WEEK}").text
    assert "Đề xuất của đơn vị, thay cho phần máy soạn" in page and "Duyệt để gửi" not in page
    assert post(desk, "analyst", "duyet", seen="1")[0] == 403
    assert "Duyệt để gửi lãnh đạo" in desk.client("leader").get(f"/bao-cao/{WEEK}").text
    stale = post(desk, "leader", "duyet", seen="0")
    assert stale[0] == 409 and "vừa được sửa" in stale[1]
    assert post(desk, "leader", "duyet", seen=str(desk.store.reports.seen(WEEK)))[0] == 303
    assert desk.store.reports.steps(WEEK)["approved"].by == "leader"
    late = post(desk, "admin", "sua", part="de-xuat", text="x")
    assert late[0] == 409 and "đã được duyệt" in late[1]
    assert post(desk, "leader", "rut")[0] == 303 and desk.store.reports.steps(WEEK) == {}


@pytest.mark.parametrize(("part", "status"), [("khong-co", 422), ("so-lieu", 303), ("", 422)])
def test_only_parts_of_the_report_are_edited(desk: Rig, part: str, status: int) -> None:
    assert post(desk, "analyst", "sua", part=part, text="x")[0] == status


def test_provinces_see_no_report(desk: Rig) -> None:
    assert desk.client("province").get(f"/bao-cao/{WEEK}").status_code == 403


def test_periods_in_words() -> None:
    said = [words.period(name) for name in ("2026-W06", "2026-09", "2026-Q3", "2026")]
    assert said == ["tuần 6/2026", "tháng 9/2026", "quý 3/2026", "năm 2026"]
