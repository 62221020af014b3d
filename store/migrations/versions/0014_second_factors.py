"""Second factors of sign-in, recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _officer("second_factors"),
        sa.PrimaryKeyConstraint("login", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", MOMENT),
        _officer("recovery_codes"),
        sa.PrimaryKeyConstraint("login", "digest", name="pk_recovery_codes"),
    )


def _officer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["login"], ["officers.login"], name=f"fk_{table}_login_officers", ondelete="CASCADE")


def downgrade() -> None:
    raise RuntimeError("second factors would be lost and passwords alone would open the desk: restore a backup instead")
