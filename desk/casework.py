"""What the item page shows of its case: the clocks that run or ran, the press register's lines, the drafts; and that personal
data are seen in clear only while it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import HTTPException

import knowledge
import store
from records import CaseFile, Judged, PressEntry, Request

STATEMENT = "phat-ngon-24h"
RECENT = 50
"""requests among which a draft that waits or failed is looked for"""


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit. `done`: when what it asks was done."""

    name: str
    due: datetime
    basis: str
    done: datetime | None
    left: timedelta

    @property
    def state(self) -> str:
        """ "còn 5 giờ 12 phút", "quá hạn 2 ngày 3 giờ", "đúng hạn", "trễ 40 phút" """
        if self.done:
            return "đúng hạn" if self.done <= self.due else f"trễ {spoken(self.done - self.due)}"
        return f"còn {spoken(self.left)}" if self.left >= timedelta() else f"quá hạn {spoken(-self.left)}"

    @property
    def late(self) -> bool:
        return self.done > self.due if self.done else self.left < timedelta()


@dataclass(frozen=True, slots=True)
class Casework:
    clocks: list[Clock]
    lines: list[PressEntry]
    files: list[CaseFile]
    asked: Request | None
    """the last draft asked for, unless it is made"""
    draft: str
    """the answers the fact base suggests: what a first statement may begin from"""


def is_open(judged: Judged) -> bool:
    """Whether a person still works on it: only then are personal data shown in clear, and each look is logged."""
    return judged.case is not None and judged.case.status in store.OPEN


def refuse_closed(judged: Judged) -> None:
    """Raises 409 unless the case is open."""
    if not is_open(judged):
        raise HTTPException(409, "Dữ liệu cá nhân chỉ xem được khi vụ việc đang mở; hãy nhận việc trước.")


def of(kept: store.Store, known: knowledge.Knowledge, judged: Judged, now: datetime) -> Casework:
    lines = kept.press.of(judged.document.key)
    drafts = [claim.draft for claim in judged.assessment.claims if claim.verdict == "contradicted" and claim.draft]
    return Casework(
        [*_statement(known, judged, now), *(clock(known, line, now) for line in lines if line.due_at)],
        lines, kept.cases.files(judged.document.key), _asked(kept, judged.document.key), "\n\n".join(drafts),
    )  # fmt: skip


def _asked(kept: store.Store, key: str) -> Request | None:
    recent = [one for one in kept.requests.list(RECENT) if one.kind == "draft" and one.arguments.get("document") == key]
    return recent[0] if recent and recent[0].state != "done" else None


def clock(known: knowledge.Knowledge, line: PressEntry, now: datetime) -> Clock:
    """The time limit of a line of the register that has one."""
    assert line.due_at
    limit = known.deadline(line.deadline) if line.deadline else None
    return Clock(
        limit.name if limit else line.subject, line.due_at, limit.legal_basis if limit else "", line.done_at,
        line.due_at - now,
    )  # fmt: skip


def _statement(known: knowledge.Knowledge, judged: Judged, now: datetime) -> list[Clock]:
    case, limit = judged.case, known.deadline(STATEMENT)
    if case is None or case.impact_confirmed_at is None:
        return []
    due = known.due(STATEMENT, case.impact_confirmed_at)
    return [Clock(limit.name, due, limit.legal_basis, case.first_statement_at, due - now)]


def spoken(span: timedelta) -> str:
    """ "3 ngày 4 giờ", below two days "25 giờ 12 phút", "40 phút" """
    minutes = int(span.total_seconds() // 60)
    hours, rest = minutes // 60, minutes % 60
    if hours >= 48:
        return f"{hours // 24} ngày {hours % 24} giờ"
    return f"{hours} giờ {rest:02} phút" if hours else f"{rest} phút"
