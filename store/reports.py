"""Reports: frozen once with their figures and hash; words and steps stand beside them and change neither.

A report goes frozen -> (edited) -> approved -> sent. Every step happens once; what it mails is queued in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select

from records import BadInput, Figures, Message
from store import audit, outbox, rows
from store.database import Database, insert_new, one_writer
from store.tables_reports import report_edits, report_steps
from store.tables_work import report_files, reports

StepName = Literal["previewed", "approved", "reminded", "sent"]
LONGEST = 20_000
"""characters of the Centre's own words for one part"""


@dataclass(frozen=True, slots=True)
class Issued:
    """`sha256`: over the figures and the names and hashes of the frozen files. `files`: name -> content, the frozen ones and,
    once sent, the approved ones."""

    week: str
    issued_at: datetime
    figures: Figures
    files: Mapping[str, bytes]
    sha256: str


@dataclass(frozen=True, slots=True)
class Step:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportEdit:
    """The words that stand for a part now."""

    part: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as the archive lists it: no figures, no contents."""

    week: str
    issued_at: datetime
    sha256: str
    files: tuple[str, ...]
    steps: Mapping[str, Step]


class Reports:
    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(self, week: str, figures: Figures, files: Mapping[str, bytes], at: datetime) -> bool:
        """Freeze a period's report, all or nothing. False: it has its report; nothing changes."""
        text = rows.dump(Figures, figures)
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        row = {"week": week, "issued_at": at, "figures": text, "sha256": _hash(text, hashes)}
        with self._database.write() as connection:
            if not insert_new(connection, reports, row):
                return False
            _keep(connection, week, files)
            return True

    def get(self, week: str) -> Issued | None:
        with self._database.read() as connection:
            row = connection.execute(select(reports).where(reports.c.week == week)).first()
            found = connection.execute(
                select(report_files).where(report_files.c.week == week).order_by(report_files.c.name)
            )
            files = {file.name: file.content for file in found}
        return Issued(week, row.issued_at, rows.load(Figures, row.figures), files, row.sha256) if row else None

    def file(self, week: str, name: str) -> bytes | None:
        """One file of a report."""
        one = (report_files.c.week == week, report_files.c.name == name)
        with self._database.read() as connection:
            content = connection.execute(select(report_files.c.content).where(*one)).scalar()
        return None if content is None else bytes(content)

    def weeks(self) -> list[str]:
        """The periods that have their report, the latest issued first."""
        order = (reports.c.issued_at.desc(), reports.c.week.desc())
        with self._database.read() as connection:
            return list(connection.execute(select(reports.c.week).order_by(*order)).scalars())

    def listing(self, limit: int = 200) -> list[ReportLine]:
        """The archive, the latest issued first."""
        order = (reports.c.issued_at.desc(), reports.c.week.desc())
        with self._database.read() as connection:
            query = select(reports.c.week, reports.c.issued_at, reports.c.sha256).order_by(*order).limit(limit)
            found = connection.execute(query).all()
            names: dict[str, list[str]] = {}
            for row in connection.execute(
                select(report_files.c.week, report_files.c.name).order_by(report_files.c.name)
            ):
                names.setdefault(row.week, []).append(row.name)
            steps: dict[str, dict[str, Step]] = {}
            for row in connection.execute(select(report_steps)):
                steps.setdefault(row.week, {})[row.step] = Step(row.by, row.at)
        return [
            ReportLine(row.week, row.issued_at, row.sha256, tuple(names.get(row.week, ())), steps.get(row.week, {}))
            for row in found
        ]

    # ------------------------------------------------------------ words beside the figures

    def edit(self, week: str, part: str, text: str, by: str, at: datetime) -> None:
        """The Centre's own words for a part; empty: none. Raises BadInput for an unknown report, one that is approved, or a
        text too long."""
        if len(text) > LONGEST:
            raise BadInput(f"phần {part}: dài quá {LONGEST} ký tự")
        with self._database.write() as connection:
            one_writer(connection, "reports")
            if connection.execute(select(reports.c.week).where(reports.c.week == week)).first() is None:
                raise BadInput(f"không có báo cáo {week[:20]}")
            if "approved" in _steps(connection, week):
                raise BadInput("báo cáo đã được duyệt; rút duyệt trước khi sửa")
            row = {"week": week, "part": part, "text": text, "by": by, "at": at}
            connection.execute(insert(report_edits).values(row))
            audit.write(connection, audit.AuditLine(by, "sửa báo cáo", week, at, part))

    def edits(self, week: str) -> dict[str, ReportEdit]:
        """Part -> the words that stand for it."""
        query = select(report_edits).where(report_edits.c.week == week).order_by(report_edits.c.id)
        with self._database.read() as connection:
            return {row.part: ReportEdit(row.part, row.text, row.by, row.at) for row in connection.execute(query)}

    def seen(self, week: str) -> int:
        """A number that grows with every edit: an approval names the one it was given for."""
        with self._database.read() as connection:
            return _last(connection, week)

    # ------------------------------------------------------------ steps

    def approve(self, week: str, by: str, at: datetime, seen: int) -> None:
        """A named person approves what they saw. Raises BadInput for an unknown report, or where it was edited since."""
        with self._database.write() as connection:
            one_writer(connection, "reports")
            if connection.execute(select(reports.c.week).where(reports.c.week == week)).first() is None:
                raise BadInput(f"không có báo cáo {week[:20]}")
            if _last(connection, week) != seen:
                raise BadInput("báo cáo vừa được sửa; xem lại rồi duyệt")
            if insert_new(connection, report_steps, {"week": week, "step": "approved", "by": by, "at": at}):
                audit.write(connection, audit.AuditLine(by, "duyệt báo cáo", week, at, ""))

    def withdraw(self, week: str, by: str, at: datetime) -> None:
        """Take the approval back. Raises BadInput where the report is sent."""
        with self._database.write() as connection:
            one_writer(connection, "reports")
            if "sent" in _steps(connection, week):
                raise BadInput("báo cáo đã gửi, không rút duyệt được")
            one = (report_steps.c.week == week, report_steps.c.step == "approved")
            if connection.execute(delete(report_steps).where(*one)).rowcount:
                audit.write(connection, audit.AuditLine(by, "rút duyệt báo cáo", week, at, ""))

    def step(
        self,
        week: str,
        name: StepName,
        by: str,
        at: datetime,
        messages: Sequence[Message] = (),
        files: Mapping[str, bytes] = {},
    ) -> bool:
        """A step with the mails and files that belong to it, all or nothing. False: it was taken before, or "sent" without an
        approval; nothing changes."""
        with self._database.write() as connection:
            one_writer(connection, "reports")
            if name == "sent" and "approved" not in _steps(connection, week):
                return False
            if not insert_new(connection, report_steps, {"week": week, "step": name, "by": by, "at": at}):
                return False
            _keep(connection, week, files)
            outbox.add(connection, messages)
            return True

    def steps(self, week: str) -> dict[str, Step]:
        with self._database.read() as connection:
            return _steps(connection, week)


def _steps(connection: Connection, week: str) -> dict[str, Step]:
    found = connection.execute(select(report_steps).where(report_steps.c.week == week))
    return {row.step: Step(row.by, row.at) for row in found}


def _last(connection: Connection, week: str) -> int:
    query = select(func.max(report_edits.c.id)).where(report_edits.c.week == week)
    return int(connection.execute(query).scalar() or 0)


def _keep(connection: Connection, week: str, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        connection.execute(insert(report_files).values(week=week, name=name, content=content, sha256=digest))


def _hash(figures: str, hashes: Mapping[str, str]) -> str:
    lines = [hashlib.sha256(figures.encode()).hexdigest(), *(f"{name} {hashes[name]}" for name in sorted(hashes))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
