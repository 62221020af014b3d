"""The log of who did what to which subject: lines are only added, each with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from store.columns import clean
from store.database import Database, one_writer
from store.tables_work import audit_log


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
    before = connection.execute(select(audit_log.c.hash).order_by(audit_log.c.id.desc()).limit(1)).scalar() or ""
    connection.execute(
        insert(audit_log).values(
            who=line.who,
            what=line.what,
            subject=line.subject,
            at=line.at,
            detail=line.detail,
            hash=_hash(before, line),
        )
    )


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


def intact(database: Database) -> bool:
    """Whether no line was changed, taken out or put in between (a cut-off end cannot be seen from within)."""
    before = ""
    with database.read() as connection:
        for row in connection.execute(select(audit_log).order_by(audit_log.c.id)).yield_per(1000):
            before = _hash(before, AuditLine(row.who, row.what, row.subject, row.at, row.detail))
            if before != row.hash:
                return False
    return True
