"""The head of the audit log: how many lines it has, and the hash of the last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNT = sa.text(
    "INSERT INTO audit_head (one, lines, hash) SELECT 1, count(*), "
    "coalesce((SELECT hash FROM audit_log ORDER BY id DESC LIMIT 1), '') FROM audit_log"
)


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("lines", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
    )
    op.execute(COUNT)


def downgrade() -> None:
    raise RuntimeError("a cut-off end of the log could not be seen any more: restore a backup instead")
