"""The outbox: one row a mail and recipient, claimed with a lease, sent, retried or given up. It opens no connection.

`Message.attempts` counts claims and is the fencing token: `sent` and `failed` of a holder whose lease was taken over
are refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, or_, select, text, update

from records import Attachment, Message
from store import rows
from store.database import Database, chunks, insert_new, one_writer
from store.tables import documents, judged, stories
from store.tables_mail import HELD, PARKED, WAITING, attachments, digests, message_documents, messages

HORIZON = timedelta(days=7)
"""a row due later than this was written by a clock that ran ahead: it is due now"""
RINGING = ("urgent", "escalation", "followup", "bundle", "alarm")
_URGENT_FIRST = case((messages.c.kind.in_(RINGING), 0), else_=1)
Names = list[tuple[str, str, str]]


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: Sequence[Message]) -> int:
        """Queue mails. A known (id, recipient) is left as it is. Gives the number added."""
        with self._database.write() as connection:
            return add(connection, new)

    def add_digest(self, edition: str, new: Sequence[Message], told: Iterable[str], now: datetime) -> bool:
        """One edition of the daily mail: its mails and the marks on what it tells, all or nothing, once (else False)."""
        with self._database.write() as connection:
            one_writer(connection, "settle")
            if not insert_new(connection, digests, {"day": edition, "made_at": now}):
                return False
            add(connection, new)
            ids = [rows.short_id(key) for key in told]
            for some in chunks(ids):
                these = select(documents.c.id).where(documents.c.short_id.in_(some))
                told_now = and_(judged.c.document_id.in_(these), judged.c.told_on.is_(None))
                of_them = select(judged.c.story).where(told_now, judged.c.story.is_not(None))
                mark = {"told_daily_at": func.coalesce(stories.c.told_daily_at, now)}
                connection.execute(update(stories).where(stories.c.id.in_(of_them)).values(mark))
                connection.execute(update(judged).where(told_now).values(told_on=edition))
            return True

    def digest_done(self, edition: str) -> bool:
        with self._database.read() as connection:
            return connection.execute(select(digests).where(digests.c.day == edition)).first() is not None

    def late_since(self, now: datetime) -> datetime | None:
        """Since when the longest waiting mail waits past its time; a mail that is tried again is past it."""
        past = and_(text(WAITING), or_(messages.c.attempts > 0, messages.c.due_at <= now))
        start = func.coalesce(messages.c.planned_at, messages.c.created_at)
        with self._database.read() as connection:
            return connection.execute(select(func.min(start)).where(past)).scalar()

    def last_digest(self) -> datetime | None:
        """When the latest edition was made."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(digests.c.made_at))).scalar()

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Message]:
        """Take up to `limit` due mails for the time of the lease, urgent ones first; no two claimers get the same.
        What a dead holder claimed is due again at the end of its lease."""
        due = and_(
            text(WAITING),
            or_(
                messages.c.due_at <= now,
                messages.c.due_at > now + HORIZON,
                and_(messages.c.attempts == 0, messages.c.created_at > now),  # queued before the clock was set back
            ),
        )
        chosen = select(messages.c.id).where(due).order_by(_URGENT_FIRST, messages.c.due_at, messages.c.id).limit(limit)
        with self._database.write() as connection:
            ids = list(connection.execute(chosen.with_for_update(skip_locked=True)).scalars())
            taken = {"state": "sending", "attempts": messages.c.attempts + 1, "due_at": now + lease}
            connection.execute(update(messages).where(messages.c.id.in_(ids)).values(taken))
            found = {each.id: each for each in connection.execute(select(messages).where(messages.c.id.in_(ids)))}
            return _records(connection, [found[id_] for id_ in ids])

    def sent(self, message: Message, now: datetime, reply: str = "") -> bool:
        """The server took it and said `reply`. False: this claim had lapsed and another holder has the mail."""
        return self._end(message, {"state": "sent", "sent_at": now, "error": None, "reply": reply[:500] or None})

    def failed(self, message: Message, now: datetime, error: str, retry_at: datetime | None) -> bool:
        """Not sent: try again then, or never (None: a dead letter). False as in `sent`."""
        state = "queued" if retry_at else "dead"
        return self._end(message, {"state": state, "due_at": retry_at or now, "error": error[:2000]})

    def renew(self, claimed: Sequence[Message], until: datetime) -> int:
        """Keep what this holder has claimed and not ended; gives the number of claims that are still its own."""
        with self._database.write() as connection:
            return sum(
                connection.execute(update(messages).where(_mine(message)).values(due_at=until)).rowcount
                for message in claimed
            )

    def _end(self, message: Message, values: dict[str, object]) -> bool:
        with self._database.write() as connection:
            return connection.execute(update(messages).where(_mine(message)).values(values)).rowcount == 1

    def rung(self, recipients: Sequence[str], since: datetime) -> dict[str, int]:
        """Recipient -> urgent mails queued or held since then."""
        query = select(messages.c.recipient, func.count().label("number")).where(
            messages.c.kind == "urgent", messages.c.recipient.in_(recipients), messages.c.created_at >= since
        )
        with self._database.read() as connection:
            return {row.recipient: row.number for row in connection.execute(query.group_by(messages.c.recipient))}

    def held(self) -> list[Message]:
        """The urgent mails that wait for their recipients' next bundle, the oldest first."""
        query = select(messages).where(text(HELD)).order_by(messages.c.id)
        with self._database.read() as connection:
            return _records(connection, list(connection.execute(query)), contents=False)

    def last_bundle(self, recipient: str) -> datetime | None:
        """When the last bundle of a recipient was made."""
        made = select(func.max(messages.c.created_at)).where(
            messages.c.kind == "bundle", messages.c.recipient == recipient
        )
        with self._database.read() as connection:
            found = connection.execute(made).scalar()
            return found if found is None or isinstance(found, datetime) else None

    def bundle(self, message: Message, told: Sequence[Message]) -> bool:
        """Queue a bundle and mark the held mails it tells, all or nothing; False where it was made already."""
        with self._database.write() as connection:
            if not add(connection, [message]):
                return False
            these = and_(
                messages.c.recipient == message.recipient,
                messages.c.message_id.in_([one.id for one in told]),
                text(HELD),
            )
            connection.execute(update(messages).where(these).values(state="bundled"))
            return True

    def seconded(self, told: Iterable[tuple[str, str]], now: datetime) -> None:
        """The mails (id, recipient) were told by the second channel as well (or there is none, and that was said)."""
        with self._database.write() as connection:
            for message_id, recipient in told:
                mine = and_(messages.c.message_id == message_id, messages.c.recipient == recipient)
                connection.execute(update(messages).where(mine).values(second_at=now))

    def parked(self, limit: int = 100) -> list[Message]:
        """Dead letters the operator has not heard of, the oldest first."""
        query = select(messages).where(text(PARKED)).order_by(messages.c.id).limit(limit)
        with self._database.read() as connection:
            return _records(connection, list(connection.execute(query)), contents=False)

    def alarm(self, alarms: Sequence[Message], about: Sequence[Message], now: datetime) -> bool:
        """Queue the alarms about dead letters and mark these as told, all or nothing; False where another process did."""
        with self._database.write() as connection:
            told = 0
            for one in about:
                mine = and_(messages.c.message_id == one.id, messages.c.recipient == one.recipient, text(PARKED))
                told += connection.execute(update(messages).where(mine).values(second_at=now)).rowcount
            if told:
                add(connection, alarms)
            return bool(told)

    def requeue(self, message: Message, now: datetime) -> bool:
        """Send a dead letter after all (a person's decision); False unless it is dead."""
        dead = and_(
            messages.c.message_id == message.id, messages.c.recipient == message.recipient, messages.c.state == "dead"
        )
        with self._database.write() as connection:
            again = {"state": "queued", "due_at": now, "error": None, "second_at": None}
            return connection.execute(update(messages).where(dead).values(again)).rowcount == 1

    def list(
        self, limit: int = 50, offset: int = 0, kind: str | None = None, state: str | None = None
    ) -> list[Message]:
        """The mails, newest first, without the contents of their attachments."""
        query = select(messages).order_by(messages.c.id.desc()).limit(limit).offset(offset)
        query = query.where(messages.c.kind == kind) if kind else query
        query = query.where(messages.c.state == state) if state else query
        with self._database.read() as connection:
            return _records(connection, list(connection.execute(query)), contents=False)

    def get(self, message_id: str, recipient: str | None = None) -> Message | None:
        query = select(messages).where(messages.c.message_id == message_id).order_by(messages.c.id).limit(1)
        query = query.where(messages.c.recipient == recipient) if recipient else query
        with self._database.read() as connection:
            return next(iter(_records(connection, list(connection.execute(query)))), None)

    def counts(self) -> dict[str, int]:
        """State -> number of mails."""
        with self._database.read() as connection:
            query = select(messages.c.state, func.count().label("number")).group_by(messages.c.state)
            return {row.state: row.number for row in connection.execute(query)}


def _mine(message: Message) -> ColumnElement[bool]:
    """The row of a claim, while nobody else has claimed it since."""
    return and_(
        messages.c.message_id == message.id,
        messages.c.recipient == message.recipient,
        messages.c.state == "sending",
        messages.c.attempts == message.attempts,
    )


def add(connection: Connection, new: Sequence[Message]) -> int:
    """Queue mails within the caller's transaction."""
    return sum(_add(connection, message) for message in new)


def _add(connection: Connection, message: Message) -> bool:
    parts = [(each.name, each.media_type, hashlib.sha256(each.content).hexdigest()) for each in message.attachments]
    row = {
        "message_id": message.id,
        "recipient": message.recipient,
        "kind": message.kind,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "created_at": message.created_at,
        "story": message.story,
        "attachments": rows.dump(Names, parts),
        "state": "held" if message.state == "held" else "queued",
        "attempts": 0,
        "due_at": message.next_try_at or message.created_at,
        "planned_at": message.next_try_at if message.next_try_at and message.next_try_at > message.created_at else None,
    }
    if not insert_new(connection, messages, row):
        return False
    same = and_(messages.c.message_id == message.id, messages.c.recipient == message.recipient)
    id_ = connection.execute(select(messages.c.id).where(same)).scalar_one()
    for each, (_, _, digest) in zip(message.attachments, parts, strict=True):
        insert_new(connection, attachments, {"digest": digest, "content": each.content})
    quoted = [{"message": id_, "place": place, "document": key} for place, key in enumerate(message.documents)]
    if quoted:
        connection.execute(insert(message_documents), quoted)
    return True


def _records(connection: Connection, found: list[Row[Any]], contents: bool = True) -> list[Message]:
    parts = {row.id: rows.load(Names, row.attachments) for row in found}
    wanted = {digest for each in parts.values() for _, _, digest in each} if contents else set()
    blobs = {
        row.digest: row.content
        for row in connection.execute(select(attachments).where(attachments.c.digest.in_(sorted(wanted))))
    }
    query = select(message_documents).where(message_documents.c.message.in_(list(parts)))
    quoted: dict[int, list[str]] = {}
    for row in connection.execute(query.order_by(message_documents.c.message, message_documents.c.place)):
        quoted.setdefault(row.message, []).append(row.document)
    return [_record(row, quoted.get(row.id, []), parts[row.id], blobs) for row in found]


def _record(row: Row[Any], quoted: list[str], parts: Names, blobs: dict[str, bytes]) -> Message:
    return Message(
        id=row.message_id,
        kind=row.kind,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        html=row.html,
        created_at=row.created_at,
        documents=tuple(quoted),
        story=row.story,
        attachments=tuple(Attachment(name, media, blobs.get(digest, b"")) for name, media, digest in parts),
        state=row.state,
        attempts=row.attempts,
        next_try_at=row.due_at if row.state == "queued" else None,
        sent_at=row.sent_at,
        error=row.error,
        reply=row.reply,
    )
