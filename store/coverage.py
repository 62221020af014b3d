"""Coverage of the sources in a period: what they brought, how often they failed, which were silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from records import SourceLine
from store import rows
from store.tables import documents
from store.tables_work import polls


def coverage(
    connection: Connection, start: datetime, end: datetime, as_of: datetime, expected: Mapping[str, tuple[str, int]]
) -> tuple[SourceLine, ...]:
    """A line a source of `expected` (source -> outlet, fewest items a day; 0: unknown) and one for each other that
    brought something. Only whole hours that were over at `as_of` count, so that the same time gives the same lines."""
    collected = _collected(connection, start, end, as_of)
    polled = _polled(connection, start, min(end, as_of))
    days = max((end - start) / timedelta(days=1), 0)
    names = {source: outlet for source, (outlet, _) in expected.items()}
    names = {source: outlet for source, (outlet, _) in collected.items()} | names
    lines = []
    for source in sorted(names):
        number = collected.get(source, ("", 0))[1]
        daily = expected.get(source, ("", 0))[1]
        row = polled.get(source)
        success = row.success_at if row else None
        silent = number == 0 and (daily > 0 or (source in expected and success is None))
        wanted = round(daily * days) if daily else None
        lines.append(SourceLine(source, names[source], number, wanted, row.errors if row else 0, success, silent))
    return tuple(lines)


def _collected(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> dict[str, tuple[str, int]]:
    query = (
        select(documents.c.source, func.max(documents.c.outlet), func.count())
        .where(documents.c.id >= rows.first_number(start), documents.c.id < rows.first_number(end))
        .where(documents.c.first_seen <= as_of)
        .group_by(documents.c.source)
    )
    return {source: (outlet, count) for source, outlet, count in connection.execute(query)}


def _polled(connection: Connection, start: datetime, end: datetime) -> dict[str, Any]:
    query = (
        select(
            polls.c.source,
            func.sum(polls.c.errors).label("errors"),
            func.max(polls.c.success_at).label("success_at"),
        )
        .where(polls.c.hour >= int(start.timestamp()) // 3600, polls.c.hour < int(end.timestamp()) // 3600)
        .group_by(polls.c.source)
    )
    return {row.source: row for row in connection.execute(query)}
