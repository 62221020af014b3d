"""Cases change under a version; the press register; drafts made from cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("cases", sa.Column("impact_by", sa.Text()))
    op.add_column("cases", sa.Column("statement_by", sa.Text()))
    op.add_column("cases", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "press",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("party", "text", "address")),
        sa.Column("document", sa.Text()),
        sa.Column("deadline", sa.Text()),
        sa.Column("due_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by", sa.Text()),
        sa.Column("done_note", sa.Text(), nullable=False),
    )
    for column in ("at", "document", "due_at"):
        op.create_index(f"ix_press_{column}", "press", [column])
    op.create_table(
        "case_files",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("document_id", NUMBER, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
    )
    op.create_index("ix_case_files_document_id", "case_files", ["document_id"])


def downgrade() -> None:
    raise RuntimeError("the press register holds what people wrote: restore a backup instead")
