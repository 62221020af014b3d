"""Requests of data subjects: to see, to correct, to have erased what is kept about them. What is found is looked up by a
keyed hash (an author, a number), never by a name; the request itself keeps no name, only the number of the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Row, Select, insert, select, update

from records import BadInput, Indicator
from store.audit import AuditLine, write
from store.database import Database
from store.tables import documents, indicators
from store.tables_desk import subject_requests
from store.vault import Vault

Wish = Literal["find", "correct", "erase"]
MOST = 200


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """`about`: "document:<short id>" or "author:<keyed hash>"; `letter`: number of the incoming letter; `outcome`: what was
    answered, of a correction the words that stand beside the item."""

    id: int
    wish: Wish
    about: str
    letter: str
    received_at: datetime
    due_at: datetime
    by: str
    done_at: datetime | None
    done_by: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class About:
    """A document that is kept about somebody."""

    key: str
    short_id: str
    kind: str
    outlet: str
    title: str
    at: datetime
    author: str | None


class Subjects:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def of_author(self, author: str, letter: str, by: str, at: datetime) -> list[About]:
        """Documents of one keyed author, the newest first, at most MOST; that `by` looked is logged."""
        return self._look(_documents().where(documents.c.author == author), "author", letter, by, at)

    def of_number(self, number: str, letter: str, by: str, at: datetime) -> list[About]:
        """Documents in which a number (its digits) was taken for an indicator; that `by` looked is logged, the number not."""
        digests = [self._vault.digest(Indicator("phone", number, ""))]
        holding = select(indicators.c.document_id).where(indicators.c.digest.in_(digests))
        return self._look(_documents().where(documents.c.id.in_(holding)), "number", letter, by, at)

    def _look(self, query: Select[tuple[str, ...]], what: str, letter: str, by: str, at: datetime) -> list[About]:
        with self._database.write() as connection:
            rows = connection.execute(query.order_by(documents.c.at.desc(), documents.c.id).limit(MOST)).all()
            write(connection, AuditLine(by, "tra cứu theo chủ thể", letter, at, f"{what}: {len(rows)} documents"))
        return [About(**row._mapping) for row in rows]

    def add(
        self, wish: Wish, about: str, letter: str, received_at: datetime, due_at: datetime, by: str, at: datetime
    ) -> int:
        """Gives its number."""
        row = {"wish": wish, "about": about, "letter": letter, "received_at": received_at, "due_at": due_at, "by": by}
        with self._database.write() as connection:
            added = insert(subject_requests).values(row | {"outcome": ""}).returning(subject_requests.c.id)
            number = int(connection.execute(added).scalar_one())
            write(connection, AuditLine(by, "ghi yêu cầu của chủ thể", str(number), at, f"{wish} {about}"))
            return number

    def get(self, number: int) -> SubjectRequest | None:
        with self._database.read() as connection:
            row = connection.execute(select(subject_requests).where(subject_requests.c.id == number)).first()
        return _record(row) if row else None

    def done(self, number: int, outcome: str, by: str, at: datetime) -> None:
        """Answered. Raises BadInput where it was before."""
        waiting = (subject_requests.c.id == number, subject_requests.c.done_at.is_(None))
        with self._database.write() as connection:
            change = update(subject_requests).where(*waiting).values(done_at=at, done_by=by, outcome=outcome)
            if not connection.execute(change).rowcount:
                raise BadInput("yêu cầu này đã được trả lời, hoặc không có")
            write(connection, AuditLine(by, "trả lời yêu cầu của chủ thể", str(number), at, ""))

    def corrections(self, short_id: str) -> list[SubjectRequest]:
        """What data subjects had corrected about one document, the first one first."""
        done = subject_requests.c.done_at.is_not(None)
        which = (subject_requests.c.about == f"document:{short_id}", subject_requests.c.wish == "correct", done)
        with self._database.read() as connection:
            found = connection.execute(select(subject_requests).where(*which).order_by(subject_requests.c.id)).all()
        return [_record(row) for row in found]

    def list(self, limit: int = 200) -> list[SubjectRequest]:
        """Those that wait, by their end; then the answered, the latest first."""
        waiting = select(subject_requests).where(subject_requests.c.done_at.is_(None))
        answered = select(subject_requests).where(subject_requests.c.done_at.is_not(None))
        with self._database.read() as connection:
            first = connection.execute(waiting.order_by(subject_requests.c.due_at, subject_requests.c.id)).all()
            then = connection.execute(answered.order_by(subject_requests.c.done_at.desc()).limit(limit)).all()
        return [_record(row) for row in (*first, *then)]


def _documents() -> Select[tuple[str, ...]]:
    names = ("key", "short_id", "kind", "outlet", "title", "at", "author")
    return select(*(documents.c[name] for name in names))


def _record(row: Row[tuple[str, ...]]) -> SubjectRequest:
    return SubjectRequest(**row._mapping)
