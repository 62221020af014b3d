"""The tables of evidence and of what became of pages later: sealed records, absences, corrections."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from store.columns import Moment, Number, Words, metadata, of_document, serial

UNSTAMPED = "token IS NULL"

evidence = Table(  # the chain: hashes only, never deleted
    "evidence",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("short_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed_at", Moment, nullable=False),
    Column("files", Text, nullable=False),  # JSON: name -> SHA-256
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("token", LargeBinary),
    Column("stamp_tries", Integer, nullable=False, server_default="0"),
    Column("stamp_due", Moment),
    Column("stamp_trouble", Words, nullable=False, server_default=""),
    UniqueConstraint("previous"),  # a chain has no fork
    Index("ix_evidence_short_id", "short_id"),
    Index(
        "ix_evidence_unstamped",
        "stamp_due",
        postgresql_where=text(UNSTAMPED),
        sqlite_where=text(UNSTAMPED),
    ),
)

evidence_files = Table(  # what was sealed, encrypted; goes with its document, or earlier
    "evidence_files",
    metadata,
    serial(),
    Column("number", Number, ForeignKey("evidence.number"), nullable=False),
    of_document(index=True),
    Column("name", Text, nullable=False),
    Column("cipher", LargeBinary, nullable=False),
    UniqueConstraint("number", "name"),
)

evidence_due = Table(  # flagged documents whose page is still to be sealed
    "evidence_due",
    metadata,
    Column(
        "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("due_at", Moment, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("trouble", Words, nullable=False),
)

absences = Table(  # when a source was seen without the page, and with it again
    "absences",
    metadata,
    serial(),
    of_document(index=True),
    Column("status", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("back_at", Moment),
)

corrections = Table(  # an outlet's correction and the item it corrects
    "corrections",
    metadata,
    of_document(primary_key=True),
    Column("corrected_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("how", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
