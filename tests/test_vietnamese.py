"""Letters, abbreviations, dates and numbers."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import vietnamese as vi

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


# ---------------------------------------------------------------- letters


@given(st.text())
@example("b\u0300\u200b\u0301")
@example("\ud800x")
@example("a\r\nb\rc\u2028d")
def test_nfc_is_normal_and_stable(text: str) -> None:
    clean = vi.nfc(text)
    assert unicodedata.is_normalized("NFC", clean)
    assert vi.nfc(clean) == clean
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in clean)
    clean.encode("utf-8")


def test_nfc_keeps_spaces_and_drops_what_cannot_be_seen() -> None:
    assert vi.nfc("bảo\u200b hiểm\u00a0xã\u00ad hội\x00 \ufeff") == "bảo hiểm\u00a0xã hội "
    assert vi.nfc(unicodedata.normalize("NFD", "Bảo hiểm xã hội Việt Nam")) == "Bảo hiểm xã hội Việt Nam"


@given(st.text())
@example("İ")
@example("ﬁ ½ Ⅻ ẞ")
def test_fold_aligned_gives_one_code_point_for_each(text: str) -> None:
    clean = vi.nfc(text)
    folded = vi.fold_aligned(clean)
    assert len(folded) == len(clean)
    assert all(vi.fold_aligned(c) == f for c, f in zip(clean, folded, strict=True))


@given(st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " 0123456789.,-/()"))
def test_both_folds_agree_on_vietnamese_and_leave_ascii(text: str) -> None:
    assert vi.fold(text) == vi.fold_aligned(vi.nfc(text))
    assert vi.fold(text).isascii()
    assert vi.fold(unicodedata.normalize("NFD", text)) == vi.fold(text)


def test_every_vietnamese_letter_folds_to_its_base() -> None:
    assert set(vi.fold(VIETNAMESE)) == set("abcdeghiklmnopqrstuvxy")
    assert vi.fold("ĐƯỜNG ÐIỆN BIÊN") == "duong dien bien"
    assert vi.fold("𝐕𝐬𝐬𝐈𝐃 ④.０ ﬁ") == "vssid 4.0 fi"


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("hoà", "hòa"),
        ("Hoà Bình", "Hòa Bình"),
        ("THUÝ", "THÚY"),
        ("uỷ ban", "ủy ban"),
        ("khoẻ", "khỏe"),
        ("xoá, xoè", "xóa, xòe"),
        ("quý, QUỲ, quỹ", "quý, QUỲ, quỹ"),
        ("toàn ngoài tuýp thuyền", "toàn ngoài tuýp thuyền"),
    ],
)
def test_tone_marks_are_placed_one_way(new: str, old: str) -> None:
    assert vi.normalize_tones(new) == old
    assert vi.normalize_tones(old) == old


@given(st.text(alphabet=VIETNAMESE + " "))
def test_tone_placement_changes_neither_length_nor_letters(text: str) -> None:
    moved = vi.normalize_tones(text)
    assert len(moved) == len(text)
    assert vi.fold(moved) == vi.fold(text)
    assert vi.normalize_tones(moved) == moved


# ---------------------------------------------------------------- abbreviations


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("BHXH", {"bảo hiểm xã hội"}),
        ("Bảo hiểm xã hội", {"bhxh"}),
        ("bao hiem xa hoi", {"bhxh"}),
        ("NLĐ", {"người lao động"}),
        ("kcb", {"khám chữa bệnh", "khám bệnh, chữa bệnh"}),
        ("khám bệnh chữa bệnh", {"kcb"}),
        ("BHXHTN", {"bhxh tự nguyện", "bảo hiểm xã hội tự nguyện"}),
        ("quỹ  BHXH", {"quỹ bảo hiểm xã hội"}),
        ("lương hưu", set()),
    ],
)
def test_search_forms(word: str, others: set[str]) -> None:
    forms = vi.expand(word)
    assert forms[0] == " ".join(word.lower().split())
    assert others <= set(forms[1:])
    assert bool(forms[1:]) == bool(others)


@given(st.sampled_from(sorted(vi.ABBREVIATIONS)))
def test_every_abbreviation_goes_both_ways(short: str) -> None:
    for phrase in vi.expand(short)[1:]:
        assert {vi.fold(short)} & {vi.fold(form) for form in vi.expand(phrase)}


@given(st.lists(st.sampled_from(["bhxh", "bảo", "hiểm", "xã", "hội", "kcb", "nlđ", "x"]), max_size=40))
def test_forms_are_bounded_and_distinct(words: list[str]) -> None:
    forms = vi.expand(" ".join(words))
    assert 1 <= len(forms) <= vi.MAX_FORMS
    assert len(set(forms)) == len(forms)


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Sat, 07 Mar 2026 08:52:11 GMT+7", "2026-03-07T08:52:11+07:00"),
        ("Sat, 07 Mar 2026 08:52:11 +0700", "2026-03-07T08:52:11+07:00"),
        ("Sat, 7 Mar 26 08:52 GMT", "2026-03-07T08:52:00+00:00"),
        ("Sat, 07 Mar 2026 08:52:11 EST", "2026-03-07T08:52:11-05:00"),
        ("2026-03-07T08:52:11.000 +07:00", "2026-03-07T08:52:11+07:00"),
        ("2026-03-07T08:52:11.0000000+07:00", "2026-03-07T08:52:11+07:00"),
        ("2026-03-07T08:52:11Z", "2026-03-07T08:52:11+00:00"),
        ("2026-03-07T08:52:11", "2026-03-07T08:52:11+07:00"),
        ("2026-03-07 08:52", "2026-03-07T08:52:00+07:00"),
        ("2026-03-07", "2026-03-07T00:00:00+07:00"),
        ("2026-03-07 08:52:11 -0530", "2026-03-07T08:52:11-05:30"),
        ("22/11/2025 07:00", "2025-11-22T07:00:00+07:00"),
        ("07:00 22/11/2025", "2025-11-22T07:00:00+07:00"),
        ("22-11-2025 | 07:00", "2025-11-22T07:00:00+07:00"),
        ("22.11.2025", "2025-11-22T00:00:00+07:00"),
        ("Thứ hai, 22/11/2025, 07:00 (GMT+7)", "2025-11-22T07:00:00+07:00"),
        ("Thứ Bảy, 7/3/2026, 8:52 (GMT +7)", "2026-03-07T08:52:00+07:00"),
        ("Cập nhật: 22/11/2025 7:05 PM", "2025-11-22T19:05:00+07:00"),
        ("22/11/2025 12:05 SA", "2025-11-22T00:05:00+07:00"),
        ("Hà Nội, ngày 22 tháng 11 năm 2025", "2025-11-22T00:00:00+07:00"),
        ("7 giờ 30 phút ngày 22/11/2025", "2025-11-22T07:30:00+07:00"),
        ("7h30, 22/11/2025", "2025-11-22T07:30:00+07:00"),
        ("22 Thg 11, 2025", "2025-11-22T00:00:00+07:00"),
        ("March 7, 2026 8:52 AM", "2026-03-07T08:52:00+07:00"),
        ("2 giờ trước", "2026-11-26T08:00:00+07:00"),
        ("Đăng 15 phút trước", "2026-11-26T09:45:00+07:00"),
        ("9' trước", "2026-11-26T09:51:00+07:00"),
        ("2h trước", "2026-11-26T08:00:00+07:00"),
        ("3 ngày trước", "2026-11-23T10:00:00+07:00"),
        ("hôm qua", "2026-11-25T00:00:00+07:00"),
        ("Hôm qua lúc 21:15", "2026-11-25T21:15:00+07:00"),
        ("Hôm nay, 06:30", "2026-11-26T06:30:00+07:00"),
        ("vừa xong", "2026-11-26T10:00:00+07:00"),
    ],
)
def test_dates_of_feeds_and_pages(text: str, iso: str) -> None:
    found = vi.parse_date(text, NOW)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "không rõ",
        "30/02/2025",
        "22/13/2025 07:00",
        "22/11/2025 25:00",
        "22/11/2025 07:61",
        "2026-02-29",
        "0001-01-01",
        "01/01/9999",
        "2026-03-07T08:52:11+99:00",
        "123/11/20255",
        "1772848331",
        "22/11",
        "x" * 10_000 + "22/11/2025",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert vi.parse_date(text, NOW) is None


MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 12, 30)).map(lambda m: m.replace(second=0, microsecond=0))  # noqa: DTZ001
FORMS = ["%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%H:%M, %d-%m-%Y", "%Y-%m-%dT%H:%M:%S+07:00", "%Y-%m-%d %H:%M:00 +0700"]


@given(MOMENTS, st.sampled_from(FORMS))
def test_a_written_moment_is_read_back(moment: datetime, form: str) -> None:
    found = vi.parse_date(moment.strftime(form), NOW)
    assert found is not None
    assert found.replace(tzinfo=None) == moment
    assert found.utcoffset() == timedelta(hours=7)


@given(st.text(max_size=220))
def test_parse_date_never_raises_and_is_aware(text: str) -> None:
    found = vi.parse_date(text, NOW)
    assert found is None or found.tzinfo is not None


def test_dates_are_written_in_viet_nam_time() -> None:
    late = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    assert vi.date_text(late) == "26/11/2026"
    assert vi.time_text(late) == "00:30 26/11/2026"
    assert vi.date_text(date(2026, 9, 1)) == "01/09/2026"
    with pytest.raises(ValueError, match="múi giờ"):
        vi.time_text(datetime(2026, 11, 25))  # noqa: DTZ001


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1.234,5"), (0, "0"), (-0.0, "0"), (1234567, "1.234.567"), (-1500, "-1.500"), (0.1 + 0.2, "0,3")],
)
def test_numbers(value: float, text: str) -> None:
    assert vi.number_text(value) == text


def test_percent() -> None:
    assert vi.percent(0.125) == "12,5%"
    assert vi.percent(1, 0) == "100%"
    assert vi.number_text(2.0, 2) == "2,00"


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_keep_their_digits(value: int) -> None:
    assert int(vi.number_text(value).replace(".", "")) == value
