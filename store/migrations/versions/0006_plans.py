"""When a mail was planned to go out; which dead letters the operator has not heard of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PARKED = sa.text("state = 'dead' AND second_at IS NULL")


def upgrade() -> None:
    op.add_column("messages", sa.Column("planned_at", sa.DateTime(timezone=True)))
    # dead letters from before are shown on the desk; an upgrade rings for none of them
    op.execute("UPDATE messages SET second_at = created_at WHERE state = 'dead' AND second_at IS NULL")
    op.create_index("ix_messages_parked", "messages", ["id"], postgresql_where=PARKED, sqlite_where=PARKED)


def downgrade() -> None:
    raise RuntimeError("it would be forgotten which dead letters were told: restore a backup instead")
