"""The tables of people and of work: labels, cases, officers, sessions, requests, sources, runs, reports, the log."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import Moment, Number, Words, metadata, of_document, serial

labels = Table(
    "labels",
    metadata,
    serial(),
    of_document(),
    Column("task", Text, nullable=False),
    Column("old", Words, nullable=False),
    Column("new", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False),
    Column("origin", Text, nullable=False),
    Column("batch", Text),  # answers given in one go (an item and its copies) are taken back in one go
    Column("withdrawn_at", Moment),
    Index("ix_labels_document_id_task", "document_id", "task"),
    Index("ix_labels_batch", "batch"),
    Index("ix_labels_by", "by", "at"),
)

cases = Table(
    "cases",
    metadata,
    Column(
        "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("status", Text, nullable=False),
    Column("detected_at", Moment, nullable=False),
    Column("by", Words),
    Column("at", Moment),
    Column("note", Words, nullable=False),
    Column("routed_to", Words),
    Column("impact_confirmed_at", Moment),
    Column("first_statement_at", Moment),
    Column("impact_by", Words),
    Column("statement_by", Words),
    Column("version", Integer, nullable=False, server_default="0"),  # grows with every change
    Index("ix_cases_status", "status", "document_id"),
)

case_steps = Table(  # every decision, so that the status as of any time is known
    "case_steps",
    metadata,
    serial(),
    of_document(index=True),
    Column("status", Text, nullable=False),
    Column("by", Words),
    Column("at", Moment, nullable=False),
    Column("note", Words, nullable=False),
    Column("routed_to", Words),
)

press = Table(  # the press register: requests, briefings, statements, replies
    "press",
    metadata,
    serial(),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("subject", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("party", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("document", Words),  # the key: a line of the register outlives the text it was about
    Column("deadline", Text),
    Column("due_at", Moment),
    Column("done_at", Moment),
    Column("done_by", Words),
    Column("done_note", Words, nullable=False),
    Index("ix_press_at", "at"),
    Index("ix_press_document", "document"),
    Index("ix_press_due_at", "due_at"),
)

case_files = Table(  # drafts made from a case
    "case_files",
    metadata,
    serial(),
    of_document(index=True),
    Column("name", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
)

officers = Table(
    "officers",
    metadata,
    Column("login", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("roles", Text, nullable=False),  # JSON list
    Column("province", Words),
    Column("unit", Words),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # of the token: the store cannot give tokens away
    Column("login", Words, ForeignKey("officers.login", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("idle_seconds", Integer, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("arguments", Text, nullable=False),  # JSON
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Words, nullable=False),
    Column("result", Text),  # JSON
    Column("lease_until", Moment),
    Index("ix_requests_state_at", "state", "at"),
)

source_states = Table(
    "source_states",
    metadata,
    Column("source", Words, primary_key=True),
    Column("polled_at", Moment, nullable=False),
    Column("success_at", Moment),
    Column("new_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Words, nullable=False),
    Column("trouble", Text, nullable=False, server_default=""),  # records.TROUBLES: what kind of error
)

polls = Table(  # one row a source and hour
    "polls",
    metadata,
    Column("source", Words, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),  # hours since 1970, UTC
    Column("polls", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("items", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("success_at", Moment),
    Column("failed", Integer, nullable=False, server_default="0"),  # articles that could not be fetched or read
    Column("bare", Integer, nullable=False, server_default="0"),  # articles stored with a title and no text
    Index("ix_polls_hour", "hour"),
)

validators = Table(
    "validators",
    metadata,
    Column("source", Words, primary_key=True),
    Column("url", Words, primary_key=True),
    Column("etag", Words),
    Column("last_modified", Words),
)

lists = Table(  # one row a feed, sitemap or listing: a started interval survives a restart
    "lists",
    metadata,
    Column("source", Words, primary_key=True),
    Column("url", Words, primary_key=True),
    Column("asked_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("moved_to", Words),
)

document_names = (
    Table(  # other names of stored documents: an address that leads to a known article is not fetched again
        "document_names",
        metadata,
        Column("source", Words, primary_key=True),
        Column("mark", Text, primary_key=True),
        Column("at", Moment, nullable=False),
    )
)

runs = Table(
    "runs",
    metadata,
    serial(),
    Column("job", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ok", Boolean),
    Column("note", Words, nullable=False),
    Index("ix_runs_job_id", "job", "id"),
)

problems = Table(  # refused input and trouble, counted by the hour
    "problems",
    metadata,
    Column("what", Words, primary_key=True),
    Column("place", Words, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("detail", Words, nullable=False),
    Index("ix_problems_last_at", "last_at"),
)

reports = Table(
    "reports",
    metadata,
    Column("week", Text, primary_key=True),
    Column("issued_at", Moment, nullable=False),
    Column("figures", Text, nullable=False),  # JSON of records.Figures
    Column("sha256", Text, nullable=False),
)

report_files = Table(
    "report_files",
    metadata,
    Column("week", Text, ForeignKey("reports.week", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
)

audit_log = Table(  # each line carries the hash of the one before
    "audit_log",
    metadata,
    serial(),
    Column("who", Words, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", Words, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("hash"),
    Index("ix_audit_log_subject", "subject"),
)

audit_head = Table(  # one row, so that a cut-off end is seen
    "audit_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("lines", Number, nullable=False),
    Column("hash", Text, nullable=False),  # of the last line
)
