"""What is counted, and how the product fares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from records.people import Case, Judged


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
    polls: int = 0
    usual: float | None = None
    """items of an ordinary period of this length: the median of eight earlier ones; None where fewer than four are known"""
    late: int = 0
    """items first seen more than a day after they were published"""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One counted item, as the lists of a report name it."""

    key: str
    title: str | None
    outlet: str
    kind: str
    url: str
    at: datetime
    story: str
    reach: int | None = None


@dataclass(frozen=True, slots=True)
class WeekLine:
    """What one ISO week counted: dimension -> label -> items. "story/all": stories; "stored/all": every judged document,
    about the field or not; "phrase": the last weeks only."""

    week: str
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Revision:
    """A count of an issued report that is another by now."""

    figure: str
    issued: int
    now: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one period, most often a closed week (Monday 00:00 to Monday 00:00, Asia/Ho_Chi_Minh).

    `groups` maps a dimension to label to the keys of the counted items; the figure is the number of keys:
    "all", "day", "sentiment", "target", "topic" (main topic), "province", "outlet", "kind", "feedback",
    "flag" (case status of items with an act of mode commits), "clause", "correction" (claims to be corrected),
    "reply" (what became of feedback: answered, routed, waiting), "refute" (news that refutes
    an act), "message" and "message_exact" (campaign messages told),
    "phrase" (words of headlines that several stories share), "week" (ISO week), "impact" (cases whose impact was
    confirmed in the period). `before` has the same shape for the period of the same length before, without phrases.
    """

    week: str
    """ISO week "2026-W36"; month "2026-09", quarter "2026-Q3", year "2026" """
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
    items: tuple[ItemLine, ...] = ()
    """the counted items, the earliest first"""
    stories_before: Mapping[str, str] = field(default_factory=dict)
    """key -> story of the items of `before`"""
    history: tuple[WeekLine, ...] = ()
    """the full ISO weeks up to the end of the period, the oldest first, since documents are collected"""
    sample: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    """task -> human answer -> machine's answer -> items, of the random sample alone"""
    stated: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    """the same as the model's card states it, for where the sample is too small"""
    cases: tuple[Case, ...] = ()
    """the cases whose impact was confirmed in the period"""
    carried: tuple[str, ...] = ()
    """the dimensions that are recorded at all: a count of any other is not known, rather than zero"""
    revised: tuple[Revision, ...] = ()
    """counts of the report before this one that are others by now"""


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `langnghe doctor` and of the desk's health page."""

    what: str
    state: Literal["ok", "warning", "error"]
    text: str
    """in Vietnamese: what, where, and what to do"""


PROBLEMS = {
    "page": "trang không đọc được",
    "feed": "RSS không đọc được",
    "sitemap": "sitemap không đọc được",
    "listing": "trang danh mục không đọc được",
    "judge": "tin không đánh giá được",
    "mail": "thư không gửi được",
    "report": "báo cáo tuần",
    "disk": "đĩa",
    "source": "nguồn tin",
    "silent": "nguồn im lặng",
    "platform": "giao diện của mạng xã hội",
    "network": "mạng",
    "mailbox": "hộp thư báo tin",
    "tsa": "cơ quan cấp dấu thời gian",
    "job": "việc tự động bị lỗi",
}
"""code of a problem counted in the store -> how the doctor and the desk say it"""

TROUBLES = {
    "network": "không tới được máy chủ",
    "http": "máy chủ trả lời lỗi",
    "wait": "máy chủ yêu cầu chờ",
    "robots": "robots.txt không cho phép",
    "gone": "địa chỉ không còn (404, 410)",
    "content": "không phải RSS, sitemap hay trang danh mục đọc được",
    "blocked": "lớp bảo vệ từ chối",
    "token": "khóa truy cập thiếu, hết hạn hoặc không đủ quyền",
    "quota": "đã dùng hết hạn mức của nền tảng",
}
"""code of what keeps a source from being read -> how an operator is told"""
