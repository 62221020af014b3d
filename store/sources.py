"""What is known of each source: validators for conditional requests, when it was polled, how it fares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from store import rows
from store.database import Database, insert_new
from store.tables_work import lists, polls, source_states, validators

LONGEST = timedelta(hours=1)
"""a failing source is polled at least this often (or at its own interval, where that is longer): it is never given
up"""
FEW, QUIET = 5, timedelta(minutes=15)
"""of so many known sources none was read for so long: it is the network"""


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
    trouble: str = ""
    """code of records.TROUBLES: what kind of error"""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one source brought in a stretch of time."""

    hours: int
    """from the first poll to the last"""
    polls: int
    errors: int
    items: int
    """listed, known ones included"""
    new: int
    failed: int
    """articles that could not be fetched or read"""
    bare: int
    """articles stored with a title and no text"""


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

    def polled(
        self,
        source: str,
        at: datetime,
        ok: bool,
        error: str = "",
        items: int = 0,
        new: int = 0,
        failed: int = 0,
        bare: int = 0,
        trouble: str = "",
    ) -> None:
        """A poll ended: `items` were listed, `new` of them stored, `bare` of these without a text; `failed` could not
        be had. `trouble`: a code of records.TROUBLES."""
        with self._database.write() as connection:
            _state(connection, source, at, {"ok": ok, "error": error[:1000], "new": new, "trouble": trouble})
            _count(
                connection,
                source,
                at,
                ok,
                {"polls": 1, "errors": 0 if ok else 1, "items": items, "new": new, "failed": failed, "bare": bare},
            )

    def put_off(self, source: str, at: datetime) -> None:
        """Nothing of it may be asked yet: its interval begins anew, and nothing else is said of it."""
        with self._database.write() as connection:
            connection.execute(update(source_states).where(source_states.c.source == source).values(polled_at=at))

    def due(self, intervals: Mapping[str, timedelta], now: datetime) -> list[str]:
        """Sources to be polled now, the longest due first. A failing one is asked twice as late at each failure, at
        most LONGEST; none before one of its lists may be asked again."""
        with self._database.read() as connection:
            late = _late(connection, intervals, now, now)
        return sorted((id_ for id_ in late if late[id_] >= timedelta(0)), key=lambda id_: (-late[id_], id_))

    def unpolled_since(self, intervals: Mapping[str, timedelta], began: datetime, now: datetime) -> datetime | None:
        """Since when sources are due and no poll ended, where collecting began at `began`; None where none is due."""
        last = select(func.max(source_states.c.polled_at)).where(source_states.c.polled_at <= now)
        with self._database.read() as connection:
            late = _late(connection, intervals, began, now)
            polled = connection.execute(last).scalar()
        due = [one for one in late.values() if one >= timedelta(0)]
        return max(now - max(due), polled or began, began) if due else None

    def paces(self, since: datetime) -> dict[str, Pace]:
        """What each source brought since then, by whole hours."""
        hours = func.max(polls.c.hour) - func.min(polls.c.hour) + 1
        counts = [func.sum(polls.c[name]) for name in ("polls", "errors", "items", "new", "failed", "bare")]
        query = select(polls.c.source, hours, *counts).where(polls.c.hour >= int(since.timestamp()) // 3600)
        with self._database.read() as connection:
            found = connection.execute(query.group_by(polls.c.source))
            return {source: Pace(*(int(count) for count in numbers)) for source, *numbers in found}

    def daily(self, since: datetime, until: datetime) -> dict[str, list[int]]:
        """New documents of each source on each whole stretch of 24 hours between the two, the oldest first."""
        first, last = (int(moment.timestamp()) // 3600 for moment in (since, until))
        whole, day = (last - first) // 24, (polls.c.hour - first) // 24
        query = select(polls.c.source, day, func.sum(polls.c.new)).group_by(polls.c.source, day)
        days: dict[str, list[int]] = {}
        with self._database.read() as connection:
            for source, number, new in connection.execute(
                query.where(polls.c.hour >= first, polls.c.hour < first + 24 * whole)
            ):
                days.setdefault(source, [0] * whole)[number] = int(new)
        return days

    def polled_between(self, start: datetime, end: datetime) -> set[str]:
        """Sources that were asked in those hours."""
        first, last = (int(moment.timestamp()) // 3600 for moment in (start, end))
        query = select(polls.c.source).where(polls.c.hour >= first, polls.c.hour < last).distinct()
        with self._database.read() as connection:
            return set(connection.execute(query).scalars())

    def health(self) -> list[SourceState]:
        """Every source that was ever polled, by name."""
        with self._database.read() as connection:
            found = connection.execute(select(source_states).order_by(source_states.c.source))
            return [SourceState(*row) for row in found]


def _late(
    connection: Connection, intervals: Mapping[str, timedelta], began: datetime, now: datetime
) -> dict[str, timedelta]:
    """Source -> for how long it is due; negative: not yet. One that was never polled is due since `began`."""
    first = select(lists.c.source, func.min(lists.c.not_before), func.max(lists.c.asked_at)).group_by(lists.c.source)
    known = {row.source: row for row in connection.execute(select(source_states))}
    resting = {id_: until for id_, until, asked in connection.execute(first) if asked <= now and id_ in known}
    due = {id_: _next(known[id_], every, now) if id_ in known else began for id_, every in intervals.items()}
    return {id_: now - max(at, resting.get(id_, at)) for id_, at in due.items()}


def _address(url: str) -> str:
    return rows.clipped(url, rows.KEY_BYTES)


def _next(state: Row[Any], interval: timedelta, now: datetime) -> datetime:
    if state.polled_at > now:  # a clock that ran ahead delays nothing
        return now
    if not state.failures:
        return state.polled_at + interval  # type: ignore[no-any-return]
    wait = interval * 2 ** min(state.failures, 10)
    return state.polled_at + max(interval, min(wait, LONGEST))  # type: ignore[no-any-return]


def _state(connection: Connection, source: str, at: datetime, poll: Mapping[str, Any]) -> None:
    first = {"source": source, "polled_at": at, "failures": 0, "error": ""}
    insert_new(connection, source_states, first)
    ok = poll["ok"]
    values: dict[str, Any] = {"polled_at": at, "error": "" if ok else poll["error"], "trouble": poll["trouble"]}
    values["failures"] = 0 if ok else source_states.c.failures + 1
    if ok:
        values["success_at"] = at
    elif poll["trouble"] == "network" and _alone(connection, at):
        values["failures"] = 1
    if poll["new"]:
        values["new_at"] = at
    connection.execute(update(source_states).where(source_states.c.source == source).values(values))


def _alone(connection: Connection, at: datetime) -> bool:
    """Whether it is our own network that is down: several sources are known and none answered lately. Then no source
    is put off for it, so that all are caught up with when the network is back."""
    states = source_states.c
    known, success = connection.execute(select(func.count(), func.max(states.success_at))).one()
    return bool(known >= FEW and (success is None or success < at - QUIET))


def _count(connection: Connection, source: str, at: datetime, ok: bool, counts: Mapping[str, int]) -> None:
    hour = int(at.timestamp()) // 3600
    insert_new(connection, polls, {"source": source, "hour": hour, **dict.fromkeys(counts, 0)})
    values: dict[str, Any] = {name: polls.c[name] + number for name, number in counts.items()}
    if ok:
        values["success_at"] = at
    connection.execute(update(polls).where(polls.c.source == source, polls.c.hour == hour).values(values))
