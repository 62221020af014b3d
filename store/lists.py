"""The addresses a source is read from, when each may be asked again, and the other names of stored documents.

What is kept here outlives the process: an interval that has begun, a Retry-After, a Cache-Control hold after a restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from store import rows
from store.columns import clean
from store.database import Database, chunks, insert_new
from store.tables_work import document_names, lists


@dataclass(frozen=True, slots=True)
class List:
    """How one feed, sitemap or listing fares. `trouble`: a code of records.TROUBLES, "" after a success."""

    source: str
    url: str
    asked_at: datetime
    not_before: datetime
    trouble: str
    moved_to: str | None
    """the address that a permanent redirect (301, 308) names"""


class Lists:
    def __init__(self, database: Database) -> None:
        self._database = database

    def asked(
        self, source: str, url: str, at: datetime, not_before: datetime, trouble: str = "", moved_to: str | None = None
    ) -> None:
        """The list was asked for; it is not to be asked again before `not_before`."""
        row = {"source": source, "url": rows.clipped(url, rows.KEY_BYTES), "asked_at": at, "not_before": not_before}
        row |= {"trouble": trouble, "moved_to": rows.clipped(moved_to, rows.KEY_BYTES) if moved_to else None}
        with self._database.write() as connection:
            if not insert_new(connection, lists, row):
                here = (lists.c.source == source, lists.c.url == row["url"])
                connection.execute(update(lists).where(*here).values(row))

    def rest(self, source: str, until: datetime) -> None:
        """None of the lists of a source is to be asked before `until`."""
        sooner = (lists.c.source == source, lists.c.not_before < until)
        with self._database.write() as connection:
            connection.execute(update(lists).where(*sooner).values(not_before=until))

    def resting(self, source: str, now: datetime) -> set[str]:
        """The addresses of a source that may not be asked yet. A clock that ran ahead when they were asked delays
        nothing."""
        query = select(lists.c.url).where(lists.c.source == source, lists.c.not_before > now, lists.c.asked_at <= now)
        with self._database.read() as connection:
            return set(connection.execute(query).scalars())

    def all(self) -> list[List]:
        """Every list that was ever asked for, by source and address."""
        with self._database.read() as connection:
            found = connection.execute(select(lists).order_by(lists.c.source, lists.c.url))
            return [List(*row) for row in found]

    def of(self, source: str) -> list[List]:
        """The lists of one source, by address."""
        with self._database.read() as connection:
            found = connection.execute(select(lists).where(lists.c.source == source).order_by(lists.c.url))
            return [List(*row) for row in found]

    def met(self, source: str, names: Sequence[str]) -> set[str]:
        """Those of the names that were given to `meet`: each leads to a document of the source that is stored."""
        wanted = {_mark(name): name for name in names}
        found: set[str] = set()
        with self._database.read() as connection:
            for some in chunks(list(wanted)):
                query = select(document_names.c.mark).where(
                    document_names.c.source == source, document_names.c.mark.in_(some)
                )
                found.update(wanted[mark] for mark in connection.execute(query).scalars())
        return found

    def meet(self, source: str, names: Iterable[str], at: datetime) -> None:
        """Remember other names of a stored document, as fingerprints."""
        with self._database.write() as connection:
            for name in names:
                insert_new(connection, document_names, {"source": source, "mark": _mark(name), "at": at})


def _mark(name: str) -> str:
    return hashlib.sha256(clean(name).encode()).hexdigest()[:32]
