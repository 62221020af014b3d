"""The log of who did what to which subject: lines are only added, each with the hash of the one before; beside them stands
how many there are and the hash of the last, so that a cut-off end is seen too.

Who may write to the database can make a whole new log. What they cannot change is a count and hash that were written down
elsewhere: the desk shows both, every backup holds both."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from store.columns import clean
from store.database import Database, one_writer
from store.tables_work import audit_head, audit_log


@dataclass(frozen=True, slots=True)
class AuditLine:
    who: str
    what: str
    subject: str
    at: datetime
    detail: str


def write(connection: Connection, line: AuditLine) -> None:
    """Add a line within the caller's transaction."""
    one_writer(connection, "audit")
    head = connection.execute(select(audit_head)).first()
    hash_ = _hash(head.hash if head else "", line)
    connection.execute(
        insert(audit_log).values(
            who=line.who,
            what=line.what,
            subject=line.subject,
            at=line.at,
            detail=line.detail,
            hash=hash_,
        )
    )
    connection.execute(update(audit_head).values(lines=audit_head.c.lines + 1, hash=hash_))


def _hash(before: str, line: AuditLine) -> str:
    words = [clean(word) for word in (line.who, line.what, line.subject, line.detail)]
    said = json.dumps([before, *words, line.at.astimezone(UTC).isoformat()])
    return hashlib.sha256(said.encode()).hexdigest()


def lines(
    database: Database, limit: int, offset: int, who: str | None = None, subject: str | None = None
) -> list[AuditLine]:
    """The log, newest first; of one person, or about one subject, where named."""
    query = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit).offset(offset)
    query = query.where(audit_log.c.who == who) if who else query
    query = query.where(audit_log.c.subject == subject) if subject else query
    with database.read() as connection:
        return [AuditLine(row.who, row.what, row.subject, row.at, row.detail) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Chain:
    """The log as checked: `lines` and `hash` of the last one are what its head says."""

    lines: int
    hash: str
    intact: bool


def check(database: Database) -> Chain:
    """Whether no line was changed, taken out (the last ones included) or put in."""
    before, count, unbroken = "", 0, True
    with database.read() as connection:
        head = connection.execute(select(audit_head)).first()
        for row in connection.execute(select(audit_log).order_by(audit_log.c.id)).yield_per(1000):
            before = _hash(before, AuditLine(row.who, row.what, row.subject, row.at, row.detail))
            unbroken &= before == row.hash
            before, count = row.hash, count + 1
    if head is None:
        return Chain(count, before, False)
    return Chain(head.lines, head.hash, unbroken and (head.lines, head.hash) == (count, before))
