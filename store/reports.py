"""Issued weekly reports: frozen with their figures and hash; issued once, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from records import Figures, Message
from store import outbox, rows
from store.database import Database, insert_new
from store.tables_work import report_files, reports


@dataclass(frozen=True, slots=True)
class Issued:
    """`sha256`: over the figures and the names and hashes of the files. `files`: name -> content."""

    week: str
    issued_at: datetime
    figures: Figures
    files: Mapping[str, bytes]
    sha256: str


class Reports:
    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(
        self, week: str, figures: Figures, files: Mapping[str, bytes], messages: Sequence[Message], at: datetime
    ) -> bool:
        """Freeze the week's report and queue its mails, all or nothing. False: the week has its report; nothing
        changes."""
        text = rows.dump(Figures, figures)
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        row = {"week": week, "issued_at": at, "figures": text, "sha256": _hash(text, hashes)}
        with self._database.write() as connection:
            if not insert_new(connection, reports, row):
                return False
            for name, content in files.items():
                file = {"week": week, "name": name, "content": content, "sha256": hashes[name]}
                connection.execute(insert(report_files).values(file))
            outbox.add(connection, messages)
            return True

    def get(self, week: str) -> Issued | None:
        with self._database.read() as connection:
            row = connection.execute(select(reports).where(reports.c.week == week)).first()
            found = connection.execute(
                select(report_files).where(report_files.c.week == week).order_by(report_files.c.name)
            )
            files = {file.name: file.content for file in found}
        return Issued(week, row.issued_at, rows.load(Figures, row.figures), files, row.sha256) if row else None

    def weeks(self) -> list[str]:
        """The weeks that have their report, the latest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(reports.c.week).order_by(reports.c.week.desc())).scalars())


def _hash(figures: str, hashes: Mapping[str, str]) -> str:
    lines = [hashlib.sha256(figures.encode()).hexdigest(), *(f"{name} {hashes[name]}" for name in sorted(hashes))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
