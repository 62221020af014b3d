"""Pages that were not there at a later look: first seen missing, confirmed by a second look, there again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from records import Absence
from store.tables import documents
from store.tables_evidence import absences

CONFIRM = timedelta(hours=6)
"""a page is gone when a look so long after the first one finds it missing still: servers stumble"""
PATIENCE = timedelta(days=14)
"""how long a second look that gets no answer is tried again"""


def missing(connection: Connection, row: RowMapping, when: datetime, status: int) -> bool:
    """A look at a document found 404 or 410; whether that confirms an earlier one."""
    since = _open(connection, row["id"])
    if since is None:
        values = {"document_id": row["id"], "status": status, "first_at": when}
        connection.execute(insert(absences).values(values))
        return False
    if since["confirmed_at"] is not None or when - since["first_at"] < CONFIRM:
        return False
    confirm(connection, row, since, when, status)
    return True


def stated(connection: Connection, row: RowMapping, when: datetime, status: int) -> None:
    """The source itself says that it removed the document: nothing to confirm."""
    if _open(connection, row["id"]) is None:
        values = {"document_id": row["id"], "status": status, "first_at": when}
        connection.execute(insert(absences).values(values))
    since = _open(connection, row["id"])
    if since is not None and since["confirmed_at"] is None:
        confirm(connection, row, since, when, status)


def confirm(connection: Connection, row: RowMapping, since: RowMapping, when: datetime, status: int) -> None:
    connection.execute(update(absences).where(absences.c.id == since["id"]).values(confirmed_at=when))
    gone = {"gone_at": since["first_at"], "gone_status": status}
    connection.execute(update(documents).where(documents.c.id == row["id"]).values(gone))


def back(connection: Connection, document_id: int, when: datetime) -> None:
    """The page is there: an absence that was going on has ended."""
    connection.execute(
        update(absences).where(absences.c.document_id == document_id, absences.c.back_at.is_(None)).values(back_at=when)
    )
    unset = update(documents).where(documents.c.id == document_id, documents.c.gone_at.is_not(None))
    connection.execute(unset.values(gone_at=None, gone_status=None))


def look_again(connection: Connection, document_id: int, now: datetime) -> datetime | None:
    """When the second look at a missing page is due; None: nothing is missing, confirmed, or given up."""
    since = _open(connection, document_id)
    if since is None or since["confirmed_at"] is not None or now - since["first_at"] > PATIENCE:
        return None
    due: datetime = since["first_at"] + CONFIRM
    return due if due > now else now + CONFIRM


def of(connection: Connection, document_id: int) -> list[Absence]:
    query = select(absences).where(absences.c.document_id == document_id).order_by(absences.c.id)
    return [Absence(row.status, row.first_at, row.confirmed_at, row.back_at) for row in connection.execute(query)]


def _open(connection: Connection, document_id: int) -> RowMapping | None:
    query = select(absences).where(absences.c.document_id == document_id, absences.c.back_at.is_(None))
    return connection.execute(query.order_by(absences.c.id.desc()).limit(1)).mappings().first()
