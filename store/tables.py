"""Every table of the store, for SQLite and PostgreSQL alike. Nothing here opens, reads or decides.

A document's number (`documents.id`) is computed: its time in seconds in the high bits, a hash of its key in the low 29.
So "newest first" is the order of the primary key, everywhere, and the search index is walked in that order too.
"""

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
    text,
)

from store.columns import Moment, Number, Words, metadata, of_document, serial

# Conditions of partial indexes; a query must say them in these very words for the index to be used.
UNTOLD = "told_on IS NULL AND decision IN ('urgent', 'daily')"

documents = Table(
    "documents",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("short_id", Text, nullable=False, unique=True),
    Column("key", Words, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("source", Words, nullable=False),
    Column("outlet", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words),
    Column("lead", Words),
    Column("body", Words),
    Column("at", Moment, nullable=False),  # published_at, or first_seen where that is missing or later
    Column("published_at", Moment),
    Column("first_seen", Moment, nullable=False),
    Column("modified_at", Moment),
    Column("section", Words),
    Column("authors", Text, nullable=False),  # JSON list
    Column("author", Words),
    Column("method", Text, nullable=False),
    Column("gaps", Text, nullable=False),  # JSON list
    Column("reach", BigInteger),
    Column("digest", Text, nullable=False),
    Column("version", Integer, nullable=False),  # 1, then one more at each change of the words
    Column("version_at", Moment, nullable=False),
    Column("judged_model", Text, nullable=False, server_default=""),  # "" = these words are not judged yet
    Column("gone_at", Moment),
    Column("gone_status", Integer),
    Column("follow_at", Moment),
    Column("follow_step", Integer, nullable=False, server_default="0"),
    Column("listed_at", Moment),  # when a list of the source first named it
    Index("ix_documents_judged_model_first_seen", "judged_model", "first_seen"),
    Index(
        "ix_documents_author",
        "author",
        postgresql_where=text("author IS NOT NULL"),
        sqlite_where=text("author IS NOT NULL"),
    ),
    Index(
        "ix_documents_follow_at",
        "follow_at",
        postgresql_where=text("follow_at IS NOT NULL"),
        sqlite_where=text("follow_at IS NOT NULL"),
    ),
    Index("ix_documents_kind_at", "kind", "at"),
)

versions = Table(  # the earlier states of documents whose words changed
    "versions",
    metadata,
    serial(),
    of_document(index=True),
    Column("version", Integer, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("digest", Text, nullable=False),
    Column("title", Words),
    Column("lead", Words),
    Column("body", Words),
    UniqueConstraint("document_id", "version"),
)

tombstones = Table(  # what was forgotten or erased is not collected again
    "tombstones",
    metadata,
    Column("short_id", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("why", Text, nullable=False),
)

assessments = Table(  # every answer ever given; never changed
    "assessments",
    metadata,
    serial(),
    of_document(),
    Column("model", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("judged_at", Moment, nullable=False),
    Column("relevance", Integer, nullable=False),
    Column("spam", Boolean, nullable=False),
    Column("answer", Text, nullable=False),  # JSON of records.Assessment
    Column("decision", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("reason_text", Words, nullable=False),
    Column("story", Words),
    Column("near_duplicate_of", Words),
    Index("ix_assessments_document_id_judged_at", "document_id", "judged_at"),
)

judged = Table(  # one row a judged document: the answers in force now, the human's before the machine's
    "judged",
    metadata,
    Column(
        "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("assessment_id", Number, ForeignKey("assessments.id", ondelete="CASCADE"), nullable=False),
    Column("judged_at", Moment, nullable=False),
    Column("outlet", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("relevance", Integer, nullable=False),
    Column("sentiment", Text),
    Column("target", Text),
    Column("feedback", Text, nullable=False),
    Column("spam", Boolean, nullable=False),
    Column("commits", Boolean, nullable=False),
    Column("contradicted", Boolean, nullable=False),
    Column("decision", Text, nullable=False),
    Column("story", Words),
    Column("near_duplicate_of", Words),
    Column("told_on", Text),  # the digest that told it: "2026-11-26", or "restored"
    Index("ix_judged_story_outlet", "story", "outlet"),
    Index("ix_judged_sentiment", "sentiment", "document_id"),
    Index("ix_judged_feedback", "feedback", "document_id"),
    Index("ix_judged_outlet", "outlet", "document_id"),
    Index("ix_judged_assessment_id", "assessment_id"),
    Index(
        "ix_judged_undigested",
        "document_id",
        postgresql_where=text(UNTOLD),
        sqlite_where=text(UNTOLD),
    ),
)

tags = (
    Table(  # the answers in force that are lists: topic, province, unsure, act ("1a:commits"), clause, mode, correction
        "tags",
        metadata,
        Column("task", Text, primary_key=True),
        Column("value", Words, primary_key=True),
        Column(
            "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        Index("ix_tags_document_id", "document_id"),
    )
)

stories = Table(
    "stories",
    metadata,
    Column("id", Words, primary_key=True),
    Column("headline", Words, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("outlets", Integer, nullable=False),
    Column("told_urgent_at", Moment),
    Column("told_daily_at", Moment),
)

aliases = Table(  # a story merged into another: its id stays good for ever
    "aliases",
    metadata,
    Column("alias", Words, primary_key=True),
    Column("story", Words, nullable=False, index=True),
    Column("merged_at", Moment, nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    Column(
        "document_id", Number, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("seen_at", Moment, nullable=False),
    Column("province", Words),
    Column("bands", LargeBinary, nullable=False),  # unsigned 64-bit, little-endian
    Column("minhash", LargeBinary, nullable=False),
    Column("terms", Text, nullable=False),  # JSON
)

# Band values and hashed heavy title terms: who else has this one, newest first. By far the longest table, so it has no
# second index and no foreign key: a document's rows are found from its signature.
marks = Table(
    "marks",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("seen", BigInteger, primary_key=True, autoincrement=False),  # seconds since 1970
    Column("document_id", Number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

indicators = Table(  # taken out before masking; the value only encrypted
    "indicators",
    metadata,
    serial(),
    of_document(),
    Column("kind", Text, nullable=False),
    Column("masked", Words, nullable=False),
    Column("digest", Text, nullable=False),
    Column("cipher", LargeBinary),
    UniqueConstraint("document_id", "kind", "digest"),
)
