"""Saved searches: the filters of a list under a name, and which items each has mailed already (once a hit)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from records import BadInput, Message
from store import outbox, rows
from store.database import Database, chunks, insert_new, one_writer
from store.judged import Filter
from store.tables import documents
from store.tables_desk import search_hits, searches

MOST = 50
"""saved searches of one person"""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    id: int
    login: str
    name: str
    chosen: Mapping[str, str]
    """the filters of the list's address"""
    asked: Filter
    """what they ask of the store"""
    mails: bool
    made_at: datetime


class Searches:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, login: str, name: str, chosen: Mapping[str, str], asked: Filter, mails: bool, at: datetime) -> int:
        """Raises BadInput past MOST."""
        filters = json.dumps({"chosen": dict(chosen), "asked": rows.dump(Filter, asked)})
        row = {"login": login, "name": name, "filters": filters, "mails": mails, "made_at": at}
        with self._database.write() as connection:
            one_writer(connection, "searches")
            count = select(func.count()).where(searches.c.login == login)
            if int(connection.execute(count).scalar_one()) >= MOST:
                raise BadInput(f"mỗi người lưu được {MOST} tìm kiếm; bỏ bớt một tìm kiếm cũ rồi lưu lại")
            return int(connection.execute(insert(searches).returning(searches.c.id), row).scalar_one())

    def of(self, login: str) -> list[SavedSearch]:
        return self._list(select(searches).where(searches.c.login == login))

    def mailing(self, before: datetime) -> list[SavedSearch]:
        """Every search that mails its new hits and has not mailed since `before`."""
        lately = select(search_hits.c.search).where(search_hits.c.at > before)
        return self._list(select(searches).where(searches.c.mails.is_(True), searches.c.id.not_in(lately)))

    def remove(self, id_: int, login: str) -> None:
        """Only one's own. Raises BadInput where it is not there."""
        one = (searches.c.id == id_, searches.c.login == login)
        with self._database.write() as connection:
            if not connection.execute(delete(searches).where(*one)).rowcount:
                raise BadInput("tìm kiếm này không còn")

    def untold(self, id_: int, keys: Iterable[str]) -> list[str]:
        """Those of the keys that this search has not mailed, in their order."""
        wanted = list(keys)
        with self._database.read() as connection:
            told = {key for some in chunks(wanted) for key in connection.execute(_told(id_, some)).scalars()}
        return [key for key in wanted if key not in told]

    def tell(self, id_: int, keys: Iterable[str], messages: Iterable[Message], at: datetime) -> None:
        """Queue the mails and remember their hits, in one transaction. A search removed meanwhile tells nothing."""
        with self._database.write() as connection:
            if connection.execute(select(searches.c.id).where(searches.c.id == id_)).first() is None:
                return
            outbox.add(connection, list(messages))
            short = [rows.short_id(key) for key in keys]
            ids = select(documents.c.id).where(documents.c.short_id.in_(short))
            for number in connection.execute(ids).scalars().all():
                insert_new(connection, search_hits, {"search": id_, "document_id": number, "at": at})

    def _list(self, query: Any) -> list[SavedSearch]:
        with self._database.read() as connection:
            return [_search(row) for row in connection.execute(query.order_by(searches.c.id))]


def _told(id_: int, keys: list[str]) -> Any:
    short = [rows.short_id(key) for key in keys]
    joined = select(documents.c.key).join(search_hits, search_hits.c.document_id == documents.c.id)
    return joined.where(search_hits.c.search == id_, documents.c.short_id.in_(short))


def _search(row: Row[Any]) -> SavedSearch:
    filters = json.loads(row.filters)
    asked = rows.load(Filter, filters["asked"])
    return SavedSearch(row.id, row.login, row.name, filters["chosen"], asked, row.mails, row.made_at)
