from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import store.stories
from nlp import stories
from records import Candidate, Text

DAY = date(2026, 7, 6)
SEEN = datetime(2026, 7, 6, tzinfo=UTC)
BODY = (
    "Bảo hiểm xã hội tỉnh cho biết 214 công nhân nhà máy giày ở khu công nghiệp Hòa Phú đã được chốt sổ sau khi doanh nghiệp "
    "nộp đủ 3,2 tỷ đồng tiền chậm đóng. Người lao động có thể nộp hồ sơ tại bộ phận một cửa từ ngày mai. Cơ quan này cũng đề nghị "
    "các đơn vị còn nợ đối chiếu số liệu trước ngày 20 tháng này để kịp công khai danh sách."
)
OTHER = (
    "Bệnh viện đa khoa vùng ven vừa đưa vào dùng hệ thống trả kết quả xét nghiệm qua điện thoại, giúp người bệnh có thẻ bảo hiểm y tế "
    "không phải chờ in giấy. Trong tuần đầu hơn một nghìn lượt khám đã dùng cách mới này và không có trường hợp nào trả nhầm."
)


def text(name: str, title: str | None, body: str, day: date | None = DAY) -> Text:
    return Text(name, title, body, day)


def candidate(name: str, title: str | None, body: str, days: float = 0, province: str | None = None) -> Candidate:
    signature = stories.signature(text(name, title, body))
    return Candidate(name, stories.story_id(name), SEEN + timedelta(days=days), signature, province)


def test_reprint_and_edit_are_copies_another_article_is_not() -> None:
    words = BODY.split(" ")
    edited = " ".join("khác" if at in (5, 40) else word for at, word in enumerate(words))
    texts = [
        text("a", "Chốt sổ cho 214 công nhân", BODY),
        text("b", "Chốt sổ cho 214 công nhân", f"(Theo báo bạn) {BODY}\n\nNguồn: báo bạn"),
        text("c", "Chốt sổ cho 214 công nhân", edited),
        text("d", "Trả kết quả xét nghiệm qua điện thoại", OTHER),
    ]
    placed = {name: (story, copy) for name, story, copy in stories.cluster(texts)}
    assert placed["b"][1] in ("a", "c") and placed["c"][1] in ("a", "b")
    assert placed["d"] == (stories.story_id("d"), None)
    assert placed["a"][0] == placed["b"][0] == placed["c"][0] == stories.story_id("a")


def test_two_outlets_on_one_event_are_one_story_but_no_copies() -> None:
    first = candidate(
        "a", "Công ty giày Hòa Phú nợ 3,2 tỷ đồng BHXH", "Công ty giày Hòa Phú nợ 3,2 tỷ đồng BHXH của 214 công nhân."
    )
    report = text(
        "b", "214 công nhân giày Hòa Phú bị nợ BHXH", "Công ty giày Hòa Phú còn nợ 3,2 tỷ đồng BHXH, công nhân lo lắng."
    )
    placement = stories.place("b", stories.signature(report), SEEN + timedelta(days=1), [first])
    assert (placement.story, placement.near_duplicate_of) == (first.story, None)
    late = stories.place("b", stories.signature(report), SEEN + timedelta(days=30), [first])
    assert late.story == stories.story_id("b")


def test_two_provinces_are_two_events() -> None:
    words = "hỗ trợ 100% mức đóng BHYT cho người cao tuổi và học sinh năm học mới từ ngân sách địa phương"
    near = candidate("a", f"Địa phương {words}", f"Nghị quyết {words}.", province="Đồng Nai")
    other = text("b", "Người cao tuổi được hỗ trợ mức đóng BHYT", "Học sinh cũng được ngân sách địa phương hỗ trợ.")
    signature = stories.signature(other)
    same = stories.place("b", signature, SEEN, [near], "Đồng Nai")
    apart = stories.place("b", signature, SEEN, [near], "Tây Ninh")
    assert apart.similarity <= same.similarity


def test_words_that_several_running_stories_share_join_nothing() -> None:
    shared = "TP.HCM hỗ trợ 100% mức đóng bảo hiểm y tế cho người từ 65 tuổi"
    running = [
        candidate("a", shared, "Phường xã rà soát danh sách hộ khẩu thường trú."),
        candidate("b", shared, "Bạn đọc hỏi có hoàn lại tiền đã mua trước nghị quyết."),
        candidate("c", shared, "Hội đồng nhân dân thành phố biểu quyết thông qua ngân sách."),
    ]
    report = text("d", "Người từ 65 tuổi ở TP.HCM khám mắt lưu động", "Đoàn bác sĩ đến từng phường, có bảo hiểm y tế.")
    signature = stories.signature(report)
    assert stories.place("d", signature, SEEN, running[:1]).story == running[0].story
    assert stories.place("d", signature, SEEN, running).story == stories.story_id("d")


def test_a_report_joins_the_one_of_several_like_stories_whose_own_words_it_has() -> None:
    shared = "TP.HCM hỗ trợ 100% mức đóng bảo hiểm y tế cho người từ 65 tuổi"
    running = [
        candidate("a", shared, "Phường xã rà soát danh sách hộ khẩu thường trú."),
        candidate("b", shared, "Bạn đọc hỏi có hoàn lại tiền đã mua trước nghị quyết."),
    ]
    report = text("c", "Đã mua bảo hiểm y tế, người từ 65 tuổi có được hoàn lại tiền?", "Bạn đọc ở TP.HCM hỏi.")
    assert stories.place("c", stories.signature(report), SEEN, running).story == running[1].story


def test_a_report_that_belongs_to_two_stories_makes_them_one() -> None:
    first = text("a", "Giày Hòa Phú nợ 3,2 tỷ đồng BHXH", "Công đoàn khu công nghiệp lên tiếng.")
    other = text("b", "214 công nhân chưa được chốt sổ", "Nhà máy hẹn sang tháng.", DAY + timedelta(days=1))
    third = text("c", "Giày Hòa Phú nợ 3,2 tỷ đồng BHXH, 214 công nhân chưa được chốt sổ", "", DAY + timedelta(days=2))
    fourth = text("d", "Chốt sổ cho 214 công nhân giày Hòa Phú", "Đã nộp đủ 3,2 tỷ đồng.", DAY + timedelta(days=3))
    apart = {name: story for name, story, _ in stories.cluster([first, other])}
    assert apart["a"] != apart["b"]
    placed = {name: (story, copy) for name, story, copy in stories.cluster([first, other, third, fourth])}
    assert len(set(placed.values())) == 1 and placed["c"][1] is None


def test_the_store_finds_candidates_by_as_many_terms() -> None:
    assert stories.HEAVY == store.stories.HEAVY


def test_a_round_up_tells_no_event_and_joins_nothing() -> None:
    lead = text("a", "Chốt sổ cho 214 công nhân giày Hòa Phú", BODY)
    round_up = text(
        "b", "Tin tức sáng 6-7: Chốt sổ cho 214 công nhân giày Hòa Phú; Giá vàng giảm", "Tin tức đáng chú ý."
    )
    assert stories.signature(round_up).terms == {}
    placed = {name: story for name, story, _ in stories.cluster([lead, round_up])}
    assert placed["a"] != placed["b"]


def test_payout_notices_of_a_month_are_one_story() -> None:
    texts = [
        text("a", "Lịch chi trả lương hưu tháng 8 trên cả nước", "Các địa phương đã có lịch."),
        text("b", "TP.HCM trả lương hưu, trợ cấp tháng 8 ngày nào?", "Cơ quan BHXH thông báo thời gian chi trả."),
        text("c", "Lịch chi trả lương hưu tháng 9 trên cả nước", "Các địa phương đã có lịch.", DAY + timedelta(days=7)),
    ]
    placed = {name: story for name, story, _ in stories.cluster(texts)}
    assert placed["a"] == placed["b"]


def test_copies_found_in_two_stories_merge_them() -> None:
    one, two = candidate("a", None, BODY), candidate("b", None, f"{BODY} Nguồn khác.", days=1)
    placement = stories.place("c", stories.signature(text("c", None, BODY)), SEEN + timedelta(days=2), [one, two])
    assert (placement.near_duplicate_of, placement.merged) == ("a", (two.story,))


def test_short_texts_are_never_copies() -> None:
    placed = stories.cluster([text("a", None, "Hay quá"), text("b", None, "Hay quá"), text("c", None, "")])
    assert [copy for _, _, copy in placed] == [None, None, None]


def test_signatures_are_the_same_in_another_process() -> None:
    code = (
        "import sys; from nlp import stories; from records import Text;"
        "print(stories.signature(Text('a', None, sys.argv[1], None)).bands)"
    )
    shown = subprocess.run([sys.executable, "-c", code, BODY], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == str(stories.signature(text("a", None, BODY)).bands)


@pytest.mark.parametrize("how_many", [0, 1, 3])
def test_batch_and_single_agree(how_many: int) -> None:
    texts = [text(str(at), f"Tin {at}", BODY[at * 9 :]) for at in range(how_many)]
    assert stories.signatures(texts) == [stories.signature(one) for one in texts]


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_has_a_signature(body: str, title: str) -> None:
    signature = stories.signature(text("x", title, body))
    assert all(0 <= band < 2**63 for band in signature.bands)
    assert len(signature.terms) <= 61 and all(weight >= 0 for weight in signature.terms.values())
    assert stories.likeness(signature, signature) in (0.0, 1.0)
