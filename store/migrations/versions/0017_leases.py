"""A person's own question is found at once, however many wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    leased = sa.text("leased_to IS NOT NULL")
    answered = sa.text("batch IS NOT NULL")
    op.drop_index("ix_questions_batch", "questions")
    op.create_index("ix_questions_batch", "questions", ["batch"], sqlite_where=answered, postgresql_where=answered)
    op.drop_index("ix_questions_leased_to", "questions")
    op.create_index(
        "ix_questions_leased",
        "questions",
        ["leased_to", "queue", "task"],
        sqlite_where=leased,
        postgresql_where=leased,
    )


def downgrade() -> None:
    op.drop_index("ix_questions_leased", "questions")
    op.create_index("ix_questions_leased_to", "questions", ["leased_to"])
    op.drop_index("ix_questions_batch", "questions")
    op.create_index("ix_questions_batch", "questions", ["batch"])
