"""What it means: the machine's answers, where a document belongs, why something was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Sentiment = Literal["negative", "neutral", "positive"]
Target = Literal["none", "agency_policy", "hospital", "employer", "fraudster", "private_insurer", "other"]
Feedback = Literal["none", "question", "complaint", "petition", "denunciation", "lawsuit", "suggestion", "praise"]
Clause = Literal["1a", "1b", "1c", "1d", "1e", "2", "3a", "3b", "3c", "4"]
Mode = Literal["commits", "reports", "refutes"]
Verdict = Literal["supported", "contradicted", "unchecked"]
TextField = Literal["title", "text"]
Decision = Literal["urgent", "daily", "weekly", "none"]


@dataclass(frozen=True, slots=True)
class Act:
    """A POTENTIAL prohibited act: a lead for a person, never a verdict. `start`/`end` count code points of the NFC field."""

    clause: Clause
    mode: Mode
    score: float
    field: TextField
    start: int
    end: int
    quote: str
    reason: str
    """one Vietnamese sentence an officer understands"""
    rule: str | None
    fact_id: str | None
    law: str
    """id of the version of the law in knowledge/law.toml"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement held against knowledge/facts.toml as valid on the item's date."""

    quote: str
    verdict: Verdict
    fact_id: str | None
    differs: str | None
    """the number or condition that differs, in Vietnamese"""
    legal_basis: str | None
    draft: str | None = None
    """short draft rebuttal for the officer, in Vietnamese"""


@dataclass(frozen=True, slots=True)
class Span:
    """Why an answer was given: a stretch of a field and its weight towards `label` of `task`."""

    task: str
    label: str
    field: TextField
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Indicator:
    """A scam indicator taken out before masking. `masked` may be shown; `value` is kept encrypted in the case."""

    kind: Literal["domain", "phone", "account", "app", "handle"]
    value: str
    masked: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The machine's answer for one text by one model. Relevance 0: the rest is empty."""

    id: str
    """id of the Text judged (for a stored document: its key)"""
    model: str
    relevance: Literal[0, 1, 2]
    relevance_score: float
    sentiment: Sentiment | None = None
    sentiment_scores: Mapping[str, float] | None = None
    target: Target | None = None
    topics: tuple[str, ...] = ()
    feedback: Feedback = "none"
    provinces: tuple[str, ...] = ()
    provinces_unsure: tuple[tuple[str, ...], ...] = ()
    acts: tuple[Act, ...] = ()
    claims: tuple[Claim, ...] = ()
    spans: tuple[Span, ...] = ()
    spam: bool = False
    """stuffed with BHXH phrases to sell something else: kept, but out of every figure and mail"""
    margins: Mapping[str, float] = field(default_factory=dict)
    """task -> how far the answer stood from another one, 0 to 1; what is close to 0 is asked of a person"""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text looks like for finding its copies: band hashes (candidate keys), the MinHash values
    and the few terms of its title used for same-event comparison."""

    bands: tuple[int, ...]
    minhash: tuple[int, ...]
    terms: Mapping[str, float]
    """term -> weight, L2-normalised, a sparse vector for same-event comparison"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored document that shares a band or a heavy term with the one being placed."""

    document: str
    story: str
    seen_at: datetime
    signature: Signature
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Which story a document belongs to. `merged` names stories found to be one (their ids live on as aliases)."""

    story: str
    near_duplicate_of: str | None
    signature: Signature
    similarity: float = 0.0
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A story as the store knows it. Its id is permanent once told."""

    id: str
    headline: str
    first_at: datetime
    last_at: datetime
    documents: int
    outlets: int
    told_urgent_at: datetime | None = None
    told_daily_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided. Stored, and shown."""

    decision: Decision
    code: str
    """stable machine name, e.g. "old_news", "told_story", "flag_severe" """
    text: str
    """the same for a person, in Vietnamese"""
