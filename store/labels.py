"""Human answers: only added, never changed; the latest one of a task that was not taken back is in force."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from records import BadInput, Label
from store import rows, settling
from store.database import Database, one_writer
from store.tables import documents, judged
from store.tables_work import labels

MOST_COPIES = 500
"""copies of one item that one answer reaches"""


class Labels:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, label: Label) -> None:
        """Keep a human answer; lists, counts and cases follow it at once. Raises BadInput for an unknown document."""
        self.add_all([label])

    def add_all(self, given: Sequence[Label]) -> str:
        """Keep answers given in one go, all or none; gives the number by which they are taken back.

        Raises BadInput for an unknown document."""
        batch = secrets.token_hex(8)
        with self._database.write() as connection:
            one_writer(connection, "settle")
            ids = []
            for label in given:
                ids.append(_document(connection, label.document))
                same = ("task", "old", "new", "by", "at", "reason", "origin")
                values = {name: getattr(label, name) for name in same} | {"document_id": ids[-1], "batch": batch}
                connection.execute(insert(labels).values(values))
            for document_id in dict.fromkeys(ids):
                settling.reconsider(connection, document_id)
        return batch

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


def _all() -> Select[Any]:
    return select(labels, documents.c.key).join(documents, documents.c.id == labels.c.document_id)


def _record(row: Row[Any]) -> Label:
    return Label(row.key, row.task, row.old, row.new, row.by, row.at, row.reason, row.origin)
