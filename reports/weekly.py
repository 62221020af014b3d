"""The BÁO CÁO of one closed week, month, quarter or year: figures in, all formats out. Pure: the same figures give the same bytes.

Issues nothing and sends nothing: what is built is a draft without number, seal or signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import vietnamese
from knowledge import Knowledge
from records import Figures
from reports import (
    clocks,
    docx,
    findings,
    handling,
    method,
    outlook,
    overview,
    pages,
    pdf,
    policy,
    situation,
    subjects,
    traceable,
)
from reports.counts import Counts
from reports.outline import Bullets, Outline, Paragraph, Part, line

PROPOSALS = "de-xuat"
"""the part whose drafted words the Centre's own replace"""
PARAGRAPH = 2000


class Letterhead(Protocol):
    """Who reports, in the words printed; the settings' `unit` section is one."""

    @property
    def name(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def symbol(self) -> str: ...
    @property
    def signer_title(self) -> str: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """One week's report in every format. `pdf` is None where it could not be made; `warnings` say why, in Vietnamese."""

    week: str
    html: str
    docx: bytes
    pdf: bytes | None
    json: str
    mail_text: str
    mail_html: str
    warnings: tuple[str, ...]
    pictures: tuple[tuple[str, bytes], ...] = ()
    """(name, PNG) of what the HTML mail shows by "cid:name" """


def build(
    figures: Figures,
    letterhead: Letterhead,
    knowledge: Knowledge,
    edits: Mapping[str, str] = {},
    draft: bool = True,
) -> Report:
    """The report of `figures.week`; empty weeks, a missing week before and silent sources are said, not hidden.

    `edits`: id of a part -> the words of the Centre. They stand in the place of the drafted proposals, and behind the other
    parts: the figures stay as they were counted. `draft` False: the words were approved; the mark goes.
    """
    counts = Counts(clocks.counted(figures, knowledge))
    outline = compose(counts, letterhead, knowledge, edits, draft)
    html = pages.page("bao-cao.html", outline, letterhead, counts)
    printed, warning = pdf.render(html, figures.as_of)
    return Report(
        week=figures.week,
        html=html,
        docx=docx.write(outline, letterhead, figures.as_of),
        pdf=printed,
        json=traceable.text(counts, outline),
        mail_text=pages.page("mail.txt", outline, letterhead, counts),
        mail_html=pages.page("mail.html", outline, letterhead, counts),
        warnings=(warning,) if warning else (),
        pictures=tuple((f"{one.name}.png", one.png) for one in pages.mailed(outline)),
    )


def compose(
    counts: Counts,
    letterhead: Letterhead,
    knowledge: Knowledge,
    edits: Mapping[str, str] = {},
    draft: bool = True,
) -> Outline:
    """The words, tables and charts of the report, before any format."""
    counts = Counts(clocks.counted(counts.figures, knowledge))
    figures = counts.figures
    last = figures.end - timedelta(seconds=1)
    seen = outlook.look(counts)
    first = overview.overview(counts, knowledge, seen)
    parts = (
        first,
        situation.figures(counts),
        subjects.subjects(counts, knowledge),
        findings.violations(counts, knowledge),
        findings.feedback(counts, knowledge),
        handling.deadlines(counts, knowledge),
        policy.policy(counts, knowledge),
        outlook.outlook(counts, knowledge, seen),
        handling.proposals(counts, knowledge, seen),
    )
    return Outline(
        week=figures.week,
        period=f"từ ngày {vietnamese.date_text(figures.start)} đến ngày {vietnamese.date_text(last)}",
        parts=tuple(edited(part, edits.get(part.id, "")) for part in parts),
        highlights=tuple(block for block in first.blocks if isinstance(block, Paragraph)),
        note=_note(counts, letterhead),
        appendix=method.appendix(counts, knowledge),
        kind=counts.period,
        draft=draft,
    )


def _note(counts: Counts, letterhead: Letterhead) -> str:
    """How the figures came to be, at the end of every format."""
    figures, early = counts.figures, ""
    models = ", ".join(line(model, 60) for model in figures.models) or "chưa ghi"
    if figures.as_of < figures.end:
        early = f"{counts.period.capitalize()} chưa kết thúc: số liệu chưa đủ, chưa so sánh với {counts.period} trước. "
    return (
        f"{early}Số liệu lấy lúc {vietnamese.time_text(figures.as_of)}; đơn vị lập: {line(letterhead.name, 120)}."
        f" Phân loại do máy gợi ý (mô hình: {models}), nhãn của người được ưu tiên khi có; chỉ để tham khảo,"
        " không thay cho xác minh và kết luận của người có thẩm quyền."
    )


def edited(part: Part, text: str) -> Part:
    """The part with the Centre's own words: instead of the drafted proposals, else behind what was counted."""
    paragraphs = [line(one, PARAGRAPH) for one in text.splitlines() if one.strip()]
    if not paragraphs:
        return part
    if part.id == PROPOSALS:
        return replace(part, blocks=(Bullets(tuple(Paragraph(one) for one in paragraphs)),))
    said = [Paragraph(f"Nhận xét: {paragraphs[0]}"), *(Paragraph(one) for one in paragraphs[1:])]
    return replace(part, blocks=(*part.blocks, *said))
