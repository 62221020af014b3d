"""Human answers: only added, never changed; the latest one of a task that was not taken back is in force. A blind second
answer measures agreement and is never in force."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from records import BadInput, Label
from store import asking, rows, settling
from store.database import Database, one_writer
from store.tables import documents, judged
from store.tables_work import labels

MOST_COPIES = 500
"""copies of one item that one answer reaches"""


@dataclass(frozen=True, slots=True)
class Given:
    """Answers given in one go: those about the item, and how many items they reached with its copies."""

    batch: str
    answers: tuple[Label, ...]
    items: int


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
            numbered = [(_document(connection, label.document), label) for label in given]
            connection.execute(insert(labels), [_row(id_, label, batch) for id_, label in numbered])
            if asked:
                asking.answered(connection, numbered, batch)
            asking.corrected(connection, numbered, batch)
            for document_id in dict.fromkeys(id_ for id_, label in numbered if label.origin != "second"):
                settling.reconsider(connection, document_id)
        return batch

    def last(self, by: str, since: datetime) -> Given | None:
        """What this person answered last, since then, and did not take back."""
        mine = (labels.c.by == by, labels.c.at >= since, labels.c.withdrawn_at.is_(None), labels.c.batch.is_not(None))
        newest = select(labels.c.batch).where(*mine).order_by(labels.c.at.desc(), labels.c.id.desc()).limit(1)
        with self._database.read() as connection:
            batch = connection.execute(newest).scalar()
            if batch is None:
                return None
            of_it = (labels.c.batch == batch, labels.c.withdrawn_at.is_(None))
            item = select(labels.c.document_id).where(*of_it).order_by(labels.c.id).limit(1).scalar_subquery()
            answers = connection.execute(_all().where(*of_it, labels.c.document_id == item).order_by(labels.c.id)).all()
            items = connection.execute(select(func.count(labels.c.document_id.distinct())).where(*of_it)).scalar_one()
        return Given(batch, tuple(_record(row) for row in answers), items)

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
            for document_id in ids:
                settling.reconsider(connection, document_id)
        return len(ids)

    def copies(self, key: str, most: int = MOST_COPIES) -> list[str]:
        """Keys of the near-copies of an item within its story, at most so many, the earliest first; never the item."""
        place = select(judged.c.story).join(documents, documents.c.id == judged.c.document_id)
        with self._database.read() as connection:
            story = connection.execute(place.where(documents.c.short_id == rows.short_id(key))).scalar()
            if story is None:
                return []
            query = select(documents.c.key, judged.c.near_duplicate_of).join(
                judged, judged.c.document_id == documents.c.id
            )
            members = connection.execute(query.where(judged.c.story == story).order_by(documents.c.id)).all()
        return _alike(key, [(row.key, row.near_duplicate_of) for row in members])[:most]

    def of(self, key: str) -> list[Label]:
        """Every answer given about the document that was not taken back, the first one first."""
        return self._list(_all().where(documents.c.short_id == rows.short_id(key), labels.c.withdrawn_at.is_(None)))

    def all(self) -> list[Label]:
        """Every answer ever given that was not taken back, the first one first."""
        return self._list(_all().where(labels.c.withdrawn_at.is_(None)))

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


def _document(connection: Connection, key: str) -> int:
    query = select(documents.c.id).where(documents.c.short_id == rows.short_id(key))
    document_id: int | None = connection.execute(query).scalar()
    if document_id is None:
        raise BadInput(f"không có tài liệu {key[:200]} để gán nhãn")
    return document_id


def _row(document_id: int, label: Label, batch: str) -> dict[str, Any]:
    same = ("task", "old", "new", "by", "at", "reason", "origin")
    return {name: getattr(label, name) for name in same} | {"document_id": document_id, "batch": batch}


def _all() -> Select[Any]:
    return select(labels, documents.c.key).join(documents, documents.c.id == labels.c.document_id)


def _record(row: Row[Any]) -> Label:
    return Label(row.key, row.task, row.old, row.new, row.by, row.at, row.reason, row.origin)
