"""Human answers: only added, never changed; the latest one of a task that was not taken back is in force. A blind second
answer measures agreement and is never in force."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from records import BadInput, Label
from store import asking, rows, settling
from store.database import Database, chunks, one_writer
from store.tables import documents, judged
from store.tables_work import labels

MOST_COPIES = 500
"""copies of one item that one answer reaches"""


@dataclass(frozen=True, slots=True)
class Given:
    """Answers given in one go: those about the item, and how many items they reached with its copies."""

    batch: str
    title: str
    answers: tuple[Label, ...]
    items: int


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer that was changed in the same way about so many items, by so many people."""

    task: str
    old: str
    new: str
    items: int
    people: int


class Labels:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, label: Label) -> None:
        """Keep a human answer; lists, counts and cases follow it at once. Raises BadInput for an unknown document."""
        self.add_all([label])

    def add_all(self, given: Sequence[Label], asked: bool = False) -> str:
        """Keep answers given in one go, those about the item before those about its copies, all or none; gives the number
        by which they are taken back. `asked`: those whose origin is not "correction" answer a question of a queue.

        Raises BadInput for an unknown document, and for a question that another person has or has answered."""
        batch = secrets.token_hex(8)
        with self._database.write() as connection:
            one_writer(connection, "settle")
            numbers = _numbers(connection, {label.document for label in given})
            numbered = [(numbers[label.document], label) for label in given]
            connection.execute(insert(labels), [_row(id_, label, batch) for id_, label in numbered])
            if asked:
                asking.answered(connection, numbered, batch)
            asking.corrected(connection, numbered, batch)
            in_force = dict.fromkeys(id_ for id_, label in numbered if label.origin != "second")
            settling.reconsider(connection, list(in_force))
        return batch

    def last(self, by: str, since: datetime) -> Given | None:
        """What this person answered last, since then, and did not take back."""
        standing = labels.c.withdrawn_at.is_(None)
        mine = (labels.c.by == by, labels.c.at >= since, standing, labels.c.batch.is_not(None))
        newest = select(labels.c.batch).where(*mine).order_by(labels.c.at.desc(), labels.c.id.desc()).limit(1)
        query = _all().add_columns(documents.c.title).where(labels.c.batch == newest.scalar_subquery(), standing)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(labels.c.id)).all()
        if not found:
            return None
        of_it = tuple(_record(row) for row in found if row.key == found[0].key)
        return Given(found[0].batch, found[0].title or "", of_it, len({row.key for row in found}))

    def withdraw(self, batch: str, by: str, at: datetime) -> int:
        """Take back what `by` answered in one go; what stood before stands again. Gives how many items changed.

        Raises BadInput for answers of another person, or taken back already."""
        mine = (labels.c.batch == batch, labels.c.by == by, labels.c.withdrawn_at.is_(None))
        with self._database.write() as connection:
            one_writer(connection, "settle")
            ids = list(dict.fromkeys(connection.execute(select(labels.c.document_id).where(*mine)).scalars()))
            if not ids:
                raise BadInput("không còn câu trả lời nào của bạn để hoàn tác")
            connection.execute(update(labels).where(*mine).values(withdrawn_at=at))
            asking.withdrawn(connection, batch, by, at)
            settling.reconsider(connection, ids)
        return len(ids)

    def copies(self, key: str, most: int = MOST_COPIES) -> list[str]:
        """Keys of the near-copies of an item within its story, at most so many, the earliest first; never the item."""
        one = select(judged.c.story).join(documents, documents.c.id == judged.c.document_id)
        story = one.where(documents.c.short_id == rows.short_id(key)).scalar_subquery()
        query = select(documents.c.key, judged.c.near_duplicate_of).join(judged, judged.c.document_id == documents.c.id)
        with self._database.read() as connection:
            members = connection.execute(query.where(judged.c.story == story).order_by(documents.c.id)).all()
        return _alike(key, [(row.key, row.near_duplicate_of) for row in members])[:most]

    def of(self, key: str) -> list[Label]:
        """Every answer given about the document that was not taken back, the first one first."""
        return self._list(_all().where(documents.c.short_id == rows.short_id(key), labels.c.withdrawn_at.is_(None)))

    def all(self, origin: str | None = None, since: datetime | None = None) -> list[Label]:
        """Every answer that was not taken back, the first one first; only of one origin, or given since, where named."""
        query = _all().where(labels.c.withdrawn_at.is_(None))
        query = query.where(labels.c.origin == origin) if origin else query
        return self._list(query.where(labels.c.at >= since) if since else query)

    def sampled(self) -> int:
        """How many items of the random sample were answered."""
        query = select(func.count(labels.c.document_id.distinct())).where(
            labels.c.origin == "random", labels.c.withdrawn_at.is_(None)
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def turns(self, since: datetime) -> list[Turn]:
        """What people answered since then otherwise than what stood, the most frequent first; without blind second answers."""
        turned = (labels.c.old != labels.c.new, labels.c.origin != "second", labels.c.withdrawn_at.is_(None))
        counts = [func.count(labels.c.document_id.distinct()), func.count(labels.c.by.distinct())]
        query = select(labels.c.task, labels.c.old, labels.c.new, *counts).where(labels.c.at >= since, *turned)
        query = query.group_by(labels.c.task, labels.c.old, labels.c.new)
        with self._database.read() as connection:
            found = [Turn(*row) for row in connection.execute(query)]
        return sorted(found, key=lambda turn: (-turn.items, turn.task, turn.old, turn.new))

    def _list(self, query: Select[Any]) -> list[Label]:
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query.order_by(labels.c.at, labels.c.id))]


def _alike(key: str, members: Sequence[tuple[str, str | None]]) -> list[str]:
    """Those joined to `key` by a chain of "near-copy of"."""
    parent = {member: member for member, _ in members}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for member, near in members:
        if near in parent:
            parent[root(member)] = root(near)
    return [member for member, _ in members if member != key and root(member) == root(key)] if key in parent else []


def _numbers(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    short = {rows.short_id(key): key for key in keys}
    found: dict[str, int] = {}
    for some in chunks(list(short)):
        query = select(documents.c.short_id, documents.c.id).where(documents.c.short_id.in_(some))
        found |= {short[row.short_id]: row.id for row in connection.execute(query)}
    for key in keys:
        if key not in found:
            raise BadInput(f"không có tài liệu {key[:200]} để gán nhãn")
    return found


def _row(document_id: int, label: Label, batch: str) -> dict[str, Any]:
    same = ("task", "old", "new", "by", "at", "reason", "origin")
    return {name: getattr(label, name) for name in same} | {"document_id": document_id, "batch": batch}


def _all() -> Select[Any]:
    return select(labels, documents.c.key).join(documents, documents.c.id == labels.c.document_id)


def _record(row: Row[Any]) -> Label:
    return Label(row.key, row.task, row.old, row.new, row.by, row.at, row.reason, row.origin)
