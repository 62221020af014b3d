"""The tables of labelling: questions put to analysts, who passed one on, which random samples were drawn."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text, text

from store.columns import Moment, Number, Words, metadata

# Conditions of partial indexes; a query must say them in these very words for the index to be used.
WAITING = "batch IS NULL"
LEASED, ANSWERED = "leased_to IS NOT NULL", "batch IS NOT NULL"

questions = Table(  # a task about a document that a person is asked; it stays, with the answers' batch, once answered
    "questions",
    metadata,
    Column("queue", Text, primary_key=True),  # unsure, random, second, disagreement
    Column("task", Text, primary_key=True),  # a task of records.Label, or "all"
    Column(
        "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("rank", BigInteger, nullable=False),  # the smallest is asked first
    Column("asked_at", Moment, nullable=False),
    Column("first_by", Words),  # of "second": who answered first, and is not asked again
    Column("leased_to", Words),
    Column("leased_until", Moment),
    Column("batch", Text),
    Column("chance", Float),  # of "random": with which chance it was drawn; it stands for 1 / chance items
    Index(
        "ix_questions_waiting",
        "queue",
        "task",
        "rank",
        "document_id",
        postgresql_where=text(WAITING),
        sqlite_where=text(WAITING),
    ),
    Index("ix_questions_document_id", "document_id"),
    Index(
        "ix_questions_leased",
        "leased_to",
        "queue",
        "task",
        postgresql_where=text(LEASED),
        sqlite_where=text(LEASED),
    ),
    Index("ix_questions_batch", "batch", postgresql_where=text(ANSWERED), sqlite_where=text(ANSWERED)),
)

passed = Table(  # who could not answer a question: others are asked
    "passed",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("task", Text, primary_key=True),
    Column(
        "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("login", Words, primary_key=True),
    Index("ix_passed_document_id", "document_id"),
)

draws = Table(  # a week's random sample, drawn once: how many of how many
    "draws",
    metadata,
    Column("week", Text, primary_key=True),  # "2026-W48"
    Column("stratum", Text, primary_key=True),  # relevant, irrelevant: by the machine's answer
    Column("population", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("seed", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
