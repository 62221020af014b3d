"""The tables of what people do with a frozen report: words beside its figures, and the steps on its way out."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from store.columns import Moment, Words, metadata, serial

report_edits = Table(  # the Centre's own words for a part; the latest of a part stands
    "report_edits",
    metadata,
    serial(),
    Column("week", Text, ForeignKey("reports.week", ondelete="CASCADE"), nullable=False, index=True),
    Column("part", Text, nullable=False),
    Column("text", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

report_steps = Table(  # previewed, approved, reminded, sent: each once a week
    "report_steps",
    metadata,
    Column("week", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)
