"""The Outline as a Word document in the form of NĐ 30/2020: A4, Times New Roman, Quốc hiệu, page numbers on top.

A draft: number, day, seal and signature stay empty. The same Outline and `as_of` give the same bytes.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

import vietnamese
from reports.outline import WHOLE, Block, Bullets, Outline, Paragraph, Part, Picture, Table, line
from reports.packing import same_bytes

if TYPE_CHECKING:
    from reports.weekly import Letterhead

FONT = "Times New Roman"
BODY = 13


def write(outline: Outline, letterhead: Letterhead, as_of: datetime) -> bytes:
    """The .docx file."""
    document = docx.Document()
    _styles(document)
    _page(document)
    _heading(document, outline, letterhead, as_of)
    for part in outline.parts:
        document.add_heading(part.heading, level=1)
        _blocks(document, part)
    document.paragraphs[-1].paragraph_format.keep_with_next = True  # no signature on a page without words above it
    _text(document, outline.note, size=11, italic=True, indent=False, before=12, keep=True)
    _ending(document, letterhead, outline.draft)
    if outline.appendix:
        _appendix(document, outline, letterhead, as_of)
    _properties(document, outline, letterhead, as_of)
    return same_bytes(document, as_of)


def _styles(document: Document) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY)
    for style in ("Normal", "Heading 1"):
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    normal.paragraph_format.space_before, normal.paragraph_format.space_after = Pt(6), Pt(0)
    heading = document.styles["Heading 1"]
    heading.font.size, heading.font.bold, heading.font.color.rgb = Pt(BODY), True, RGBColor(0, 0, 0)
    heading.paragraph_format.space_before, heading.paragraph_format.keep_with_next = Pt(12), True
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(17)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    for kind, instruction in (("begin", None), (None, "PAGE"), ("end", None)):
        run = number.add_run()
        run.font.size = Pt(BODY)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = instruction
        run._r.append(element)


def _heading(document: Document, outline: Outline, letterhead: Letterhead, as_of: datetime) -> None:
    table = _bare_table(document, 2, (65, 98))
    left, right = table.rows[0].cells
    _cell(left, line(letterhead.parent, 120).upper(), size=12, first=True)
    _cell(left, line(letterhead.agency, 120).upper(), size=12, bold=True)
    _rule(left, Mm(20))
    _cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, first=True)
    _cell(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
    _rule(right, Mm(22))
    left, right = table.rows[1].cells
    _cell(left, f"Số:          /{line(letterhead.symbol, 60)}", first=True)
    _cell(right, f"{line(letterhead.place, 60)}, ngày        {_month(as_of)}", italic=True, first=True)
    if outline.draft:
        _text(document, "DỰ THẢO", bold=True, indent=False)
    _text(document, "BÁO CÁO", size=14, bold=True, align=ALIGN.CENTER, indent=False, before=12)
    about = ("Tình hình thông tin báo chí, mạng xã hội về BHXH, BHYT, BHTN", f"({outline.period})")
    for text in about:
        _text(document, text, size=14, bold=True, align=ALIGN.CENTER, indent=False, before=0)
    rule = _text(document, "", size=1, indent=False, before=0)
    rule.paragraph_format.line_spacing = Pt(3)
    _underline(rule, Mm(55))
    agency = line(letterhead.agency, 120)
    _text(document, f"Kính gửi: Lãnh đạo {agency}", align=ALIGN.CENTER, indent=False, before=8)


def _ending(document: Document, letterhead: Letterhead, draft: bool) -> None:
    _text(document, "", size=6, indent=False, keep=True)
    left, right = _bare_table(document, 1, (82, 81)).rows[0].cells
    _cell(left, "Nơi nhận:", size=12, bold=True, italic=True, align=ALIGN.LEFT, first=True)
    for at, name in enumerate(letterhead.recipients, 1):
        end = "." if at == len(letterhead.recipients) else ";"
        _cell(left, f"- {line(name, 120)}{end}", size=11, align=ALIGN.LEFT)
    _cell(right, line(letterhead.signer_title, 80).upper(), bold=True, first=True)
    for _ in range(4):
        _cell(right, "")
    _cell(right, "(dự thảo, chưa ký)" if draft else "", italic=True)


def _appendix(document: Document, outline: Outline, letterhead: Letterhead, as_of: datetime) -> None:
    _numbered_anew(document)
    _text(document, "PHỤ LỤC", size=14, bold=True, align=ALIGN.CENTER, indent=False, before=0)
    about = "Phương pháp, phạm vi, sai số và danh sách tin, bài"
    _text(document, about, size=14, bold=True, align=ALIGN.CENTER, indent=False, before=0)
    of = f"(Kèm theo Báo cáo số        /{line(letterhead.symbol, 60)} ngày        {_month(as_of)} của {line(letterhead.agency, 120)})"
    _text(document, of, italic=True, align=ALIGN.CENTER, indent=False)
    for part in outline.appendix:
        document.add_heading(part.heading, level=1)
        _blocks(document, part)


def _numbered_anew(document: Document) -> None:
    """A section of its own: the pages of an appendix are counted from 1, the first without its number, as the decree has it."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = True
    number = OxmlElement("w:pgNumType")
    number.set(qn("w:start"), "1")
    section._sectPr.insert_element_before(number, "w:cols", "w:titlePg", "w:docGrid")


def _month(as_of: datetime) -> str:
    """ "tháng 9 năm 2026"; the months that could be altered carry a nought."""
    here = as_of.astimezone(vietnamese.HO_CHI_MINH)
    return f"tháng {here.month:02} năm {here.year}" if here.month < 3 else f"tháng {here.month} năm {here.year}"


def _blocks(document: Document, part: Part) -> None:
    for block, after in zip(part.blocks, (*part.blocks[1:], None), strict=True):
        _block(document, block, isinstance(after, Bullets))


def _block(document: Document, block: Block, leads: bool) -> None:
    """`leads`: the paragraph opens a list and stays with it."""
    if isinstance(block, Paragraph):
        _text(document, block.text, keep=leads)
    elif isinstance(block, Bullets):
        for item in block.items:
            _text(document, f"- {item.text}")
    elif isinstance(block, Table):
        _table(document, block)
    else:
        _picture(document, block)


def _table(document: Document, block: Table) -> None:
    _text(document, block.caption, size=12, italic=True, align=ALIGN.CENTER, indent=False, keep=True)
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.header), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, block.widths)
    for cell, name in zip(table.rows[0].cells, block.header, strict=True):
        _cell(cell, name, size=11, bold=True, first=True)
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "EEF1F5")
        cell._tc.get_or_add_tcPr().append(shade)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row, values in zip(table.rows[1:], block.rows, strict=True):
        _whole(row)
        for at, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            _cell(cell, value, size=11, align=ALIGN.RIGHT if at in block.numbers else ALIGN.LEFT, first=True)
    _together(table.rows)


def _together(rows: Any) -> None:
    """No page ends or begins with a single row of the table: the header and two rows stay together, and the last two; a table
    of up to `WHOLE` rows is not divided at all."""
    last = len(rows) - 1
    for at, row in enumerate(rows):
        if at < last and (last <= WHOLE or at < 2 or at == last - 1):
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


def _picture(document: Document, block: Picture) -> None:
    paragraph = _text(document, "", align=ALIGN.CENTER, indent=False, keep=True)
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Mm(160))
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", block.name)
    _text(document, block.caption, size=12, italic=True, align=ALIGN.CENTER, indent=False, before=0)


def _text(
    document: Document,
    text: str,
    size: int = BODY,
    bold: bool = False,
    italic: bool = False,
    align: Any = ALIGN.JUSTIFY,
    indent: bool = True,
    before: int = 6,
    keep: bool = False,
) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before, form.line_spacing, form.keep_with_next = Pt(before), 1.15, keep
    form.first_line_indent = Cm(1) if indent else None
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _cell(
    cell: Any,
    text: str,
    size: int = BODY,
    bold: bool = False,
    italic: bool = False,
    align: Any = ALIGN.CENTER,
    first: bool = False,
) -> Any:
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _rule(cell: Any, inset: int) -> None:
    paragraph = _cell(cell, "", size=1)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.line_spacing = Pt(0), Pt(2)
    _underline(paragraph, inset)


def _underline(paragraph: Any, inset: int) -> None:
    """A line under `paragraph`, `inset` away from both sides."""
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = inset
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _bare_table(document: Document, rows: int, widths: tuple[int, ...]) -> Any:
    table = document.add_table(rows=rows, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row in table.rows:
        _whole(row)
    _widths(table, widths)
    return table


def _whole(row: Any) -> None:
    """No page breaks within the row: a signature stays under its title."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _widths(table: Any, widths: tuple[int, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _properties(document: Document, outline: Outline, letterhead: Letterhead, as_of: datetime) -> None:
    core, moment = document.core_properties, as_of.astimezone(UTC).replace(tzinfo=None)
    core.title = f"Báo cáo {outline.kind} {outline.week}{' (dự thảo)' if outline.draft else ''}"
    core.author = core.last_modified_by = line(letterhead.name, 120)
    core.created = core.modified = moment
    core.language, core.comments, core.revision = "vi-VN", "", 1
