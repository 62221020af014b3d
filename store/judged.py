"""Documents with the answers about them: one, a filtered page, and those no digest has told yet. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Row, Select, false, func, or_, select, text

from records import Assessment, Case, Judged, Reason, Story
from store import rows, search, stories
from store.database import Database, chunks
from store.query import parse
from store.tables import UNTOLD, assessments, documents, judged, tags
from store.tables import stories as stories_table
from store.tables_work import cases, labels

COUNTED = 10_000
NEWEST = 20_000
"""documents among which a phrase is looked for first"""
OPEN = ("new", "acknowledged", "confirmed", "routed", "answered")
"""statuses of a case that waits for a person"""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows. A field left alone asks nothing; fields are ANDed. Answers are those in force: the human's
    where one else the machine's. Times bound when an item counts as published: start <= time < end."""

    query: str = ""
    start: datetime | None = None
    end: datetime | None = None
    relevance: tuple[int, ...] = (1, 2)
    sentiment: str | None = None
    target: str | None = None
    topic: str | None = None
    topics: tuple[str, ...] = ()
    """any one of these; empty: asks nothing"""
    province: str | None = None
    unsure: bool = False
    """only items whose province a person must tell"""
    feedback: str | None = None
    """a label, or "any" for all but "none" """
    clause: str | None = None
    mode: str | None = None
    """with clause or alone: "commits", "reports", "refutes" """
    correction: bool = False
    """only items with a contradicted claim"""
    unanswered: bool = False
    """without a case that a person answered, closed or dismissed"""
    outlet: str | None = None
    source: str | None = None
    kind: str | None = None
    story: str | None = None
    case: str | None = None
    """a case status, or "open" for every one that waits for a person"""
    routed_to: str | None = None
    """the province or unit a case was handed to"""
    office: str | None = None
    """what concerns a provincial office: items that name the province, and cases handed to it"""
    decision: str | None = None
    spam: bool | None = False
    """None: with spam; False: without; True: only"""


class JudgedDocuments:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Judged | None:
        query = select(documents.c.id).where(documents.c.short_id == rows.short_id(key))
        with self._database.read() as connection:
            return next(iter(load(connection, connection.execute(query).scalars().all()).values()), None)

    def many(self, keys: Iterable[str]) -> dict[str, Judged]:
        """Those of the keys that are judged."""
        short = [rows.short_id(key) for key in keys]
        with self._database.read() as connection:
            query = (select(documents.c.id).where(documents.c.short_id.in_(some)) for some in chunks(short))
            ids = [id_ for one in query for id_ in connection.execute(one).scalars()]
            return {judged.document.key: judged for judged in load(connection, ids).values()}

    def page(self, which: Filter = Filter(), limit: int = 50, offset: int = 0) -> list[Judged]:
        """The items of the filter, newest first."""
        with self._database.read() as connection:
            return list(load(connection, _numbers(connection, which, limit, offset)).values())

    def count(self, which: Filter = Filter(), limit: int = COUNTED) -> int:
        """How many items the filter has; counting ends at `limit` (an answer of `limit` means "at least")."""
        with self._database.read() as connection:
            query, _ = _wanted(connection, which)
            return int(connection.execute(select(func.count()).select_from(query.limit(limit).subquery())).scalar_one())

    def undigested(self, limit: int = 1000) -> list[Judged]:
        """What was decided "urgent" or "daily" and stands in no digest yet, the oldest first."""
        query = select(judged.c.document_id).where(text(UNTOLD))
        with self._database.read() as connection:
            ids = connection.execute(query.order_by(judged.c.document_id).limit(limit)).scalars().all()
            return list(load(connection, ids).values())


def _numbers(connection: Connection, which: Filter, limit: int, offset: int) -> list[int]:
    """The numbers of a page. PostgreSQL cannot tell a rare phrase from a common one: walking from the newest document on is
    right for the common, and reads the whole store for the rare. So it walks over the newest only, and where they do not
    fill the page it begins at the phrase (whatever the newest give is the beginning of the whole list)."""
    query, number = _wanted(connection, which)

    def page(some: Select[int], order: ColumnElement[int]) -> list[int]:
        return list(connection.execute(some.order_by(order.desc()).limit(limit).offset(offset)).scalars())

    if connection.dialect.name == "sqlite" or not parse(which.query).phrased:
        return page(query, number)
    last = select(documents.c.id).order_by(documents.c.id.desc()).offset(NEWEST).limit(1)
    near = page(query.where(number > last.scalar_subquery()), number)
    return near if len(near) == limit else page(query, number + 0)


def _wanted(connection: Connection, which: Filter) -> tuple[Select[int], ColumnElement[int]]:
    """The numbers of the filter's items, and the column to order them by: that of the most selective table, whose index
    gives them in this order, so that a page reads little more than its own rows."""
    query = select(judged.c.document_id)
    number: ColumnElement[int] = judged.c.document_id
    if which.source is not None:
        query = query.join(documents, documents.c.id == judged.c.document_id).where(documents.c.source == which.source)
    if which.case or which.routed_to:
        query = query.join(cases, cases.c.document_id == judged.c.document_id)
        number = cases.c.document_id
    if which.case:
        query = query.where(cases.c.status.in_(OPEN if which.case == "open" else (which.case,)))
    if which.routed_to:
        query = query.where(cases.c.routed_to == which.routed_to)
    for place, (task, value) in enumerate(_tagged(which)):
        tag = tags.alias(f"tag_{place}")
        query = query.join(tag, tag.c.document_id == judged.c.document_id).where(
            tag.c.task == task, tag.c.value == value
        )
        number = tag.c.document_id
    if which.query.strip():
        asked = parse(which.query)
        found, number, met = search.matching(connection, asked)
        query = query.join(found, number == judged.c.document_id).where(met if asked.wanted else false())
    return query.where(*_conditions(connection, which)), number


def _conditions(connection: Connection, which: Filter) -> list[ColumnElement[bool]]:
    names = ("sentiment", "target", "outlet", "kind", "decision")
    parts = [judged.c[name] == value for name in names if (value := getattr(which, name)) is not None]
    if set(which.relevance) != {0, 1, 2}:
        parts.append(judged.c.relevance.in_(which.relevance))
    if which.spam is not None:
        parts.append(judged.c.spam.is_(which.spam))
    if which.start:
        parts.append(judged.c.document_id >= rows.first_number(which.start))
    if which.end:
        parts.append(judged.c.document_id < rows.first_number(which.end))
    if which.feedback:
        parts.append(judged.c.feedback != "none" if which.feedback == "any" else judged.c.feedback == which.feedback)
    if which.topics:
        one = (tags.c.document_id == judged.c.document_id, tags.c.task == "topic", tags.c.value.in_(which.topics))
        parts.append(select(tags.c.document_id).where(*one).exists())
    if which.unanswered:
        done = select(cases.c.document_id).where(
            cases.c.document_id == judged.c.document_id, cases.c.status.in_(("answered", "closed", "dismissed"))
        )
        parts.append(~done.exists())
    if which.office:
        parts.append(judged.c.document_id.in_(_of_office(which.office)))
    if which.story:
        parts.append(judged.c.story == stories.resolve(connection, which.story))
    return parts


def _of_office(office: str) -> CompoundSelect[Any]:
    value = rows.clipped(office, rows.NAME_BYTES)
    named = select(tags.c.document_id).where(tags.c.task == "province", tags.c.value == value)
    return named.union(select(cases.c.document_id).where(cases.c.routed_to == office))


def _tagged(which: Filter) -> list[tuple[str, str]]:
    yes = {"unsure": which.unsure, "correction": which.correction}
    wanted = [("topic", which.topic), ("province", which.province), *((task, "yes") for task in yes if yes[task])]
    if which.clause or which.mode:
        task = "act" if which.clause and which.mode else "clause" if which.clause else "mode"
        wanted.append((task, ":".join(part for part in (which.clause, which.mode) if part)))
    return [(task, rows.clipped(value, rows.NAME_BYTES)) for task, value in wanted if value]


def load(connection: Connection, ids: Iterable[int]) -> dict[int, Judged]:
    """The judged documents of these numbers, in their order; numbers without an answer are left out."""
    wanted = list(ids)
    found: dict[int, Judged] = {}
    for some in chunks(wanted):
        human = labels_of(connection, some)
        kept = {row.document_id: case_record(row) for row in _cases(connection, some)}
        for row in _rows(connection, some):
            id_ = row.document_id
            found[id_] = _record(row, human.get(id_, {}), kept.get(id_))
    return {id_: found[id_] for id_ in wanted if id_ in found}


def _rows(connection: Connection, ids: list[int]) -> list[Row[Any]]:
    about = (judged.c.document_id, judged.c.judged_at, judged.c.near_duplicate_of)
    answer = [assessments.c[name] for name in ("answer", "decision", "reason_code", "reason_text")]
    story = [column.label(f"story_{column.name}") for column in stories_table.c]
    query = (
        select(*documents.c, *about, *answer, *story)
        .select_from(judged)
        .join(documents, documents.c.id == judged.c.document_id)
        .join(assessments, assessments.c.id == judged.c.assessment_id)
        .outerjoin(stories_table, stories_table.c.id == judged.c.story)
        .where(judged.c.document_id.in_(ids))
    )
    return list(connection.execute(query))


def _record(row: Row[Any], human: dict[str, str], case: Case | None) -> Judged:
    values = row._mapping
    story = {name.removeprefix("story_"): values[name] for name in values if name.startswith("story_")}
    return Judged(
        document=rows.document(values),
        assessment=rows.load(Assessment, row.answer),
        reason=Reason(row.decision, row.reason_code, row.reason_text),
        story=Story(**story) if story["id"] else None,
        near_duplicate_of=row.near_duplicate_of,
        judged_at=row.judged_at,
        labels=human,
        case=case,
    )


def labels_of(connection: Connection, ids: list[int], as_of: datetime | None = None) -> dict[int, dict[str, str]]:
    """Document number -> task -> the latest human answer that was not taken back (as known at `as_of`). A blind second
    answer is never in force."""
    query = select(labels.c.document_id, labels.c.task, labels.c.new)
    query = query.where(labels.c.document_id.in_(ids), labels.c.origin != "second")
    if as_of:
        stood = (labels.c.withdrawn_at.is_(None), labels.c.withdrawn_at > as_of)
        query = query.where(labels.c.at <= as_of, or_(*stood))
    else:
        query = query.where(labels.c.withdrawn_at.is_(None))
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(query.order_by(labels.c.at, labels.c.id)):
        found.setdefault(row.document_id, {})[row.task] = row.new
    return found


def _cases(connection: Connection, ids: list[int]) -> list[Row[Any]]:
    query = select(cases, documents.c.key).join(documents, documents.c.id == cases.c.document_id)
    return list(connection.execute(query.where(cases.c.document_id.in_(ids))))


def case_record(row: Row[Any]) -> Case:
    same = [column.name for column in cases.c if column.name != "document_id"]
    return Case(document=row.key, **{name: getattr(row, name) for name in same})
