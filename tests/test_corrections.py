"""An outlet's correction and the item it corrects: written cases, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corrections
from records import Document
from tests.store_support import NOW

EARLIER = [
    ("a", "Từ 01/9, người nghỉ hưu được tăng lương 30%"),
    ("b", "BHXH tỉnh chi trả lương hưu tháng 9 sớm hơn thường lệ"),
    ("c", "Hơn 2.000 lao động bị nợ bảo hiểm xã hội ở khu công nghiệp"),
    ("d", "Lương hưu"),
    ("e", "Cải chính thông tin về mức đóng"),
]


def document(title: str | None, body: str = "", kind: str = "press", key: str = "x") -> Document:
    return Document(key, kind, "bao", "Báo", "", title, None, body, NOW, NOW)  # type: ignore[arg-type]


OWN = [
    ("Cải chính", "Trong bài viết “Từ 01/9, người nghỉ hưu được tăng lương 30%” đăng ngày 20/8, do sơ suất đã ghi sai số liệu."),
    ("Đính chính thông tin", "Bài \"Từ 1/9, người nghỉ hưu được tăng lương 30%\" đăng trên báo ngày 20/8 có chỗ chưa đúng."),
    ("Thông tin cải chính, xin lỗi", "Tòa soạn thành thật xin lỗi bạn đọc vì bài 'Từ 01/9, người nghỉ hưu được tăng lương 30%'."),
    ("Xin lỗi và cải chính", "Ban Biên tập xin cải chính bài Từ 01/9, người nghỉ hưu được tăng lương 30% như sau: mức đúng là 8%."),
    ("ĐÍNH CHÍNH: Từ 01/9, người nghỉ hưu được tăng lương 30%", "Chúng tôi xin đính chính bài đã đăng."),
    ("Toà soạn cải chính và xin lỗi", "Bản tin “Từ 01/9, người nghỉ hưu được tăng lương 30%” phát hành sáng 20/8 đã nêu sai."),
]  # fmt: skip


@pytest.mark.parametrize(("title", "body"), OWN)
def test_a_correction_names_what_it_corrects(title: str, body: str) -> None:
    one = document(title, body)
    assert corrections.is_correction(one)
    found = corrections.corrected(one, EARLIER)
    assert found and found[0] == "a"
    assert found[1] == ("title" if any(mark in body for mark in "“\"'") else "words")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("BHXH Việt Nam đính chính tin đồn bỏ lương hưu", "BHXH Việt Nam khẳng định thông tin đăng trên mạng là sai."),
        ("Đính chính sổ BHXH khi sai ngày sinh: hồ sơ gồm gì?", "Người lao động nộp mẫu TK1-TS tại cơ quan BHXH."),
        ("Thủ tục cải chính hộ tịch", "Bài viết đăng ngày 20/8 hướng dẫn thủ tục."),
        ("Lương hưu tháng 9", "Chúng tôi xin đính chính bài đã đăng."),
        (None, "Cải chính bài đã đăng."),
    ],
)
def test_what_is_no_correction_of_oneself(title: str | None, body: str) -> None:
    assert not corrections.is_correction(document(title, body))


def test_a_post_and_a_report_correct_nobody() -> None:
    assert not [kind for kind in ("post", "report") if corrections.is_correction(document(*OWN[0], kind=kind))]


def test_without_a_name_or_with_two_nothing_is_tied() -> None:
    vague = document("Cải chính", "Trong bài viết đăng ngày 20/8, số liệu có chỗ chưa đúng.")
    assert corrections.is_correction(vague) and corrections.corrected(vague, EARLIER) is None
    one = document(*OWN[0])
    assert corrections.corrected(one, [("a", EARLIER[0][1]), ("a2", EARLIER[0][1])]) is None
    assert corrections.corrected(one, [("x", EARLIER[0][1])]) is None, "never itself"
    assert corrections.corrected(document("Cải chính", "Bài “Lương hưu” đã đăng"), EARLIER) is None, "a title too short"


@given(
    st.text(max_size=400),
    st.text(max_size=400),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=80)), max_size=5),
)
def test_nothing_breaks_it(title: str, body: str, earlier: list[tuple[str, str]]) -> None:
    one = document(title, body)
    corrections.is_correction(one)
    found = corrections.corrected(one, earlier)
    assert found is None or found[0] in {key for key, _ in earlier}
