"""A list as CSV, XLSX or JSONL. Text that a spreadsheet would take for a formula is text; numbers stay numbers.

In CSV such a text gets one leading apostrophe, and so does a text that begins with one; the same behind a semicolon, since
many a spreadsheet of Viet Nam takes that for the separator. Taking one away (`original`) gives the text back. In XLSX it is a
cell of type text; nothing is added. Authors are in no export.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

import knowledge
import store
import vietnamese
from desk import words
from records import Judged

MOST = 10_000
AT_ONCE = 200
CELL = 32_000
"""characters of one cell; Excel takes 32,767"""
RISKY = re.compile(r"[\s\W]*[=+\-@＝＋－＠|%]|['\t\r\n]")
"""how a text begins that a spreadsheet may calculate, also behind spaces, quotes and signs"""
SIGNS = "=+-@＝＋－＠|%"
_RUN = re.compile(r"\W+")
COLUMNS = (
    "Mã", "Thời điểm đăng", "Thu thập lúc", "Cơ quan, trang", "Loại nguồn", "Tiêu đề", "Sapô", "Địa chỉ", "Mức liên quan",
    "Điểm liên quan", "Sắc thái", "Điểm tiêu cực", "Đối tượng", "Chủ đề", "Tỉnh, thành phố", "Phản ánh", "Hành vi cần xem xét",
    "Cần đính chính", "Mức báo", "Lý do", "Vụ việc", "Chuyển đến", "Câu chuyện", "Số bài cùng chuyện", "Lượt tương tác",
    "Nhãn do người sửa",
)  # fmt: skip
Cell = str | int | float | None


def items(kept: store.Store, asked: store.Filter) -> Iterator[Judged]:
    """The items of a list, newest first, at most MOST, read a few at a time."""
    for offset in range(0, MOST, AT_ONCE):
        found = kept.judged.page(asked, AT_ONCE, offset)
        yield from found
        if len(found) < AT_ONCE:
            return


def row(judged: Judged, known: knowledge.Knowledge) -> list[Cell]:
    """One line, in the order of COLUMNS; a person's answer before the machine's."""
    document, assessment, human, case = judged.document, judged.assessment, judged.labels, judged.case
    tone = human.get("sentiment") or assessment.sentiment
    target = human.get("target") or assessment.target
    topics = human["topics"].split(";") if "topics" in human else assessment.topics
    provinces = human["provinces"].split(";") if "provinces" in human else assessment.provinces
    acts = "; ".join(f"{words.MODE[act.mode]}: {known.act(act.clause).name}" for act in assessment.acts)
    wrong = any(claim.verdict == "contradicted" for claim in assessment.claims)
    feedback = human.get("feedback") or assessment.feedback
    relevance = int(human.get("relevance") or assessment.relevance)
    return [
        store.short_id(document.key), when(document.published_at), when(document.first_seen), document.outlet,
        words.KIND[document.kind], document.title, document.lead, document.url, words.RELEVANCE[relevance],
        round(assessment.relevance_score, 4), words.SENTIMENT.get(tone or ""),
        round(assessment.sentiment_scores.get("negative", 0.0), 4) if assessment.sentiment_scores else None,
        words.TARGET.get(target or ""), "; ".join(words.topic(known, topic) for topic in topics), "; ".join(provinces),
        words.FEEDBACK[feedback] if feedback != "none" else None, acts or None, "có" if wrong else None,
        words.DECISION[judged.reason.decision], judged.reason.text, words.CASE[case.status] if case else None,
        case.routed_to if case else None, judged.story.id if judged.story else None,
        judged.story.documents if judged.story else None, document.reach, "; ".join(words.TASK[task] for task in human) or None,
    ]  # fmt: skip


def when(moment: Any) -> str | None:
    return moment.astimezone(vietnamese.HO_CHI_MINH).isoformat(timespec="seconds") if moment else None


def harmless(cell: Cell) -> Cell:
    """What a CSV holds of a cell."""
    if not isinstance(cell, str):
        return cell
    plain = _RUN.sub(lambda run: _before_signs(run[0], ";", ";'"), printable(cell))
    return "'" + plain if RISKY.match(plain) else plain


def original(cell: str) -> str:
    """The text behind a cell of our CSV, for who reads it again."""
    plain = cell[1:] if cell.startswith("'") else cell
    return _RUN.sub(lambda run: _before_signs(run[0], ";'", ";"), plain)


def _before_signs(run: str, old: str, new: str) -> str:
    """Replaces in a run of signs what stands before its last risky one: there a semicolon could begin a formula."""
    last = max(run.rfind(sign) for sign in SIGNS)
    return run[:last].replace(old, new) + run[last:] if last > 0 else run


def printable(text: str) -> str:
    """One line, without characters a spreadsheet refuses, no longer than a cell may be."""
    plain: str = ILLEGAL_CHARACTERS_RE.sub("", " ".join(text.split()))
    return plain[:CELL]


def as_csv(found: Iterable[Judged], known: knowledge.Knowledge) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, so that a spreadsheet knows it; every text in quotes, whatever the separator."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    yield b"\xef\xbb\xbf"
    for one in found:
        writer.writerow(["" if cell is None else harmless(cell) for cell in row(one, known)])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def as_jsonl(found: Iterable[Judged], known: knowledge.Knowledge) -> Iterator[bytes]:
    """One JSON object a line, keys as COLUMNS."""
    for one in found:
        yield json.dumps(dict(zip(COLUMNS, row(one, known), strict=True)), ensure_ascii=False).encode() + b"\n"


def as_xlsx(found: Iterable[Judged], known: knowledge.Knowledge) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tin")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for one in found:
        sheet.append([_cell(sheet, cell) for cell in row(one, known)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(sheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, printable(value))
    cell.data_type = "s"  # else a text that begins with "=" is written as a formula
    cell.quotePrefix = bool(RISKY.match(cell.value))
    return cell
