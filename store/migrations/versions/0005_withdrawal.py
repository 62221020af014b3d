"""Answers given in one go, and taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("labels", sa.Column("batch", sa.Text()))
    op.add_column("labels", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.create_index("ix_labels_batch", "labels", ["batch"])


def downgrade() -> None:
    raise RuntimeError("who took which answer back would be lost: restore a backup instead")
