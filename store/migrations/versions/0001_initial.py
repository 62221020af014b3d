"""The initial schema, frozen as the SQL beside this file (one for each database)."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    file = Path(__file__).with_name(f"0001_initial.{op.get_bind().dialect.name}.sql")
    for statement in file.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("there is nothing before the initial schema: restore a backup instead")
