"""What the Centre knows, as frozen dataclasses: the fields of each are the keys its .toml file may have.

A field without a default must be given. All text is Vietnamese NFC; dates are plain dates, `valid_to` is the last day.
`verified_by` names the person who checked the entry against the signed document; empty: nobody yet.
What this file does *not* do: read files, or judge texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from records import Clause

Unit = Literal[
    "dong", "percent", "percent_per_day", "years", "months", "weeks", "days", "working_days", "age_months", "people",
    "places", "items", "times",
]  # fmt: skip
"""What a number counts. `dong`: VND, written out (2530000, not 2,53 triệu); `age_months`: 61 years 6 months = 738."""


@dataclass(frozen=True, slots=True)
class LawVersion:
    """The access-to-information law as in force between two dates: `knowledge/law.toml` [[version]]."""

    id: str
    name: str
    article: str
    """ "Điều 11"; empty while the text is not in the system"""
    valid_from: date
    valid_to: date | None = None
    status: Literal["đủ văn bản", "cần cập nhật"] = "đủ văn bản"
    note: str = ""
    """what a mail must say beside a flag under this version"""
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class LawClause:
    """The full text of the clause behind one or more act codes: [[clause]] of law.toml."""

    version: str
    codes: tuple[Clause, ...]
    number: str
    """ "khoản 1" """
    text: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Another legal basis for acts, in force between two dates: [[basis]] of law.toml."""

    id: str
    name: str
    article: str
    text: str
    clauses: tuple[Clause, ...]
    valid_from: date
    valid_to: date | None = None
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class ActInfo:
    """One act code in words. `severe`: a flag may ring at once; `human_only`: the machine may only suggest a look."""

    clause: Clause
    name: str
    words_vi: str
    """the act in words, fit to follow "khả năng: " """
    severe: bool
    label: str = "khả năng vi phạm, cần người xác minh"
    human_only: bool = False
    addressee: str = ""
    needs: str = ""
    never_alone: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One checkable number of a fact.

    A sentence that meets the fact's `about`, has one of `words` (any, where empty) and states a number of this `unit`
    speaks of this number; it agrees when `stated <op> value` holds ("=", "<=", ">="). `values` that differ by date have
    their own `valid_from`/`valid_to` within the fact's. `wrong`: values known from rumours, a strong sign.
    """

    name: str
    value: float
    unit: Unit
    words: tuple[str, ...] = ()
    op: Literal["=", "<=", ">="] = "="
    wrong: tuple[float, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A policy fact: `knowledge/facts.toml` [[fact]].

    kind: rule (a provision), figure (a published statistic), event (it really happened: telling of it is never false
    news), notice (an official denial or warning). `about`: every inner group must have one phrase in the sentence
    (lower case; abbreviations as in vietnamese.ABBREVIATIONS); `unless`: phrases that make it about something else.
    Words of one syllable ("nam", "nữ") mean what their accents say: without accents "nam" is also "năm".
    """

    id: str
    kind: Literal["rule", "figure", "event", "notice"]
    statement: str
    about: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...]
    confidence: Literal["read", "press", "computed"]
    topic: str | None = None
    unless: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str = ""
    source_date: str = ""
    false_variants: tuple[str, ...] = ()
    refuted_officially: Literal["no", "yes", "partly", "analogue"] = "no"
    refuted_sources: tuple[str, ...] = ()
    note: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """`phrases` are of press and law, `slang` of forums, `ambiguous` need context; `units` answer, best first."""

    id: str
    name: str
    phrases: tuple[str, ...]
    polarity: Literal["negative", "neutral", "positive", "mixed", "scam"]
    units: tuple[str, ...]
    slang: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    guard: str = ""
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provinces of 01/7/2025 with its predecessors and its social-insurance office."""

    stt: int
    name: str
    kind: Literal["tỉnh", "thành phố"]
    office: str
    former: tuple[str, ...]
    """names of the predecessors among the 63, itself first where it was one"""
    aliases: tuple[str, ...] = ()
    centre: str = ""
    """the predecessor where the administrative centre lies"""
    former_office: str = ""
    """BHXH khu vực from 12/5 to 30/6/2025"""
    resolution: str = ""
    note: str = ""
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class AmbiguousName:
    """A name that must never be guessed: `candidates` are provinces; one alone means the word has another sense."""

    word: str
    candidates: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class OfficeUnit:
    """Who can answer: a central unit, a provincial counterpart or a body outside BHXH Việt Nam."""

    id: str
    name: str
    kind: Literal["central", "provincial", "outside"]
    topics: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    """kinds of potential acts it hears of, whatever the topic"""
    note: str = ""
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """An official channel. Domains cover their sub-domains; numbers are compared by their digits."""

    kind: Literal["domain", "hotline", "phone", "page", "app"]
    value: str
    name: str
    status: Literal["đang dùng", "cần kiểm tra"] = "đang dùng"
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A legal time limit: `amount` of `unit` from `starts`."""

    id: str
    name: str
    amount: int
    unit: Literal["hours", "days", "working_days"]
    starts: str
    who: str
    legal_basis: str
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, or (`off` false) a weekend day worked in exchange."""

    day: date
    name: str
    off: bool = True
    status: Literal["theo luật", "theo thông báo", "dự kiến"] = "theo luật"
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A message, motto, mandate, target or baseline of the communication plans."""

    id: str
    kind: Literal[
        "theme", "theme_en", "message", "event", "motto", "phrase", "principle", "topic_line", "mandate",
        "indicator_set", "target", "baseline", "kpi_form",
    ]  # fmt: skip
    text: str
    document: str
    wording: Literal["nguyên văn", "báo dẫn", "tóm lược", "dịch"]
    period: str
    status: Literal["đang áp dụng", "lịch sử"]
    date: str = ""
    number: str = ""
    unit: str = ""
    track: str = ""
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class KnownFake:
    """A fake known from an official warning; `value` as it is met (".govvvn.com" is an ending)."""

    kind: Literal["domain", "phone", "app", "document", "phrase", "page"]
    value: str
    warned: str
    fact: str | None = None
    note: str = ""
    source: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator of the reports: [[measure]] of indicators.toml. `part` and `whole` are ids of figures ("dimension/label",
    "dimension/all"); with a `whole` it is the share of the two, without one a count. `target`: at least so much (of a share:
    percent)."""

    id: str
    name: str
    definition: str
    part: tuple[str, ...]
    document: str
    whole: tuple[str, ...] = ()
    target: float | None = None
    note: str = ""
    verified_by: str = ""
