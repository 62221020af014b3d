"""Human answers: only added, never changed; the latest one of a task is in force."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, insert, select

from records import BadInput, Label
from store import rows, settling
from store.database import Database, one_writer
from store.tables import documents
from store.tables_work import labels


class Labels:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, label: Label) -> None:
        """Keep a human answer; lists, counts and cases follow it at once. Raises BadInput for an unknown document."""
        with self._database.write() as connection:
            one_writer(connection, "settle")
            query = select(documents.c.id).where(documents.c.short_id == rows.short_id(label.document))
            document_id = connection.execute(query).scalar()
            if document_id is None:
                raise BadInput(f"không có tài liệu {label.document[:200]} để gán nhãn")
            same = ("task", "old", "new", "by", "at", "reason", "origin")
            values = {name: getattr(label, name) for name in same}
            connection.execute(insert(labels).values(document_id=document_id, **values))
            settling.reconsider(connection, document_id)

    def of(self, key: str) -> list[Label]:
        """Every answer given about the document, the first one first."""
        return self._list(_all().where(documents.c.short_id == rows.short_id(key)))

    def all(self) -> list[Label]:
        """Every answer ever given, the first one first."""
        return self._list(_all())

    def _list(self, query: Select[Any]) -> list[Label]:
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query.order_by(labels.c.at, labels.c.id))]


def _all() -> Select[Any]:
    return select(labels, documents.c.key).join(documents, documents.c.id == labels.c.document_id)


def _record(row: Row[Any]) -> Label:
    return Label(row.key, row.task, row.old, row.new, row.by, row.at, row.reason, row.origin)
