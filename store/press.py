"""The press register: what was asked, said and answered, with its time limits; and the counts behind the indicators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, or_, select, update

from records import BadInput, Overtaken, PressCounts, PressEntry
from store.database import Database
from store.tables_work import case_steps, cases, press

STATEMENT = timedelta(hours=24)
"""the limit of NĐ 244/2026 Đ7 within which a first statement is on time"""
LETTERS = ("reply", "correction")
ASKED = ("request", "forwarded")


class Press:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: PressEntry) -> int:
        """Write a line; gives its number."""
        with self._database.write() as connection:
            return add(connection, entry)

    def done(self, number: int, by: str, at: datetime, note: str = "") -> PressEntry:
        """What was asked is answered. Raises Overtaken where another person said so before, BadInput for no such line."""
        with self._database.write() as connection:
            row = connection.execute(select(press).where(press.c.id == number).with_for_update()).first()
            if row is None:
                raise BadInput("không có dòng này trong sổ báo chí")
            if row.done_at is not None:
                raise Overtaken(row.done_by, "done", row.done_at)
            values = {"done_at": at, "done_by": by, "done_note": note}
            connection.execute(update(press).where(press.c.id == number).values(values))
            return _record(connection.execute(select(press).where(press.c.id == number)).one())

    def of(self, key: str) -> list[PressEntry]:
        """The lines about one item, the first one first."""
        query = select(press).where(press.c.document == key).order_by(press.c.at, press.c.id)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def running(self, limit: int = 100) -> list[PressEntry]:
        """What waits under a time limit, the first to end first."""
        waiting = (press.c.due_at.is_not(None), press.c.done_at.is_(None))
        query = select(press).where(*waiting).order_by(press.c.due_at, press.c.id).limit(limit)
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def counts(self, start: datetime, end: datetime, as_of: datetime) -> PressCounts:
        """What the six indicators count in [start, end), as known at `as_of`."""
        with self._database.read() as connection:
            lines = _lines(connection, start, end, as_of)
            clocks = _clocks(connection, start, end, as_of)
        return PressCounts(**lines, **clocks)

    def list(self, limit: int = 50, offset: int = 0, kind: str | None = None) -> list[PressEntry]:
        """The register, the latest first."""
        query = select(press).order_by(press.c.at.desc(), press.c.id.desc()).limit(limit).offset(offset)
        query = query.where(press.c.kind == kind) if kind else query
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]


def add(connection: Connection, entry: PressEntry) -> int:
    """Write a line within the caller's transaction."""
    values = {column.name: getattr(entry, column.name) for column in press.c if column.name != "id"}
    return int(connection.execute(insert(press).values(values).returning(press.c.id)).scalar_one())


def _lines(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> dict[str, int]:
    answered = and_(press.c.done_at.is_not(None), press.c.done_at <= as_of)
    asked, letter = press.c.kind.in_(ASKED), press.c.kind.in_(LETTERS)
    late = and_(press.c.due_at < as_of, or_(press.c.done_at.is_(None), press.c.done_at > press.c.due_at))
    query = select(
        _sum(press.c.kind == "conference").label("conferences"),
        _sum(press.c.kind == "briefing").label("briefings"),
        _sum(asked).label("requests"),
        _sum(and_(asked, answered)).label("requests_answered"),
        _sum(and_(asked, late)).label("requests_late"),
        _sum(letter).label("letters"),
        _sum(and_(letter, answered)).label("letters_answered"),
    ).where(press.c.at >= start, press.c.at < end, press.c.noted_at <= as_of)
    return {name: int(value) for name, value in connection.execute(query).one()._mapping.items()}


def _clocks(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> dict[str, int]:
    inside = (cases.c.impact_confirmed_at >= start, cases.c.impact_confirmed_at < end)
    found = connection.execute(select(cases.c.impact_confirmed_at, cases.c.first_statement_at).where(*inside)).all()
    said = [row for row in found if row.first_statement_at and row.first_statement_at <= as_of]
    confirmed = select(func.count(func.distinct(case_steps.c.document_id))).where(
        case_steps.c.status == "confirmed", case_steps.c.at >= start, case_steps.c.at < end
    )
    return {
        "incidents": len(found),
        "incidents_stated": len(said),
        "incidents_on_time": sum(row.first_statement_at - row.impact_confirmed_at <= STATEMENT for row in said),
        "wrong": int(connection.execute(confirmed).scalar_one()),
    }


def _sum(which: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _record(row: Row[Any]) -> PressEntry:
    return PressEntry(**row._mapping)
