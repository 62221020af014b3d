"""The list of sources as the desk sees it, and which of them are read: what a person switched, what a trial has shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update

from records import BadInput
from store.audit import AuditLine, write
from store.database import Database, insert_new
from store.tables_sources import catalogue, switches, trials

Standing = Literal["read", "paused", "test", "person"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A source of the pipeline's list, as far as people are concerned with it."""

    source: str
    name: str
    homepage: str
    kind: str
    tier: int
    grade: str
    evidence: str
    province: str
    waits_for: str
    """"test", "person", or "" for a source that is read from the start"""
    expected: int
    note: str
    lists: tuple[str, ...]
    every: int = 0
    at_most: int = 0
    """seconds between two polls: the shortest, the longest of a source that is well"""
    kept: str = ""
    """class of retention"""
    connector: str = ""
    """the platform's interface it is read through"""


@dataclass(frozen=True, slots=True)
class Switch:
    """A person's word on a source; the last one stands."""

    on: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """The last trial of a source. `good_at`: the last one that read an article."""

    at: datetime
    good: bool
    said: str
    good_at: datetime | None


def standing(waits_for: str, switch: Switch | None, trial: Trial | None) -> Standing:
    """Whether a source is polled, or what it waits for: a person's word stands; else one that waits for a trial needs a
    good one. Pure."""
    if switch is not None:
        return "read" if switch.on else "paused"
    if waits_for == "test":
        return "read" if trial is not None and trial.good_at is not None else "test"
    return "person" if waits_for else "read"


def is_read(waits_for: str, switch: Switch | None, trial: Trial | None) -> bool:
    return standing(waits_for, switch, trial) == "read"


@lru_cache(maxsize=10_000)
def read_entry(said: str) -> Entry:
    """The entry of a row; rows of earlier versions lack what came later."""
    row: dict[str, Any] = json.loads(said)
    return Entry(**{**row, "lists": tuple(row["lists"])})


class Catalogue:
    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, entries: Iterable[Entry]) -> bool:
        """Make these the list; whether anything changed."""
        said = {entry.source: json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) for entry in entries}
        with self._database.write() as connection:
            if {row.source: row.said for row in connection.execute(select(catalogue))} == said:
                return False
            connection.execute(delete(catalogue))
            if said:
                rows = [{"source": source, "said": text} for source, text in said.items()]
                connection.execute(insert(catalogue), rows)
            return True

    def all(self) -> list[Entry]:
        """The list as it was last published, by name."""
        with self._database.read() as connection:
            rows = list(connection.execute(select(catalogue.c.said)).scalars())
        return sorted(map(read_entry, rows), key=lambda one: one.name)

    def switch(self, source: str, on: bool, reason: str, by: str, at: datetime) -> None:
        """Read a source, or leave it alone, from now on. Raises BadInput without a reason, and where another person has
        just said the same: their reason stays."""
        if not reason.strip():
            raise BadInput("cần ghi lý do")
        row = {"source": source, "on": on, "reason": reason.strip(), "by": by, "at": at}
        with self._database.write() as connection:
            if not insert_new(connection, switches, row):
                here = switches.c.source == source
                changed = update(switches).where(here, switches.c.on.is_not(on)).values(row)
                if not connection.execute(changed).rowcount:
                    first = connection.execute(select(switches).where(here)).one()
                    raise BadInput(f"{first.by} đã {'bật' if on else 'tạm dừng'} nguồn này trước rồi: {first.reason}")
            write(connection, AuditLine(by, "bật nguồn" if on else "tạm dừng nguồn", source, at, reason.strip()))

    def switches(self) -> dict[str, Switch]:
        with self._database.read() as connection:
            return {
                row.source: Switch(row.on, row.reason, row.by, row.at) for row in connection.execute(select(switches))
            }

    def tried(self, source: str, good: bool, said: str, at: datetime) -> None:
        """A trial ended; a good one opens a source that waited for it."""
        row = {"source": source, "at": at, "good": good, "said": said} | ({"good_at": at} if good else {})
        with self._database.write() as connection:
            if not insert_new(connection, trials, {"good_at": None, **row}):
                connection.execute(update(trials).where(trials.c.source == source).values(row))

    def trials(self) -> dict[str, Trial]:
        with self._database.read() as connection:
            return {
                row.source: Trial(row.at, row.good, row.said, row.good_at) for row in connection.execute(select(trials))
            }
