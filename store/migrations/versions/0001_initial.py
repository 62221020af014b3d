"""The initial schema."""

from __future__ import annotations

from alembic import op

import store.tables_work  # noqa: F401
from store.columns import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    metadata.create_all(connection)
    if connection.dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search USING fts5(words, tokenize='ascii')")
    else:
        op.execute("CREATE TABLE search (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_search_words ON search USING gin (words)")


def downgrade() -> None:
    op.execute("DROP TABLE search")
    metadata.drop_all(op.get_bind())
