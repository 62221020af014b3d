"""The tables of the official interfaces of platforms: what was used of a day's quota, and tokens that change by use."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from store.columns import Moment, metadata

quotas = Table(  # units used of one bucket on one day of the platform's own calendar
    "quotas",
    metadata,
    Column("name", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("used", Integer, nullable=False),
)

credentials = Table(  # encrypted; there is no row without a vault key
    "credentials",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cipher", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
