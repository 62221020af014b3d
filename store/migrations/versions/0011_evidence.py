"""Sealed evidence of flagged items, pages that went and came back, corrections."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
UNSTAMPED = sa.text("token IS NULL")


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("short_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary()),
        sa.Column("stamp_tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("stamp_due", MOMENT),
        sa.Column("stamp_trouble", sa.Text(), nullable=False, server_default=""),
        sa.UniqueConstraint("previous", name="uq_evidence_previous"),
    )
    op.create_index("ix_evidence_short_id", "evidence", ["short_id"])
    op.create_index(
        "ix_evidence_unstamped", "evidence", ["stamp_due"], postgresql_where=UNSTAMPED, sqlite_where=UNSTAMPED
    )
    op.create_table(
        "evidence_files",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("number", NUMBER, sa.ForeignKey("evidence.number"), nullable=False),
        document(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("number", "name", name="uq_evidence_files_number_name"),
    )
    op.create_index("ix_evidence_files_document_id", "evidence_files", ["document_id"])
    op.create_table(
        "evidence_due",
        document(primary_key=True, autoincrement=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
    )
    op.create_index("ix_evidence_due_due_at", "evidence_due", ["due_at"])
    later_looks()


def later_looks() -> None:
    op.create_table(
        "absences",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        document(),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("back_at", MOMENT),
    )
    op.create_index("ix_absences_document_id", "absences", ["document_id"])
    op.execute(
        "INSERT INTO absences (document_id, status, first_at, confirmed_at) "
        "SELECT id, gone_status, gone_at, gone_at FROM documents WHERE gone_at IS NOT NULL"
    )
    op.create_table(
        "corrections",
        document(primary_key=True, autoincrement=False),
        sa.Column("corrected_id", NUMBER, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_corrections_corrected_id", "corrections", ["corrected_id"])


def document(**options: Any) -> sa.Column[int]:
    """A new column object each time: a column belongs to one table."""
    return sa.Column(
        "document_id", NUMBER, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, **options
    )


def downgrade() -> None:
    raise RuntimeError("sealed evidence would be lost: restore a backup instead")
