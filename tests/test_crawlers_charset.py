"""Forty Vietnamese pages, each written in other bytes and mislabelled: what is restored, and what must be flagged."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages import legacy
from crawlers.pages.decode import decode, utf8

from .crawlers_support import article

SENTENCES = """Từ ngày 1 tháng 7, người lao động được hỗ trợ thêm mức đóng bảo hiểm xã hội tự nguyện theo quy định mới.
Bà con vùng cao phấn khởi nhận thẻ bảo hiểm y tế ngay tại trụ sở ủy ban nhân dân xã.
Ông Nguyễn Văn Đức cho rằng thủ tục hưởng lương hưu đã đơn giản hơn trước rất nhiều.
Cơ quan chức năng khuyến cáo người dân không chuyển tiền cho kẻ mạo danh cán bộ bảo hiểm.
Những trường hợp chậm đóng, trốn đóng sẽ bị xử lý nghiêm, kể cả đề nghị khởi tố.
Trẻ em dưới sáu tuổi được cấp thẻ khám chữa bệnh miễn phí trên toàn quốc.
Doanh nghiệp phải trích nộp đầy đủ trước ngày cuối cùng của tháng kế tiếp.
Thủ tướng yêu cầu các bộ, ngành khẩn trương rà soát, sửa đổi những điểm còn vướng mắc.
Quỹ hưu trí và tử tuất bảo đảm chi trả lâu dài, kết dư tăng qua từng năm.
Lũ quét khiến nhiều tuyến đường bị chia cắt, điện và viễn thông gián đoạn suốt đêm.
Đội bóng trẻ giành thắng lợi thuyết phục nhờ lối đá nhanh, mạnh và kỷ luật.
Giá xăng dầu giảm nhẹ, kéo theo cước vận tải ở một số địa phương hạ xuống.
Bệnh viện tuyến huyện đã mổ thành công ca viêm ruột thừa cho cụ bà chín mươi tuổi.
Cử tri đề nghị sớm nâng trợ cấp hằng tháng đối với người khuyết tật nặng.
Học sinh, sinh viên tham gia đạt tỷ lệ gần tuyệt đối nhờ tuyên truyền kịp thời.
Người bị mất giấy tờ có thể dùng ứng dụng VssID để tra cứu quá trình tham gia.
Ngân hàng phối hợp mở tài khoản miễn phí, hướng dẫn rút tiền an toàn cho cụ già.
Theo dự thảo, thời gian đóng tối thiểu để hưởng lương hưu giảm còn mười lăm năm.
Công nhân xưởng may mong được giữ chân lâu hơn thay vì rút một lần.
Chợ nổi, vườn trái cây và những điệu hò đã níu chân biết bao du khách phương xa.
Kỹ sư trẻ nghĩ ra cách sấy hạt điều bằng năng lượng mặt trời, tiết kiệm hẳn một nửa chi phí.
Ủy ban thường vụ cho ý kiến về ngưỡng chịu thuế, mức giảm trừ và lộ trình áp dụng.
Hội phụ nữ xã vận động từng hộ, gõ cửa từng nhà, giải thích cặn kẽ quyền lợi.
Tòa án tuyên buộc công ty bồi thường khoản nợ lương kéo dài gần ba năm.""".splitlines()
UPPER = "CÔNG BỐ KẾT QUẢ THANH TRA ĐỘT XUẤT"
WAYS = 8


def pages() -> list[str]:
    dice = random.Random(40)
    found = []
    for number in range(40):
        said = dice.sample(SENTENCES, dice.randint(3, 14))
        title = f"{said[0][:60].rsplit(' ', 1)[0]} ({number})" if number % 5 else UPPER
        found.append(article(title, "\n\n".join(said)).replace("<meta charset='utf-8'>", ""))
    return found


def as_code_page(text: str, reader: object) -> bytes:
    """By the reader's own table, turned round; VNI by composing what it takes apart."""
    if reader is legacy.vni:
        tones = {sequence: mark for mark, sequence in legacy._VNI_TONES.items()}
        letters = {letter: mark for mark, letter in legacy._VNI_LETTERS.items()}
        return b"".join(_vni(char, tones, letters) for char in text)
    table = legacy._VISCII_MAP if reader is legacy.viscii else legacy._TCVN3_MAP
    back = {char: byte for byte, char in table.items()}
    return bytes(back.get(char, ord(char) if ord(char) < 128 else 63) for char in text)


def _vni(char: str, tones: dict[str, str], letters: dict[str, str]) -> bytes:
    low = char.lower()
    whole = low if low in "íì" else letters.get(low)
    if whole is None:
        apart = unicodedata.normalize("NFD", low)
        base, marks = (apart[0], apart[1:]) if apart else ("", "")
        if "\u031b" in marks:  # the horn is part of the letter
            base, marks = letters[unicodedata.normalize("NFC", base + "\u031b")], marks.replace("\u031b", "")
        order = "".join(sorted(marks, key=lambda mark: mark not in "\u0302\u0306"))
        whole = base + (tones[order] if order else "")
    return (whole.upper() if char.isupper() else whole).encode("cp1252")


def as_cp1258(text: str) -> bytes:
    out = bytearray()
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", char)
            tone = next(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
            out += (unicodedata.normalize("NFC", apart.replace(tone, "")) + tone).encode("cp1258")
    return bytes(out)


def mislabelled(text: str, way: int) -> tuple[bytes, str]:
    twice = "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )
    return [
        (text.encode(), "text/html; charset=windows-1252"),
        (twice.encode(), "text/html; charset=utf-8"),
        (text.encode("utf-16-le"), "text/html; charset=utf-8"),
        (unicodedata.normalize("NFD", text).encode(), "text/html; charset=windows-1258"),
        (as_cp1258(text), "text/html; charset=iso-8859-1"),
        (as_code_page(text, legacy.viscii), "text/html; charset=utf-8"),
        (as_code_page(text, legacy.tcvn3), "text/html; charset=windows-1252"),
        (as_code_page(text, legacy.vni), "text/html"),
    ][way]  # fmt: skip


def restored(text: str, found: str) -> tuple[int, int]:
    """Syllables of the page, and how many of them stand in what was read, in their place."""
    wanted, got = (re.findall(r"\w+", unicodedata.normalize("NFC", one)) for one in (text, found))
    return len(wanted), sum(one == other for one, other in zip(wanted, got, strict=False))


@pytest.mark.parametrize("way", range(WAYS))
def test_forty_pages_written_and_labelled_wrongly(way: int) -> None:
    all_of_them = right = 0
    for page in pages():
        body, kind = mislabelled(page, way)
        found, doubtful = decode(body, kind)
        assert utf8(body, kind) == (found.encode("utf-8", "replace"), doubtful)
        count, same = restored(page, found)
        all_of_them, right = all_of_them + count, right + same
        assert doubtful or not re.search("\ufffd|á»|Ã´|Ã¡|Æ°", found), "mojibake without a flag"
        assert doubtful or same >= 0.99 * count, "wrongly read without a flag"
    print(f"way {way}: {right} of {all_of_them} syllables")
    assert right >= 0.99 * all_of_them


@pytest.mark.parametrize("reader", [legacy.tcvn3, legacy.vni, legacy.viscii])
def test_old_fonts_carried_over_as_western_text(reader: object) -> None:
    """Pasted TCVN3 or VNI text on a page that is UTF-8: other letters altogether, which only the font showed rightly."""
    for page in pages()[:10]:
        if UPPER in page and reader is legacy.viscii:
            continue  # control characters do not survive a paste
        western = as_code_page(page, reader).decode("cp1252" if reader is legacy.vni else "latin-1")
        found, doubtful = decode(western.encode(), "text/html; charset=utf-8")
        count, same = restored(page, found)
        assert doubtful or same >= 0.99 * count


@pytest.mark.parametrize(
    "text",
    [
        "Le président français a été élu à la présidence, où il a déjà été réélu après la fête nationale d'été.",
        "Für Größe, Übermut und Ärger gibt es keine Entschädigung; die Straße führt über Köln nach Österreich.",
        "El niño comió piñas, melón y plátano; mañana irá a la playa con su compañero de la montaña.",
    ],
)
def test_other_languages_stay_as_they_are(text: str) -> None:
    assert decode((text * 3).encode()) == (text * 3, False)


def test_the_tables_are_whole() -> None:
    """Every Vietnamese letter has its place in each code page, once."""
    letters = {
        unicodedata.normalize("NFC", vowel + tone)
        for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    } | set("đĐ")
    wanted = {letter for letter in letters if not letter.isascii()}
    assert wanted == set(legacy._VISCII_MAP.values())
    assert wanted == {char for char in legacy._TCVN3_MAP.values() if char.isalpha()}
    for letter in wanted:
        tones = {sequence: mark for mark, sequence in legacy._VNI_TONES.items()}
        back = {value: mark for mark, value in legacy._VNI_LETTERS.items()}
        assert legacy.vni(_vni(letter, tones, back)) == letter
        assert legacy.cp1258(as_cp1258(letter)) == letter


PIECES = st.sampled_from(
    ["Bảo hiểm ", "y tế ", "Ã", "Ä‘", "áº£", "á»™", "Æ°", "»", "º", "\ufffd", "LÃNH ĐẠO", "\ufeff", "\0", "<p>"]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1258"]))
def test_bytes_and_text_are_the_same_page(text: str, written: str) -> None:
    body = text.encode(written, "replace")
    found, doubtful = decode(body)
    assert utf8(body) == (found.encode("utf-8", "replace"), doubtful)
