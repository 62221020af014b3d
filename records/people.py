"""What people do, ask for and are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from records.meaning import Assessment, Reason, Story
from records.published import Document

Role = Literal["viewer", "analyst", "duty_officer", "province", "unit", "leader", "admin"]


@dataclass(frozen=True, slots=True)
class Officer:
    """A person with an account on the desk. The password hash stays in the store."""

    login: str
    name: str
    email: str
    roles: tuple[Role, ...]
    province: str | None = None
    unit: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """An analyst's answer for one task of one document. `new` is text; topics are joined by ";"."""

    document: str
    task: str
    """"relevance" | "sentiment" | "target" | "topics" | "feedback" | "provinces" | "acts" """
    old: str
    new: str
    by: str
    at: datetime
    reason: str = ""
    origin: Literal["correction", "random", "unsure", "second", "decision"] = "correction"
    """how the item came to be labelled: accuracy is measured on "random" only; "second" is a blind second answer, which
    measures agreement and is never in force; "decision" settles a disagreement"""


@dataclass(frozen=True, slots=True)
class Case:
    """What a person does about a flagged document."""

    document: str
    status: Literal["new", "acknowledged", "confirmed", "dismissed", "routed", "answered", "closed"]
    """acknowledged: a person looks at it; nobody else is called, the decision is still to come"""
    detected_at: datetime
    by: str | None = None
    at: datetime | None = None
    note: str = ""
    routed_to: str | None = None
    impact_confirmed_at: datetime | None = None
    """the human button that starts the 24-hour clock of NĐ 244/2026 Đ7.4"""
    first_statement_at: datetime | None = None
    impact_by: str | None = None
    statement_by: str | None = None
    version: int = 0
    """grows with every change: who changes a case says which version they saw"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A document together with the latest answers about it: one row of a list, a mail or a report."""

    document: Document
    assessment: Assessment
    reason: Reason
    story: Story | None
    near_duplicate_of: str | None
    judged_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    """task -> the human answer where one exists (it stands beside the machine's, never over it)"""
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Work the desk asks of the pipeline: train, roll back, test a source, fetch again, evidence pack."""

    id: str
    kind: str
    arguments: Mapping[str, Any]
    by: str
    at: datetime
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    progress: str = ""
    result: Mapping[str, Any] | None = None
