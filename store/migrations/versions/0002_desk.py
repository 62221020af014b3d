"""The desk's tables: counts by the day, edits of the knowledge, recipients, saved searches, tokens, reports sent in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DAYS = {
    "sqlite": "INSERT INTO stale_days SELECT DISTINCT date((id >> 29) + 25200, 'unixepoch'), 1 FROM documents",
    "postgresql": "INSERT INTO stale_days SELECT DISTINCT to_char(to_timestamp((id >> 29) + 25200) AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD'), 1 FROM documents",
}
"""every day of the documents that are there is to be counted"""


def upgrade() -> None:
    counts()
    edits()
    people()
    intakes()
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.get_bind().exec_driver_sql(DAYS[op.get_bind().dialect.name])


def counts() -> None:
    op.create_table(
        "tallies",
        sa.Column("day", sa.Text(), primary_key=True),
        sa.Column("dimension", sa.Text(), primary_key=True),
        sa.Column("label", sa.Text(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "stale_days", sa.Column("day", sa.Text(), primary_key=True), sa.Column("changes", sa.Integer(), nullable=False)
    )


def edits() -> None:
    op.create_table(
        "knowledge_edits",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "subject", "content", "source", "state")),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", MOMENT),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_knowledge_edits_state", "knowledge_edits", ["state", "id"])


def people() -> None:
    op.create_table(
        "recipients",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "searches",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("login", sa.Text(), sa.ForeignKey("officers.login", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("mails", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_index("ix_searches_login", "searches", ["login"])
    op.create_table(
        "search_hits",
        sa.Column("search", NUMBER, sa.ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("document_id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("province", sa.Text()),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("used_at", MOMENT),
    )


def intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
    )
    op.create_index("ix_intakes_login_at", "intakes", ["login", "at"])
    op.create_table(
        "intake_files",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text(), sa.ForeignKey("intakes.key", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
    )
    op.create_index("ix_intake_files_key", "intake_files", ["key"])


def downgrade() -> None:
    raise RuntimeError("the desk's tables hold what people wrote: restore a backup instead")
