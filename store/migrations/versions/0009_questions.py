"""Questions put to analysts, random samples, and whose answers came last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "questions",
        *_question("questions"),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("first_by", sa.Text),
        sa.Column("leased_to", sa.Text),
        sa.Column("leased_until", MOMENT),
        sa.Column("batch", sa.Text),
        sa.PrimaryKeyConstraint("queue", "task", "document_id", name="pk_questions"),
    )
    waiting = sa.text("batch IS NULL")
    op.create_index(
        "ix_questions_waiting",
        "questions",
        ["queue", "task", "rank", "document_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    for column in ("document_id", "leased_to", "batch"):
        op.create_index(f"ix_questions_{column}", "questions", [column])
    op.create_table(
        "passed",
        *_question("passed"),
        sa.Column("login", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("queue", "task", "document_id", "login", name="pk_passed"),
    )
    op.create_index("ix_passed_document_id", "passed", ["document_id"])
    op.create_table(
        "draws",
        sa.Column("week", sa.Text, nullable=False),
        sa.Column("stratum", sa.Text, nullable=False),
        sa.Column("population", sa.Integer, nullable=False),
        sa.Column("drawn", sa.Integer, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("week", "stratum", name="pk_draws"),
    )
    op.create_index("ix_labels_by", "labels", ["by", "at"])


def _question(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("document_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=f"fk_{table}_document_id_documents", ondelete="CASCADE"
        ),
    ]


def downgrade() -> None:
    raise RuntimeError("who was asked what would be lost: restore a backup instead")
