"""Numbers held against the facts: what differs, what agrees, and what belongs to something else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from nlp import figures
from nlp.reading import read_field

KNOWN = knowledge.load()
DAY = date(2026, 9, 14)


def said(text: str, day: date = DAY) -> set[tuple[str, str]]:
    return {(one.fact.id, one.verdict) for one in figures.found(read_field("text", text), day, KNOWN)}


@pytest.mark.parametrize(
    ("fact", "wrong", "right"),
    [
        ("F001", "Muốn có lương hưu phải đóng đủ 25 năm BHXH.", "Muốn có lương hưu phải đóng đủ 15 năm BHXH."),
        ("F002", "Lương hưu của nữ khi đủ 15 năm là 55%.", "Lương hưu của nữ khi đủ 15 năm là 45%."),
        ("F004", "Nghỉ hưu trước tuổi thì mỗi năm bị trừ 3%.", "Nghỉ hưu trước tuổi thì mỗi năm bị trừ 2%."),
        ("F006", "Lương hưu từ tháng 7 tăng 12%.", "Lương hưu từ tháng 7 tăng 8%."),
        ("F031", "Mức đóng BHXH tự nguyện bằng 25% thu nhập.", "Mức đóng BHXH tự nguyện bằng 22% thu nhập."),
        (
            "F034",
            "Hộ nghèo được hỗ trợ 30% tiền đóng BHXH tự nguyện.",
            "Hộ nghèo được hỗ trợ 50% tiền đóng BHXH tự nguyện.",
        ),
        ("F036", "BHXH tự nguyện có hai chế độ.", "BHXH tự nguyện có bốn chế độ."),
        (
            "F039",
            "Tiền lương đóng BHXH bắt buộc cao nhất bằng 36 lần mức tham chiếu.",
            "Tiền lương đóng BHXH bắt buộc cao nhất bằng 20 lần mức tham chiếu.",
        ),
        ("F050", "Chậm đóng BHXH phải nộp thêm 0,05%/ngày.", "Chậm đóng BHXH phải nộp thêm 0,03%/ngày."),
        ("F051", "Quá 30 ngày bị coi là trốn đóng BHXH.", "Quá 60 ngày bị coi là trốn đóng BHXH."),
        (
            "F066",
            "BHYT hộ gia đình: người thứ nhất đóng 126.500 đồng mỗi tháng.",
            "BHYT hộ gia đình: người thứ nhất đóng 113.850 đồng mỗi tháng.",
        ),
    ],
)
def test_a_number_agrees_with_its_fact_or_differs(fact: str, wrong: str, right: str) -> None:
    assert (fact, "contradicted") in said(wrong)
    assert (fact, "supported") in said(right) and (fact, "contradicted") not in said(right)


@pytest.mark.parametrize(
    "text",
    [
        "Mức đóng BHYT tăng từ 4,5% lên 4,5%, tức không đổi.",  # the value that is left is nobody's claim
        "Lương cơ sở có 2,5 triệu người hưởng lương được áp dụng.",  # people, no money
        "Cụ 82 tuổi đã nhận trợ cấp hưu trí xã hội đợt đầu.",  # somebody's age
        "Bộ đề xuất mức đóng BHYT tăng lên 5,1% từ năm 2027.",  # a proposal
        "Từ năm 2027 mức đóng BHYT là 5,1%.",  # a time to come
        "Năm 2019 mức đóng BHYT là 3,5%.",  # a time before the fact
        "Tỉnh đặt mục tiêu bao phủ BHYT tăng 5% trong năm.",  # a target
        "Người lao động đóng 8% hưu trí, 1,5% BHYT, 1% bảo hiểm thất nghiệp.",  # a list of rates
        "Hội đồng nhân dân tỉnh nâng trợ cấp hưu trí xã hội lên 700.000 đồng.",  # a province's own rule
        "Người nghỉ thai sản khi sinh con thứ hai được nghỉ bảy tháng.",
        "Công ty nợ BHXH 12 tháng, tổng cộng 3,2 tỷ đồng.",
    ],
)
def test_a_number_of_something_else_contradicts_nothing(text: str) -> None:
    assert not {fact for fact, verdict in said(text) if verdict == "contradicted"}


def test_a_figure_is_held_against_the_one_of_its_day() -> None:
    text = "Tiền lương đóng BHXH bắt buộc cao nhất là 50,6 triệu đồng."
    assert said(text, date(2026, 7, 2)) == {("F039", "supported")}
    assert said(text, date(2026, 6, 29)) == set()  # right for another day: nobody is held to it


@given(st.floats(min_value=5, max_value=79).map(lambda value: round(value, 1)))
def test_every_other_rate_of_the_voluntary_scheme_differs(rate: float) -> None:
    verdicts = {verdict for fact, verdict in said(f"Mức đóng BHXH tự nguyện bằng {rate}% thu nhập.") if fact == "F031"}
    assert verdicts == {"supported" if abs(rate - 22) < 0.09 else "contradicted"}


def test_words_edited_by_people_are_words_whatever_signs_they_hold() -> None:
    fact = KNOWN.fact("F031")
    odd = replace(fact, about=(("(tự nguyện", "a|b", "*"), ("mức đóng <%>",)), unless=("{", "?"))
    edited = replace(KNOWN, version="edited", facts=(odd,))
    part = read_field("text", "Bảo hiểm (tự nguyện: mức đóng % bằng 25% thu nhập.")
    assert [one.verdict for one in figures.found(part, DAY, edited)] == ["contradicted"]
