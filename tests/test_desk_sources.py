"""The desk's pages of sources: how each stands, filters, what stays text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import store
from desk import polled, sources
from tests.desk_sources_support import HOSTILE, SOURCES, entry, listed
from tests.desk_support import NOW, Rig, rig, token


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
    assert sources.state(one.brief) == state and said in sources.why(one)
    assert bool(sources.why(one)) == (state != "dang_doc")
    page = desk.client("leader").get("/nguon").text
    assert one.entry.name in page and sources.STATES[state] in page


def test_a_trial_without_an_article_is_told_and_a_good_one_opens(desk: Rig) -> None:
    desk.store.catalogue.tried("cho", False, "không có bài", NOW)
    assert "thử lúc 10:00 20/08/2026" in sources.why(of(desk, "cho"))
    desk.store.catalogue.tried("cho", True, "5 bài", NOW)
    assert sources.state(of(desk, "cho").brief) == "chua_doc"


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
    shown = {one.source for one in SOURCES if one.source != "xau" and f">{one.name}</a></h2>" in page}
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
    found, counts = sources.asked([one.brief], filters)
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


def test_the_page_of_a_source_says_how_it_fares(desk: Rig) -> None:
    page = desk.client("leader").get("/nguon/hong").text
    for said in (
        "đang lỗi", "hết giờ chờ", "không có tiêu đề", "https://hong.example/rss", "không tới được máy chủ", "hỏi lại từ 10:20",
        "một nơi nêu", "mỗi 5 đến 15 phút", "hạng C", "Bảng số liệu", 'role="img"',
    ):  # fmt: skip
        assert said in page, said
    assert "Tạm dừng" not in page and "Thử ngay" not in page, "who may not change anything sees no buttons"
    assert desk.client("leader").get("/nguon/khong-co").status_code == 404


def test_days_are_those_of_viet_nam_and_a_day_not_read_is_no_empty_one(desk: Rig) -> None:
    late = datetime(2026, 8, 18, 18, tzinfo=UTC)  # 01:00 of the 19th in Viet Nam
    hours = [store.Hour(late, 4, 1, 20, 7, 2, 3), store.Hour(late - timedelta(days=400), 1, 0, 1, 1, 0, 0)]
    days = polled.days(hours, NOW)
    assert len(days) == polled.DAYS and days[-1].day == date(2026, 8, 20)
    assert days[-2] == polled.Day(date(2026, 8, 19), 4, 1, 7, 3, 2)
    assert days[-3] == polled.Day(date(2026, 8, 18))
    drawn = polled.drawn(days, 12)
    assert [(bar.label, bar.count) for bar in drawn.bars] == [("full", 4), ("bare", 3)]
    assert drawn.least is not None and 0 <= drawn.least < min(bar.y for bar in drawn.bars), "the minimum lies above 7"
    assert polled.drawn(days, 0).least is None
    table = desk.client("leader").get("/nguon/khoe").text
    assert table.count('<td colspan="5" class="soft">không đọc</td>') == polled.DAYS - 3


def test_a_trial_is_asked_for_once_and_its_result_is_shown(desk: Rig) -> None:
    analyst, admin = desk.client("analyst"), desk.client("admin")
    page = analyst.get("/nguon/cho").text
    assert "Thử ngay" in page and "Bật" in page
    for client in (analyst, admin):
        form = {"token": token(client.get("/nguon/cho").text)}
        assert client.post("/nguon/cho/thu", data=form).headers["location"] == "/nguon/cho"
    (asked,) = desk.store.requests.list()
    assert (asked.kind, asked.arguments, asked.by) == ("test_source", {"what": "cho"}, "analyst")
    page = admin.get("/nguon/cho").text
    assert "analyst giao thử nguồn này" in page and 'data-refresh="5"' in page and "<button>Thử ngay" not in page
    taken = desk.store.requests.take(NOW)
    assert taken
    assert "máy đang làm" in admin.get("/nguon/cho").text
    desk.store.catalogue.tried("cho", True, "Cổng Chờ Thử: 9 liên kết\nBài <b>một</b>", NOW)
    desk.store.requests.finish(taken.id, {"text": "xong"})
    page = admin.get("/nguon/cho").text
    assert "9 liên kết" in page and "&lt;b&gt;một" in page and "data-refresh" not in page and "<button>Thử ngay" in page
    assert "analyst: thử nguồn" in page
    assert [line.who for line in desk.store.audit_log(subject="cho")] == ["analyst"]


def test_a_trial_that_could_not_be_made_says_why(desk: Rig) -> None:
    desk.store.requests.add("test_source", {"what": "cho"}, "analyst", NOW)
    taken = desk.store.requests.take(NOW)
    assert taken
    desk.store.requests.finish(taken.id, {"text": "không có nguồn cho"}, failed=True)
    assert "Không thử được" in desk.client("admin").get("/nguon/cho").text


def test_pausing_asks_for_a_reason_and_two_people_do_not_overwrite_each_other(desk: Rig) -> None:
    analyst, admin = desk.client("analyst"), desk.client("admin")
    form = {"token": token(analyst.get("/nguon/khoe").text)}
    other = {"token": token(admin.get("/nguon/khoe").text)}
    assert analyst.post("/nguon/khoe/dung", data=form | {"reason": ""}).status_code == 422
    assert not desk.store.listings.get("khoe", NOW - sources.WEEK, NOW).switch  # type: ignore[union-attr]
    answer = analyst.post("/nguon/khoe/dung", data=form | {"reason": "  tòa soạn\n đề nghị <b> "})
    assert answer.headers["location"] == "/nguon/khoe"
    assert of(desk, "khoe").switch == store.Switch(False, "tòa soạn đề nghị <b>", "analyst", NOW)
    late = admin.post("/nguon/khoe/dung", data=other | {"reason": "quá tải"})
    assert late.status_code == 409 and "analyst đã tạm dừng nguồn này trước rồi" in late.text
    assert "tòa soạn đề nghị &lt;b&gt;" in late.text and of(desk, "khoe").switch.by == "analyst"  # type: ignore[union-attr]
    assert admin.post("/nguon/khoe/bat", data=other | {"reason": "hết lý do"}).status_code == 303
    page = desk.client("duty_officer").get("/nguon/khoe").text
    assert sources.state(of(desk, "khoe").brief) == "dang_doc"
    assert "analyst: tạm dừng nguồn. tòa soạn đề nghị &lt;b&gt;" in page and "admin: bật nguồn. hết lý do" in page


def test_a_source_nobody_lists_is_neither_tried_nor_paused(desk: Rig) -> None:
    client = desk.client("admin")
    form = {"token": token(client.get("/nguon/khoe").text), "reason": "lý do"}
    for what in ("thu", "dung", "bat"):
        assert client.post(f"/nguon/khong-co/{what}", data=form).status_code == 404
    assert desk.store.requests.list() == [] and desk.store.catalogue.switches().keys() == {"nghi"}


def test_hostile_words_stay_text_on_the_page_of_a_source(desk: Rig) -> None:
    page = desk.client("admin").get("/nguon/xau").text
    assert "<img src=x" not in page and "&lt;img src=x" in page and 'href="javascript' not in page


def test_every_source_of_the_list_has_a_page(desk: Rig) -> None:
    client = desk.client("analyst")
    for source in SOURCES:
        assert client.get(f"/nguon/{source.source}").status_code == 200, source


def test_who_waits_behind_other_work_is_told(desk: Rig) -> None:
    desk.store.requests.add("train", {"what": ""}, "admin", NOW - timedelta(minutes=1))
    desk.store.requests.join("test_source", {"what": "cho"}, "analyst", NOW)
    client = desk.client("admin")
    assert "thường trong vòng một phút" in client.get("/nguon/cho").text
    assert desk.store.requests.take(NOW)
    assert "máy đang làm một việc khác" in client.get("/nguon/cho").text


def test_the_state_of_the_system_names_sources_as_people_do(desk: Rig) -> None:
    page = desk.client("admin").get("/suc-khoe").text
    assert '<a href="/nguon/hong">Báo Hỏng</a>' in page
    assert "<td>Báo Hỏng</td><td>https://hong.example/rss</td>" in page
    assert "<td>hong</td>" not in page, "nor where something went wrong"
    assert HOSTILE not in page and "&lt;img src=x" in page
