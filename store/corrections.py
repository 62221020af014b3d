"""Which item an outlet's correction corrects. It finds nothing: it is told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from records import Correction
from store import rows
from store.database import Database, insert_new
from store.tables import documents
from store.tables_evidence import corrections


class Corrections:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, link: Correction) -> bool:
        """Keep it; False where one of the two is not stored, or this correction is linked already."""
        with self._database.write() as connection:
            wanted = {rows.short_id(key): key for key in (link.correction, link.corrected)}
            query = select(documents.c.short_id, documents.c.id).where(documents.c.short_id.in_(list(wanted)))
            ids = {row.short_id: row.id for row in connection.execute(query)}
            if len(ids) < 2:
                return False
            document, corrected = (ids[short] for short in wanted)
            values = {"document_id": document, "corrected_id": corrected, "how": link.how, "at": link.at}
            return insert_new(connection, corrections, values)

    def of(self, key: str) -> list[Correction]:
        """Those in which a document is either the correction or what is corrected, the first one first."""
        one, other = documents.alias(), documents.alias()
        query: Any = (
            select(one.c.key.label("correction"), other.c.key.label("corrected"), corrections.c.how, corrections.c.at)
            .join(one, one.c.id == corrections.c.document_id)
            .join(other, other.c.id == corrections.c.corrected_id)
        )
        with self._database.read() as connection:
            wanted = select(documents.c.id).where(documents.c.short_id == rows.short_id(key))
            id_ = connection.execute(wanted).scalar()
            query = query.where((corrections.c.document_id == id_) | (corrections.c.corrected_id == id_))
            found = connection.execute(query.order_by(corrections.c.at))
            return [Correction(row.correction, row.corrected, row.how, row.at) for row in found]
