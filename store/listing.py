"""The sources as the desk shows them: the list with people's word, trials, polls and what the watch found, in one look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
class Brief:
    """How a source stands, and no more: what a list of thousands is chosen and ordered by."""

    entry: Entry
    standing: Standing
    failures: int | None
    """polls that failed in a row; None: it was never polled"""
    trouble: str
    found: frozenset[str]
    """kinds of what the watch found"""


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
    def brief(self) -> Brief:
        how = self.state
        return Brief(
            self.entry,
            standing(self.entry.waits_for, self.switch, self.trial),
            how.failures if how else None,
            how.trouble if how else "",
            frozenset(one.kind for one in self.findings),
        )


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


NEVER: tuple[int | None, str] = (None, "")
"""failures and trouble of a source that was never polled"""


class Listings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def briefs(self) -> list[Brief]:
        """Every source of the list, by name."""
        with self._database.read() as connection:
            switched = {
                row.source: Switch(row.on, row.reason, row.by, row.at) for row in connection.execute(select(switches))
            }
            tried = {
                row.source: Trial(row.at, row.good, row.said, row.good_at) for row in connection.execute(select(trials))
            }
            columns = (source_states.c.source, source_states.c.failures, source_states.c.trouble)
            polled = {row.source: (row.failures, row.trouble) for row in connection.execute(select(*columns))}
            found = _findings(connection, None)
            entries = [read_entry(said) for said in connection.execute(select(catalogue.c.said)).scalars()]
        made = [
            Brief(
                entry,
                standing(entry.waits_for, switched.get(entry.source), tried.get(entry.source)),
                *polled.get(entry.source, NEVER),
                frozenset(one.kind for one in found.get(entry.source, ())),
            )
            for entry in entries
        ]
        return sorted(made, key=lambda one: (one.entry.name, one.entry.source))

    def of(self, sources: Sequence[str], since: datetime, until: datetime) -> list[Listing]:
        """These sources with all that is known of them, in this order, those that are not listed left out; what each brought
        is counted between the two, by whole hours."""
        with self._database.read() as connection:
            found = {one.entry.source: one for one in _listings(connection, sources, since, until)}
            return [found[source] for source in sources if source in found]

    def get(self, source: str, since: datetime, until: datetime) -> Listing | None:
        return next(iter(self.of([source], since, until)), None)

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
            return _findings(connection, [""]).get("", [])


def _listings(connection: Connection, sources: Sequence[str], since: datetime, until: datetime) -> list[Listing]:
    week = (
        select(polls.c.source, func.sum(polls.c.new).label("new"), func.min(polls.c.hour).label("first"))
        .where(polls.c.source.in_(sources), polls.c.hour >= _hour(since), polls.c.hour < _hour(until) + 1)
        .group_by(polls.c.source)
        .subquery("week")
    )
    joined = catalogue
    others = (switches, trials, source_states, week)
    for other in others:
        joined = joined.outerjoin(other, other.c.source == catalogue.c.source)  # type: ignore[assignment]
    named = [column.label(f"{other.name}__{column.name}") for other in others for column in other.c]
    query = select(catalogue.c.said, *named).select_from(joined).where(catalogue.c.source.in_(sources))
    found = _findings(connection, sources)
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


def _findings(connection: Connection, sources: Sequence[str] | None) -> dict[str, list[Finding]]:
    query = select(findings).order_by(findings.c.source, findings.c.kind)
    query = query.where(findings.c.source.in_(sources)) if sources is not None else query
    by_source: dict[str, list[Finding]] = {}
    for row in connection.execute(query):
        by_source.setdefault(row.source, []).append(Finding(*row))
    return by_source


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600
