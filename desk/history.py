"""What people did with one item, and what was told about it, in one line of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import store
from desk import words
from records import Judged, Label


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    who: str
    """empty: the product itself"""
    what: str
    note: str = ""


def of(kept: store.Store, judged: Judged) -> list[Step]:
    """The steps of an item, the first one first."""
    key = judged.document.key
    steps = [*_labels(kept.labels.of(key)), *_case(kept, key), *_clocks(judged), *_story(judged)]
    return sorted(steps, key=lambda step: step.at)


def _labels(labels: list[Label]) -> Iterator[Step]:
    for label in labels:
        old, new = (value(label.task, text) for text in (label.old, label.new))
        yield Step(
            label.at, label.by, f"Sửa nhãn {words.TASK.get(label.task, label.task)}: {old} → {new}", label.reason
        )


def value(task: str, text: str) -> str:
    """A label's value as people read it."""
    _, choices = words.TASKS.get(task, ("", {}))
    return choices.get(text, text.replace(";", ", ")) or "(trống)"


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
