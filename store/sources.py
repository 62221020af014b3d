"""What is known of each source: validators for conditional requests, when it was polled, how it fares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from store import rows
from store.database import Database, insert_new
from store.tables_work import polls, source_states, validators

LONGEST = timedelta(hours=1)
"""a failing source is polled at least this often (or at its own interval, where that is longer): it is never given
up"""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source fares. `failures`: polls in a row without success; `error`: the last one's, "" after a success."""

    source: str
    polled_at: datetime
    success_at: datetime | None
    new_at: datetime | None
    """when it last brought something not yet stored"""
    failures: int
    error: str


class Sources:
    def __init__(self, database: Database) -> None:
        self._database = database

    def validators(self, source: str, url: str) -> tuple[str | None, str | None] | None:
        """(ETag, Last-Modified) that the address answered with last time; None where nothing is known."""
        here = (validators.c.source == source, validators.c.url == _address(url))
        with self._database.read() as connection:
            row = connection.execute(select(validators).where(*here)).first()
        return (row.etag, row.last_modified) if row else None

    def save_validators(self, source: str, url: str, etag: str | None, last_modified: str | None) -> None:
        row = {"source": source, "url": _address(url), "etag": etag, "last_modified": last_modified}
        with self._database.write() as connection:
            if not insert_new(connection, validators, row):
                here = (validators.c.source == source, validators.c.url == row["url"])
                connection.execute(update(validators).where(*here).values(row))

    def polled(self, source: str, at: datetime, ok: bool, error: str = "", items: int = 0, new: int = 0) -> None:
        """A poll ended: `items` were listed, `new` of them stored."""
        with self._database.write() as connection:
            _state(connection, source, at, ok, error[:1000], new)
            _count(connection, source, at, ok, items, new)

    def due(self, intervals: Mapping[str, timedelta], now: datetime) -> list[str]:
        """Sources to be polled now, the longest due first. A failing one is asked twice as late at each failure, at
        most LONGEST."""
        with self._database.read() as connection:
            known = {row.source: row for row in connection.execute(select(source_states))}
        late = {id_: now - _next(known.get(id_), interval, now) for id_, interval in intervals.items()}
        return sorted((id_ for id_ in late if late[id_] >= timedelta(0)), key=lambda id_: (-late[id_], id_))

    def health(self) -> list[SourceState]:
        """Every source that was ever polled, by name."""
        with self._database.read() as connection:
            found = connection.execute(select(source_states).order_by(source_states.c.source))
            return [SourceState(*row) for row in found]


def _address(url: str) -> str:
    return rows.clipped(url, rows.KEY_BYTES)


def _next(state: Row[Any] | None, interval: timedelta, now: datetime) -> datetime:
    if state is None or state.polled_at > now:  # a clock that ran ahead delays nothing
        return now
    if not state.failures:
        return state.polled_at + interval  # type: ignore[no-any-return]
    wait = interval * 2 ** min(state.failures, 10)
    return state.polled_at + max(interval, min(wait, LONGEST))  # type: ignore[no-any-return]


def _state(connection: Connection, source: str, at: datetime, ok: bool, error: str, new: int) -> None:
    first = {"source": source, "polled_at": at, "failures": 0, "error": ""}
    insert_new(connection, source_states, first)
    values: dict[str, Any] = {"polled_at": at, "error": "" if ok else error}
    values["failures"] = 0 if ok else source_states.c.failures + 1
    if ok:
        values["success_at"] = at
    if new:
        values["new_at"] = at
    connection.execute(update(source_states).where(source_states.c.source == source).values(values))


def _count(connection: Connection, source: str, at: datetime, ok: bool, items: int, new: int) -> None:
    hour = int(at.timestamp()) // 3600
    insert_new(connection, polls, {"source": source, "hour": hour, "polls": 0, "errors": 0, "items": 0, "new": 0})
    values: dict[str, Any] = {
        "polls": polls.c.polls + 1,
        "errors": polls.c.errors + (0 if ok else 1),
        "items": polls.c["items"] + items,
        "new": polls.c.new + new,
    }
    if ok:
        values["success_at"] = at
    connection.execute(update(polls).where(polls.c.source == source, polls.c.hour == hour).values(values))
