"""The tables of the desk: counts by the day, edits of the knowledge, recipients, saved searches, tokens, reports sent in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.columns import Moment, Number, Words, metadata, serial

tallies = Table(  # how many items of a day (of Viet Nam) stand under a label: counted from the answers in force
    "tallies",
    metadata,
    Column("day", Text, primary_key=True),  # "2026-11-26"
    Column("dimension", Text, primary_key=True),
    Column("label", Words, primary_key=True),
    Column("count", Integer, nullable=False),
)

forgotten_counts = Table(  # what documents counted for that retention removed: no words, no addresses
    "forgotten_counts",
    metadata,
    Column("day", Text, primary_key=True),
    Column("dimension", Text, primary_key=True),
    Column("label", Words, primary_key=True),
    Column("count", Integer, nullable=False),
)

stale_days = Table(  # days something changed in since they were counted
    "stale_days",
    metadata,
    Column("day", Text, primary_key=True),
    Column("changes", Integer, nullable=False),  # so that a change during a count is not lost
)

knowledge_edits = Table(  # proposals for the knowledge; an approved one is in force, the latest of a subject wins
    "knowledge_edits",
    metadata,
    serial(),
    Column("kind", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("content", Text, nullable=False),  # JSON of the entry
    Column("source", Words, nullable=False),
    Column("state", Text, nullable=False),  # waiting, approved, refused
    Column("proposed_by", Words, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", Words),
    Column("decided_at", Moment),
    Column("note", Words, nullable=False),
    Index("ix_knowledge_edits_state", "state", "id"),
)

recipients = Table(  # addresses without an account, beside those of the settings
    "recipients",
    metadata,
    Column("kind", Text, primary_key=True),  # daily, urgent, weekly, alarm
    Column("address", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

searches = Table(
    "searches",
    metadata,
    serial(),
    Column("login", Words, ForeignKey("officers.login", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("filters", Text, nullable=False),  # JSON: the filters of the list's address
    Column("mails", Boolean, nullable=False),
    Column("made_at", Moment, nullable=False),
)

search_hits = Table(  # what a saved search has mailed: told once
    "search_hits",
    metadata,
    Column("search", Number, ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("document_id", Number, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
)

tokens = Table(  # of the read API; the store keeps a digest, never the token
    "tokens",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("role", Text, nullable=False),
    Column("province", Words),
    Column("made_by", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("used_at", Moment),
)

intakes = Table(  # who sent which report in; its text is a document of kind "report"
    "intakes",
    metadata,
    Column("key", Words, primary_key=True),
    Column("login", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seen", Words, nullable=False),  # what the sender saw, in a few words
    Index("ix_intakes_login_at", "login", "at"),
)

intake_files = Table(
    "intake_files",
    metadata,
    serial(),
    Column("key", Words, ForeignKey("intakes.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
)

second_factors = Table(  # of officers with an authenticator app; in force once confirmed
    "second_factors",
    metadata,
    Column("login", Words, ForeignKey("officers.login", ondelete="CASCADE"), primary_key=True),
    Column("cipher", LargeBinary, nullable=False),  # the secret, sealed
    Column("begun_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("last_step", Number, nullable=False),  # a code is used once
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("login", Words, ForeignKey("officers.login", ondelete="CASCADE"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("used_at", Moment),
)

subject_requests = (
    Table(  # of data subjects: to see, to correct, to erase; by the number of their letter, without their names
        "subject_requests",
        metadata,
        serial(),
        Column("wish", Text, nullable=False),
        Column("about", Words, nullable=False, index=True),
        Column("letter", Words, nullable=False),
        Column("received_at", Moment, nullable=False),
        Column("due_at", Moment, nullable=False),
        Column("by", Words, nullable=False),
        Column("done_at", Moment),
        Column("done_by", Words),
        Column("outcome", Words, nullable=False),
    )
)
