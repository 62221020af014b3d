"""What the machine learnt, as the page shows it: figures before and after, and how far it agreed with people week by week.
Pure: takes what the store gave.

A week's agreement is that of the random sample alone, with the answer that stood when the person was asked; a correction is
made where the machine was wrong, so it says nothing of how often it is right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import vietnamese
from desk import words
from records import Label
from reports.statistics import interval
from store.answers import comparable

TASKS = ("relevance", "sentiment", "target", "topics", "feedback")
WHAT = {
    "relevance": "Mức liên quan",
    "sentiment": "Sắc thái",
    "target": "Đối tượng bị phê phán",
    "topic": "Chủ đề chính",
    "topics": "Chủ đề",
    "feedback": "Phản ánh",
    "all_topics": "Tin đúng mọi chủ đề",
    "act_recall": "Hành vi tìm được",
    "false_flags": "Cắm cờ nhầm",
    "relevance_post": "Mức liên quan của bài mạng xã hội",
}
WHERE = {"sample": "Mẫu ngẫu nhiên", "challenge": "Bộ thử thách"}
STATE = {"candidate": "chờ quyết định", "in force": "đang dùng", "aside": "để riêng", "rolled back": "đã bỏ"}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a model beside that of the one it was measured against, in points of a hundred, as text."""

    where: str
    what: str
    items: int
    before: str
    after: str
    change: str
    """ "+6,8" """
    interval: str
    """ "+2,1 đến +11,0": 95 % of the bootstrap samples"""
    lost: bool


def lines(measured: Mapping[str, Any]) -> list[Line]:
    """The figures of a model (store.Model.measured)."""
    found = []
    for figure in measured.get("figures", ()):
        change = figure["change"]
        step = change["after"] - change["before"]
        spread = f"{_signed(change['low'])} đến {_signed(change['high'])}"
        where, what = WHERE[figure["where"]], WHAT[figure["what"]]
        before, after = _points(change["before"]), _points(change["after"])
        found.append(Line(where, what, change["items"], before, after, _signed(step), spread, figure["lost"]))
    return found


def _points(share: float) -> str:
    return vietnamese.number_text(100 * share, 1)


def _signed(step: float) -> str:
    said = _points(step)
    return said if said.startswith("-") or said == "0,0" else f"+{said}"


@dataclass(frozen=True, slots=True)
class Week:
    name: str
    items: int
    agreed: Mapping[str, tuple[int, int, str]]
    """task -> (answers like the person's, asked, "72 % (65 đến 79)")"""
    tones: Mapping[str, int]
    """sentiment as people told it -> items"""


def weeks(labels: Sequence[Label]) -> list[Week]:
    """The answers to the random sample by the ISO week in which they were given, the newest week first."""
    first: dict[tuple[str, str], Label] = {}
    for label in labels:
        first.setdefault((label.document, label.task), label)
    found: dict[str, list[Label]] = defaultdict(list)
    for label in first.values():
        found[_week(label.at)].append(label)
    return [_summed(name, found[name]) for name in sorted(found, reverse=True)]


def _week(moment: datetime) -> str:
    return moment.astimezone(vietnamese.HO_CHI_MINH).strftime("%G-W%V")


def _summed(name: str, labels: Sequence[Label]) -> Week:
    agreed = {}
    for task in TASKS:
        asked = [label for label in labels if label.task == task and label.old]
        right = sum(comparable(task, label.old) == comparable(task, label.new) for label in asked)
        if asked:
            low, high = (round(100 * end) for end in interval(right, len(asked)))
            agreed[task] = (right, len(asked), f"{round(100 * right / len(asked))} % ({low} đến {high})")
    tones = Counter(label.new for label in labels if label.task == "sentiment" and label.new in words.SENTIMENT)
    return Week(name, len({label.document for label in labels}), agreed, tones)


def said(task: str, answer: str, topic: Mapping[str, str]) -> str:
    """An answer as people read it. `topic`: id -> name."""
    if task in words.TASKS:
        return words.TASKS[task][1].get(answer, answer) or "không có"
    if task == "acts":
        return answer or "không có"
    return "; ".join(topic.get(part, part) for part in answer.split(";") if part) or "không có"
