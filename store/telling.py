"""What rings and who has heard it: unacknowledged urgent documents, what was last said of each story, follow-ups.

Pages are read by the document's number, so no number of waiting items hides another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, exists, func, select, update

from records import Message, Reason, Ringing, Telling, Told
from store import outbox, rows
from store.database import Database, insert_new, one_writer
from store.stories import resolve
from store.tables import assessments, documents, judged, stories, tags
from store.tables_mail import message_documents, messages, tellings
from store.tables_work import cases

PAGE = 500
OVER = ("dismissed", "closed")
"""cases about which nobody is told more"""


class Tellings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def ringing(self, after: int = 0) -> tuple[list[Ringing], int]:
        """Up to PAGE documents that rang and that nobody has acknowledged, from behind the given number on, and the
        number to go on from (0: there are no more)."""
        waiting = (
            select(cases.c.document_id, documents.c.key)
            .join(documents, documents.c.id == cases.c.document_id)
            .where(
                cases.c.status == "new",
                cases.c.document_id > after,
                exists().where(message_documents.c.document == documents.c.key, _rings()),
            )
            .order_by(cases.c.document_id)
            .limit(PAGE)
        )
        with self._database.read() as connection:
            found = connection.execute(waiting).all()
            told = _told(connection, [row.key for row in found])
        return [Ringing(row.key, tuple(told.get(row.key, ()))) for row in found], (
            found[-1].document_id if len(found) == PAGE else 0
        )

    def last(self, since: datetime) -> list[Telling]:
        """The last telling of each story told since then whose case is still open, the oldest first."""
        newest = select(tellings.c.story, func.max(tellings.c.number).label("number")).group_by(tellings.c.story)
        latest = newest.subquery()
        same = and_(tellings.c.story == latest.c.story, tellings.c.number == latest.c.number)
        query = select(tellings).join(latest, same).where(tellings.c.at >= since).order_by(tellings.c.at)
        with self._database.read() as connection:
            return [_telling(row) for row in connection.execute(query)]

    def state(self, story: str, at: datetime) -> Telling | None:
        """What there is to tell of a story now (number -1), None where nothing of it is left."""
        with self._database.read() as connection:
            mine = judged.c.story == resolve(connection, story)
            members = judged.join(documents, documents.c.id == judged.c.document_id)
            counts = connection.execute(
                select(
                    func.count(judged.c.outlet.distinct()).label("outlets"),
                    func.count().label("documents"),
                    func.count(case((and_(judged.c.commits, documents.c.gone_at.is_(None)), 1))).label("standing"),
                    func.count(case((judged.c.commits, 1))).label("flagged"),
                )
                .select_from(members)
                .where(mine)
            ).one()
            if not counts.documents:
                return None
            acts = (
                select(tags.c.value, documents.c.kind)
                .select_from(members.join(tags, tags.c.document_id == judged.c.document_id))
                .where(mine, tags.c.task == "act")
                .distinct()
            )
            found = [(*row.value.split(":"), row.kind) for row in connection.execute(acts)]
        clauses = sorted({clause for clause, mode, _ in found if mode == "commits"})
        corrected = any(mode == "refutes" and kind == "official" for _, mode, kind in found)
        gone = bool(counts.flagged) and not counts.standing
        return Telling(story, at, -1, counts.outlets, counts.documents, tuple(clauses), corrected, gone)

    def main(self, story: str) -> str | None:
        """Key of the document of a story whose flag rang first."""
        with self._database.read() as connection:
            query = (
                select(documents.c.key)
                .join(judged, judged.c.document_id == documents.c.id)
                .where(judged.c.story == resolve(connection, story), judged.c.commits)
                .order_by(case((judged.c.decision == "urgent", 0), else_=1), documents.c.id)
                .limit(1)
            )
            found: str | None = connection.execute(query).scalar()
            return found

    def of(self, story: str) -> list[Telling]:
        """All tellings of a story, the first one first."""
        query = select(tellings).where(tellings.c.story == story).order_by(tellings.c.number)
        with self._database.read() as connection:
            return [_telling(row) for row in connection.execute(query)]

    def follow(self, telling: Telling, new: Sequence[Message]) -> bool:
        """A follow-up: its row and its mails, all or nothing, once; False where another process was first."""
        with self._database.write() as connection:
            if not note(connection, telling):
                return False
            outbox.add(connection, new)
            return True

    def silenced(self, since: datetime) -> list[str]:
        """Keys of documents that would have rung since then but for a silence, and that no one has acknowledged."""
        query = (
            select(documents.c.key)
            .join(judged, judged.c.document_id == documents.c.id)
            .join(assessments, assessments.c.id == judged.c.assessment_id)
            .join(cases, cases.c.document_id == documents.c.id)
            .where(assessments.c.reason_code == "silenced", cases.c.status == "new", judged.c.judged_at >= since)
            .order_by(documents.c.id)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def ring(self, key: str, reason: Reason, telling: Telling, new: Sequence[Message], at: datetime) -> bool:
        """A document whose silence is over rings after all; False where it has rung meanwhile."""
        with self._database.write() as connection:
            one_writer(connection, "settle")
            query = select(judged.c.document_id, judged.c.assessment_id, judged.c.decision).join(
                documents, documents.c.id == judged.c.document_id
            )
            row = connection.execute(query.where(documents.c.short_id == rows.short_id(key))).first()
            if row is None or row.decision == "urgent":
                return False
            mine = judged.c.document_id == row.document_id
            connection.execute(update(judged).where(mine).values(decision=reason.decision))
            why = {"reason_code": reason.code, "reason_text": reason.text, "decision": reason.decision}
            connection.execute(update(assessments).where(assessments.c.id == row.assessment_id).values(why))
            tell(connection, telling, new, at)
            return True


def tell(connection: Connection, telling: Telling, new: Sequence[Message], at: datetime) -> None:
    """The first urgent mails of a story, within the caller's transaction."""
    outbox.add(connection, new)
    told = {"told_urgent_at": func.coalesce(stories.c.told_urgent_at, at)}
    connection.execute(update(stories).where(stories.c.id == telling.story).values(told))
    note(connection, telling)


def note(connection: Connection, telling: Telling) -> bool:
    row = {
        "story": telling.story,
        "number": telling.number,
        "at": telling.at,
        "outlets": telling.outlets,
        "documents": telling.documents,
        "clauses": ";".join(telling.clauses),
        "corrected": telling.corrected,
        "gone": telling.gone,
    }
    return insert_new(connection, tellings, row)


def _rings() -> Any:
    return and_(message_documents.c.message == messages.c.id, messages.c.kind.in_(("urgent", "escalation", "bundle")))


def _told(connection: Connection, keys: list[str]) -> dict[str, list[Told]]:
    query = (
        select(message_documents.c.document, messages)
        .join(messages, messages.c.id == message_documents.c.message)
        .where(message_documents.c.document.in_(keys), _rings(), messages.c.state != "bundled")
        .order_by(messages.c.id)
    )
    found: dict[str, list[Told]] = {}
    for row in connection.execute(query):
        held = row.state == "held"
        told = Told(row.recipient, row.created_at, row.sent_at, row.second_at, row.message_id, held, row.planned_at)
        found.setdefault(row.document, []).append(told)
    return found


def _telling(row: Row[Any]) -> Telling:
    clauses = tuple(row.clauses.split(";")) if row.clauses else ()
    return Telling(row.story, row.at, row.number, row.outlets, row.documents, clauses, row.corrected, row.gone)
