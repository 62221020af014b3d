"""Cases: what people do about a flagged document. Every step is kept; opening the indicators is logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args, get_type_hints

from sqlalchemy import Connection, Row, Select, insert, select, update

from records import BadInput, Case, Indicator
from store import audit, rows
from store.database import Database, insert_new
from store.judged import OPEN, case_record
from store.tables import documents
from store.tables_work import case_steps, cases
from store.tallies import stale
from store.vault import Vault

STATUSES: tuple[str, ...] = get_args(get_type_hints(Case)["status"])


class Cases:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def decide(
        self,
        key: str,
        status: str,
        by: str,
        at: datetime,
        note: str = "",
        routed_to: str | None = None,
        expected: str | None = None,
    ) -> Case:
        """A named person's decision about a document; opens the case where there is none. What is not given stays.

        `expected`: the status the person saw; raises BadInput when it is another by now (two people on one item), for
        an unknown document and for an unknown status."""
        if status not in STATUSES:
            raise BadInput(f"trạng thái không có: {status!r}; dùng một trong {', '.join(STATUSES)}")
        stated = {"routed_to": routed_to} if routed_to else {}
        with self._database.write() as connection:
            id_ = _id(connection, key)
            detect(connection, id_, at)
            now = connection.execute(select(cases).where(cases.c.document_id == id_).with_for_update()).one()
            if expected is not None and now.status != expected:
                raise BadInput(
                    f"vụ việc vừa được {now.by or 'người khác'} chuyển sang {now.status!r}; xem lại rồi quyết định"
                )
            step = {"status": status, "by": by, "at": at, "note": note}
            connection.execute(update(cases).where(cases.c.document_id == id_).values(step | stated))
            connection.execute(insert(case_steps).values(step | {"document_id": id_, "routed_to": routed_to}))
            stale(connection, [id_])
            return case_record(connection.execute(_all().where(cases.c.document_id == id_)).one())

    def impact_confirmed(self, key: str, by: str, at: datetime) -> Case:
        """A person confirms the impact: starts the 24-hour clock of NĐ 244/2026 Đ7.4. The first time stays."""
        return self._note(key, "impact_confirmed_at", by, at)

    def first_statement(self, key: str, by: str, at: datetime) -> Case:
        """The first public statement was made. The first time stays."""
        return self._note(key, "first_statement_at", by, at)

    def _note(self, key: str, column: str, by: str, at: datetime) -> Case:
        with self._database.write() as connection:
            id_ = _id(connection, key)
            detect(connection, id_, at)
            unset = (cases.c.document_id == id_, cases.c[column].is_(None))
            if connection.execute(update(cases).where(*unset).values({column: at})).rowcount:
                audit.write(connection, audit.AuditLine(by, column, rows.short_id(key), at, ""))
            return case_record(connection.execute(_all().where(cases.c.document_id == id_)).one())

    def get(self, key: str) -> Case | None:
        with self._database.read() as connection:
            row = connection.execute(_all().where(documents.c.short_id == rows.short_id(key))).first()
        return case_record(row) if row else None

    def open(self, limit: int = 100) -> list[Case]:
        """Cases that wait for a person, the newest document first."""
        query = _all().where(cases.c.status.in_(OPEN)).order_by(cases.c.document_id.desc()).limit(limit)
        with self._database.read() as connection:
            return [case_record(row) for row in connection.execute(query)]

    def clocks(self, limit: int = 100) -> list[Case]:
        """Cases whose impact is confirmed and whose first statement is not made, the first confirmed first."""
        running = (
            cases.c.impact_confirmed_at.is_not(None),
            cases.c.first_statement_at.is_(None),
            cases.c.status.in_(OPEN),
        )
        query = _all().where(*running).order_by(cases.c.impact_confirmed_at).limit(limit)
        with self._database.read() as connection:
            return [case_record(row) for row in connection.execute(query)]

    def steps(self, key: str) -> list[Case]:
        """The case as it stood after each step, the first one first."""
        query = select(case_steps).join(documents, documents.c.id == case_steps.c.document_id)
        query = query.where(documents.c.short_id == rows.short_id(key)).order_by(case_steps.c.id)
        with self._database.read() as connection:
            return [_step(key, row) for row in connection.execute(query)]

    def indicators(self, key: str, by: str, at: datetime) -> tuple[Indicator, ...]:
        """The scam indicators with their values; that `by` has seen them is logged in the same transaction."""
        with self._database.write() as connection:
            found = self._vault.get(connection, _id(connection, key))
            line = audit.AuditLine(by, "indicators", rows.short_id(key), at, f"{len(found)} values")
            audit.write(connection, line)
            return found


def detect(connection: Connection, document_id: int, at: datetime) -> None:
    """Open a case "new" unless the document has one."""
    row = {"document_id": document_id, "status": "new", "detected_at": at, "note": ""}
    if insert_new(connection, cases, row):
        connection.execute(insert(case_steps).values(document_id=document_id, status="new", at=at, note=""))


def _id(connection: Connection, key: str) -> int:
    query = select(documents.c.id).where(documents.c.short_id == rows.short_id(key))
    found = connection.execute(query).scalar()
    if found is None:
        raise BadInput(f"không có tài liệu {key[:200]}")
    return int(found)


def _all() -> Select[Any]:
    return select(cases, documents.c.key).join(documents, documents.c.id == cases.c.document_id)


def _step(key: str, row: Row[Any]) -> Case:
    return Case(key, row.status, row.at, by=row.by, at=row.at, note=row.note, routed_to=row.routed_to)
