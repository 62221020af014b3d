"""The one write of a judged document: answer, story, reason, case, mails, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from records import Assessment, Document, Indicator, Message, Placement, Reason, Telling
from store import answers, asking, cases, evidence, outbox, rows, stories, telling
from store.database import Database, chunks, one_writer
from store.documents import FOLLOW
from store.judged import labels_of
from store.tables import assessments, documents, judged, tags
from store.tables import stories as stories_table
from store.tallies import stale
from store.vault import Vault

HIGH_REACH = 10_000
"""stated engagement from which a document is looked at again"""


def settle(
    database: Database,
    vault: Vault,
    document: Document,
    assessment: Assessment,
    placement: Placement | None,
    reason: Reason,
    messages: Sequence[Message],
    at: datetime,
    indicators: Sequence[Indicator],
) -> bool:
    with database.write() as connection:
        one_writer(connection, "settle")
        query = select(documents).where(documents.c.short_id == rows.short_id(document.key)).with_for_update()
        row = connection.execute(query).first()
        if row is None or row.digest != rows.fingerprint(document) or row.judged_model == assessment.model:
            return False
        province = assessment.provinces[0] if assessment.provinces else None
        story = stories.enter(connection, row, placement, province, at) if placement else None
        near = placement.near_duplicate_of if placement else None
        _write(connection, row, assessment, reason, story, near, at)
        vault.put(connection, row.id, indicators)
        outbox.add(connection, messages)
        if story and messages and reason.decision == "urgent":
            now = connection.execute(select(stories_table).where(stories_table.c.id == story)).one()
            clauses = tuple(sorted({act.clause for act in assessment.acts if act.mode == "commits"}))
            telling.tell(connection, Telling(story, at, 0, now.outlets, now.documents, clauses), (), at)
        return True


def _write(
    connection: Connection,
    row: Row[Any],
    assessment: Assessment,
    reason: Reason,
    story: str | None,
    near: str | None,
    at: datetime,
) -> None:
    human = labels_of(connection, [row.id]).get(row.id, {})
    now = answers.in_force(assessment, human)
    common = {"decision": reason.decision, "story": story, "near_duplicate_of": near, "judged_at": at}
    answer = {
        "document_id": row.id,
        "model": assessment.model,
        "version": row.version,
        "relevance": assessment.relevance,
        "spam": assessment.spam,
        "answer": rows.dump(Assessment, assessment),
        "reason_code": reason.code,
        "reason_text": reason.text,
    }
    id_ = connection.execute(insert(assessments).returning(assessments.c.id), answer | common).scalar_one()
    before = connection.execute(select(judged.c.story).where(judged.c.document_id == row.id)).first()
    values = common | {"assessment_id": id_, "outlet": row.outlet, "kind": row.kind} | answers.columns(now)
    if before is None:
        connection.execute(insert(judged), values | {"document_id": row.id})
    else:
        connection.execute(update(judged).where(judged.c.document_id == row.id).values(values))
    _retag(connection, {row.id: now})
    stale(connection, [row.id])
    if near is None and not assessment.spam:
        asking.judged(connection, row.id, assessment, human, at, before is not None)
    _move(connection, row, before.story if before else None, story)
    _flag(connection, row, assessment, at)
    connection.execute(update(documents).where(documents.c.id == row.id).values(_next(row, assessment, reason, at)))


def _move(connection: Connection, row: Row[Any], old: str | None, new: str | None) -> None:
    """Count the document in the story it came to, and not in the one it left."""
    if new != old:
        if new:
            stories.grow(connection, new, row)
        if old:
            stories.recount(connection, old)


def _flag(connection: Connection, row: Row[Any], assessment: Assessment, at: datetime) -> None:
    """A flag opens a case; its page, and that of a statement against the facts, is sealed as evidence. Nothing else is."""
    commits = any(act.mode == "commits" for act in assessment.acts)
    if commits:
        cases.detect(connection, row.id, at)
    if commits or any(claim.verdict == "contradicted" for claim in assessment.claims):
        evidence.want(connection, row, at)
    if not assessment.acts:
        cases.drop_indicators(connection, row.id)


def _next(row: Row[Any], assessment: Assessment, reason: Reason, at: datetime) -> dict[str, Any]:
    """The document's own marks: judged by this model, and when to look at it again."""
    flagged = reason.decision == "urgent" or any(act.mode == "commits" for act in assessment.acts)
    flagged = flagged or any(claim.verdict == "contradicted" for claim in assessment.claims)
    wanted = flagged or (assessment.relevance > 0 and (row.kind == "post" or (row.reach or 0) >= HIGH_REACH))
    values: dict[str, Any] = {"judged_model": assessment.model}
    ahead = [row.first_seen + step for step in FOLLOW if row.first_seen + step > at]
    if wanted and ahead and row.follow_at is None and row.follow_step == 0 and row.gone_at is None:
        values["follow_at"] = ahead[0]
    return values


def _retag(connection: Connection, now: Mapping[int, answers.Answers]) -> None:
    connection.execute(delete(tags).where(tags.c.document_id.in_(list(now))))
    found = dict.fromkeys(
        (task, rows.clipped(value, rows.NAME_BYTES), id_)
        for id_, each in now.items()
        for task, value in answers.tags(each)
    )
    if found:
        new = [{"task": task, "value": value, "document_id": id_} for task, value, id_ in found]
        connection.execute(insert(tags), new)


def reconsider(connection: Connection, document_ids: Sequence[int]) -> None:
    """Work out the answers in force again, after human answers came or went."""
    query = select(judged.c.document_id, assessments.c.answer).join(judged, judged.c.assessment_id == assessments.c.id)
    for some in chunks(list(document_ids)):
        said = connection.execute(query.where(judged.c.document_id.in_(some))).all()
        if not said:
            continue
        human = labels_of(connection, some)
        now = {
            row.document_id: answers.in_force(rows.load(Assessment, row.answer), human.get(row.document_id, {}))
            for row in said
        }
        found = [{"number": id_} | answers.columns(each) for id_, each in now.items()]
        connection.execute(update(judged).where(judged.c.document_id == bindparam("number")), found)
        _retag(connection, now)
        stale(connection, now)
