"""How sources fare: when each list may be asked again, what kind of trouble it has, other names of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lists",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("url", sa.Text(), primary_key=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
    )
    op.create_table(
        "document_names",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("mark", sa.Text(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.add_column("source_states", sa.Column("trouble", sa.Text(), nullable=False, server_default=""))
    for name in ("failed", "bare"):
        op.add_column("polls", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("documents", sa.Column("listed_at", MOMENT))


def downgrade() -> None:
    raise RuntimeError("what is known of the sources would be lost: restore a backup instead")
