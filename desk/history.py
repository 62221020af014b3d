"""What people did with one item, and what was told about it, in one line of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import store
from desk import questions, wiring, words
from records import Judged, Label


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    who: str
    """empty: the product itself"""
    what: str
    note: str = ""


SECOND = "Gán độc lập lần hai, không thay câu trả lời"


def of(desk: wiring.Desk, judged: Judged) -> list[Step]:
    """The steps of an item, the first one first."""
    key, kept = judged.document.key, desk.store
    steps = [*_labels(desk, kept.labels.of(key)), *_case(kept, key), *_clocks(judged), *_story(judged)]
    return sorted(steps, key=lambda step: step.at)


def _labels(desk: wiring.Desk, labels: list[Label]) -> Iterator[Step]:
    for label in labels:
        name = words.TASK.get(label.task, label.task)
        old, new = (questions.value_text(desk, label.task, text) for text in (label.old, label.new))
        what = f"{SECOND}: {name} {new}" if label.origin == "second" else f"Sửa nhãn {name}: {old} → {new}"
        yield Step(label.at, label.by, what, label.reason)


def _case(kept: store.Store, key: str) -> Iterator[Step]:
    for case in kept.cases.steps(key):
        what = "Máy mở vụ việc, chờ người xác minh" if case.by is None else words.CASE[case.status].capitalize()
        yield Step(
            case.at or case.detected_at,
            case.by or "",
            what + (f" ({case.routed_to})" if case.routed_to else ""),
            case.note,
        )


def _clocks(judged: Judged) -> Iterator[Step]:
    case = judged.case
    if case and case.impact_confirmed_at:
        yield Step(
            case.impact_confirmed_at, case.impact_by or "", "Xác định có tác động dư luận; đồng hồ 24 giờ bắt đầu"
        )
    if case and case.first_statement_at:
        yield Step(case.first_statement_at, case.statement_by or "", "Đã phát ngôn lần đầu")


def _story(judged: Judged) -> Iterator[Step]:
    if judged.story and judged.story.told_urgent_at:
        yield Step(judged.story.told_urgent_at, "", "Thư báo ngay về câu chuyện này được lập")
