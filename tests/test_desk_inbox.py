"""The inbox by role, the way around, the list's filters as an address, marks in place, the story page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import store
from desk import marking, navigation
from desk.marking import Mark
from records import Officer
from tests.desk_support import HASH, NOW, QUOTE, ROLES, Rig, document, rig, token


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        ("duty_officer", "Khẩn, chờ xác minh", "Cần xác định tỉnh"),
        ("analyst", "Cần xác định tỉnh", "Khẩn, chờ xác minh"),
        ("province", "Chuyển đến đơn vị của bạn", "mạo danh"),
        ("unit", "Chuyển đến đơn vị của bạn", "Khẩn, chờ xác minh"),
        ("leader", "Khẩn, chờ xác minh", "Báo tin"),
        ("viewer", "Tin hôm nay", 'href="/tai-khoan"'),
        ("admin", "Tài khoản", "không có quyền"),
    ],
)
def test_each_role_finds_its_own_work(desk: Rig, role: str, seen: str, unseen: str) -> None:
    page = desk.client(role).get("/").text
    assert seen in page and unseen not in page


def test_an_old_link_leads_to_its_list(desk: Rig) -> None:
    answer = desk.client("viewer").get("/?xem=vi_pham&vu_viec=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tin?xem=vi_pham&vu_viec=open")


def test_what_is_handed_to_a_province_reaches_it_although_it_is_not_named(desk: Rig) -> None:
    desk.store.cases.decide(document(3).key, "routed", "duty_officer", NOW, routed_to="Huế")
    client = desk.client("province")
    assert "Tin thử số 3" in client.get("/").text
    page = client.get("/tin?chuyen=Hu%E1%BA%BF&vu_viec=open").text
    assert "Tin thử số 3" in page and "mạo danh" not in page
    assert "Tin thử số 3" not in client.get("/tin?chuyen=H%C3%A0+N%E1%BB%99i").text


@pytest.mark.parametrize("role", ROLES)
def test_the_way_around_shows_what_opens(desk: Rig, role: str) -> None:
    client = desk.client(role)
    page = client.get("/").text
    for lines in navigation.WAYS.values():
        for way in lines:
            shown = f'<li><a href="{way.address.replace("&", "&amp;")}"' in page
            assert shown == (client.get(way.address).status_code == 200), way.address


@pytest.mark.parametrize(
    ("path", "query", "here"),
    [
        ("/tin", "", "/tin"),
        ("/tin", "q=x", "/tin"),
        ("/tin", "vu_viec=open&xem=vi_pham&trang=2", "/tin?xem=vi_pham&vu_viec=open"),
        ("/tin/0123456789abcdef", "", "/tin"),
        ("/thu/abc", "", "/thu"),
        ("/nowhere", "", ""),
    ],
)
def test_the_line_of_the_page_shown_is_marked(path: str, query: str, here: str) -> None:
    assert navigation._here(path, query) == here


def test_filters_are_named_and_taken_away_one_by_one(desk: Rig) -> None:
    page = desk.client("viewer").get("/tin?sac_thai=negative&dieu=3c&q=mao+danh").text
    assert "Sắc thái: tiêu cực" in page and '"/tin?dieu=3c&amp;q=mao+danh"' in page
    assert '<mark class="hit">mạo danh</mark>' in page


def test_a_search_says_what_to_do_when_nothing_is_found(desk: Rig) -> None:
    page = desk.client("viewer").get("/tin?q=khongcogi").text
    assert "Không có tin nào khớp" in page and "tìm trong mọi tin đã thu thập" in page


def test_an_item_marks_what_was_searched_beside_the_quotation(desk: Rig) -> None:
    page = desk.client("viewer").get(f"/tin/{store.short_id(document(1).key)}?q=chia+se").text
    assert f">{QUOTE}</mark>" in page and '<mark class="hit">chia sẻ</mark>' in page


def test_an_item_tells_every_human_action(desk: Rig) -> None:
    desk.store.cases.decide(document(1).key, "dismissed", "duty_officer", NOW, "Bài cảnh báo.")
    page = desk.client("viewer").get(f"/tin/{store.short_id(document(1).key)}").text
    assert "Đã loại" in page and "Bài cảnh báo." in page and "Máy mở vụ việc" in page


def test_a_story_is_shown_with_its_items_and_only_to_whom_it_concerns(desk: Rig) -> None:
    story = f"/dien-bien/s-{store.short_id(document(1).key)}"
    assert "Thông báo mạo danh" in desk.client("viewer").get(story).text
    assert desk.client("province").get(story).status_code == 404
    assert desk.client("viewer").get("/dien-bien/khong-co").status_code == 404


def test_feedback_leaves_the_inbox_once_it_is_answered(desk: Rig) -> None:
    client = desk.client("duty_officer")
    assert "Chờ ba tháng" in client.get("/tin?xem=can_tra_loi").text
    assert "Chờ ba tháng" not in client.get("/tin?xem=can_tra_loi&phan_anh=praise").text
    desk.store.cases.decide(document(2).key, "answered", "duty_officer", NOW, "đã trả lời")
    assert "Chờ ba tháng" not in client.get("/tin?xem=can_tra_loi").text
    assert "Chờ ba tháng" in client.get("/tin?phan_anh=any").text
    assert desk.store.judged.count(store.Filter(feedback="any", unanswered=True)) == 0


def test_the_inbox_says_what_else_waits(desk: Rig) -> None:
    desk.store.edits.propose("fact", "F001", {"id": "F001"}, "x", "leader", NOW)
    desk.store.sources.polled("bao-hong", NOW, False, "hết giờ", 0, 0)
    desk.store.cases.impact_confirmed(document(1).key, "duty_officer", NOW)
    page = desk.client("admin").get("/").text
    assert "1 đề nghị sửa kiến thức chờ người duyệt" in page and "1 nguồn đang không đọc được" in page
    assert "còn 24 giờ 00 phút" in page
    assert "chờ người duyệt" not in desk.client("leader").get("/").text, "nobody approves their own"
    assert "Đồng hồ phát ngôn" not in desk.client("viewer").get("/").text


def test_a_unit_has_a_name_and_its_inbox(desk: Rig) -> None:
    client = desk.client("admin")
    page = client.get("/tai-khoan").text
    form = {"token": token(page), "login": "ban-bhyt", "name": "Ban", "password": "một mật khẩu dài", "roles": ["unit"]}
    assert client.post("/tai-khoan", data=form).status_code == 422
    assert client.post("/tai-khoan", data=form | {"unit": "Ban Thực hiện chính sách BHYT"}).status_code == 303
    kept = desk.store.officers.get("ban-bhyt")
    assert kept and kept.unit == "Ban Thực hiện chính sách BHYT"
    desk.store.officers.add(
        Officer("ban-thu", "Ban", "", ("unit",), None, "Ban Quản lý thu và phát triển người tham gia"), HASH
    )
    assert "Chờ ba tháng" not in desk.client("ban-thu").get("/tin?xem=don_vi").text, "another unit's topics"
    assert "Chờ ba tháng" not in desk.client("viewer").get("/tin?xem=don_vi").text, "no unit, no topics"
    desk.store.officers.change(replace(kept, login="unit", email="unit@thu.example"))
    page = desk.client("unit").get("/").text
    assert "Phản ánh thuộc đơn vị của bạn" in page and "Chờ ba tháng" in page
    assert "Phản ánh thuộc đơn vị tôi" in desk.client("unit").get("/tin").text
    assert "Phản ánh thuộc đơn vị tôi" not in desk.client("viewer").get("/tin").text


marks = st.builds(
    Mark,
    st.integers(-3, 30),
    st.integers(-3, 30),
    st.text("ab", max_size=1),
    st.sampled_from(["quote", "hit", "reason"]),
)


@given(st.text(max_size=20), st.lists(marks, max_size=8))
def test_pieces_are_the_text_again(text: str, given_marks: list[Mark]) -> None:
    assert "".join(piece.text for piece in marking.cut(text, given_marks)) == text


def test_a_quotation_shows_over_a_found_word_over_a_reason() -> None:
    cut = marking.cut("abcdef", [Mark(0, 6, "r", "reason"), Mark(1, 4, "", "hit"), Mark(2, 3, "q")])
    assert [(piece.text, piece.kind) for piece in cut] == [
        ("a", "reason"), ("b", "hit"), ("c", "quote"), ("d", "hit"), ("ef", "reason"),
    ]  # fmt: skip
