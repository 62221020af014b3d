"""Whether a Word file has the form of Decree 30/2020/NĐ-CP: paper, margins, fonts, sizes, the nine components in their order.

Reads the finished file and nothing else, so that it finds what the writer forgot.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn

FONT = "Times New Roman"
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
BODY = re.compile(r"I\. ")


def faults(content: bytes) -> list[str]:
    """What is not as the decree has it, in Vietnamese; empty: nothing."""
    document = docx.Document(io.BytesIO(content))
    found = [*_paper(document), *_fonts(document), *_numbers(document)]
    if len(document.tables) < 2:
        return [*found, "thiếu bảng đầu trang hoặc bảng ký"]
    return [*found, *_head(document), *_order(document), *_body(document), *_end(document), *_pictures(document)]


def _paper(document: Any) -> Iterator[str]:
    for section in document.sections:
        size = round(section.page_width.mm), round(section.page_height.mm)
        if size != (210, 297):
            yield f"khổ giấy {size}, không phải A4"
        bounds = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}
        for side, (least, most) in bounds.items():
            width = getattr(section, f"{side}_margin").mm
            if not least - 0.1 <= width <= most + 0.1:
                yield f"lề {side} {width:.0f} mm, phải từ {least} đến {most}"


def _fonts(document: Any) -> Iterator[str]:
    """Every font named anywhere in the words or their styles is the one; every run is black."""
    used = {"Normal", "Heading 1", "Table Grid", "Normal Table", "Default Paragraph Font", "Header"}
    for style in document.styles.element.iter(qn("w:style")):
        name = style.find(qn("w:name")).get(qn("w:val"))
        fonts = style.find(f".//{qn('w:rFonts')}")
        if name.lower() in {one.lower() for one in used} and fonts is not None:
            yield from _font(fonts, f"kiểu {name}")
    for run in document.element.body.iter(qn("w:rPr")):
        fonts, colour = run.find(qn("w:rFonts")), run.find(qn("w:color"))
        if fonts is not None:
            yield from _font(fonts, "một đoạn chữ")
        if colour is not None and colour.get(qn("w:val")) not in ("000000", "auto"):
            yield f"chữ màu {colour.get(qn('w:val'))}"


def _font(fonts: Any, where: str) -> Iterator[str]:
    for name, value in fonts.attrib.items():
        if name.endswith("Theme") or value != FONT:
            yield f"phông {value} ở {where}"


def _numbers(document: Any) -> Iterator[str]:
    """Page numbers: on top, centred, 13 to 14, not on the first page."""
    section = document.sections[0]
    number = section.header.paragraphs[0]
    if "PAGE" not in number._p.xml or number.alignment != ALIGN.CENTER:
        yield "số trang không ở giữa lề trên"
    sizes = {run.font.size.pt for run in number.runs if run.font.size}
    if not sizes or not all(13 <= size <= 14 for size in sizes):
        yield f"cỡ chữ số trang {sizes or 'không nêu'}"
    if not section.different_first_page_header_footer or "PAGE" in section.first_page_header._element.xml:
        yield "trang đầu có số trang"
    if "phụ lục" in components(document):
        own = document.sections[-1]._sectPr.find(qn("w:pgNumType"))
        if own is None or own.get(qn("w:start")) != "1":
            yield "trang của phụ lục không được đánh số riêng"


def _head(document: Any) -> Iterator[str]:
    """State and motto, agency, number, place and date."""
    cells = document.tables[0].rows[0].cells
    if len(cells) != 2 or STATE not in cells[1].text or len(document.tables[0].rows) != 2:
        yield "thiếu quốc hiệu, tên cơ quan ở đầu trang"
        return
    left, right = cells
    yield from _line(right.paragraphs[0], STATE, (12, 13), bold=True)
    yield from _line(right.paragraphs[1], MOTTO, (13, 14), bold=True)
    yield from _line(left.paragraphs[0], None, (12, 13), bold=False, upper=True)
    yield from _line(left.paragraphs[1], None, (12, 13), bold=True, upper=True)
    number, place = (cell.paragraphs[0] for cell in document.tables[0].rows[1].cells)
    yield from _line(number, None, (13, 13), bold=False)
    yield from _line(place, None, (13, 14), bold=False, italic=True)
    if not re.fullmatch(r"Số: +/\S+", number.text):
        yield f"số, ký hiệu phải để trống số: {number.text!r}"
    if not re.fullmatch(r"[^,]+, ngày +tháng (0[12]|[3-9]|1[0-2]) năm \d{4}", place.text):
        yield f"địa danh, thời gian: {place.text!r}"


def _line(
    paragraph: Any,
    text: str | None,
    sizes: tuple[int, int],
    bold: bool,
    italic: bool = False,
    upper: bool = False,
) -> Iterator[str]:
    said = paragraph.text
    if text is not None and said != text:
        yield f"{said!r} thay cho {text!r}"
    if upper and said != said.upper():
        yield f"{said!r} phải viết hoa"
    for run in paragraph.runs:
        size = run.font.size.pt if run.font.size else 0
        if not sizes[0] <= size <= sizes[1]:
            yield f"{said!r}: cỡ chữ {size}"
        if bool(run.bold) != bold or bool(run.italic) != italic:
            yield f"{said!r}: kiểu chữ đậm, nghiêng không đúng"


def components(document: Any) -> list[str]:
    """The nine components as they stand, from the first page on."""
    found: list[str] = []
    for element in document.element.body:
        text = "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in element.iter(qn("w:p")))
        if element.tag == qn("w:tbl") and STATE in text:
            found += ["quốc hiệu và tiêu ngữ", "tên cơ quan", "số, ký hiệu", "địa danh và thời gian"]
        elif text == "BÁO CÁO":
            found.append("tên loại và trích yếu")
        elif BODY.match(text) and "nội dung" not in found:
            found.append("nội dung")
        elif element.tag == qn("w:tbl") and text.startswith("Nơi nhận:"):
            found += ["chức vụ, họ tên, chữ ký", "dấu, chữ ký số", "nơi nhận"]
        elif text == "PHỤ LỤC":
            found.append("phụ lục")
    return found


NINE = [
    "quốc hiệu và tiêu ngữ", "tên cơ quan", "số, ký hiệu", "địa danh và thời gian", "tên loại và trích yếu", "nội dung",
    "chức vụ, họ tên, chữ ký", "dấu, chữ ký số", "nơi nhận",
]  # fmt: skip


def _order(document: Any) -> Iterator[str]:
    found = components(document)
    if found not in (NINE, [*NINE, "phụ lục"]):
        yield f"thứ tự thành phần: {'; '.join(found)}"


def _body(document: Any) -> Iterator[str]:
    """Title and subject; then every paragraph of running text: 13 or 14, justified, spaced, one to one and a half lines."""
    paragraphs = document.paragraphs
    at = next((n for n, one in enumerate(paragraphs) if one.text == "BÁO CÁO"), None)
    if at is None:
        return
    for one in paragraphs[at : at + 3]:
        yield from _line(one, None, (13, 14), bold=True)
    for one in paragraphs[at + 3 :]:
        form = one.paragraph_format
        if not one.text or one.alignment != ALIGN.JUSTIFY or form.first_line_indent is None:
            continue
        if not 1 <= (form.line_spacing or 1) <= 1.5 or (form.space_before and form.space_before.pt < 6):
            yield f"giãn dòng, giãn đoạn: {one.text[:40]!r}"
        if not 10 <= form.first_line_indent.mm <= 12.7:
            yield f"thụt đầu dòng {form.first_line_indent.mm:.1f} mm: {one.text[:40]!r}"
        if any(not run.font.size or not 13 <= run.font.size.pt <= 14 for run in one.runs):
            yield f"cỡ chữ nội dung: {one.text[:40]!r}"


def _end(document: Any) -> Iterator[str]:
    """Recipients on the left, the signatory on the right, with room for seal and signature."""
    table = next((one for one in document.tables if one.rows[0].cells[0].text.startswith("Nơi nhận:")), None)
    if table is None:
        return
    left, right = table.rows[0].cells
    yield from _line(left.paragraphs[0], "Nơi nhận:", (12, 12), bold=True, italic=True)
    for one in left.paragraphs[1:]:
        yield from _line(one, None, (11, 11), bold=False)
    yield from _line(right.paragraphs[0], None, (13, 14), bold=True, upper=True)
    if sum(not one.text for one in right.paragraphs[1:]) < 3:
        yield "không có chỗ cho dấu và chữ ký"
    if table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None:
        yield "khối ký có thể bị ngắt sang trang khác"


def _pictures(document: Any) -> Iterator[str]:
    for shape in document.inline_shapes:
        if not shape._inline.docPr.get("descr"):
            yield "hình không có chữ thay thế"
        if shape.width.mm > 165:
            yield "hình rộng hơn khung chữ"
