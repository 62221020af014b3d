"""A Paper as a Word document and as HTML for the PDF, in the form of NĐ 30/2020: a draft without number, day, seal or
signature. The same paper and `as_of` give the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Mm, Pt

import vietnamese
from reports import docx as form
from reports import pages, pdf
from reports.outline import line
from reports.packing import same_bytes
from reports.papers import Paper

if TYPE_CHECKING:
    from reports.weekly import Letterhead

UNIT = "…"
"""the end of a letter's symbol: the drafting unit's letters are not known here"""


def files(paper: Paper, letterhead: Letterhead, as_of: datetime) -> tuple[dict[str, bytes], str]:
    """File name -> content (DOCX, and PDF where the machine can), and what is missing for the PDF."""
    stem = f"{paper.kind}-{as_of.astimezone(vietnamese.HO_CHI_MINH):%Y%m%d-%H%M}"
    printed, missing = pdf.render(html(paper, letterhead, as_of), as_of)
    made = {f"{stem}.docx": write(paper, letterhead, as_of)}
    return made | ({f"{stem}.pdf": printed} if printed else {}), missing


def html(paper: Paper, letterhead: Letterhead, as_of: datetime) -> str:
    return pages.filled(
        "van-ban.html", paper=paper, letterhead=letterhead, symbol=symbol(paper, letterhead), month=month(as_of)
    )


def write(paper: Paper, letterhead: Letterhead, as_of: datetime) -> bytes:
    """The .docx file."""
    document = docx.Document()
    form._styles(document)
    form._page(document)
    _heading(document, paper, letterhead, as_of)
    form._text(document, f"Kính gửi: {line(paper.to, 160)}", align=ALIGN.CENTER, indent=False, before=8)
    for piece in paper.pieces:
        paragraph = form._text(document, "", before=4, align=ALIGN.LEFT if piece.left else ALIGN.JUSTIFY)
        paragraph.paragraph_format.line_spacing = 1.0
        for words, bold in ((piece.head, True), (piece.text, False)):
            run = paragraph.add_run(words)
            run.font.size, run.bold = Pt(form.BODY), bold
    form._text(document, paper.note, size=10, italic=True, indent=False, align=ALIGN.LEFT, before=6, keep=True)
    _ending(document, paper, letterhead)
    core, moment = document.core_properties, as_of.astimezone(UTC).replace(tzinfo=None)
    core.title = f"{paper.title or line(paper.about, 120)} (dự thảo)"
    core.author = core.last_modified_by = line(letterhead.name, 120)
    core.created = core.modified = moment
    core.language, core.comments, core.revision = "vi-VN", "", 1
    return same_bytes(document, as_of)


def _heading(document: Any, paper: Paper, letterhead: Letterhead, as_of: datetime) -> None:
    table = form._bare_table(document, 2, (70, 93))
    left, right = table.rows[0].cells
    form._cell(left, line(letterhead.parent, 120).upper(), size=12, first=True)
    form._cell(left, line(letterhead.agency, 120).upper(), size=12, bold=True)
    form._rule(left, Mm(20))
    form._cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, first=True)
    form._cell(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
    form._rule(right, Mm(22))
    left, right = table.rows[1].cells
    form._cell(left, f"Số:          /{symbol(paper, letterhead)}", first=True)
    form._cell(right, f"{line(letterhead.place, 60)}, ngày        {month(as_of)}", italic=True, first=True)
    if not paper.title:
        form._cell(left, paper.about, size=12)
    form._text(document, "DỰ THẢO", bold=True, indent=False)
    if paper.title:
        form._text(document, paper.title, size=14, bold=True, align=ALIGN.CENTER, indent=False, before=6)
        form._text(document, paper.about, size=14, bold=True, align=ALIGN.CENTER, indent=False, before=0)
        rule = form._text(document, "", size=1, indent=False, before=0)
        rule.paragraph_format.line_spacing = Pt(3)
        form._underline(rule, Mm(55))


def _ending(document: Any, paper: Paper, letterhead: Letterhead) -> None:
    left, right = form._bare_table(document, 1, (82, 81)).rows[0].cells
    form._cell(left, "Nơi nhận:", size=12, bold=True, italic=True, align=ALIGN.LEFT, first=True)
    for at, name in enumerate(paper.recipients, 1):
        end = "." if at == len(paper.recipients) else ";"
        form._cell(left, f"- {line(name, 120)}{end}", size=11, align=ALIGN.LEFT)
    form._cell(right, line(letterhead.signer_title, 80).upper(), bold=True, first=True)
    for _ in range(2):
        form._cell(right, "")
    form._cell(right, "(dự thảo, chưa ký)", italic=True)


def symbol(paper: Paper, letterhead: Letterhead) -> str:
    """A report carries the report's symbol; a letter the agency's, its drafting unit left to the writer."""
    if paper.title:
        return line(letterhead.symbol, 60)
    return f"{line(letterhead.symbol, 60).removeprefix('BC-')}-{UNIT}"


def month(as_of: datetime) -> str:
    """ "tháng 9 năm 2026"; the months that could be altered carry a nought."""
    here = as_of.astimezone(vietnamese.HO_CHI_MINH)
    return f"tháng {here.month:02} năm {here.year}" if here.month < 3 else f"tháng {here.month} năm {here.year}"
