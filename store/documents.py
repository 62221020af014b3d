"""What was published: kept once under its key, every earlier state of its words beside it. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, case, func, insert, select, update

from records import Absence, Document, Indicator, Version
from store import absences, forgetting, rows, search
from store.database import Database, chunks, insert_new
from store.dropping import DELETED, drop_deleted
from store.tables import assessments, documents, tombstones, versions
from store.vault import Vault

DROPPED = f'%"{DELETED}"%'
Kept = Literal["new", "changed", "same"]
FOLLOW = (timedelta(hours=24), timedelta(days=7), timedelta(days=14))
"""when flagged and high-reach documents are looked at again, counted from when they were first seen"""
REJUDGED = timedelta(days=60)
"""a new model answers again for documents no older than this"""
EXAMINED = 10_000
"""rows looked at to tell how many wait: about 20 ms"""


@dataclass(frozen=True, slots=True)
class Rejudging:
    """How far the second look of a new model is. `model` answered last; `waiting` documents still have another one's answer,
    "or more" where `more` rows lie beyond those looked at."""

    model: str
    waiting: int
    more: bool


class Documents:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def keep(self, document: Document, indicators: Sequence[Indicator] = ()) -> Kept:
        """Store a document under its key. Said again, nothing changes ("same"); new words make a version and are judged
        again ("changed"). What was forgotten or erased is refused as "same". Raises BadInput."""
        values = rows.document_values(document)
        with self._database.write() as connection:
            if connection.execute(select(tombstones).where(tombstones.c.short_id == values["short_id"])).first():
                return "same"
            old = _find(connection, document.key, lock=True)
            if old is None:
                old = _insert(connection, values)
            if old is not None:
                return self._again(connection, old, values, indicators)
            search.put(connection, values["id"], document.title, document.lead, document.body)
            self._vault.put(connection, values["id"], indicators)
            return "new"

    def _again(
        self, connection: Connection, old: RowMapping, new: dict[str, Any], indicators: Sequence[Indicator]
    ) -> Kept:
        changes = _changes(old, new)
        if changes:
            connection.execute(update(documents).where(documents.c.id == old["id"]).values(changes))
        absences.back(connection, old["id"], new["first_seen"])
        self._vault.put(connection, old["id"], indicators)
        if "digest" not in changes:
            return "same"
        connection.execute(insert(versions).values(_state(old)))
        search.put(connection, old["id"], new["title"], new["lead"], new["body"])
        return "changed"

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that need no fetching: stored, or forgotten on purpose."""
        found: set[str] = set()
        wanted = {rows.short_id(key): key for key in keys}
        with self._database.read() as connection:
            for some in chunks(list(wanted)):
                for table in (documents, tombstones):
                    ids = connection.execute(select(table.c.short_id).where(table.c.short_id.in_(some))).scalars()
                    found.update(wanted[id_] for id_ in ids)
        return found

    def get(self, key: str) -> Document | None:
        return self.by_id(rows.short_id(key))

    def by_id(self, short_id: str) -> Document | None:
        with self._database.read() as connection:
            row = connection.execute(select(documents).where(documents.c.short_id == short_id)).mappings().first()
        return rows.document(row) if row else None

    def versions(self, key: str) -> list[Version]:
        """Every state of the document's words, the first one first, the present one last."""
        with self._database.read() as connection:
            now = _find(connection, key)
            if now is None:
                return []
            past = connection.execute(
                select(versions).where(versions.c.document_id == now["id"]).order_by(versions.c.version)
            ).mappings()
            return [rows.version(key, row) for row in past] + [rows.version(key, {**now, "seen_at": now["version_at"]})]

    def unassessed(self, model: str, limit: int, since: datetime | None = None) -> list[Document]:
        """Documents without this model's answer: never judged (or changed since) first, then those of other models;
        each group oldest first. `since` bounds first_seen of the second group only: what was never judged is never
        left out."""
        with self._database.read() as connection:
            found: list[Document] = []
            for other in _models(connection):
                if other == model or len(found) >= limit:
                    continue
                query = select(documents).where(documents.c.judged_model == other, documents.c.gaps.not_like(DROPPED))
                if other and since:
                    query = query.where(documents.c.first_seen >= since)
                query = query.order_by(documents.c.first_seen, documents.c.id).limit(limit - len(found))
                found += [rows.document(row) for row in connection.execute(query).mappings()]
            return found

    def rejudging(self, now: datetime, most: int = EXAMINED) -> Rejudging | None:
        """What `unassessed` would still give of other models' answers, the newest `most` looked at; None before any answer.
        One step through the index a model, then at most `most` rows."""
        with self._database.read() as connection:
            newest = select(assessments.c.model).order_by(assessments.c.id.desc()).limit(1)
            model = connection.execute(newest).scalar()
            if model is None:
                return None
            seen = waiting = 0
            for other in set(_models(connection)) - {"", model}:
                here = (documents.c.judged_model == other, documents.c.first_seen >= now - REJUDGED)
                near = select(documents.c.gaps).where(*here).order_by(documents.c.first_seen.desc())
                rows_ = near.limit(most + 1 - seen).subquery()
                kept = func.sum(case((rows_.c.gaps.not_like(DROPPED), 1), else_=0))
                number, some = connection.execute(select(func.count(), kept).select_from(rows_)).one()
                seen, waiting = seen + number, waiting + int(some or 0)
            return Rejudging(model, min(waiting, most), seen > most)

    def follow_due(self, now: datetime, limit: int) -> list[Document]:
        """Flagged and high-reach documents whose next look (24 h, 7 d, 14 d after first seen; 6 h after one that found
        nothing) is due, the longest due first."""
        query = select(documents).where(documents.c.follow_at <= now)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(documents.c.follow_at).limit(limit)).mappings()
            return [rows.document(row) for row in found]

    def followed(self, key: str, now: datetime) -> None:
        """The look was taken: set the next one that lies ahead; after the last, none."""
        with self._database.write() as connection:
            row = _find(connection, key)
            if row is None:
                return
            ahead = [row["first_seen"] + step for step in FOLLOW if row["first_seen"] + step > now]
            again = absences.look_again(connection, row["id"], now)
            following = min([*ahead[:1], *([again] if again else [])], default=None)
            values = {"follow_at": following, "follow_step": len(FOLLOW) - len(ahead)}
            connection.execute(update(documents).where(documents.c.id == row["id"]).values(values))

    def unanswered(self, key: str, now: datetime) -> None:
        """The look got no answer: it is taken again some hours later, until two weeks after the last one was due."""
        with self._database.write() as connection:
            row = _find(connection, key)
            if row is not None:
                late = now - row["first_seen"] > FOLLOW[-1] + absences.PATIENCE
                values = {"follow_at": None if late else now + absences.CONFIRM}
                connection.execute(update(documents).where(documents.c.id == row["id"]).values(values))

    def missing(self, key: str, when: datetime, status: int) -> bool:
        """A look found the page missing (404, 410). It counts as gone when a second look, at least six hours after the
        first, finds the same; then True, once. Its stored words stay."""
        with self._database.write() as connection:
            row = _find(connection, key, lock=True)
            return row is not None and absences.missing(connection, row, when, status)

    def mark_gone(self, key: str, when: datetime, status: int) -> None:
        """The source itself says that it removed the document; its stored words stay. The first time stays."""
        with self._database.write() as connection:
            row = _find(connection, key, lock=True)
            if row is not None:
                absences.stated(connection, row, when, status)
                connection.execute(update(documents).where(documents.c.id == row["id"]).values(follow_at=None))

    def gone(self, key: str) -> tuple[datetime, int] | None:
        """Since when the source lacks it, and with which status; None: it is there, or its absence is not confirmed."""
        with self._database.read() as connection:
            row = _find(connection, key)
        return (row["gone_at"], row["gone_status"]) if row and row["gone_at"] else None

    def absences(self, key: str) -> list[Absence]:
        """The times in which the page was not there, the first one first."""
        with self._database.read() as connection:
            row = _find(connection, key)
            return absences.of(connection, row["id"]) if row else []

    def earlier(self, source: str, since: datetime, before: datetime, limit: int) -> list[tuple[str, str]]:
        """(key, title) of a source's documents published since <= time < before, the latest first."""
        inside = documents.c.id.between(rows.first_number(since), rows.first_number(before))
        query = select(documents.c.key, documents.c.title).where(
            inside, documents.c.source == source, documents.c.title.is_not(None)
        )
        with self._database.read() as connection:
            found = connection.execute(query.order_by(documents.c.id.desc()).limit(limit))
            return [(row.key, row.title) for row in found]

    def count(self) -> int:
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(documents)).scalar_one())

    def first_seen(self) -> datetime | None:
        """When the oldest stored document was first seen."""
        with self._database.read() as connection:
            oldest = [
                connection.execute(
                    select(func.min(documents.c.first_seen)).where(documents.c.judged_model == model)
                ).scalar_one()
                for model in _models(connection)
            ]
        return min(oldest, default=None)

    def unjudged_since(self) -> datetime | None:
        """When the longest waiting document that was never judged was first seen."""
        query = select(func.min(documents.c.first_seen)).where(documents.c.judged_model == "")
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def forget(
        self,
        before: Mapping[str, datetime],
        irrelevant: datetime,
        now: datetime,
        of_source: Mapping[str, datetime] = MappingProxyType({}),
    ) -> int:
        """Retention: remove documents of each kind older than its time in `before` (a source named in `of_source` has
        its own), and those of relevance 0 older than `irrelevant`; never one with an open case or a label. What they
        count for stays counted. Mails older than all of these go as well. Logged by number, without text. Gives the
        number of documents removed."""
        return forgetting.forget(self._database, before, irrelevant, now, of_source)

    def drop_deleted(self, now: datetime) -> int:
        """The words of posts that their source deleted go, but while a case is open; marks and counts stay. Gives how
        many lost theirs."""
        return drop_deleted(self._database, now)

    def erase(self, key: str | None = None, author: str | None = None, *, by: str, at: datetime) -> int:
        """A person's right: remove the document (or all of an author's hash) wherever its words are stored, mails
        that quote it included, whatever cases it has. Logged without the text; never collected again. Issued
        reports stay as issued; the folded words leave the search index at its next merge. Gives the number removed."""
        return forgetting.erase(self._database, key, author, by, at)


def _find(connection: Connection, key: str, lock: bool = False) -> RowMapping | None:
    query = select(documents).where(documents.c.short_id == rows.short_id(key))
    return connection.execute(query.with_for_update() if lock else query).mappings().first()


def _insert(connection: Connection, values: dict[str, Any]) -> RowMapping | None:
    """None: inserted. Else the row that another process stored under this key in the meantime."""
    while not insert_new(connection, documents, values):
        old = _find(connection, values["key"], lock=True)
        if old is not None:
            return old
        values["id"] += 1  # two keys with one number: the next free one
    return None


def _changes(old: RowMapping, new: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if new["digest"] != old["digest"]:
        changes = {
            name: new[name] for name in ("title", "lead", "body", "digest", "method", "gaps", "section", "authors")
        }
        changes |= {"version": old["version"] + 1, "version_at": new["first_seen"], "judged_model": ""}
    for name in ("published_at", "modified_at", "reach"):
        stated = old[name] is None or name != "published_at"  # a first date stays
        if new[name] is not None and stated and new[name] != old[name]:
            changes[name] = new[name]
    return changes


def _state(old: RowMapping) -> dict[str, Any]:
    same = {name: old[name] for name in ("version", "digest", "title", "lead", "body")}
    return {"document_id": old["id"], "seen_at": old["version_at"], **same}


def _models(connection: Connection) -> list[str]:
    """The models whose answers are in force, "" (none) first. Steps through the index: one look-up a model."""
    models: list[str] = []
    column = documents.c.judged_model
    found = connection.execute(select(column).order_by(column).limit(1)).scalar()
    while found is not None:
        models.append(found)
        found = connection.execute(select(column).where(column > found).order_by(column).limit(1)).scalar()
    return models
