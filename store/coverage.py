"""Coverage of the sources in a period: what they brought, how often they failed, which were silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select

from records import SourceLine
from store import rows
from store.tables import documents
from store.tables_work import polls

LATE = timedelta(hours=24)
PERIODS = 8
"""earlier periods from which it is known what a source brings"""
AT_ONCE = 5_000


def coverage(
    connection: Connection, start: datetime, end: datetime, as_of: datetime, expected: Mapping[str, tuple[str, int]]
) -> tuple[SourceLine, ...]:
    """A line a source of `expected` (source -> outlet, fewest items a day; 0: unknown) and one for each other that
    brought something. Only whole hours that were over at `as_of` count, so that the same time gives the same lines."""
    collected = _collected(connection, start, end, as_of)
    polled = _polled(connection, start, min(end, as_of))
    usual = _usual(connection, start, end - start)
    days = max((end - start) / timedelta(days=1), 0)
    names = {source: outlet for source, (outlet, _) in expected.items()}
    names = {source: outlet for source, (outlet, _, _) in collected.items()} | names
    lines = []
    for source in sorted(names):
        _, number, late = collected.get(source, ("", 0, 0))
        daily = expected.get(source, ("", 0))[1]
        row = polled.get(source)
        success = row.success_at if row else None
        silent = number == 0 and (daily > 0 or (source in expected and success is None))
        wanted = round(daily * days) if daily else None
        errors, polls_ = (row.errors, row.polls) if row else (0, 0)
        lines.append(
            SourceLine(source, names[source], number, wanted, errors, success, silent, polls_, usual.get(source), late)
        )
    return tuple(lines)


def _collected(
    connection: Connection, start: datetime, end: datetime, as_of: datetime
) -> dict[str, tuple[str, int, int]]:
    """Source -> (outlet, items, items first seen more than a day after they were published)."""
    query = (
        select(documents.c.source, documents.c.outlet, documents.c.at, documents.c.first_seen)
        .where(documents.c.id >= rows.first_number(start), documents.c.id < rows.first_number(end))
        .where(documents.c.first_seen <= as_of)
    )
    found: dict[str, tuple[str, int, int]] = {}
    for source, outlet, at, seen in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        name, number, late = found.get(source, ("", 0, 0))
        found[source] = max(name, outlet), number + 1, late + (seen - at > LATE)
    return found


def _polled(connection: Connection, start: datetime, end: datetime) -> dict[str, Any]:
    query = (
        select(
            polls.c.source,
            func.sum(polls.c.errors).label("errors"),
            func.sum(polls.c.polls).label("polls"),
            func.max(polls.c.success_at).label("success_at"),
        )
        .where(polls.c.hour >= int(start.timestamp()) // 3600, polls.c.hour < int(end.timestamp()) // 3600)
        .group_by(polls.c.source)
    )
    return {row.source: row for row in connection.execute(query)}


def _usual(connection: Connection, start: datetime, length: timedelta) -> dict[str, float]:
    """Source -> the median of what it brought in the periods of this length before `start`."""
    first, hours = int(start.timestamp()) // 3600, max(int(length.total_seconds()) // 3600, 1)
    period = (polls.c.hour - (first - PERIODS * hours)) // hours
    query = (
        select(polls.c.source, period.label("period"), func.sum(polls.c.new).label("new"))
        .where(polls.c.hour >= first - PERIODS * hours, polls.c.hour < first)
        .group_by(polls.c.source, period)
    )
    brought: dict[str, list[int]] = {}
    for row in connection.execute(query):
        brought.setdefault(row.source, []).append(int(row.new))
    return {source: float(median(some)) for source, some in brought.items() if len(some) >= PERIODS // 2}
