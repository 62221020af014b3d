"""The desk's pages of sources: how each stands, filters, what stays text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import store
from desk import sources
from tests.desk_sources_support import HOSTILE, SOURCES, entry, listed
from tests.desk_support import NOW, Rig, rig


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return listed(tmp_path)


def of(desk: Rig, source: str) -> store.Listing:
    found = desk.store.listings.get(source, NOW - sources.WEEK, NOW)
    assert found
    return found


@pytest.mark.parametrize(
    ("source", "state", "said"),
    [
        ("khoe", "dang_doc", ""),
        ("hong", "loi", "lỗi 1 lần liền: hết giờ chờ; đọc được lần cuối 10:00 18/08/2026"),
        ("cam", "bi_chan", "robots.txt không cho phép /rss"),
        ("im", "im_lang", "không có tin mới từ hôm kia"),
        ("doi", "can_xem", "trang đã đổi giao diện"),
        ("cho", "cho_thu", "chưa ai thử đọc"),
        ("dien-dan", "cho_nguoi", "đọc điều khoản trước"),
        ("moi", "chua_doc", "ở lượt tới"),
        ("nghi", "tam_dung", "admin tạm dừng lúc 10:00 19/08/2026: tòa soạn đề nghị"),
    ],
)
def test_each_state_is_told_in_words(desk: Rig, source: str, state: str, said: str) -> None:
    one = of(desk, source)
    assert sources.state(one) == state and said in sources.why(one)
    assert bool(sources.why(one)) == (state != "dang_doc")
    page = desk.client("leader").get("/nguon").text
    assert one.entry.name in page and sources.STATES[state] in page


def test_a_trial_without_an_article_is_told_and_a_good_one_opens(desk: Rig) -> None:
    desk.store.catalogue.tried("cho", False, "không có bài", NOW)
    assert "thử lúc 10:00 20/08/2026" in sources.why(of(desk, "cho"))
    desk.store.catalogue.tried("cho", True, "5 bài", NOW)
    assert sources.state(of(desk, "cho")) == "chua_doc"


def test_what_a_source_brought_stands_beside_what_was_expected(desk: Rig) -> None:
    assert (of(desk, "khoe").new, sources.least(of(desk, "khoe"))) == (41, 5 * 49 // 24), (
        "known for 49 hours of the week"
    )
    assert sources.least(of(desk, "cho")) is None
    assert (of(desk, "moi").new, sources.least(of(desk, "moi"))) == (0, 0), "what was never read owes nothing"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=khoe+manh", {"khoe"}),
        ("q=KHỎE", {"khoe"}),
        ("q=im.example", {"im"}),
        ("q=khong+co+bao+nay", set()),
        ("tinh_trang=tam_dung", {"nghi"}),
        ("loai=official", {"cho"}),
        ("loai=post&tinh=Hu%E1%BA%BF", {"dien-dan"}),
        ("cap=1", {"khoe"}),
        ("cap=9&loai=x&tinh_trang=y&tinh=&la=1", {one.source for one in SOURCES}),
    ],
)
def test_filters_stand_in_the_address(desk: Rig, query: str, names: set[str]) -> None:
    page = desk.client("analyst").get(f"/nguon?{query}").text
    shown = {one.source for one in SOURCES if one.source != "xau" and f"<h2>{one.name}" in page}
    assert shown == names - {"xau"}
    assert ("Không có nguồn nào khớp" in page) == (not names)


def test_what_wants_a_look_stands_first_and_states_are_counted(desk: Rig) -> None:
    page = desk.client("admin").get("/nguon").text
    assert page.index("Báo Hỏng") < page.index("Báo Im Lặng") < page.index("Báo Tạm Nghỉ") < page.index("Báo Khỏe Mạnh")
    assert "đang lỗi 2</a>" in page and "tất cả 10</a>" in page
    assert "đang lỗi 1</a>" in desk.client("admin").get("/nguon?q=hong").text


def test_a_dead_network_is_one_line(desk: Rig) -> None:
    desk.store.listings.watched([("", "network", "không tới được nguồn nào; kiểm tra mạng")], NOW)
    assert "không tới được nguồn nào; kiểm tra mạng" in desk.client("leader").get("/nguon").text


def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    page = rig(tmp_path).client("admin").get("/nguon").text
    assert "Chưa có danh sách nguồn" in page and "langnghe run" in page


def test_a_long_list_is_shown_page_by_page(tmp_path: Path) -> None:
    desk = rig(tmp_path)
    desk.store.catalogue.publish([entry(f"n{number:03}") for number in range(sources.PAGE + 1)])
    client = desk.client("leader")
    first, second = client.get("/nguon").text, client.get("/nguon?trang=2").text
    assert first.count("data-item") == sources.PAGE and second.count("data-item") == 1
    assert "Trang sau" in first and "Trang trước" in second


def test_hostile_names_stay_text(desk: Rig) -> None:
    page = desk.client("admin").get("/nguon").text
    assert HOSTILE not in page and "&lt;img src=x" in page and 'href="javascript' not in page


@given(st.dictionaries(st.sampled_from((*sources.FILTERS, "trang", "x")), st.text(max_size=300)))
def test_any_address_is_read(given_: dict[str, str]) -> None:
    filters = sources.chosen(given_)
    assert sources.chosen(filters) == filters
    one = store.Listing(SOURCES[0], None, None, None, 0, 0, ())
    found, counts = sources.asked([one], filters)
    assert len(found) <= counts.total() <= 1
    assert sources.address(filters).startswith("/nguon")


def test_the_time_between_two_polls_is_said_in_minutes() -> None:
    assert sources.pace(entry("a")) == "5 đến 15 phút"
    assert sources.pace(entry("a", every=1800, at_most=1800)) == "30 phút"
    assert sources.pace(entry("a", every=0, at_most=0)) == "chưa rõ"


def test_a_failing_source_without_a_word_still_says_something() -> None:
    how = store.SourceState("a", NOW, None, None, 3, "", "gone")
    assert sources.failing(how) == "lỗi 3 lần liền: địa chỉ không còn (404, 410); chưa đọc được lần nào"
    later = store.SourceState("a", NOW, NOW - timedelta(days=1), None, 1, "", "")
    assert "không rõ lý do" in sources.failing(later)
