"""What is counted, and how the product fares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from records.people import Judged


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
    "network": "mạng",
    "mailbox": "hộp thư báo tin",
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
}
"""code of what keeps a source from being read -> how an operator is told"""
