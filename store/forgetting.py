"""Retention and erasure: texts leave every table that holds them; a tombstone keeps them from being collected again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select, update

from records import BadInput
from store import audit, evidence, rows, search
from store.database import Database, chunks, insert_new, one_writer
from store.judged import OPEN
from store.stories import recount, unsign
from store.tables import documents, judged, tombstones
from store.tables_desk import intakes
from store.tables_evidence import evidence_due, evidence_files
from store.tables_mail import attachments, message_documents, messages
from store.tables_work import cases, labels, polls, problems
from store.tallies import keep_counts, stale

BATCH = 200
COUNTS = timedelta(days=400)
"""how long the hourly counts of polls and problems are kept"""
DISMISSED = timedelta(days=30)
"""evidence of a dismissed case is deleted so long after; that of a post after its closing too"""
ERASED = "[Đã xóa theo yêu cầu]"


def forget(
    database: Database,
    before: Mapping[str, datetime],
    irrelevant: datetime,
    now: datetime,
    of_source: Mapping[str, datetime],
) -> int:
    """In transactions of BATCH documents, so that no other writer waits long."""
    worthless = exists().where(judged.c.document_id == documents.c.id, judged.c.relevance == 0)
    others = documents.c.source.not_in(list(of_source))
    total = sum(
        _forget(
            database, (documents.c.kind == kind) & (documents.c.at < time) & others, f"{kind} < {time.isoformat()}", now
        )
        for kind, time in before.items()
    )
    for source, time in of_source.items():
        old = (documents.c.source == source) & (documents.c.at < time)
        total += _forget(database, old, f"{source} < {time.isoformat()}", now)
    total += _forget(database, (documents.c.at < irrelevant) & worthless, f"0 < {irrelevant.isoformat()}", now)
    _unseal(database, now)
    _prune(database, min(before.values(), default=irrelevant), now)
    return total


def _unseal(database: Database, now: datetime) -> None:
    """Evidence of cases that ended without one to answer for: a page of nobody's, or a person's post."""
    ended = (cases.c.status == "dismissed") | ((cases.c.status == "closed") & (documents.c.kind == "post"))
    query = select(documents.c.id).join(cases, cases.c.document_id == documents.c.id)
    query = query.where(ended, cases.c.at <= now - DISMISSED)
    held = or_(*(exists().where(table.c.document_id == documents.c.id) for table in (evidence_files, evidence_due)))
    with database.write() as connection:
        one_writer(connection, "evidence")
        ids = list(connection.execute(query.where(held)).scalars())
        if ids:
            count = evidence.drop(connection, ids)
            said = f"evidence of {len(ids)} documents, {count} files"
            audit.write(connection, audit.AuditLine("langnghe", "forget", "dismissed", now, said))


def _forget(database: Database, which: ColumnElement[bool], said: str, now: datetime) -> int:
    total = 0
    while True:
        with database.write() as connection:
            one_writer(connection, "settle")
            found = _unbound(connection, which)
            _remove(connection, found, now, "retention")
            if found:
                audit.write(connection, audit.AuditLine("langnghe", "forget", said, now, f"{len(found)} documents"))
        total += len(found)
        if len(found) < BATCH:
            return total


def _unbound(connection: Connection, which: ColumnElement[bool]) -> dict[int, str]:
    """Documents that no open case and no label holds."""
    query = select(documents.c.id, documents.c.short_id).where(
        which,
        ~exists().where(cases.c.document_id == documents.c.id, cases.c.status.in_(OPEN)),
        ~exists().where(labels.c.document_id == documents.c.id),
    )
    found = connection.execute(query.order_by(documents.c.at).limit(BATCH))
    return {row.id: row.short_id for row in found}


def erase(database: Database, key: str | None, author: str | None, by: str, at: datetime) -> int:
    if (key is None) == (author is None):
        raise BadInput("xóa dữ liệu: cần đúng một trong hai, khóa tài liệu hoặc mã tác giả")
    condition = documents.c.short_id == rows.short_id(key) if key is not None else documents.c.author == author
    with database.write() as connection:
        one_writer(connection, "settle")
        found = connection.execute(select(documents.c.id, documents.c.short_id, documents.c.key).where(condition)).all()
        _silence(connection, [row.key for row in found])
        _remove(connection, {row.id: row.short_id for row in found}, at, "erased")
        subject = rows.short_id(key) if key is not None else f"author {author}"
        audit.write(connection, audit.AuditLine(by, "erase", subject, at, f"{len(found)} documents"))
    return len(found)


def _silence(connection: Connection, keys: list[str]) -> None:
    """Take the words out of every mail that quotes one of the documents; one not yet sent is not sent."""
    for some in chunks(keys):
        quoting = select(message_documents.c.message).where(message_documents.c.document.in_(some))
        waiting = messages.c.id.in_(quoting) & messages.c.state.in_(("queued", "sending"))
        connection.execute(update(messages).where(waiting).values(state="dead", error="erased"))
        blank = {"subject": ERASED, "text": ERASED, "html": ERASED, "attachments": "[]"}
        connection.execute(update(messages).where(messages.c.id.in_(quoting)).values(blank))
        connection.execute(delete(message_documents).where(message_documents.c.document.in_(some)))
    if keys:
        _drop_attachments(connection)


def _prune(database: Database, before: datetime, now: datetime) -> None:
    """Mails older than the longest retention, and counts that nobody looks at any more."""
    with database.write() as connection:
        ended = messages.c.state.in_(("sent", "dead"))
        if connection.execute(delete(messages).where(ended, messages.c.created_at < before)).rowcount:
            _drop_attachments(connection)
        connection.execute(delete(problems).where(problems.c.last_at < now - COUNTS))
        connection.execute(delete(polls).where(polls.c.hour < int((now - COUNTS).timestamp()) // 3600))


def _drop_attachments(connection: Connection) -> None:
    """Those that no mail carries any more."""
    said = connection.execute(select(messages.c.attachments).where(messages.c.attachments != "[]")).scalars()
    used = {digest for text in said for digest in _digests(text)}
    unused = set(connection.execute(select(attachments.c.digest)).scalars()) - used
    for some in chunks(sorted(unused)):
        connection.execute(delete(attachments).where(attachments.c.digest.in_(some)))


def _digests(text: str) -> list[str]:
    return [digest for _, _, digest in rows.load(list[tuple[str, str, str]], text)]


def _remove(connection: Connection, found: dict[int, str], now: datetime, why: str) -> None:
    ids = list(found)
    if why == "retention":
        keep_counts(connection, ids, now)
    stale(connection, ids)
    for some in chunks(ids):
        told = select(judged.c.story).where(judged.c.document_id.in_(some), judged.c.story.is_not(None)).distinct()
        touched = list(connection.execute(told).scalars())
        for id_ in some:
            search.remove(connection, id_)
            insert_new(connection, tombstones, {"short_id": found[id_], "at": now, "why": why})
        unsign(connection, some)
        sent_in = select(documents.c.key).where(documents.c.id.in_(some), documents.c.kind == "report")
        connection.execute(delete(intakes).where(intakes.c.key.in_(sent_in)))
        connection.execute(delete(documents).where(documents.c.id.in_(some)))
        for story in touched:
            recount(connection, story)
