"""A case on the desk: taken, decided, routed, its clock started, the first statement written, the press register kept."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import docx
import pytest

import config
import store
from pipeline import requests
from pipeline.doors import Rooms, open_all
from tests.desk_support import NOW, Rig, document, rig, token

KEY = document(1).key
ITEM = f"/tin/{store.short_id(KEY)}"


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def form(page: str, **fields: str) -> dict[str, str]:
    """The fields of the item page's forms as this visitor saw them."""
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    return {"token": token(page), "seen": seen[1], **fields}


def case(desk: Rig):
    found = desk.store.cases.get(KEY)
    assert found
    return found


def test_a_case_goes_its_way_from_detected_to_closed(desk: Rig) -> None:
    client = desk.client("duty_officer")

    def step(place: str, **fields: str) -> None:
        desk.now[0] += timedelta(minutes=10)
        answer = client.post(f"{ITEM}/{place}", data=form(client.get(ITEM).text, **fields))
        assert answer.status_code == 303, answer.text

    step("nhan-viec")
    assert (case(desk).status, case(desk).by) == ("acknowledged", "duty_officer")
    step("quyet-dinh", status="confirmed", note="Đã gọi xác minh.")
    step("dong-ho")
    started = case(desk).impact_confirmed_at
    assert started == NOW + timedelta(minutes=30) and case(desk).impact_by == "duty_officer"
    page = client.get(ITEM).text
    assert "còn 24 giờ 00 phút" in page and "khoản 4 Điều 7 Nghị định 244/2026/NĐ-CP" in page
    step("phat-ngon", text="BHXH Việt Nam không thu phí giữ thẻ.", address="https://baohiemxahoi.gov.vn/x")
    assert case(desk).first_statement_at == NOW + timedelta(minutes=40)
    (line,) = desk.store.press.of(KEY)
    assert (line.kind, line.by, line.text) == ("statement", "duty_officer", "BHXH Việt Nam không thu phí giữ thẻ.")
    step("quyet-dinh", status="closed")
    page = client.get(ITEM).text
    assert case(desk).status == "closed" and "đúng hạn" in page
    told = page[page.index("Ai đã làm gì") :]
    for what in ("Đang xác minh", "Đã xác nhận", "Xác định có tác động", "Đã phát ngôn lần đầu", "Đã đóng"):
        assert what in told, what


def test_a_late_statement_is_said_late(desk: Rig) -> None:
    client = desk.client("duty_officer")
    desk.store.cases.impact_confirmed(KEY, "duty_officer", NOW)
    desk.now[0] = NOW + timedelta(hours=25)
    assert "quá hạn 1 giờ 00 phút" in desk.client("duty_officer").get(ITEM).text
    client = desk.client("duty_officer")
    client.post(f"{ITEM}/phat-ngon", data=form(client.get(ITEM).text, text="Thông tin chính thức."))
    assert "trễ 1 giờ 00 phút" in client.get(ITEM).text
    counted = desk.store.press.counts(NOW - timedelta(days=1), NOW + timedelta(days=2), desk.now[0])
    assert (counted.incidents, counted.incidents_stated, counted.incidents_on_time) == (1, 1, 0)


@pytest.mark.parametrize("address", ["quyet-dinh", "dong-ho", "phat-ngon"])
def test_two_people_on_one_item_see_each_other(desk: Rig, address: str) -> None:
    desk.store.cases.impact_confirmed(KEY, "admin", NOW) if address == "phat-ngon" else None
    first, second = desk.client("duty_officer"), desk.client("admin")
    late = form(second.get(ITEM).text, status="dismissed", note="Lý do tôi đã gõ.", text="Câu tôi đã gõ.")
    early = form(first.get(ITEM).text, status="confirmed", note="Đã xác minh.")
    assert first.post(f"{ITEM}/quyet-dinh", data=early).status_code == 303
    before = case(desk)
    answer = second.post(f"{ITEM}/{address}", data=late)
    assert answer.status_code == 409 and case(desk) == before, "nothing of the first is lost"
    assert "duty_officer vừa cập nhật" in answer.text and "đã xác nhận" in answer.text
    assert "confirmed" not in answer.text, "the words are Vietnamese"
    if address != "dong-ho":
        assert "tôi đã gõ" in answer.text, "what was typed is given back"


def test_an_item_without_a_case_is_decided_once(desk: Rig) -> None:
    address, key = f"/tin/{store.short_id(document(4).key)}", document(4).key
    first, second = desk.client("duty_officer"), desk.client("admin")
    forms = [form(one.get(address).text, status="confirmed", note="Vì sao.") for one in (first, second)]
    assert first.post(f"{address}/quyet-dinh", data=forms[0]).status_code == 303
    assert second.post(f"{address}/quyet-dinh", data=forms[1]).status_code == 409
    assert [step.by for step in desk.store.cases.steps(key)] == [None, "duty_officer"]


def test_a_statement_needs_a_started_clock_and_words(desk: Rig) -> None:
    client = desk.client("duty_officer")
    page = client.get(ITEM).text
    assert client.post(f"{ITEM}/phat-ngon", data=form(page, text="Nói.")).status_code == 422
    desk.store.cases.impact_confirmed(KEY, "duty_officer", NOW)
    assert client.post(f"{ITEM}/phat-ngon", data=form(client.get(ITEM).text, text=" ")).status_code == 422
    assert not desk.store.press.of(KEY)


def test_what_is_handed_to_a_province_is_in_its_list(desk: Rig) -> None:
    client, province = desk.client("duty_officer"), desk.client("province")
    assert "mạo danh" not in province.get("/tin").text
    client.post(f"{ITEM}/quyet-dinh", data=form(client.get(ITEM).text, status="routed", routed_to="Huế"))
    page = province.get("/tin").text
    assert "mạo danh" in page and "Chờ ba tháng" in page and "Tin thử số 3" not in page
    assert "chuyển BHXH" in province.get(ITEM).text
    assert client.post(f"{ITEM}/quyet-dinh", data=form(client.get(ITEM).text, status="routed")).status_code == 422


def test_a_case_can_be_handed_to_a_unit(desk: Rig) -> None:
    client = desk.client("duty_officer")
    fields = form(client.get(ITEM).text, status="routed", routed_to="ban-phap-che")
    unit = next(name for name in re.findall(r'<option value="([a-z0-9-]+)"', client.get(ITEM).text) if "-" in name)
    assert client.post(f"{ITEM}/quyet-dinh", data=fields | {"routed_to": unit}).status_code == 303
    assert case(desk).routed_to == unit


def test_others_see_a_case_and_change_nothing(desk: Rig) -> None:
    page = desk.client("viewer").get(ITEM).text
    assert "Chờ xác minh" in page and "quyet-dinh" not in page
    analyst = desk.client("analyst")
    fields = {"token": token(analyst.get(ITEM).text), "seen": "0", "status": "confirmed", "note": "x"}
    assert analyst.post(f"{ITEM}/quyet-dinh", data=fields).status_code == 403
    assert analyst.get("/so-bao-chi").status_code == 403


@pytest.mark.parametrize(
    ("kind", "at", "due"),
    [
        ("request", "2026-08-03T09:00", "23:59 03/09/2026"),  # 30 days end on a day off: 02/9, a holiday
        ("forwarded", "2026-08-03T09:00", "23:59 24/08/2026"),  # 15 working days
        ("forwarded", "2026-08-19T09:00", "23:59 11/09/2026"),  # over 02/9
        ("petition", "2026-08-03T09:00", "23:59 18/08/2026"),  # 15 days by the law until 31/8/2026
        ("correction", "2026-08-03T09:00", "23:59 05/08/2026"),
        ("correction_online", "2026-08-03T09:00", "09:00 03/08/2026"),  # at once
    ],
)
def test_the_register_counts_the_legal_time_limits(desk: Rig, kind: str, at: str, due: str) -> None:
    client = desk.client("duty_officer")
    fields = {"token": token(client.get("/so-bao-chi").text), "kind": kind, "at": at, "subject": "Đề nghị trả lời"}
    assert client.post("/so-bao-chi", data=fields).status_code == 303
    page = client.get("/so-bao-chi").text
    assert f"Hạn {due}" in page, re.findall(r"Hạn [^<(]+", page)
    (line,) = desk.store.press.running()
    assert client.post(f"/so-bao-chi/{line.id}/xong", data=fields | {"note": "Đã trả lời"}).status_code == 303
    assert client.post(f"/so-bao-chi/{line.id}/xong", data=fields).status_code == 409
    assert not desk.store.press.running() and "Đã trả lời" in client.get("/so-bao-chi").text


def test_the_register_refuses_nonsense(desk: Rig) -> None:
    client = desk.client("duty_officer")
    good = {
        "token": token(client.get("/so-bao-chi").text),
        "kind": "briefing",
        "at": "2026-08-03T09:00",
        "subject": "x",
    }
    for wrong in ({"at": "hôm qua"}, {"at": "2027-01-01T00:00"}, {"kind": "tiệc"}, {"subject": " "}, {"tin": "../x"}):
        assert client.post("/so-bao-chi", data=good | wrong).status_code == 422, wrong
    assert not desk.store.press.list()


def test_a_draft_is_asked_of_the_pipeline_and_offered_when_it_is_made(desk: Rig) -> None:
    client = desk.client("duty_officer")
    answer = client.post(f"{ITEM}/du-thao", data=form(client.get(ITEM).text, kind="bao-cao-nhanh"))
    assert "Đang lập" in client.get(answer.headers["location"]).text
    taken = desk.store.requests.take(NOW)
    assert taken and (taken.kind, taken.arguments) == (
        "draft",
        {"what": "bao-cao-nhanh", "document": KEY, "by": "duty_officer"},
    )
    number = desk.store.cases.file(KEY, "bao-cao-nhanh.docx", b"PK", "duty_officer", NOW)
    assert f"{ITEM}/du-thao/{number}" in client.get(ITEM).text
    got = client.get(f"{ITEM}/du-thao/{number}")
    assert got.content == b"PK" and "attachment" in got.headers["content-disposition"]
    assert client.get(f"/tin/{store.short_id(document(2).key)}/du-thao/{number}").status_code == 404
    assert client.post(f"{ITEM}/du-thao", data=form(client.get(ITEM).text, kind="khác")).status_code == 422


@pytest.fixture
def rooms(desk: Rig, tmp_path: Path) -> Iterator[Rooms]:
    settings = config.Settings(data_dir=tmp_path, judging=config.Judging(workers=0))
    with open_all(settings, lambda: desk.now[0]) as opened:
        yield opened


def test_from_the_button_to_the_word_file(desk: Rig, rooms: Rooms) -> None:
    client = desk.client("duty_officer")
    for kind in ("bao-cao-nhanh", "tra-loi", "cai-chinh"):
        desk.now[0] += timedelta(seconds=1)
        client.post(f"{ITEM}/du-thao", data=form(client.get(ITEM).text, kind=kind))
        assert asyncio.run(requests.answer(rooms)) == 1
    page = client.get(ITEM).text
    assert "Chưa lập được" in page and "hãy xác nhận trước" in page, "nobody has confirmed: no request to correct"
    made = re.findall(rf'href="({ITEM}/du-thao/\d+)">([\w.-]+)<', page)
    assert {name.split("-2026")[0] for _, name in made} == {"bao-cao-nhanh", "tra-loi"}
    address = next(address for address, name in made if name.startswith("bao-cao-nhanh") and name.endswith(".docx"))
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(client.get(address).content)).paragraphs)
    assert "BÁO CÁO NHANH" in text and "Thông báo mạo danh" in text
