"""Cases: what people do about a flagged document. Every step is kept; opening the indicators is logged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args, get_type_hints

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, delete, exists, func, insert, select, update

from records import BadInput, Case, CaseFile, Changes, Indicator, Overtaken, PressEntry
from store import audit, press, rows
from store.database import Database, insert_new
from store.judged import OPEN, case_record
from store.tables import documents, indicators
from store.tables_work import case_files, case_steps, cases
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
        seen: int | None = None,
    ) -> Case:
        """A named person's decision about a document; opens the case where there is none. What is not given stays.

        `seen`: the version of the case the person saw (0: none); raises Overtaken when it is another by now (two people
        on one item). Raises BadInput for an unknown document and for an unknown status."""
        if status not in STATUSES:
            raise BadInput(f"trạng thái không có: {status!r}; dùng một trong {', '.join(STATUSES)}")
        stated = {"routed_to": routed_to} if routed_to else {}
        with self._database.write() as connection:
            now = _held(connection, key, at, seen)
            step = {"status": status, "by": by, "at": at, "note": note}
            _change(connection, now, step | stated)
            step_of = step | {"document_id": now.document_id, "routed_to": routed_to}
            connection.execute(insert(case_steps).values(step_of))
            stale(connection, [now.document_id])
            return _case(connection, now.document_id)

    def acknowledge(self, key: str, by: str, at: datetime) -> Case:
        """A person looks at it: nobody else is called. Said again, or after a decision, it changes nothing."""
        with self._database.write() as connection:
            now = _held(connection, key, at, None)
            if now.status == "new":
                step = {"status": "acknowledged", "by": by, "at": at, "note": ""}
                _change(connection, now, step)
                connection.execute(insert(case_steps).values(step | {"document_id": now.document_id}))
                stale(connection, [now.document_id])
            return _case(connection, now.document_id)

    def impact_confirmed(self, key: str, by: str, at: datetime, seen: int | None = None) -> Case:
        """A person confirms the impact: starts the 24-hour clock of NĐ 244/2026 Đ7.4. The first time stays. `seen` as in
        `decide`."""
        with self._database.write() as connection:
            now = _held(connection, key, at, seen)
            if now.impact_confirmed_at is None:
                _change(connection, now, {"impact_confirmed_at": at, "impact_by": by})
                audit.write(connection, audit.AuditLine(by, "impact_confirmed_at", rows.short_id(key), at, ""))
            return _case(connection, now.document_id)

    def first_statement(
        self, key: str, by: str, at: datetime, statement: PressEntry | None = None, seen: int | None = None
    ) -> Case:
        """The first public statement was made, and is written into the press register. The first time stays. `seen` as
        in `decide`."""
        with self._database.write() as connection:
            now = _held(connection, key, at, seen)
            if now.first_statement_at is None:
                _change(connection, now, {"first_statement_at": at, "statement_by": by})
                audit.write(connection, audit.AuditLine(by, "first_statement_at", rows.short_id(key), at, ""))
                if statement:
                    press.add(connection, statement)
            return _case(connection, now.document_id)

    def file(self, key: str, name: str, content: bytes, by: str, at: datetime) -> int:
        """Keep a draft made from the case; gives its number. Raises BadInput for an unknown document."""
        row = {"name": name, "by": by, "at": at, "content": content, "sha256": hashlib.sha256(content).hexdigest()}
        with self._database.write() as connection:
            values = row | {"document_id": _id(connection, key)}
            return int(connection.execute(insert(case_files).values(values).returning(case_files.c.id)).scalar_one())

    def files(self, key: str) -> list[CaseFile]:
        """The drafts of a case, the latest first."""
        names = ("id", "name", "by", "at", "sha256")
        query = select(*(case_files.c[name] for name in names)).join(
            documents, documents.c.id == case_files.c.document_id
        )
        query = query.where(documents.c.short_id == rows.short_id(key)).order_by(case_files.c.id.desc())
        with self._database.read() as connection:
            return [CaseFile(**row._mapping) for row in connection.execute(query)]

    def content(self, key: str, number: int) -> tuple[str, bytes] | None:
        """Name and bytes of one draft of a case."""
        query = select(case_files.c.name, case_files.c.content).join(
            documents, documents.c.id == case_files.c.document_id
        )
        query = query.where(documents.c.short_id == rows.short_id(key), case_files.c.id == number)
        with self._database.read() as connection:
            row = connection.execute(query).first()
            return (row.name, row.content) if row else None

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

    def changes(self, since: datetime, until: datetime, most: int = 10) -> Changes:
        """What became of flagged items, since < moment <= until: what people decided, and what was edited or removed at its
        source, at most `most` of each by name, the latest first."""
        decided = select(case_steps.c.status, func.count(case_steps.c.document_id.distinct()).label("number"))
        decided = decided.where(case_steps.c.by.is_not(None), case_steps.c.at > since, case_steps.c.at <= until)
        edited = (documents.c.version > 1, documents.c.version_at > since, documents.c.version_at <= until)
        gone = (documents.c.gone_at > since, documents.c.gone_at <= until)
        with self._database.read() as connection:
            return Changes(
                {row.status: row.number for row in connection.execute(decided.group_by(case_steps.c.status))},
                _flagged(connection, edited, documents.c.version_at, most),
                _flagged(connection, gone, documents.c.gone_at, most),
            )

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


def detect(connection: Connection, document_id: int, at: datetime) -> bool:
    """Open a case "new" unless the document has one; whether it was opened."""
    row = {"document_id": document_id, "status": "new", "detected_at": at, "note": "", "version": 0}
    if not insert_new(connection, cases, row):
        return False
    connection.execute(insert(case_steps).values(document_id=document_id, status="new", at=at, note=""))
    return True


def drop_indicators(connection: Connection, document_id: int) -> None:
    """Scam indicators are kept for a case, or where an act is told of; elsewhere the numbers are only somebody's."""
    has_case = exists().where(cases.c.document_id == document_id)
    connection.execute(delete(indicators).where(indicators.c.document_id == document_id, ~has_case))


def _held(connection: Connection, key: str, at: datetime, seen: int | None) -> Row[Any]:
    """The case, opened where there is none, locked until the transaction ends. Raises Overtaken."""
    id_ = _id(connection, key)
    opened = detect(connection, id_, at)
    row = connection.execute(select(cases).where(cases.c.document_id == id_).with_for_update()).one()
    if seen is not None and row.version != seen and not opened:
        raise Overtaken(row.by or "người khác", row.status, row.at)
    return row


def _change(connection: Connection, row: Row[Any], values: Mapping[str, Any]) -> None:
    mine = (cases.c.document_id == row.document_id, cases.c.version == row.version)
    connection.execute(update(cases).where(*mine).values(version=row.version + 1, **values))


def _case(connection: Connection, document_id: int) -> Case:
    return case_record(connection.execute(_all().where(cases.c.document_id == document_id)).one())


def _id(connection: Connection, key: str) -> int:
    query = select(documents.c.id).where(documents.c.short_id == rows.short_id(key))
    found = connection.execute(query).scalar()
    if found is None:
        raise BadInput(f"không có tài liệu {key[:200]}")
    return int(found)


def _flagged(
    connection: Connection, which: tuple[ColumnElement[bool], ...], moment: Column[Any], most: int
) -> tuple[tuple[str, str], ...]:
    query = select(documents.c.key, documents.c.title).join(cases, cases.c.document_id == documents.c.id)
    found = connection.execute(query.where(*which).order_by(moment.desc(), documents.c.id).limit(most))
    return tuple((row.key, row.title or "") for row in found)


def _all() -> Select[Any]:
    return select(cases, documents.c.key).join(documents, documents.c.id == cases.c.document_id)


def _step(key: str, row: Row[Any]) -> Case:
    return Case(key, row.status, row.at, by=row.by, at=row.at, note=row.note, routed_to=row.routed_to)
