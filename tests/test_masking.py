"""Personal numbers masked, everything else left; scam indicators; pseudonyms."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import masking

NUMBERS = frozenset({"19009068", "02436285231"})
DOMAINS = frozenset({"baohiemxahoi.gov.vn", "zalo.me/bhxhvietnam"})


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Gọi 0912345678 ngay", "Gọi 09xxxxxxxx ngay"),
        ("0912.345.678", "09xx.xxx.xxx"),
        ("091 234 5678", "09x xxx xxxx"),
        ("09-12-345-678", "09-xx-xxx-xxx"),
        ("+84 912 345 678", "+84 xxx xxx xxx"),
        ("84912345678", "84xxxxxxxxx"),
        ("0912345678 đ/c Hà Nội", "09xxxxxxxx đ/c Hà Nội"),
        ("0912345678 người quen", "09xxxxxxxx người quen"),
        ("mã 7912345678 k đúng", "mã 79xxxxxxxx k đúng"),
        ("stk 0071000123 đồng bộ", "stk 00xxxxxxxx đồng bộ"),
        ("số cũ 01263584123", "số cũ 01xxxxxxxxx"),
        ("+84 (0) 912 345 678", "+84 (x) xxx xxx xxx"),
        ("(024) 3825 1234", "(02x) xxxx xxxx"),
        ("0236.3821234", "02xx.xxxxxxx"),
        ("1900.9966.11", "1900.xxxx.xx"),
        ("0912345678,0987654321", "09xxxxxxxx,09xxxxxxxx"),
        ("2.0912345678", "2.09xxxxxxxx"),
        ("số CCCD: 001 085 012 345.", "số CCCD: 00x xxx xxx xxx."),
        ("001085012345", "00xxxxxxxxxx"),
        ("CMND 123456789", "CMND 12xxxxxxx"),
        ("cmnd so 123 456 789", "cmnd so 12x xxx xxx"),
        ("mã số BHXH 7912345678", "mã số BHXH 79xxxxxxxx"),
        ("mã:7912345678;", "mã:79xxxxxxxx;"),
        ("thẻ GD4797912345678", "thẻ GD47xxxxxxxxxxx"),
        ("dn 4 79 7912345678", "dn 4 7x xxxxxxxxxx"),
        ("STK: 19034567890123 VCB", "STK: 19xxxxxxxxxxxx VCB"),
        ("số tài khoản Agribank 3400 205 123 456", "số tài khoản Agribank 34xx xxx xxx xxx"),
        ("stk 123456", "stk 12xxxx"),
        ("hộ chiếu số C1234567", "hộ chiếu số C12xxxxx"),
    ],
)
def test_personal_numbers_are_masked(text: str, masked: str) -> None:
    assert masking.mask(text, NUMBERS) == masked
    assert len(masked) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "tổng đài 1900.9068, 1900.90.68, 19009068, 1900 9068; 024.36285231; (024) 3628 5231; +84 24 3628 5231",
        "500.000.000 đồng; 500000000 đồng; 2.530.000 đ/tháng; 84.987.654.321 đồng; 84.987.654.321",
        "84 987 654 321 đồng, 33.000 tỷ, trên 1.500.000.000.000.000 đồng, 1.037 hoạt chất, $123456789",
        "chuyển 500000000 vào quỹ; 123456789 lượt xem; 987654321 người",
        "ngày 22/11/2025 07:00; 03.09.2025 10:30; 09-10-2025 0830; 2026-03-07T08:52:11.000 +07:00",
        "năm 1900 2000, giai đoạn 1800-1900, 2021-2025, 2025-2026, năm 1945",
        "NĐ 174/2026/NĐ-CP, 2133/BHXH-CSYT, 1420/KH-BHXH, Luật 41/2024/QH15, QĐ 391/QĐ-BTC, số 0123/2025",
        "12,5%; 0,03%/ngày; 45,1%; 95,16%; 05/07/10/14 ngày; 10,5% và 21,5%; 0.987654321",
        "https://tuoitre.vn/bhxh-20251126083945125.htm https://vnexpress.net/x-4956789.html dantri-2025112609.htm",
        "MST 0100109106; mã số thuế: 0100109106",
        "tài khoản bị trừ 5.000.000 đồng; số tài khoản nhận 50.000.000 đồng; số thẻ tăng 123.456.789 thẻ",
        "4.240 chủ hộ tại 54 địa phương (01/2003-12/2021); 41.188 người bệnh; 21,34 triệu người",
        "Điều 11 khoản 1, Điều 95 khoản 2, Thông tư 09/2026/TT-BTC, Mẫu số 01, chương 4, 31 điều",
        "VssID 4.0, CV 568/BHXH-VP, bệnh mã C50.9, lớp 12A1, F0, K11",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert masking.mask(text, NUMBERS) == text


ANY = st.text(alphabet="0123456789 .-/()+xđSTKCMNDstk,:\nạaGD%", max_size=80)


@given(st.one_of(st.text(), ANY))
@example("0 9 1 2 3 4 5 6 7 8")
def test_masking_keeps_length_and_everything_but_digits(text: str) -> None:
    masked = masking.mask(text, NUMBERS)
    assert len(masked) == len(text)
    assert all(a == b or (a.isdigit() and b == "x") for a, b in zip(text, masked, strict=True))


@given(st.sampled_from("35789"), st.text("0123456789", min_size=8, max_size=8), st.sampled_from(["", " ", ".", "-"]))
def test_no_mobile_number_survives(first: str, rest: str, separator: str) -> None:
    number = f"0{first}{rest[:2]}{separator}{rest[2:5]}{separator}{rest[5:]}"
    masked = masking.mask(f"Liên hệ {number} nhé", ())
    assert sum(c.isdigit() for c in masked) == 2


@given(st.integers(1, 10**9), st.sampled_from([" đồng", "đ", " VNĐ", " triệu đồng", " tỷ", " người", " lượt"]))
def test_no_amount_is_masked(value: int, unit: str) -> None:
    for text in (f"{value:,}".replace(",", ".") + unit, f"{value}{unit}"):
        assert masking.mask(f"tổng cộng {text}.", ()) == f"tổng cộng {text}."


@pytest.mark.parametrize("unit", ["0", "0 ", "09.", "a.", "stk ", "84-", "cccd:", "a-a.", "-" * 5, "1900 ", "vssid 4."])
def test_time_grows_with_length_only(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    masking.mask(text, ())
    masking.indicators(text, (), ())
    assert time.process_time() - start < 5


def found(text: str) -> set[tuple[str, str]]:
    return {(i.kind, i.value) for i in masking.indicators(text, DOMAINS, NUMBERS)}


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("vào baohiemxahoi-gov.com để nhận", ("domain", "baohiemxahoi-gov.com")),
        ("http://dichvucongbaohiemxahoi.com/x", ("domain", "dichvucongbaohiemxahoi.com")),
        ("datlichbhxh[.]com", ("domain", "datlichbhxh.com")),
        ("cổng vss.govvvn.com", ("domain", "vss.govvvn.com")),
        ("baohiemxahoi.gov.vn.xyz", ("domain", "baohiemxahoi.gov.vn.xyz")),
        ("bảohiểmxãhội.com", ("domain", "bảohiểmxãhội.com")),
        ("b4ohiemxah0i.net", ("domain", "b4ohiemxah0i.net")),
        ("bấm bit.ly/abc", ("domain", "bit.ly")),
        ("nhantien.top", ("domain", "nhantien.top")),
        ("gọi 1900.9966.11", ("phone", "1900996611")),
        ("zalo 0912 345 678", ("phone", "0912345678")),
        ("+84 912 345 678", ("phone", "0912345678")),
        ("STK 0071000123456 VCB", ("account", "0071000123456")),
        ("stk MB 0912345678", ("account", "0912345678")),
        ("cập nhật VssID 4.0", ("app", "vssid 4.0")),
        ("VSSID phiên bản 4.0.1", ("app", "vssid phiên bản 4.0.1")),
        ("tải Vss ID 4.0", ("app", "vss id 4.0")),
        ("VssID bản 4.0", ("app", "vssid bản 4.0")),
        ("bản mới VssID v4", ("app", "vssid v4")),
        ("vào baohiemxh.com", ("domain", "baohiemxh.com")),
        ("tải baohiem.apk", ("app", "baohiem.apk")),
        ("zalo.me/abcxyz", ("handle", "zalo.me/abcxyz")),
        ("Telegram: @hotro_bhxh", ("handle", "t.me/hotro_bhxh")),
    ],
)
def test_indicators_are_found(text: str, indicator: tuple[str, str]) -> None:
    assert indicator in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://baohiemxahoi.gov.vn và dichvucong.baohiemxahoi.gov.vn, vss.gov.vn, tphcm.baohiemxahoi.gov.vn",
        "zalo.me/bhxhvietnam, tổng đài 1900.9068",
        "theo vnexpress.net, tuoitre.vn, dantri.com.vn",
        "nói về BHXH.Theo ông Nam, quyền lợi BHYT.Người dân yên tâm",
        "ứng dụng VssID, VssID 1.6, VNeID mức 2, VNeID 2.1.6",
        "500.000.000 đồng vào tài khoản, ngày 22/11/2025",
    ],
)
def test_what_is_official_or_ordinary_is_no_indicator(text: str) -> None:
    assert found(text) == set()


def test_an_account_is_told_once_and_shown_masked() -> None:
    (one,) = masking.indicators("STK MB 0912345678, stk mb 0912345678", DOMAINS, NUMBERS)
    assert (one.kind, one.value, one.masked) == ("account", "0912345678", "09xxxxxxxx")
    (domain,) = masking.indicators("baohiemxahoi-gov.com", DOMAINS, NUMBERS)
    assert domain.masked == "baohiemxahoi-gov[.]com"


@given(st.text(max_size=200))
def test_indicators_never_raise_and_are_distinct(text: str) -> None:
    all_found = masking.indicators(text, (), ())
    assert len({(i.kind, i.value) for i in all_found}) == len(all_found)


def test_pseudonyms_are_keyed_stable_and_per_platform() -> None:
    key = b"k" * 32
    one = masking.pseudonym("Nguyễn Văn A", "facebook", key)
    assert len(one) == 64
    assert one == masking.pseudonym(" nguyễn  văn a", "Facebook", key)
    assert one != masking.pseudonym("Nguyễn Văn A", "youtube", key)
    assert one != masking.pseudonym("Nguyễn Văn A", "facebook", b"x" * 32)
    with pytest.raises(ValueError, match="16 byte"):
        masking.pseudonym("a", "facebook", b"short")
