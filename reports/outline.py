"""The report as content, before any format: parts of paragraphs, tables and pictures, each naming its figures.

DOCX, HTML, JSON and the mail are drawn from one Outline, so that they never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import vietnamese

CELL = 220
"""code points of outside text in a table cell"""
WHOLE = 4
"""rows, the header left out, up to which a table is never divided between pages"""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `figures` are the ids ("dimension/label") of the counts it states."""

    text: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `widths` are millimetres and add up to at most 160; columns in `numbers` are right-aligned."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[int, ...] = ()
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart. `alt` says in words what it shows."""

    name: str
    caption: str
    alt: str
    svg: bytes
    png: bytes
    figures: tuple[str, ...] = ()


Block = Paragraph | Bullets | Table | Picture


@dataclass(frozen=True, slots=True)
class Part:
    """One section. `id`: the name by which the desk edits it; empty: it cannot be edited."""

    heading: str
    blocks: tuple[Block, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole report. `highlights` open the mail; `note` says how the figures came to be."""

    week: str
    period: str
    """ "từ ngày 31/08/2026 đến ngày 06/09/2026" """
    parts: tuple[Part, ...]
    highlights: tuple[Paragraph, ...]
    note: str
    appendix: tuple[Part, ...] = ()
    kind: str = "tuần"
    """ "tuần", "tháng", "quý" or "năm" """
    draft: bool = True
    """False: the words were approved; number, seal and signature stay empty all the same"""


def line(text: str | None, limit: int = CELL) -> str:
    """Outside text as one bounded line that XML can carry."""
    if not text:
        return ""
    clean = vietnamese.nfc(text[: 20 * limit]).translate({0xFFFE: None, 0xFFFF: None})
    flat = " ".join(clean.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
