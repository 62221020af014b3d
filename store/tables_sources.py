"""The tables of the sources: the list as the pipeline reads it, who switched which on or off, how trials went."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from store.columns import Moment, Words, metadata

catalogue = Table(
    "catalogue",
    metadata,
    Column("source", Words, primary_key=True),
    Column("said", Text, nullable=False),  # JSON of catalogue.Entry
)

switches = Table(
    "source_switches",
    metadata,
    Column("source", Words, primary_key=True),
    Column("on", Boolean, nullable=False),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

trials = Table(
    "source_trials",
    metadata,
    Column("source", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("said", Words, nullable=False),
    Column("good_at", Moment),  # the last trial that read an article
)

findings = Table(  # what the watch found at its last look
    "source_findings",
    metadata,
    Column("source", Words, primary_key=True),  # "": all of them
    Column("kind", Text, primary_key=True),
    Column("said", Words, nullable=False),
    Column("since", Moment, nullable=False),
)
