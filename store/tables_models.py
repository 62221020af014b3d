"""The table of models learnt on the desk."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from store.columns import Moment, Words, metadata, serial

models = Table(  # one row a model, whatever became of it
    "models",
    metadata,
    serial(),
    Column("version", Text, nullable=False, unique=True),
    Column("base", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("digest", Text, nullable=False),  # sha256 of its manifest, which holds those of its arrays
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("measured", Text, nullable=False),  # JSON
    Column("state", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("decided_by", Words, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Index("ix_models_state", "state", "decided_at"),
)
