"""Personal numbers as people really write them: every case written by hand, and what must stay beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
import masking

NUMBERS = frozenset({"19009068", "02436285231"})
WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SPELLINGS = [
    ("alo 0912 345 678 nhé", "alo 09xx xxx xxx nhé"),
    ("sđt: 0912.34.56.78", "sđt: 09xx.xx.xx.xx"),
    ("đt 0912-345-678", "đt 09xx-xxx-xxx"),
    ("ĐT:0912345678.", "ĐT:09xxxxxxxx."),
    ("lh 0 912 345 678", "lh 0 9xx xxx xxx"),
    ("lh: 09 12 34 56 78", "lh: 09 xx xx xx xx"),
    ("zalo 0912.345678", "zalo 09xx.xxxxxx"),
    ("số 0912 3456 78", "số 09xx xxxx xx"),
    ("gọi (0912) 345 678", "gọi (09xx) xxx xxx"),
    ("gọi +84912345678", "gọi +84xxxxxxxxx"),
    ("gọi +84-912-345-678", "gọi +84-xxx-xxx-xxx"),
    ("gọi +84.912.345.678", "gọi +84.xxx.xxx.xxx"),
    ("gọi +84 91 234 56 78", "gọi +84 xx xxx xx xx"),
    ("gọi (+84) 912 345 678", "gọi (+84) xxx xxx xxx"),
    ("gọi 0084 912 345 678", "gọi 00xx xxx xxx xxx"),
    ("gọi 84 912 345 678 giúp em", "gọi 84 xxx xxx xxx giúp em"),
    ("0912 345 678 / 0987 654 321", "09xx xxx xxx / 09xx xxx xxx"),
    ("0912345678-0987654321", "09xxxxxxxx-09xxxxxxxx"),
    ("sđt 0912,345,678", "sđt 09xx,xxx,xxx"),
    ("sđt 0912_345_678", "sđt 09xx_xxx_xxx"),
    ("sđt 0912*345*678", "sđt 09xx*xxx*xxx"),
    ("sđt 0912…345…678", "sđt 09xx…xxx…xxx"),
    ("sđt 0.9.1.2.3.4.5.6.7.8", "sđt 0.9.x.x.x.x.x.x.x.x"),
    ("sđt 0 9 1 2 3 4 5 6 7 8", "sđt 0 9 x x x x x x x x"),
    ("số O912345678 chữ O", "số O91xxxxxxx chữ O"),
    ("không chín một hai ba bốn năm sáu bảy tám", "không chín xxx xxx xx xxx xxx xxx xxx xxx"),
    ("Không Chín Một Hai Ba Bốn Năm Sáu Bảy Tám", "Không Chín xxx xxx xx xxx xxx xxx xxx xxx"),
    ("ko chín một, hai ba bốn, năm sáu bảy tám", "ko chín xxx, xxx xx xxx, xxx xxx xxx xxx"),
    ("khong chin mot hai ba bon nam sau bay tam", "khong chin xxx xxx xx xxx xxx xxx xxx xxx"),
    ("không chín 12 ba bốn năm sáu bảy tám", "không chín xx xx xxx xxx xxx xxx xxx"),
    ("không-chín-một-hai-ba-bốn-năm-sáu-bảy-tám", "không-chín-xxx-xxx-xx-xxx-xxx-xxx-xxx-xxx"),
    ("cộng tám tư chín một hai ba bốn năm sáu bảy tám", "cộng tám tư xxxx xxx xxx xx xxx xxx xxx xxx xxx"),
    ("không chín mốt hai ba tư lăm sáu bẩy tám", "không chín xxx xxx xx xx xxx xxx xxx xxx"),
    ("024 3825 1234", "02x xxxx xxxx"),
    ("028.38.291.234", "02x.xx.xxx.xxx"),
    ("(0236) 3 821 234", "(02xx) x xxx xxx"),
    ("+84 24 3825 1234", "+84 xx xxxx xxxx"),
    ("CCCD 001085012345", "CCCD 00xxxxxxxxxx"),
    ("cccd: 001 085 012345", "cccd: 00x xxx xxxxxx"),
    ("căn cước công dân số 001.085.012.345", "căn cước công dân số 00x.xxx.xxx.xxx"),
    ("thẻ căn cước 001-085-012-345", "thẻ căn cước 00x-xxx-xxx-xxx"),
    ("CMND: 012345678", "CMND: 01xxxxxxx"),
    ("CMND 012 345 678", "CMND 01x xxx xxx"),
    ("cmt 012345678 cấp tại HN", "cmt 01xxxxxxx cấp tại HN"),
    ("số CMND/CCCD: 012345678/001085012345", "số CMND/CCCD: 01xxxxxxx/00xxxxxxxxxx"),
    ("định danh 001085012345", "định danh 00xxxxxxxxxx"),
    ("001 085 012 345 là số của mẹ tôi", "00x xxx xxx xxx là số của mẹ tôi"),
    ("mã số BHXH: 0123456789", "mã số BHXH: 01xxxxxxxx"),
    ("mã BHXH 012.345.6789", "mã BHXH 01x.xxx.xxxx"),
    ("số sổ BHXH 7916 123 456", "số sổ BHXH 79xx xxx xxx"),
    ("số sổ bảo hiểm 7916123456", "số sổ bảo hiểm 79xxxxxxxx"),
    ("mã số bảo hiểm xã hội của tôi là 7916123456", "mã số bảo hiểm xã hội của tôi là 79xxxxxxxx"),
    ("msbhxh 7916123456", "msbhxh 79xxxxxxxx"),
    ("thẻ BHYT DN4791234567890", "thẻ BHYT DN47xxxxxxxxxxx"),
    ("thẻ bhyt: GD 4 79 79 123 45678", "thẻ bhyt: GD 4 7x xx xxx xxxxx"),
    ("mã thẻ HT2010123456789", "mã thẻ HT20xxxxxxxxxxx"),
    ("STK 1234567890 Vietcombank", "STK 12xxxxxxxx Vietcombank"),
    ("stk: 1903 4567 8901 23", "stk: 19xx xxxx xxxx xx"),
    ("s.t.k 0071000123456", "s.t.k 00xxxxxxxxxxx"),
    ("số TK 0071.0001.23456 VCB", "số TK 00xx.xxxx.xxxxx VCB"),
    ("tk ngân hàng MB 0912345678 Nguyen Van A", "tk ngân hàng MB 09xxxxxxxx Nguyen Van A"),
    ("tài khoản Agribank: 3400205123456", "tài khoản Agribank: 34xxxxxxxxxxx"),
    ("chuyển khoản vào 19034567890123", "chuyển khoản vào 19xxxxxxxxxxxx"),
    ("số thẻ ATM 9704 3612 3456 7890", "số thẻ ATM 97xx xxxx xxxx xxxx"),
    ("ck Vietinbank 10 1234 567 890", "ck Vietinbank 10 xxxx xxx xxx"),
    ("mail nguyenvana@gmail.com nhé", "mail ngxxxxxxxx@gmail.com nhé"),
    ("email: a.b-c_1987@yahoo.com.vn", "email: a.x-xxxxxx@yahoo.com.vn"),
    ("hoten(at)gmail.com", "hoxxx(at)gmail.com"),
    ("zl 0912345678 gặp chị Lan", "zl 09xxxxxxxx gặp chị Lan"),
    ("ib zalo 0912 34 5678", "ib zalo 09xx xx xxxx"),
    ("SĐT của em: 0912345678 ạ", "SĐT của em: 09xxxxxxxx ạ"),
    ("đ/t: 0912345678", "đ/t: 09xxxxxxxx"),
    ("0912345678 (Ms Hoa)", "09xxxxxxxx (Ms Hoa)"),
    ("[0912345678]", "[09xxxxxxxx]"),
    ("ĐT bàn 02438251234", "ĐT bàn 02xxxxxxxxx"),
    ("hotline giả 1900 9966 11", "hotline giả 1900 xxxx xx"),
    ("số 1800.1234.56 lạ", "số 1800.xxxx.xx lạ"),
    ("em ở nhà số 12, sđt 0912 345 678", "em ở nhà số 12, sđt 09xx xxx xxx"),
    (
        "lh em qua sdt không chín tám bảy, sáu năm bốn, ba hai một không",
        "lh em qua sdt không chín xxx xxx, xxx xxx xxx, xx xxx xxx xxxxx",
    ),
    ("cmt số: 0 1 2 3 4 5 6 7 8", "cmt số: 0 1 x x x x x x x"),
    ("số cccd của bố em là 001085012345", "số cccd của bố em là 00xxxxxxxxxx"),
    ("CCCD:001085012345;SĐT:0912345678", "CCCD:00xxxxxxxxxx;SĐT:09xxxxxxxx"),
    ("BHXH số 7916123456 chưa chốt", "BHXH số 79xxxxxxxx chưa chốt"),
    ("mã số thuế 0100109106 và cccd 001085012345", "mã số thuế 0100109106 và cccd 00xxxxxxxxxx"),
    ("stk 0912345678 mb bank", "stk 09xxxxxxxx mb bank"),
    ("Số tài khoản: 1234 5678 90", "Số tài khoản: 12xx xxxx xx"),
    ("tk: 190.3456.7890.123 tcb", "tk: 19x.xxxx.xxxx.xxx tcb"),
    ("tài khoản 9704361234567890", "tài khoản 97xxxxxxxxxxxxxx"),
    ("hộ chiếu B1234567", "hộ chiếu B12xxxxx"),
    ("lienhe.bhxh@gmail.com", "lixxxx.xxxx@gmail.com"),
    ("ngoc_lan+bhxh@outlook.com", "ngxxxxxx+xxxx@outlook.com"),
    ("mail em: lan@abc.vn", "mail em: lxx@abc.vn"),
]


@pytest.mark.parametrize(("text", "masked"), SPELLINGS)
def test_a_number_is_masked_however_it_is_written(text: str, masked: str) -> None:
    assert masking.mask(text, NUMBERS) == masked
    assert len(masked) == len(text) and masking.mask(masked, NUMBERS) == masked, "masking again changes nothing"


def test_there_are_at_least_sixty_of_them() -> None:
    assert len({text for text, _ in SPELLINGS}) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "Tổng đài 1900 9068 hoặc 1900.9068, 1900-9068; gọi 19009068",
        "điện thoại 024.3628.5231, (024) 36285231, 0 2 4 3 6 2 8 5 2 3 1",
        "thư gửi hotro@vss.gov.vn, bhxh@hanoi.gov.vn",
        "không năm nào, không hai thì ba, năm sáu bảy tám người",
        "năm 2021, 2022, 2023, 2024, 2025; không 1 2 3 4 5 6 7 8 9",
        "gọi tăng 0,5; 7,8; 9,1; 2,3; 4,5 điểm phần trăm",
        "chuyển khoản 12.500.000 đồng; tài khoản nhận 1 250 000 000 đồng; ck 500 000 000 cho quỹ",
        "liên hệ ngày 03-09-2025 10:30; hotline mở 7-17 giờ, 5-6 ngày, 20 năm",
        "https://bao.example/tu-1-7-2027-4933091.html, /khong-mot-hai-20251126083945125.htm",
        "tài khoản VNeID mức 2, tk mức 1, ck ngày 20/11/2025",
        "căn cước theo Luật 26/2023/QH15, CCCD gắn chip từ 01/7/2024",
        "@bhxhvietnam, a@b, tag @nguoi_dung, 5@10",
        "Nghị định 174/2026/NĐ-CP, công văn 1420/KH-BHXH, mẫu TK1-TS",
    ],
)
def test_what_is_official_or_no_number_of_a_person_stays(text: str) -> None:
    assert masking.mask(text, NUMBERS) == text


def test_the_shipped_official_numbers_stay() -> None:
    official = knowledge.load().official_numbers
    assert official
    for number in official:
        assert masking.mask(f"gọi {number} để hỏi", official) == f"gọi {number} để hỏi"


@given(st.text("0123456789", min_size=8, max_size=8), st.sampled_from([" ", "-", ", ", ". "]), st.sampled_from("35789"))
def test_no_number_survives_by_being_spelt_out(rest: str, between: str, first: str) -> None:
    number = f"0{first}{rest}"
    spelt = between.join(WORDS[int(digit)] for digit in number)
    masked = masking.mask(f"liên hệ {spelt} nhé")
    assert sum(word in masked.replace(",", " ").replace(".", " ").replace("-", " ").split() for word in set(WORDS)) <= 2
    (found,) = [one for one in masking.indicators(f"liên hệ {spelt} nhé", (), ()) if one.kind == "phone"]
    assert found.value == number and masking.digits(spelt) == number


@given(
    st.text("0123456789", min_size=8, max_size=8), st.text(" .-_*,", min_size=9, max_size=9), st.sampled_from("35789")
)
def test_beside_the_word_for_a_telephone_any_signs_between_help_nothing(rest: str, signs: str, first: str) -> None:
    number = f"0{first}{rest}"
    written = "".join(digit + sign for digit, sign in zip(number, [*signs, ""], strict=False))
    assert sum(c.isdigit() for c in masking.mask(f"sđt: {written}")) <= 2


@given(st.from_regex(r"[a-z][a-z0-9._]{3,20}[a-z0-9]@[a-z]{3,10}\.(com|vn|com\.vn)", fullmatch=True))
def test_the_name_of_a_mail_address_is_masked_and_its_place_stays(address: str) -> None:
    masked = masking.mask(f"mail {address} nhé")
    name, _, domain = address.partition("@")
    assert masked.endswith(f"@{domain} nhé") and masked.startswith(f"mail {name[:2]}")
    assert not set(masked.removeprefix(f"mail {name[:2]}").partition("@")[0]) - set("x.")
