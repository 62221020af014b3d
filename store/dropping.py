"""The words of posts that were deleted at their source: they go, the mark that there was one and its counts stay.

While a case is open its words are held: they go at the first look after it ended.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, or_, select, update

from records import Assessment
from store import audit, evidence, rows, search
from store.database import Database, one_writer
from store.judged import OPEN
from store.stories import unsign
from store.tables import assessments, documents, indicators, stories, versions
from store.tables_work import cases

BATCH = 200
DELETED = "deleted"
"""the gap of a document whose words were dropped"""


def drop_deleted(database: Database, now: datetime) -> int:
    """Gives how many posts lost their words."""
    worded = or_(*(documents.c[name].is_not(None) for name in ("title", "lead", "body")))
    held = exists().where(cases.c.document_id == documents.c.id, cases.c.status.in_(OPEN))
    query = select(documents).where(documents.c.gone_at.is_not(None), documents.c.kind == "post", worded, ~held)
    total = 0
    while True:
        with database.write() as connection:
            one_writer(connection, "settle")
            found = connection.execute(query.order_by(documents.c.id).limit(BATCH)).all()
            for row in found:
                _drop(connection, row)
            if found:
                said = f"{len(found)} documents"
                audit.write(connection, audit.AuditLine("langnghe", "forget", "deleted at source", now, said))
        total += len(found)
        if len(found) < BATCH:
            return total


def _drop(connection: Connection, row: Row[Any]) -> None:
    its = row.id
    connection.execute(delete(versions).where(versions.c.document_id == its))
    connection.execute(delete(indicators).where(indicators.c.document_id == its))
    search.remove(connection, its)
    unsign(connection, [its])
    if row.title:
        connection.execute(update(stories).where(stories.c.headline == row.title).values(headline=row.outlet))
    answers = select(assessments.c.id, assessments.c.answer).where(assessments.c.document_id == its)
    for answer in connection.execute(answers).all():
        bare = rows.dump(Assessment, _without_words(rows.load(Assessment, answer.answer)))
        connection.execute(update(assessments).where(assessments.c.id == answer.id).values(answer=bare))
    if connection.execute(select(cases.c.status).where(cases.c.document_id == its)).first() is None:
        evidence.drop(connection, [its])  # that of a case goes thirty days after it ended
    gaps = [*json.loads(row.gaps), DELETED]
    bare_document = replace(rows.document(row._mapping), title=None, lead=None, body=None)
    values = {"title": None, "lead": None, "body": None, "author": None, "gaps": json.dumps(gaps)}
    values["digest"] = rows.fingerprint(bare_document)
    connection.execute(update(documents).where(documents.c.id == its).values(values))


def _without_words(answer: Assessment) -> Assessment:
    """The labels of an answer, and none of the words they were read from."""
    acts = tuple(replace(act, quote="", start=0, end=0) for act in answer.acts)
    claims = tuple(replace(claim, quote="", draft=None) for claim in answer.claims)
    return replace(answer, acts=acts, claims=claims, spans=())
