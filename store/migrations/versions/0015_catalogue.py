"""The list of sources for the desk; who switched which on or off; how trials went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "catalogue",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_catalogue"),
    )
    op.create_table(
        "source_switches",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("on", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_source_switches"),
    )
    op.create_table(
        "source_trials",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("good_at", MOMENT),
        sa.PrimaryKeyConstraint("source", name="pk_source_trials"),
    )


def downgrade() -> None:
    raise RuntimeError("who switched which source off, and why, would be lost: restore a backup instead")
