"""What the alert engine remembers: the server's answer, the second channel, tellings, silences, shifts, preferences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
HELD = sa.text("state = 'held'")


def upgrade() -> None:
    op.add_column("messages", sa.Column("reply", sa.Text))
    op.add_column("messages", sa.Column("second_at", MOMENT))
    op.create_index("ix_messages_held", "messages", ["recipient"], postgresql_where=HELD, sqlite_where=HELD)
    op.create_table(
        "tellings",
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outlets", sa.Integer, nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("clauses", sa.Text, nullable=False),
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("story", "number", name="pk_tellings"),
    )
    op.create_index("ix_tellings_at", "tellings", ["at"])
    _people()


def _people() -> None:
    op.create_table(
        "silences",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("scope", "value", "reason", "author")),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_end", "silences", ["end"])
    op.create_table(
        "shifts",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("substitute", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
    )
    op.create_index("ix_shifts_end", "shifts", ["end"])
    op.create_table(
        "preferences",
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("morning", sa.Boolean, nullable=False),
        sa.Column("afternoon", sa.Boolean, nullable=False),
        sa.Column("quiet_from", sa.Text, nullable=False),
        sa.Column("quiet_to", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("recipient", name="pk_preferences"),
    )


def downgrade() -> None:
    raise RuntimeError("restore a backup instead")
