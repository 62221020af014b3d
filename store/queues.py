"""Questions put to analysts, one at a time, each to one person: what the judge is least sure of, the random sample, blind
second answers, disagreements. Who answers writes through store.labels; this file hands out, counts and clears away.

The random sample is drawn here by a seed and the week, never chosen by a person: so it measures.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from store import rows
from store.answers import comparable
from store.columns import Moment, Words
from store.database import Database, insert_new
from store.tables import assessments, documents, judged
from store.tables_queues import LEASED, WAITING, draws, passed, questions
from store.tables_work import labels

ALL = "all"
"""the task of a question about every task at once"""
LEASE = timedelta(minutes=15)
COUNTED = 1000
_HASH_BITS = 48
_WEEK = 7 * 24 * 3600
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one task of one document, given without knowing of each other, in the form in which they compare."""

    document: str
    task: str
    first_by: str
    first: str
    second_by: str
    second: str


@dataclass(frozen=True, slots=True)
class Draw:
    """How many of how many items of a week stand in the random sample, of one stratum."""

    week: str
    stratum: str
    """by the machine's answer when it was drawn: "relevant" or "irrelevant" """
    population: int
    drawn: int


class Queues:
    def __init__(self, database: Database) -> None:
        self._database = database

    def next(self, queue: str, task: str, login: str, now: datetime, lease: timedelta = LEASE) -> str | None:
        """The key of the document this person is asked about next; nobody else is, until the lease ends. Asked again
        before the answer it is the same one. None: nothing waits."""
        asked = {"of_queue": queue, "of_task": task, "login": login, "now": now}
        with self._database.write() as connection:
            found = connection.execute(_HELD, asked).first() or connection.execute(_FREE, asked).first()
            if found is None:
                return None
            connection.execute(_LEASE, {**asked, "number": found.document_id, "until": now + lease})
        return str(found.key)

    def skip(self, queue: str, task: str, key: str, login: str) -> None:
        """Leave a question to others."""
        with self._database.write() as connection:
            id_ = connection.execute(select(documents.c.id).where(documents.c.short_id == rows.short_id(key))).scalar()
            if id_ is None:
                return
            free = update(questions).where(*_this(queue, task, id_), questions.c.leased_to == login)
            if connection.execute(free.values(leased_to=None, leased_until=None)).rowcount:
                row = {"queue": queue, "task": task, "document_id": id_, "login": login}
                insert_new(connection, passed, row)

    def waiting(self, login: str, most: int = COUNTED) -> dict[tuple[str, str], int]:
        """(queue, task) -> how many questions wait for this person, whoever else has them now; counted up to `most`."""
        with self._database.read() as connection:
            asked = select(questions.c.queue, questions.c.task).where(text(WAITING)).distinct()
            kinds = connection.execute(asked).all()
            return {(kind.queue, kind.task): _count(connection, kind.queue, kind.task, login, most) for kind in kinds}

    def count(self, queue: str, task: str, login: str, most: int = COUNTED) -> int:
        """The same of one queue and task."""
        with self._database.read() as connection:
            return _count(connection, queue, task, login, most)

    def draw(self, week: str, start: datetime, end: datetime, seed: str, size: Size, at: datetime) -> int:
        """Draws the random sample of a week, once: so many of the items published in [start, end) that the machine held
        for relevant, so many of the others, each as likely as any other of its kind. Gives how many were drawn."""
        with self._database.write() as connection:
            if connection.execute(select(draws.c.week).where(draws.c.week == week)).first():
                return 0
            strata: dict[str, list[int]] = {"relevant": [], "irrelevant": []}
            for row in connection.execute(_published(start, end)):
                strata["relevant" if row.relevance else "irrelevant"].append(row.document_id)
            total = 0
            for (stratum, found), most in zip(strata.items(), size, strict=True):
                chosen = sorted(found, key=lambda id_: _chance(seed, week, id_))[:most]
                line = {"population": len(found), "drawn": len(chosen), "seed": seed, "at": at}
                connection.execute(insert(draws), line | {"week": week, "stratum": stratum})
                for id_ in chosen:  # in an order of its own, which does not tell the stratum
                    rank = _newest_first(start) + _chance(seed, "order", id_)
                    put(connection, "random", ALL, id_, rank, at, chance=len(chosen) / len(found))
                total += len(chosen)
            return total

    def draws(self) -> list[Draw]:
        """Every random sample drawn, the latest week first."""
        query = select(draws).order_by(draws.c.week.desc(), draws.c.stratum.desc())
        with self._database.read() as connection:
            return [Draw(row.week, row.stratum, row.population, row.drawn) for row in connection.execute(query)]

    def stand_for(self) -> dict[str, float]:
        """Key of each item of a random sample -> how many items it stands for. Its kind was drawn more or less densely than
        the other: what is measured on the sample must be weighted by this to tell of the stream."""
        drawn = select(documents.c.key, questions.c.chance).join(documents, documents.c.id == questions.c.document_id)
        with self._database.read() as connection:
            found = connection.execute(drawn.where(questions.c.queue == "random", questions.c.chance > 0)).all()
        return {row.key: 1 / row.chance for row in found}

    def pairs(self, since: datetime) -> list[Pair]:
        """Every two blind answers to the same question, both standing, the second given since then."""
        one, other = labels.alias("one"), labels.alias("other")
        query = (
            select(documents.c.key, one.c.task, one.c.by, one.c.new, other.c.by.label("by2"), other.c.new.label("new2"))
            .join(other, and_(other.c.document_id == one.c.document_id, other.c.task == one.c.task))
            .join(documents, documents.c.id == one.c.document_id)
            .where(one.c.origin == "random", one.c.withdrawn_at.is_(None))
            .where(other.c.origin == "second", other.c.withdrawn_at.is_(None), other.c.at >= since)
        )
        with self._database.read() as connection:
            found = connection.execute(query.order_by(other.c.at, other.c.id)).all()
        return [
            Pair(row.key, row.task, row.by, comparable(row.task, row.new), row.by2, comparable(row.task, row.new2))
            for row in found
        ]

    def clear(self, before: datetime) -> int:
        """Questions asked before then that nobody answered: the news they are about is old. Gives how many."""
        with self._database.write() as connection:
            old = delete(questions).where(text(WAITING), questions.c.asked_at < before)
            return connection.execute(old).rowcount


def put(
    connection: Connection,
    queue: str,
    task: str,
    id_: int,
    rank: int,
    at: datetime,
    first_by: str | None = None,
    chance: float | None = None,
) -> None:
    """Ask a question, unless it was asked before."""
    row = {"queue": queue, "task": task, "document_id": id_, "rank": rank, "asked_at": at}
    insert_new(connection, questions, row | {"first_by": first_by, "chance": chance})


def _this(queue: str, task: str, id_: int) -> tuple[ColumnElement[bool], ...]:
    return (questions.c.queue == queue, questions.c.task == task, questions.c.document_id == id_)


def _count(connection: Connection, queue: str, task: str, login: str, most: int) -> int:
    asked = {"of_queue": queue, "of_task": task, "login": login, "most": most}
    return int(connection.execute(_COUNT, asked).scalar_one())


# Constant statements: built anew with the expression language they would cost more than the look-up itself.
_NOW, _LOGIN = bindparam("now", type_=Moment), bindparam("login", type_=Words)
_SAME = (questions.c.queue == bindparam("of_queue"), questions.c.task == bindparam("of_task"))
_WAITING = (
    select(questions.c.document_id, documents.c.key)
    .join(documents, documents.c.id == questions.c.document_id)
    .where(*_SAME, text(f"questions.{WAITING}"))
)
# Neither answered first nor passed on by this person.
_OPEN = (
    or_(questions.c.first_by.is_(None), questions.c.first_by != _LOGIN),
    ~exists().where(*(passed.c[name] == questions.c[name] for name in ("queue", "task", "document_id")), passed.c.login == _LOGIN),
)  # fmt: skip
# The question this person has already; the one they came back to last.
_HELD = (
    _WAITING.where(text(f"questions.{LEASED}"), questions.c.leased_to == _LOGIN, questions.c.leased_until > _NOW)
    .order_by(questions.c.leased_until.desc())
    .limit(1)
)
_FREE = (
    _WAITING.where(*_OPEN, or_(questions.c.leased_until.is_(None), questions.c.leased_until <= _NOW))
    .order_by(questions.c.rank, questions.c.document_id)
    .limit(1)
    .with_for_update(skip_locked=True, of=questions)
)
_LEASE = (
    update(questions)
    .where(*_SAME, questions.c.document_id == bindparam("number"))
    .values(leased_to=_LOGIN, leased_until=bindparam("until", type_=Moment))
)
_COUNT = select(func.count()).select_from(
    select(questions.c.document_id).where(*_SAME, text(WAITING), *_OPEN).limit(bindparam("most")).subquery()
)


def _published(start: datetime, end: datetime) -> Select[int, int]:
    """(number, the machine's relevance) of the judged documents of that time, without spam."""
    return (
        select(judged.c.document_id, assessments.c.relevance)
        .join(assessments, assessments.c.id == judged.c.assessment_id)
        .where(judged.c.document_id >= rows.first_number(start), judged.c.document_id < rows.first_number(end))
        .where(judged.c.spam.is_(False))
    )


def _chance(seed: str, what: str, id_: int) -> int:
    """A number that nobody chose: it orders items by chance, for each `what` anew."""
    return int.from_bytes(hashlib.sha256(f"{seed} {what} {id_}".encode()).digest()[:8], "big") >> (64 - _HASH_BITS)


def _newest_first(start: datetime) -> int:
    """What is added to the chances of a week: the latest week is asked first."""
    return -(int(start.timestamp()) // _WEEK) << _HASH_BITS
