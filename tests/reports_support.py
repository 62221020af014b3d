"""A synthetic week for the tests of reports/: every item written here, every figure counted from the items."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import knowledge
from config import Unit
from records import (
    Act,
    Assessment,
    Case,
    Claim,
    Document,
    Figures,
    ItemLine,
    Judged,
    Reason,
    SourceLine,
    Story,
    StoryLine,
    WeekLine,
)

START = datetime(2026, 8, 30, 17, tzinfo=UTC)
"""Monday 00:00 31/08/2026 in Viet Nam: the week has items on both sides of 2026-09-01"""
AS_OF = START + timedelta(days=7, hours=1)
LETTERHEAD = Unit()
CARRIED = (
    "all", "clause", "correction", "day", "feedback", "flag", "impact", "kind", "message", "message_exact", "outlet", "phrase",
    "province", "refute", "reply", "sentiment", "target", "topic", "week",
)  # fmt: skip
SENTIMENTS = ("neutral", "neutral", "positive", "negative")
TOPICS = ("bhxh_mot_lan", "bhyt_kcb", "luong_huu", "bhtn")
PLACES = (("Đà Nẵng",), ("Hà Nội",), (), ())
FEEDBACKS = ("none", "question", "none", "complaint", "none", "suggestion")


@cache
def facts() -> knowledge.Knowledge:
    return knowledge.load()


def item(n: int, **changes: Any) -> Judged:
    key = f"https://bao{n % 5}.example/tin-{n:03}"
    at = START + timedelta(hours=(n * 5) % 167)
    document = Document(
        key=key,
        kind="post" if n % 7 == 0 else "press",
        source=f"bao{n % 5}",
        outlet=f"Báo Mẫu số {n % 5}",
        url=key,
        title=f"Người lao động hỏi thủ tục hưởng chế độ, tin thứ {n}",
        lead="Nhiều người lao động quan tâm đến quy định mới.",
        body="Nội dung.",
        published_at=at,
        first_seen=at,
    )
    assessment = Assessment(
        id=key,
        model="m1",
        relevance=2,
        relevance_score=0.9,
        sentiment=SENTIMENTS[n % 4],  # type: ignore[arg-type]
        target="agency_policy" if n % 4 == 3 else "none",
        topics=(TOPICS[n % 3 if n % 10 else 3],),
        feedback=FEEDBACKS[n % 6],  # type: ignore[arg-type]
        provinces=PLACES[n % 4],
    )
    story = Story(f"s{n // 4}", document.title or "", at, at, 4, 3)
    judged = Judged(document, assessment, Reason("daily", "relevant", "x"), story, None, AS_OF)
    return replace(judged, **changes)


def flagged(n: int, clause: str = "1e", status: str = "new", **case: Any) -> Judged:
    base = item(n)
    act = Act(
        clause=clause,  # type: ignore[arg-type]
        mode="commits",
        score=0.9,
        field="text",
        start=0,
        end=5,
        quote="tải ứng dụng VssID 4.0 tại địa chỉ vssid-bhxh.example",
        reason="Tên miền không phải của cơ quan BHXH.",
        rule="fake_app",
        fact_id=None,
        law="L104-2016",
    )
    case_ = Case(base.document.key, status, base.document.first_seen, **case)  # type: ignore[arg-type]
    return replace(base, assessment=replace(base.assessment, acts=(act,)), case=case_)


def wrong(n: int) -> Judged:
    claim = Claim("mức đóng BHYT là 6%", "contradicted", "F031", "mức đóng hiện là 4,5%", "Nghị định 188/2025/NĐ-CP")
    base = item(n)
    return replace(base, assessment=replace(base.assessment, claims=(claim,)))


def grouped(items: list[Judged]) -> dict[str, dict[str, tuple[str, ...]]]:
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in items:
        document, said = one.document, one.assessment
        day = (document.published_at or AS_OF) + timedelta(hours=7)
        pairs = [
            ("all", "all"), ("day", day.date().isoformat()), ("sentiment", said.sentiment), ("target", said.target),
            ("topic", said.topics[0]), ("outlet", document.outlet), ("kind", document.kind), ("feedback", said.feedback),
            *(("province", place) for place in said.provinces),
            *(("clause", act.clause) for act in said.acts if act.mode == "commits"),
            *(("correction", claim.fact_id) for claim in said.claims if claim.verdict == "contradicted"),
        ]  # fmt: skip
        if one.case:
            pairs.append(("flag", one.case.status))
        if said.feedback not in ("none", "praise"):
            pairs.append(("reply", "waiting"))
        for dimension, label in pairs:
            groups[dimension][str(label)].append(document.key)
    return {dimension: {label: tuple(keys) for label, keys in labels.items()} for dimension, labels in groups.items()}


def named(one: Judged) -> ItemLine:
    of = one.document
    story = one.story.id if one.story else of.key
    return ItemLine(of.key, of.title, of.outlet, of.kind, of.url, of.published_at or of.first_seen, story)


def history(weeks: int, **counts: dict[str, list[int]]) -> tuple[WeekLine, ...]:
    """`weeks` weeks up to the one of the figures; counts: dimension -> label -> the number of each week."""
    first = START + timedelta(hours=7) - timedelta(weeks=weeks - 1)
    return tuple(
        WeekLine(
            (first + timedelta(weeks=n)).strftime("%G-W%V"),
            {dimension: {label: series[n] for label, series in labels.items()} for dimension, labels in counts.items()},
        )
        for n in range(weeks)
    )


def silent(name: str = "Báo Im Lặng", last: datetime | None = None) -> SourceLine:
    return SourceLine(name.lower(), name, 0, 20, 3, last, True)


def figures(items: list[Judged] | None = None, before: list[Judged] | None = None, **changes: Any) -> Figures:
    items = week() if items is None else items
    stories: dict[str, list[Judged]] = defaultdict(list)
    for one in sorted(items, key=lambda one: one.document.key):
        if one.story:
            stories[one.story.id].append(one)
    values: dict[str, Any] = {
        "week": "2026-W36",
        "start": START,
        "end": START + timedelta(days=7),
        "as_of": AS_OF,
        "groups": grouped(items),
        "before": grouped([item(n) for n in range(60)] if before is None else before),
        "stories": tuple(
            StoryLine(
                story,
                members[0].document.title or "",
                members[0].document.url,
                members[0].document.outlet,
                tuple(one.document.key for one in members),
                len({one.document.outlet for one in members}),
                {s: sum(one.assessment.sentiment == s for one in members) for s in ("negative", "neutral", "positive")},
            )
            for story, members in stories.items()
        ),
        "coverage": (
            SourceLine("bao0", "Báo Mẫu số 0", 30, 28, 0, AS_OF, False),
            silent(last=START - timedelta(days=3)),
        ),
        "judged": {one.document.key: one for one in items},
        "models": ("m1",),
        "items": tuple(named(one) for one in items),
        "cases": tuple(one.case for one in items if one.case and one.case.impact_confirmed_at),
        "carried": CARRIED,
    }
    values["groups"] = values["groups"] | (
        {"impact": {"confirmed": tuple(case.document for case in values["cases"])}} if values["cases"] else {}
    )
    return Figures(**(values | changes))


def week() -> list[Judged]:
    """120 items: three leads (one dismissed, one whose clock runs), two to correct."""
    clock = AS_OF - timedelta(hours=30)
    return [
        *(item(n) for n in range(115)),
        flagged(115),
        flagged(116, "3c", "confirmed", impact_confirmed_at=clock, first_statement_at=clock + timedelta(hours=20)),
        flagged(117, "3a", "dismissed"),
        wrong(118),
        wrong(119),
    ]
