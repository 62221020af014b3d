"""The weekly BÁO CÁO of one closed week: figures in, all formats out. Pure: the same figures give the same bytes.

Issues nothing and sends nothing: what is built is a draft without number, seal or signature.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import vietnamese
from knowledge import Knowledge
from records import Figures
from reports import docx, findings, handling, pages, pdf, situation
from reports.counts import Counts
from reports.outline import Block, Bullets, Outline, Paragraph, Picture, Table, line


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


def build(figures: Figures, letterhead: Letterhead, knowledge: Knowledge) -> Report:
    """The report of `figures.week`; empty weeks, a missing week before and silent sources are said, not hidden."""
    counts = Counts(figures)
    outline = compose(counts, letterhead, knowledge)
    html = pages.page("bao-cao.html", outline, letterhead, figures)
    printed, warning = pdf.render(html, figures.as_of)
    return Report(
        week=figures.week,
        html=html,
        docx=docx.write(outline, letterhead, figures.as_of),
        pdf=printed,
        json=traceable(counts, outline),
        mail_text=pages.page("mail.txt", outline, letterhead, figures),
        mail_html=pages.page("mail.html", outline, letterhead, figures),
        warnings=(warning,) if warning else (),
    )


def compose(counts: Counts, letterhead: Letterhead, knowledge: Knowledge) -> Outline:
    """The words, tables and charts of the report, before any format."""
    figures = counts.figures
    last = figures.end - timedelta(seconds=1)
    models = ", ".join(line(model, 60) for model in figures.models) or "chưa ghi"
    return Outline(
        week=figures.week,
        period=f"từ ngày {vietnamese.date_text(figures.start)} đến ngày {vietnamese.date_text(last)}",
        parts=(
            situation.general(counts),
            situation.topics(counts, knowledge),
            findings.violations(counts, knowledge),
            findings.feedback(counts, knowledge),
            handling.deadlines(counts, knowledge),
            handling.proposals(counts, knowledge),
        ),
        highlights=_highlights(counts, knowledge),
        note=(
            f"Số liệu lấy lúc {vietnamese.time_text(figures.as_of)}; đơn vị lập: {line(letterhead.name, 120)}."
            f" Phân loại do máy gợi ý (mô hình: {models}), nhãn của người được ưu tiên khi có; chỉ để tham khảo,"
            " không thay cho xác minh và kết luận của người có thẩm quyền."
        ),
    )


def traceable(counts: Counts, outline: Outline) -> str:
    """JSON: every figure with the keys of its items, every sentence with the figures it states; sorted, LF, no dates
    of making."""
    figures = counts.figures
    content = {
        "week": figures.week,
        "start": figures.start.isoformat(),
        "end": figures.end.isoformat(),
        "as_of": figures.as_of.isoformat(),
        "models": sorted(figures.models),
        "figures": _with_keys(figures.groups),
        "before": _with_keys(figures.before),
        "stories": {
            s.story: {"count": len(s.keys), "keys": sorted(s.keys), "outlets": s.outlets} for s in figures.stories
        },
        "coverage": [
            {
                "source": one.source,
                "outlet": one.outlet,
                "collected": one.collected,
                "expected": one.expected,
                "errors": one.errors,
                "last_success": one.last_success.isoformat() if one.last_success else None,
                "silent": one.silent,
            }
            for one in sorted(figures.coverage, key=lambda one: one.source)
        ],
        "report": [
            {"heading": part.heading, "blocks": [_block(block) for block in part.blocks]} for part in outline.parts
        ],
        "note": outline.note,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _highlights(counts: Counts, knowledge: Knowledge) -> tuple[Paragraph, ...]:
    if not counts.number("all"):
        return situation.volume(counts), situation.coverage(counts)
    return (
        situation.volume(counts),
        situation.sentiment(counts),
        situation.moved(counts, knowledge),
        findings.flags(counts),
        findings.corrections(counts),
        findings.feedback_said(counts),
        situation.coverage(counts),
    )


def _with_keys(groups: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Any]:
    return {
        dimension: {label: {"count": len(set(keys)), "keys": sorted(set(keys))} for label, keys in labels.items()}
        for dimension, labels in groups.items()
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"text": block.text, "figures": list(block.figures)}
    if isinstance(block, Bullets):
        return {"items": [_block(item) for item in block.items]}
    if isinstance(block, Table):
        rows = [list(row) for row in block.rows]
        return {"table": block.caption, "header": list(block.header), "rows": rows, "figures": list(block.figures)}
    assert isinstance(block, Picture)
    return {"picture": block.name, "text": block.alt, "figures": list(block.figures)}
