"""The week's figures, counted in one place: which items stand under which label, as known at one moment.

It only groups keys; shares, changes and intervals are reports.statistics. The same as-of time gives the same figures
as long as the documents exist: later answers, labels, cases and merges do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, func, select

from records import Assessment, Case, Figures, Judged, Reason, StoryLine
from store import rows
from store.answers import Answers, in_force
from store.coverage import coverage
from store.database import Database, chunks
from store.judged import labels_of
from store.tables import aliases, assessments, documents
from store.tables_work import case_steps, cases

HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")
STORIES = 20
Groups = dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Item:
    """One counted item, as known at the as-of time."""

    judged: Judged
    answers: Answers
    at: datetime
    story: str | None
    model: str


def figures(
    database: Database,
    start: datetime,
    end: datetime,
    as_of: datetime,
    expected: Mapping[str, tuple[str, int]],
) -> Figures:
    with database.read() as connection:
        items = items_of(connection, start, end, as_of)
        before = items_of(connection, start - (end - start), start, as_of)
        lines = coverage(connection, start, end, as_of, expected)
    groups = _groups(items)
    return Figures(
        week=start.astimezone(HO_CHI_MINH).strftime("%G-W%V"),
        start=start,
        end=end,
        as_of=as_of,
        groups=groups,
        before=_groups(before),
        stories=_stories(items),
        coverage=lines,
        judged=_quoted(items),
        models=tuple(sorted({item.model for item in items})),
    )


def items_of(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> list[Item]:
    """Relevant items published in [start, end), without spam, the earliest first."""
    merged = {row.alias: row for row in connection.execute(select(aliases).where(aliases.c.merged_at <= as_of))}
    found: list[Item] = []
    latest = {row.id: row for row in connection.execute(_answers(start, end, as_of))}
    for some in chunks(list(latest)):
        human = labels_of(connection, some, as_of)
        status = _cases(connection, some, as_of)
        for id_ in some:
            item = _item(latest[id_], human.get(id_, {}), status.get(id_), merged)
            if item.answers.relevance > 0 and not item.answers.spam:
                found.append(item)
    return sorted(found, key=lambda item: (item.at, item.judged.document.key))


def _answers(start: datetime, end: datetime, as_of: datetime) -> Select[Any]:
    """Each document of the time with its last answer by `as_of`."""
    inside = (documents.c.id >= rows.first_number(start), documents.c.id < rows.first_number(end))
    newest = func.row_number().over(
        partition_by=assessments.c.document_id, order_by=(assessments.c.judged_at.desc(), assessments.c.id.desc())
    )
    about = [
        assessments.c[name]
        for name in (
            "model",
            "judged_at",
            "answer",
            "decision",
            "reason_code",
            "reason_text",
            "story",
            "near_duplicate_of",
        )
    ]
    given = (
        select(*documents.c, *about, newest.label("place_in_line"))
        .join(assessments, assessments.c.document_id == documents.c.id)
        .where(*inside, documents.c.first_seen <= as_of, assessments.c.judged_at <= as_of)
        .subquery()
    )
    return select(given).where(given.c.place_in_line == 1)


def _cases(connection: Connection, ids: list[int], as_of: datetime) -> dict[int, Case]:
    query = select(case_steps, cases.c.detected_at).join(cases, cases.c.document_id == case_steps.c.document_id)
    query = query.where(case_steps.c.document_id.in_(ids), case_steps.c.at <= as_of)
    ordered = connection.execute(query.order_by(case_steps.c.at, case_steps.c.id))
    return {row.document_id: Case("", row.status, row.detected_at, by=row.by, at=row.at) for row in ordered}


def _item(row: Row[Any], human: dict[str, str], case: Case | None, merged: dict[str, Row[Any]]) -> Item:
    document = replace(rows.document(row._mapping), lead=None, body=None)
    assessment = rows.load(Assessment, row.answer)
    story = row.story
    while story in merged:
        story = merged[story].story
    judged = Judged(
        document=document,
        assessment=assessment,
        reason=Reason(row.decision, row.reason_code, row.reason_text),
        story=None,
        near_duplicate_of=row.near_duplicate_of,
        judged_at=row.judged_at,
        labels=human,
        case=replace(case, document=document.key) if case else None,
    )
    return Item(judged, in_force(assessment, human), row.at, story, row.model)


def _groups(items: list[Item]) -> Groups:
    found: dict[str, dict[str, list[str]]] = {}
    for item in items:
        for dimension, label in labels_of_item(item):
            found.setdefault(dimension, {}).setdefault(label, []).append(item.judged.document.key)
    return {
        dimension: {label: tuple(found[dimension][label]) for label in sorted(found[dimension])}
        for dimension in sorted(found)
    }


def labels_of_item(item: Item) -> list[tuple[str, str]]:
    document, answers = item.judged.document, item.answers
    labels = [
        ("all", "all"),
        ("day", item.at.astimezone(HO_CHI_MINH).date().isoformat()),
        ("outlet", document.outlet),
        ("kind", document.kind),
    ]
    labels += [(name, value) for name in ("sentiment", "target") if (value := getattr(answers, name))]
    labels += [("topic", answers.topics[0])] if answers.topics else []
    labels += [("province", province) for province in answers.provinces]
    labels += [("feedback", answers.feedback)] if answers.feedback != "none" else []
    if answers.commits:
        labels.append(("flag", item.judged.case.status if item.judged.case else "new"))
        labels += [("clause", clause) for clause, mode in dict.fromkeys(answers.acts) if mode == "commits"]
    if answers.contradicted:
        labels.append(("correction", "contradicted"))
    return labels


def _stories(items: list[Item]) -> tuple[StoryLine, ...]:
    """The largest stories by items, then by outlets, then the earliest; an item in none is a story of its own."""
    members: dict[str, list[Item]] = {}
    for item in items:
        members.setdefault(item.story or item.judged.document.key, []).append(item)
    lines = [_line(story, found) for story, found in members.items()]
    order = {line.story: place for place, line in enumerate(lines)}
    lines.sort(key=lambda line: (-len(line.keys), -line.outlets, order[line.story]))
    return tuple(lines[:STORIES])


def _line(story: str, items: list[Item]) -> StoryLine:
    first = items[0].judged.document
    sentiment = Counter(item.answers.sentiment for item in items if item.answers.sentiment)
    return StoryLine(
        story=story,
        headline=first.title or first.outlet,
        url=first.url,
        outlet=first.outlet,
        keys=tuple(item.judged.document.key for item in items),
        outlets=len({item.judged.document.outlet for item in items}),
        sentiment=dict(sorted(sentiment.items())),
    )


def _quoted(items: list[Item]) -> dict[str, Judged]:
    """The items a report may quote (flags, corrections, feedback): title, answers and status, without lead and body."""
    return {
        item.judged.document.key: item.judged
        for item in items
        if item.answers.commits or item.answers.contradicted or item.answers.feedback != "none"
    }
