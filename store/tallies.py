"""Counts by the day, kept so that a dashboard over months costs no more than one over a day.

A write that changes what a day counts marks the day stale in its own transaction; `recount` counts stale days again,
with the words of store.figures, from the answers in force. It compares nothing: that is reports.statistics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from store import figures
from store.database import Database, one_writer
from store.rows import NAME_BYTES, clipped
from store.tables import documents
from store.tables_desk import forgotten_counts, stale_days, tallies

HASH_BITS = 29


class Tallies:
    def __init__(self, database: Database) -> None:
        self._database = database

    def recount(self, now: datetime, limit: int = 30) -> int:
        """Count up to `limit` stale days again, the latest first; returns how many. Counting holds no lock: a day that
        changes meanwhile stays stale."""
        query = select(stale_days).order_by(stale_days.c.day.desc()).limit(limit)
        with self._database.read() as connection:
            waiting = connection.execute(query).all()
        for row in waiting:
            with self._database.read() as connection:
                changes = connection.execute(select(stale_days.c.changes).where(stale_days.c.day == row.day)).scalar()
                counted = _count(connection, date.fromisoformat(row.day), now)
            with self._database.write() as connection:
                one_writer(connection, "tallies")
                connection.execute(delete(tallies).where(tallies.c.day == row.day))
                if counted:
                    connection.execute(insert(tallies), counted)
                same = (stale_days.c.day == row.day, stale_days.c.changes == changes)
                connection.execute(delete(stale_days).where(*same))
        return len(waiting)

    def of(self, first: date, last: date) -> dict[str, dict[str, dict[str, int]]]:
        """dimension -> label -> day -> count, of the days first..last. Dimensions as in records.Figures, and "topics":
        every topic of an item, as the list filters it."""
        inside = (tallies.c.day >= first.isoformat(), tallies.c.day <= last.isoformat())
        found: dict[str, dict[str, dict[str, int]]] = {}
        with self._database.read() as connection:
            for row in connection.execute(select(tallies).where(*inside)):
                found.setdefault(row.dimension, {}).setdefault(row.label, {})[row.day] = row._mapping["count"]
        return found

    def first(self) -> date | None:
        """The first day that was counted."""
        with self._database.read() as connection:
            day = connection.execute(select(func.min(tallies.c.day))).scalar()
        return date.fromisoformat(day) if day else None

    def waiting(self) -> int:
        """How many days are to be counted again."""
        with self._database.read() as connection:
            return len(connection.execute(select(stale_days.c.day)).all())


def _count(connection: Connection, day: date, now: datetime) -> list[dict[str, Any]]:
    """The rows of a day: what is stored, and what was stored and is forgotten."""
    labels, text = _labels(_items(connection, day, now)), day.isoformat()
    for row in connection.execute(select(forgotten_counts).where(forgotten_counts.c.day == text)):
        labels[row.dimension, row.label] += row._mapping["count"]
    return [
        {"day": text, "dimension": dimension, "label": label, "count": count}
        for (dimension, label), count in labels.items()
    ]


def _items(connection: Connection, day: date, now: datetime) -> list[figures.Item]:
    start = datetime.combine(day, time(), figures.HO_CHI_MINH)
    return figures.items_of(connection, start, start + timedelta(days=1), now)


def _labels(items: Iterable[figures.Item]) -> Counter[tuple[str, str]]:
    return Counter(
        (dimension, clipped(label, NAME_BYTES))
        for item in items
        for dimension, label in {*figures.labels_of_item(item), *_topics(item)}
        if dimension != "day"
    )


def keep_counts(connection: Connection, document_ids: Iterable[int], now: datetime) -> None:
    """Documents are about to be forgotten: what they count for stays, within the caller's transaction."""
    chosen = set(document_ids)
    keys_of = set(connection.execute(select(documents.c.key).where(documents.c.id.in_(chosen))).scalars())
    added = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for day in sorted({day_of(id_) for id_ in chosen}):
        going = [
            item for item in _items(connection, date.fromisoformat(day), now) if item.judged.document.key in keys_of
        ]
        for (dimension, label), count in _labels(going).items():
            once = added(forgotten_counts).values(day=day, dimension=dimension, label=label, count=count)
            more = {"count": forgotten_counts.c["count"] + count}
            keys = ["day", "dimension", "label"]
            connection.execute(once.on_conflict_do_update(index_elements=keys, set_=more))


def _topics(item: figures.Item) -> list[tuple[str, str]]:
    return [("topics", topic) for topic in item.answers.topics]


def stale(connection: Connection, document_ids: Iterable[int]) -> None:
    """Mark the days of these documents, within the caller's transaction."""
    added = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for day in sorted({day_of(id_) for id_ in document_ids}):
        once = added(stale_days).values(day=day, changes=1)
        more = {"changes": stale_days.c.changes + 1}
        connection.execute(once.on_conflict_do_update(index_elements=["day"], set_=more))


def day_of(document_id: int) -> str:
    """The day, in Viet Nam, under which a document counts: its number holds its time."""
    moment = datetime.fromtimestamp(document_id >> HASH_BITS, UTC)
    return moment.astimezone(figures.HO_CHI_MINH).date().isoformat()
