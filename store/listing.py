"""The sources as the desk shows them: the list with people's word, trials, polls and what the watch found, in one look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from store.catalogue import Entry, Standing, Switch, Trial, read_entry, standing
from store.database import Database
from store.runs import Problem
from store.sources import SourceState
from store.tables_sources import catalogue, findings, switches, trials
from store.tables_work import polls, problems, source_states


@dataclass(frozen=True, slots=True)
class Finding:
    """What the watch found at its last look, and since when it finds it. `source` "": of all sources."""

    source: str
    kind: str
    """"network", "silent", "fell", "reader", "rebuilt", "moved", "robots", "gone", "token" """
    said: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """A source with all that is known of it."""

    entry: Entry
    switch: Switch | None
    trial: Trial | None
    state: SourceState | None
    new: int
    """items it brought in the time asked for"""
    hours: int
    """of that time, from its first poll on"""
    findings: tuple[Finding, ...]

    @property
    def standing(self) -> Standing:
        return standing(self.entry.waits_for, self.switch, self.trial)


@dataclass(frozen=True, slots=True)
class Hour:
    """The polls of a source in one hour."""

    start: datetime
    polls: int
    errors: int
    items: int
    new: int
    failed: int
    bare: int


class Listings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, since: datetime, until: datetime) -> list[Listing]:
        """Every source of the list, by name; what it brought is counted between the two, by whole hours."""
        with self._database.read() as connection:
            return sorted(_listings(connection, since, until), key=lambda one: (one.entry.name, one.entry.source))

    def get(self, source: str, since: datetime, until: datetime) -> Listing | None:
        with self._database.read() as connection:
            return next(iter(_listings(connection, since, until, source)), None)

    def hours(self, source: str, since: datetime) -> list[Hour]:
        """The hours in which it was polled, the newest first."""
        here = (polls.c.source == source, polls.c.hour >= _hour(since))
        with self._database.read() as connection:
            found = connection.execute(select(polls).where(*here).order_by(polls.c.hour.desc()))
            return [
                Hour(
                    datetime.fromtimestamp(row.hour * 3600, UTC),
                    *(row.polls, row.errors, row.items, row.new, row.failed, row.bare),
                )
                for row in found
            ]

    def problems(self, source: str, since: datetime, limit: int = 50) -> list[Problem]:
        """What was refused or went wrong with it, one line a kind and hour, the newest first."""
        here = (problems.c.place == source, problems.c.last_at >= since)
        query = select(problems).where(*here).order_by(problems.c.last_at.desc(), problems.c.what).limit(limit)
        with self._database.read() as connection:
            columns = (problems.c.what, problems.c.place, problems.c.count, problems.c.last_at, problems.c.detail)
            return [Problem(*row) for row in connection.execute(query.with_only_columns(*columns))]

    def watched(self, found: Iterable[tuple[str, str, str]], at: datetime) -> None:
        """These (source, kind, in words) are what the watch finds now; what it found before and finds no more is gone."""
        said: dict[tuple[str, str], list[str]] = {}
        for source, kind, text in found:
            said.setdefault((source, kind), []).append(text)
        with self._database.write() as connection:
            known = {(row.source, row.kind): row.since for row in connection.execute(select(findings))}
            connection.execute(delete(findings))
            rows = [
                {"source": place[0], "kind": place[1], "said": "; ".join(texts), "since": known.get(place, at)}
                for place, texts in said.items()
            ]
            if rows:
                connection.execute(insert(findings), rows)

    def everywhere(self) -> list[Finding]:
        """What was found of all sources at once: our own network."""
        with self._database.read() as connection:
            return _findings(connection, "").get("", [])


def _listings(connection: Connection, since: datetime, until: datetime, source: str | None = None) -> list[Listing]:
    """Two queries, however long the list is."""
    week = (
        select(polls.c.source, func.sum(polls.c.new).label("new"), func.min(polls.c.hour).label("first"))
        .where(polls.c.hour >= _hour(since), polls.c.hour < _hour(until) + 1)
        .where(*([polls.c.source == source] if source is not None else []))
        .group_by(polls.c.source)
        .subquery("week")
    )
    joined = catalogue
    others = (switches, trials, source_states, week)
    for other in others:
        joined = joined.outerjoin(other, other.c.source == catalogue.c.source)  # type: ignore[assignment]
    named = [column.label(f"{other.name}__{column.name}") for other in others for column in other.c]
    query = select(catalogue.c.said, *named).select_from(joined)
    query = query.where(catalogue.c.source == source) if source is not None else query
    found = _findings(connection, source)
    return [_listing(row, _hour(until) + 1, found) for row in connection.execute(query)]


def _listing(row: Row[Any], end: int, found: dict[str, list[Finding]]) -> Listing:
    entry, parts = read_entry(row.said), row._mapping

    def part(table: str, *names: str) -> list[Any]:
        return [parts[f"{table}__{name}"] for name in names]

    switch = part(switches.name, "on", "reason", "by", "at")
    trial = part(trials.name, "at", "good", "said", "good_at")
    state = part(source_states.name, *SourceState.__dataclass_fields__)
    new, first = part("week", "new", "first")
    return Listing(
        entry,
        Switch(*switch) if switch[3] else None,
        Trial(*trial) if trial[0] else None,
        SourceState(*state) if state[0] else None,
        int(new or 0),
        end - int(first) if first is not None else 0,
        tuple(found.get(entry.source, ())),
    )


def _findings(connection: Connection, source: str | None) -> dict[str, list[Finding]]:
    query = select(findings).order_by(findings.c.source, findings.c.kind)
    query = query.where(findings.c.source == source) if source is not None else query
    by_source: dict[str, list[Finding]] = {}
    for row in connection.execute(query):
        by_source.setdefault(row.source, []).append(Finding(*row))
    return by_source


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600
