"""How long news takes to become an answer: published -> named by a list -> fetched -> judged, in seconds, by source."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store import rows
from store.database import Database
from store.tables import documents, judged

MOST = 20_000
"""documents looked at, the newest"""


@dataclass(frozen=True, slots=True)
class Latency:
    """Medians and 95th percentiles in seconds; None where no item says. `to_list` counts from the stated publication
    time to the list in which we first saw it, `to_page` from there to the fetched page, `to_answer` from there to the
    judge's answer."""

    source: str
    items: int
    to_list: tuple[float, float] | None
    to_page: tuple[float, float] | None
    to_answer: tuple[float, float] | None


def latencies(database: Database, since: datetime) -> list[Latency]:
    """One line a source that brought something since then, by name."""
    moments = (documents.c.source, documents.c.published_at, documents.c.listed_at, documents.c.first_seen)
    query = select(*moments, judged.c.judged_at).outerjoin(judged, judged.c.document_id == documents.c.id)
    query = query.where(documents.c.id >= rows.first_number(since)).order_by(documents.c.id.desc()).limit(MOST)
    by_source: dict[str, list[Mapping[Any, Any]]] = {}
    with database.read() as connection:
        for row in connection.execute(query).mappings():
            by_source.setdefault(row["source"], []).append(row)
    steps = (("published_at", "listed_at"), ("listed_at", "first_seen"), ("first_seen", "judged_at"))
    return [
        Latency(source, len(found), *(_spread(found, *step) for step in steps))
        for source, found in sorted(by_source.items())
    ]


def _spread(found: Iterable[Mapping[Any, Any]], start: str, end: str) -> tuple[float, float] | None:
    waits = sorted(max((row[end] - row[start]).total_seconds(), 0.0) for row in found if row[start] and row[end])
    return (statistics.median(waits), waits[int(0.95 * (len(waits) - 1))]) if waits else None
