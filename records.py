"""The words of Lắng Nghe: the things every room speaks about, as frozen dataclasses without behaviour.

This module imports nothing of the project. All times are aware datetimes (the store keeps UTC); all text is NFC.
What a record does *not* do: open files, read clocks, decide, or compute identities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Kind = Literal["press", "official", "post", "report"]
"""press: an outlet's article; official: a state body's page; post: a public social post or comment;
report: what a provincial office sent in."""

Sentiment = Literal["negative", "neutral", "positive"]
Target = Literal["none", "agency_policy", "hospital", "employer", "fraudster", "private_insurer", "other"]
Feedback = Literal["none", "question", "complaint", "petition", "denunciation", "lawsuit", "suggestion", "praise"]
Clause = Literal["1a", "1b", "1c", "1d", "1e", "2", "3a", "3b", "3c", "4"]
Mode = Literal["commits", "reports", "refutes"]
Verdict = Literal["supported", "contradicted", "unchecked"]
TextField = Literal["title", "text"]
Role = Literal["viewer", "analyst", "duty_officer", "province", "unit", "leader", "admin"]
Decision = Literal["urgent", "daily", "weekly", "none"]


# ---------------------------------------------------------------- what was published


@dataclass(frozen=True, slots=True)
class Document:
    """One published item as it was read. Its key is the canonical address (posts: platform + id;
    reports from provinces: content hash + receipt time)."""

    key: str
    kind: Kind
    source: str
    """id of the row in crawlers/sources.toml (or of the import) it came through"""
    outlet: str
    """name of the outlet, as printed for people"""
    url: str
    """address a person can open; empty where there is none"""
    title: str | None
    lead: str | None
    body: str | None
    """paragraphs joined by a blank line"""
    published_at: datetime | None
    first_seen: datetime
    modified_at: datetime | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    """bylines of press articles only"""
    author: str | None = None
    """keyed hash of a post's author; never a name"""
    method: str = ""
    """how it was read: "selectors", "json-ld", "trafilatura", "feed", "import", "report" """
    gaps: tuple[str, ...] = ()
    """what is missing or doubtful: "body", "date", "future_date", "old_date", "charset" """
    reach: int | None = None
    """engagement the source states (views, reactions), where it states one"""

    @property
    def text(self) -> str:
        """Lead and body as one text, joined by a blank line: what is judged, and what an act's offsets count in."""
        return "\n\n".join(part for part in (self.lead, self.body) if part)


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document's words; a new one is kept when the source changes them."""

    document: str
    seen_at: datetime
    digest: str
    title: str | None
    lead: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """What is handed to nlp: one text to judge. `date` None means "judge as of today"."""

    id: str
    title: str | None
    text: str
    date: date | None
    kind: Kind = "press"


# ---------------------------------------------------------------- what it means


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


# ---------------------------------------------------------------- what people do


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
    origin: Literal["correction", "random", "unsure", "decision"] = "correction"
    """how the item came to be labelled: accuracy is measured on "random" only"""


@dataclass(frozen=True, slots=True)
class Case:
    """What a person does about a flagged document."""

    document: str
    status: Literal["new", "confirmed", "dismissed", "routed", "answered", "closed"]
    detected_at: datetime
    by: str | None = None
    at: datetime | None = None
    note: str = ""
    routed_to: str | None = None
    impact_confirmed_at: datetime | None = None
    """the human button that starts the 24-hour clock of NĐ 244/2026 Đ7.4"""
    first_statement_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one recipient: a row of the outbox. `id` is deterministic and is the Message-ID for ever."""

    id: str
    kind: Literal["urgent", "daily", "weekly", "escalation", "alarm"]
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime
    documents: tuple[str, ...] = ()
    story: str | None = None
    attachments: tuple[Attachment, ...] = ()
    state: Literal["queued", "sending", "sent", "dead"] = "queued"
    attempts: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


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


# ---------------------------------------------------------------- what is counted


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story of the week: `keys` are its documents within the week."""

    story: str
    headline: str
    url: str
    outlet: str
    keys: tuple[str, ...]
    outlets: int
    sentiment: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Coverage of one source in a period."""

    source: str
    outlet: str
    collected: int
    expected: int | None
    errors: int
    last_success: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one closed week (Monday 00:00 to Monday 00:00, Asia/Ho_Chi_Minh).

    `groups` maps a dimension to label to the keys of the counted items; the figure is the number of keys:
    "all", "day", "sentiment", "target", "topic" (main topic), "province", "outlet", "kind", "feedback",
    "flag" (case status of items with an act of mode commits), "clause", "correction" (claims to be corrected).
    `before` has the same shape for the week before.
    """

    week: str
    """ISO week, "2026-W36" """
    start: datetime
    end: datetime
    as_of: datetime
    groups: Mapping[str, Mapping[str, tuple[str, ...]]]
    before: Mapping[str, Mapping[str, tuple[str, ...]]]
    stories: tuple[StoryLine, ...]
    coverage: tuple[SourceLine, ...]
    judged: Mapping[str, Judged] = field(default_factory=dict)
    """the items themselves, by key, where the report quotes them"""
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `langnghe doctor` and of the desk's health page."""

    what: str
    state: Literal["ok", "warning", "error"]
    text: str
    """in Vietnamese: what, where, and what to do"""


# ---------------------------------------------------------------- what can go wrong


class LangNgheError(Exception):
    """Lắng Nghe không làm được việc được giao."""


class BadInput(LangNgheError):
    """Dữ liệu đưa vào không dùng được; sửa dữ liệu rồi làm lại. Nothing was changed by it."""


class BadSetting(LangNgheError):
    """Thiếu hoặc sai một giá trị cấu hình; sửa langnghe.toml hoặc biến môi trường."""


class BadKnowledge(LangNgheError):
    """A file of knowledge/ or sources.toml is wrong; the message begins with FILE:LINE."""


class UnreadablePage(LangNgheError):
    """A fetched page lacks what a document needs. args: (url, what)."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(url, what)
        self.url, self.what = url, what

    def __str__(self) -> str:
        return f"{self.url}: {self.what}"


class BlockedAddress(LangNgheError):
    """The address guard refuses to connect: not a public address, or not http(s)."""


class StoreError(LangNgheError):
    """Kho dữ liệu không dùng được."""


class StoreUnreachable(StoreError):
    """Không mở được cơ sở dữ liệu; kiểm tra đường dẫn, quyền hoặc máy chủ rồi chạy lại."""


class StoreOutdated(StoreError):
    """Cơ sở dữ liệu thuộc phiên bản khác; sao lưu rồi chạy nâng cấp. Nothing was changed."""


class StoreFull(StoreError):
    """Đĩa đầy; giải phóng chỗ rồi chạy lại. What was already stored is kept."""


class StoreDamaged(StoreError):
    """Tệp cơ sở dữ liệu hoặc bản sao lưu bị hỏng; khôi phục từ bản sao lưu khác."""


class MailUnavailable(LangNgheError):
    """The mail server cannot be reached or says "later": try again."""


class MailRefused(LangNgheError):
    """The mail server refuses this recipient or message for good (5xx)."""
