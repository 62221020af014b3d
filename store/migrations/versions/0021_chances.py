"""With which chance each item of a random sample was drawn. Of those drawn before it is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("questions", sa.Column("chance", sa.Float()))


def downgrade() -> None:
    op.drop_column("questions", "chance")
