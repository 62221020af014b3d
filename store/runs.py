"""The jobs' runs, and a count by the hour of everything refused or gone wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from store import rows
from store.database import Database, insert_new
from store.tables_work import problems, runs

KEPT = 500
"""runs of one job that are kept"""


@dataclass(frozen=True, slots=True)
class Run:
    """`ok` None: it has not ended (or its process died)."""

    id: int
    job: str
    started_at: datetime
    ended_at: datetime | None
    ok: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong where, how often, and the last case of it."""

    what: str
    where: str
    count: int
    last_at: datetime
    detail: str


class Runs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, job: str, at: datetime) -> int:
        """Gives the run's number, for `end`. Of earlier runs the last KEPT stay."""
        with self._database.write() as connection:
            values = {"job": job, "started_at": at, "note": ""}
            old = select(runs.c.id).where(runs.c.job == job).order_by(runs.c.id.desc()).limit(1).offset(KEPT)
            oldest = connection.execute(old).scalar()
            if oldest is not None:
                connection.execute(delete(runs).where(runs.c.job == job, runs.c.id <= oldest))
            return int(connection.execute(insert(runs).values(values).returning(runs.c.id)).scalar_one())

    def end(self, run: int, at: datetime, ok: bool = True, note: str = "") -> None:
        with self._database.write() as connection:
            values = {"ended_at": at, "ok": ok, "note": note[:2000]}
            connection.execute(update(runs).where(runs.c.id == run).values(values))

    def last(self, job: str, ok: bool | None = None) -> Run | None:
        """The latest run of the job (of those that ended so, where `ok` is given)."""
        query = select(runs).where(runs.c.job == job).order_by(runs.c.id.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query if ok is None else query.where(runs.c.ok.is_(ok))).first()
        return Run(*row) if row else None

    def note_problem(self, what: str, where: str, detail: str, at: datetime) -> None:
        """Count a piece of refused input or a fault: `what` is a short code, `where` a source, file or job."""
        here = {
            "what": rows.clipped(what, rows.NAME_BYTES),
            "place": rows.clipped(where, rows.NAME_BYTES),
            "hour": int(at.timestamp()) // 3600,
        }
        with self._database.write() as connection:
            insert_new(connection, problems, here | {"count": 0, "last_at": at, "detail": ""})
            same = [problems.c[name] == value for name, value in here.items()]
            values = {"count": problems.c.count + 1, "last_at": at, "detail": detail[:1000]}
            connection.execute(update(problems).where(*same).values(values))

    def problems(self, since: datetime, limit: int = 200) -> list[Problem]:
        """Problems seen since then, one line for each (what, where), the most frequent first."""
        newest = func.row_number().over(partition_by=_PLACE, order_by=problems.c.last_at.desc()).label("place_in_line")
        total = func.sum(problems.c.count).over(partition_by=_PLACE).label("total")
        seen = select(problems, newest, total).where(problems.c.last_at >= since).subquery()
        query = select(seen).where(seen.c.place_in_line == 1)
        query = query.order_by(seen.c.total.desc(), seen.c.what, seen.c.place).limit(limit)
        with self._database.read() as connection:
            return [_problem(row) for row in connection.execute(query)]


_PLACE = (problems.c.what, problems.c.place)


def _problem(row: Row[Any]) -> Problem:
    return Problem(row.what, row.place, int(row.total), row.last_at, row.detail)
