"""Running clocks: cases whose impact a person confirmed and whose first statement is not made yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import knowledge
import store
from records import Case

MOST = 50
STATEMENT = "phat-ngon-24h"
"""the time limit of knowledge/deadlines.toml"""


@dataclass(frozen=True, slots=True)
class Clock:
    case: Case
    title: str
    due: datetime
    left: timedelta

    @property
    def text(self) -> str:
        """ "còn 5 giờ 12 phút", "quá hạn 2 giờ 3 phút" """
        minutes = int(abs(self.left).total_seconds() // 60)
        said = f"{minutes // 60} giờ {minutes % 60:02} phút"
        return f"còn {said}" if self.left >= timedelta() else f"quá hạn {said}"


def running(kept: store.Store, known: knowledge.Knowledge, now: datetime) -> list[Clock]:
    """The clocks that run, the first to end first."""
    hours = next(deadline.amount for deadline in known.deadlines if deadline.id == STATEMENT)
    found = []
    for case in kept.cases.clocks(MOST):
        if case.impact_confirmed_at:
            due = case.impact_confirmed_at + timedelta(hours=hours)
            document = kept.documents.get(case.document)
            found.append(Clock(case, (document and document.title) or "(không có tiêu đề)", due, due - now))
    return sorted(found, key=lambda clock: clock.due)
