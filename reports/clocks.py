"""The time limit for the first statement, as counts: how many of the confirmed cases were spoken to, in time or late. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from knowledge import Knowledge
from records import Case, Figures

STATEMENT = "phat-ngon-24h"
"""id, in knowledge/deadlines.toml, of the time limit that a person starts"""


def hours(knowledge: Knowledge) -> int:
    return next((one.amount for one in knowledge.deadlines if one.id == STATEMENT), 24)


def counted(figures: Figures, knowledge: Knowledge) -> Figures:
    """The figures with "impact" told apart: stated, in_time, late (the limit ran out, spoken since or not), running."""
    if not figures.cases:
        return figures
    groups: dict[str, list[str]] = {"confirmed": []}
    for case in figures.cases:
        groups["confirmed"].append(case.document)
        groups.setdefault(outcome(case, hours(knowledge), figures.as_of), []).append(case.document)
        if case.first_statement_at:
            groups.setdefault("stated", []).append(case.document)
    return replace(figures, groups={**figures.groups, "impact": {name: tuple(keys) for name, keys in groups.items()}})


def outcome(case: Case, limit: int, as_of: datetime) -> str:
    """ "in_time", "late" or "running"."""
    assert case.impact_confirmed_at
    until = case.impact_confirmed_at + timedelta(hours=limit)
    if case.first_statement_at:
        return "in_time" if case.first_statement_at <= until else "late"
    return "late" if as_of > until else "running"
