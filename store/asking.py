"""What settling an answer, human or machine, does to the questions: asked, answered, asked again. Within the caller's
transaction; hands out nothing (store.queues does)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, text, update

from records import Assessment, BadInput, Label
from store.answers import comparable
from store.database import chunks
from store.queues import ALL, LEASE, put
from store.tables_queues import WAITING, questions
from store.tables_work import labels

UNSURE = 0.2
"""margins below this are asked of a person"""
QUEUES: Mapping[str, str] = {"unsure": "unsure", "random": "random", "second": "second", "decision": "disagreement"}
"""origin of an answer -> the queue whose question it answers"""


def judged(
    connection: Connection, id_: int, said: Assessment, human: Collection[str], at: datetime, again: bool
) -> None:
    """Ask what this answer is unsure of, where no person has answered. `again`: there was an answer before."""
    if again:
        old = (questions.c.document_id == id_, questions.c.queue == "unsure", text(WAITING))
        connection.execute(delete(questions).where(*old))
    for task, margin in said.margins.items():
        if margin < UNSURE and task not in human:
            put(connection, "unsure", task, id_, round(margin * 1000), at)


def answered(connection: Connection, given: Sequence[tuple[int, Label]], batch: str) -> None:
    """Take the questions these answers are for off their queues, and ask what they raise. `given`: (document number,
    answer).

    Raises BadInput where the question the answers are for was answered by another meanwhile, or is not theirs."""
    for origin, queue in QUEUES.items():
        mine = {id_: label for id_, label in given if label.origin == origin}
        for id_, label in mine.items():
            tasks = [each.task for number, each in given if number == id_]
            _take_off(connection, queue, tasks, id_, label, batch)
            _raise(connection, id_, label, [each for number, each in given if number == id_])


def corrected(connection: Connection, given: Sequence[tuple[int, Label]], batch: str) -> None:
    """What a person answered, wherever, the machine need not ask any more."""
    for task in {label.task for _, label in given}:
        for some in chunks([id_ for id_, label in given if label.task == task]):
            sure = (questions.c.document_id.in_(some), questions.c.queue == "unsure", questions.c.task == task)
            connection.execute(update(questions).where(*sure, text(WAITING)).values(batch=batch))


def _take_off(connection: Connection, queue: str, tasks: list[str], id_: int, label: Label, batch: str) -> None:
    asked = (questions.c.document_id == id_, questions.c.queue == queue, questions.c.task.in_([ALL, *tasks]))
    row = connection.execute(select(questions).where(*asked, text(WAITING)).with_for_update()).first()
    taken = row is not None and row.leased_to not in (None, label.by) and row.leased_until > label.at
    if row is None or taken or row.first_by == label.by:
        raise BadInput("tin này người khác đang gán hoặc đã gán xong; hãy mở tin tiếp theo")
    connection.execute(update(questions).where(*asked, text(WAITING)).values(batch=batch))


def _raise(connection: Connection, id_: int, label: Label, answers: list[Label]) -> None:
    if label.origin == "random":
        rank = connection.execute(
            select(questions.c.rank).where(questions.c.document_id == id_, questions.c.queue == "random")
        ).scalar_one()
        put(connection, "second", ALL, id_, rank, label.at, first_by=label.by)
    elif label.origin == "second":
        first = first_answers(connection, id_)
        for answer in answers:
            if answer.task in first and not same(answer.task, answer.new, first[answer.task]):
                put(connection, "disagreement", answer.task, id_, -id_, label.at)


def same(task: str, one: str, other: str) -> bool:
    return comparable(task, one) == comparable(task, other)


def first_answers(connection: Connection, id_: int) -> dict[str, str]:
    """task -> the answer on the random sample that stands."""
    of_it = (labels.c.document_id == id_, labels.c.origin == "random", labels.c.withdrawn_at.is_(None))
    query = select(labels.c.task, labels.c.new).where(*of_it).order_by(labels.c.at, labels.c.id)
    return {row.task: row.new for row in connection.execute(query)}


def withdrawn(connection: Connection, batch: str, by: str, at: datetime) -> None:
    """Ask again what the answers of a batch had answered, the person first; what they had raised is not asked any more."""
    of_it = select(labels.c.document_id, labels.c.origin).where(labels.c.batch == batch).distinct()
    found = [(row.document_id, row.origin) for row in connection.execute(of_it)]
    was = questions.c.batch == batch
    for id_, origin in found:
        if origin in QUEUES:
            back = update(questions).where(was, questions.c.document_id == id_)
            connection.execute(back.values(batch=None, leased_to=by, leased_until=at + LEASE))
        raised = {"random": "second", "second": "disagreement"}.get(origin)
        if raised:
            gone = (questions.c.document_id == id_, questions.c.queue == raised, text(WAITING))
            connection.execute(delete(questions).where(*gone))
    connection.execute(update(questions).where(was).values(batch=None))
