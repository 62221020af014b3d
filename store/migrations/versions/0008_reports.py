"""Reports are frozen, edited, approved, then sent; those issued before were sent at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "report_edits",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("week", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_edits"),
        sa.ForeignKeyConstraint(["week"], ["reports.week"], name="fk_report_edits_week_reports", ondelete="CASCADE"),
    )
    op.create_index("ix_report_edits_week", "report_edits", ["week"])
    op.create_table(
        "report_steps",
        sa.Column("week", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("week", "step", name="pk_report_steps"),
    )
    for step in ("approved", "sent"):
        op.execute(
            sa.text(
                "INSERT INTO report_steps (week, step, by, at) SELECT week, :step, 'nâng cấp', issued_at FROM reports"
            ).bindparams(step=step)
        )


def downgrade() -> None:
    raise RuntimeError("the words and approvals of reports would be lost: restore a backup instead")
