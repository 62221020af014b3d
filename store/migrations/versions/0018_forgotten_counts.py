"""What forgotten documents counted for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten_counts",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("day", "dimension", "label")),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("the counts of what was forgotten cannot be counted again: restore a backup instead")
