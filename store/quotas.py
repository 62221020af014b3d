"""Units of a platform's daily quota: counted before they are used, so that no restart forgets any."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select, update

from store.database import Database, insert_new
from store.tables_social import quotas


class Quotas:
    """`name`: a bucket; `day`: a date of the platform's own calendar, "2026-11-26"."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spend(self, name: str, day: str, units: int, most: int) -> bool:
        """Count so many units as used; False, and nothing is counted, where that would be more than `most`."""
        with self._database.write() as connection:
            insert_new(connection, quotas, {"name": name, "day": day, "used": 0})
            room = update(quotas).where(*_here(name, day), quotas.c.used + units <= most)
            return connection.execute(room.values(used=quotas.c.used + units)).rowcount == 1

    def close(self, name: str, day: str, used: int) -> None:
        """The platform says that the day's quota is used up: so it is, whatever was counted."""
        with self._database.write() as connection:
            insert_new(connection, quotas, {"name": name, "day": day, "used": 0})
            less = update(quotas).where(*_here(name, day), quotas.c.used < used)
            connection.execute(less.values(used=used))

    def used(self, name: str, day: str) -> int:
        with self._database.read() as connection:
            return int(connection.execute(select(quotas.c.used).where(*_here(name, day))).scalar() or 0)


def _here(name: str, day: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return quotas.c.name == name, quotas.c.day == day
