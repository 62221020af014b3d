"""Reports sent in: who sent them, what was seen, the pictures. The text itself is a document like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from records import Attachment
from store.database import Database, insert_new
from store.tables_desk import intake_files, intakes


@dataclass(frozen=True, slots=True)
class Intake:
    """`files`: name and number of each picture."""

    key: str
    login: str
    at: datetime
    seen: str
    files: tuple[tuple[int, str], ...] = ()


class Intakes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, intake: Intake, files: Sequence[Attachment]) -> bool:
        """Note who sent a document in, with its pictures. False: it was noted before, nothing is changed."""
        row = {"key": intake.key, "login": intake.login, "at": intake.at, "seen": intake.seen}
        with self._database.write() as connection:
            if not insert_new(connection, intakes, row):
                return False
            for file in files:
                sha256 = hashlib.sha256(file.content).hexdigest()
                values = {"name": file.name, "media_type": file.media_type, "content": file.content, "sha256": sha256}
                connection.execute(insert(intake_files), values | {"key": intake.key})
            return True

    def of(self, login: str, limit: int = 50, offset: int = 0) -> list[Intake]:
        """What a person has sent, the newest first."""
        query = select(intakes).where(intakes.c.login == login).order_by(intakes.c.at.desc(), intakes.c.key)
        with self._database.read() as connection:
            found = connection.execute(query.limit(limit).offset(offset)).all()
        return [Intake(row.key, row.login, row.at, row.seen) for row in found]

    def get(self, key: str) -> Intake | None:
        files = select(intake_files.c.id, intake_files.c.name).where(intake_files.c.key == key)
        with self._database.read() as connection:
            row = connection.execute(select(intakes).where(intakes.c.key == key)).first()
            if row is None:
                return None
            named = tuple((one.id, one.name) for one in connection.execute(files.order_by(intake_files.c.id)))
        return Intake(row.key, row.login, row.at, row.seen, named)

    def file(self, key: str, number: int) -> Attachment | None:
        """One picture of a report."""
        query = select(intake_files).where(intake_files.c.key == key, intake_files.c.id == number)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return Attachment(row.name, row.media_type, row.content) if row else None
