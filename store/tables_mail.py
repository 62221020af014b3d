"""The tables of telling: the outbox, digests, what was said of a story, silences, shifts, preferences."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.columns import Moment, Number, Words, metadata, serial

# Conditions of partial indexes; a query must say them in these very words for the index to be used.
WAITING = "state IN ('queued', 'sending')"
HELD = "state = 'held'"
PARKED = "state = 'dead' AND second_at IS NULL"

messages = Table(  # the outbox: one row a recipient
    "messages",
    metadata,
    serial(),
    Column("message_id", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("html", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("story", Words),
    Column("attachments", Text, nullable=False),  # JSON list of [name, media type, digest]
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),  # counts claims: it is the fencing token as well
    Column("due_at", Moment, nullable=False),  # queued: next try; sending: end of the lease
    Column("sent_at", Moment),
    Column("error", Words),
    Column("reply", Words),  # the server's last line
    Column("second_at", Moment),  # told by the second channel as well; of a dead one: the operator was told
    Column("planned_at", Moment),  # may go out from then on, where that is later than created_at
    UniqueConstraint("message_id", "recipient"),
    Index(
        "ix_messages_due",
        "due_at",
        postgresql_where=text(WAITING),
        sqlite_where=text(WAITING),
    ),
    Index("ix_messages_kind_id", "kind", "id"),
    Index("ix_messages_held", "recipient", postgresql_where=text(HELD), sqlite_where=text(HELD)),
    Index("ix_messages_parked", "id", postgresql_where=text(PARKED), sqlite_where=text(PARKED)),
)

tellings = Table(  # what the urgent mail and each follow-up said of a story
    "tellings",
    metadata,
    Column("story", Words, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("outlets", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("clauses", Text, nullable=False),  # joined by ";"
    Column("corrected", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    serial(),
    Column("scope", Text, nullable=False),
    Column("value", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False, index=True),
    Column("ended_by", Words),
)

shifts = Table(
    "shifts",
    metadata,
    serial(),
    Column("login", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False, index=True),
    Column("substitute", Words),
    Column("by", Words, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("recipient", Words, primary_key=True),
    Column("morning", Boolean, nullable=False),
    Column("afternoon", Boolean, nullable=False),
    Column("quiet_from", Text, nullable=False),
    Column("quiet_to", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

message_documents = Table(
    "message_documents",
    metadata,
    Column("message", Number, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("document", Words, nullable=False, index=True),
)

attachments = Table(
    "attachments",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("day", Text, primary_key=True),
    Column("made_at", Moment, nullable=False),
)
