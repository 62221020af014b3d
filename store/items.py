"""The items that count in a time, as known at one moment: who they are, and under which labels they stand.

Later answers, labels, cases and merges do not count, so the same moment gives the same items as long as they exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, func, select

from records import Assessment, Case, Document, Judged, Reason
from store import rows
from store.answers import Answers, in_force
from store.database import chunks
from store.judged import labels_of
from store.tables import aliases, assessments, documents
from store.tables_work import case_steps, cases, labels

HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")
ANSWERED = {"answered": "answered", "closed": "answered", "routed": "routed"}
"""status of a case -> what became of the feedback"""
Spoken = Callable[[Document], Iterable[tuple[str, bool]]]
"""the campaign messages a document tells: (id, word for word)"""


@dataclass(frozen=True, slots=True)
class Item:
    """One counted item, as known at the as-of time."""

    judged: Judged
    answers: Answers
    at: datetime
    story: str | None
    model: str
    spoken: tuple[tuple[str, bool], ...] = ()


def items_of(
    connection: Connection, start: datetime, end: datetime, as_of: datetime, spoken: Spoken | None = None
) -> list[Item]:
    """Relevant items published in [start, end), without spam, the earliest first."""
    merged = merges(connection, as_of)
    found: list[Item] = []
    for some in chunks(_chosen(connection, start, end, as_of)):
        human = labels_of(connection, some, as_of)
        status = _cases(connection, some, as_of)
        for row in connection.execute(_answers(some, as_of)):
            item = _item(row, human.get(row.id, {}), status.get(row.id), merged, spoken)
            if item.answers.relevance > 0 and not item.answers.spam:
                found.append(item)
    return sorted(found, key=lambda item: (item.at, item.judged.document.key))


def merges(connection: Connection, as_of: datetime) -> dict[str, str]:
    """Story that was merged away by then -> the story it is part of."""
    known = {row.alias: row.story for row in connection.execute(select(aliases).where(aliases.c.merged_at <= as_of))}
    return {alias: resolve(alias, known) for alias in known}


def resolve(story: str, known: dict[str, str]) -> str:
    while story in known:
        story = known[story]
    return story


def _chosen(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> list[int]:
    """The documents of the time that some answer or some person held for relevant: a small part of what is stored."""
    inside = (assessments.c.document_id >= rows.first_number(start), assessments.c.document_id < rows.first_number(end))
    held = select(assessments.c.document_id).where(
        *inside, assessments.c.judged_at <= as_of, assessments.c.relevance > 0
    )
    said = select(labels.c.document_id).where(
        labels.c.document_id >= rows.first_number(start),
        labels.c.document_id < rows.first_number(end),
        labels.c.task == "relevance",
        labels.c.at <= as_of,
    )
    return sorted(set(connection.execute(held).scalars()) | set(connection.execute(said).scalars()))


def _answers(ids: list[int], as_of: datetime) -> Select[Any]:
    """Each of these documents with its last answer by `as_of`."""
    newest = func.row_number().over(
        partition_by=assessments.c.document_id, order_by=(assessments.c.judged_at.desc(), assessments.c.id.desc())
    )
    names = "model", "judged_at", "answer", "decision", "reason_code", "reason_text", "story", "near_duplicate_of"
    given = (
        select(*documents.c, *(assessments.c[name] for name in names), newest.label("place_in_line"))
        .join(assessments, assessments.c.document_id == documents.c.id)
        .where(documents.c.id.in_(ids), documents.c.first_seen <= as_of, assessments.c.judged_at <= as_of)
        .subquery()
    )
    return select(given).where(given.c.place_in_line == 1)


def _cases(connection: Connection, ids: list[int], as_of: datetime) -> dict[int, Case]:
    query = select(case_steps, cases.c.detected_at, cases.c.impact_confirmed_at, cases.c.first_statement_at)
    query = query.join(cases, cases.c.document_id == case_steps.c.document_id)
    query = query.where(case_steps.c.document_id.in_(ids), case_steps.c.at <= as_of)
    ordered = connection.execute(query.order_by(case_steps.c.at, case_steps.c.id))
    return {row.document_id: case_as_of(row, "", as_of) for row in ordered}


def case_as_of(row: Row[Any], key: str, as_of: datetime) -> Case:
    """A step of a case with the moments that were known by then. Who did it is no figure."""
    confirmed, said = (at if at and at <= as_of else None for at in (row.impact_confirmed_at, row.first_statement_at))
    return Case(key, row.status, row.detected_at, at=row.at, impact_confirmed_at=confirmed, first_statement_at=said)


def _item(
    row: Row[Any], human: dict[str, str], case: Case | None, merged: dict[str, str], spoken: Spoken | None
) -> Item:
    whole = rows.document(row._mapping)
    document = replace(whole, lead=None, body=None)
    assessment = rows.load(Assessment, row.answer)
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
    story = merged.get(row.story, row.story)
    told = tuple(sorted(spoken(whole))) if spoken else ()
    return Item(judged, in_force(assessment, human), row.at, story, row.model, told)


def labels_of_item(item: Item) -> list[tuple[str, str]]:
    """(dimension, label) of every count the item is part of."""
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


def told_of_item(item: Item) -> list[tuple[str, str]]:
    """The labels that only a report counts: replies to feedback, refutations, campaign messages, the week."""
    labels = [("week", item.at.astimezone(HO_CHI_MINH).strftime("%G-W%V"))]
    if item.answers.feedback not in ("none", "praise"):
        status = item.judged.case.status if item.judged.case else ""
        labels.append(("reply", ANSWERED.get(status, "waiting")))
    if any(mode == "refutes" for _, mode in item.answers.acts):
        labels.append(("refute", "refutes"))
    for message, exact in item.spoken:
        labels += [("message", message)] + ([("message_exact", message)] if exact else [])
    return labels
