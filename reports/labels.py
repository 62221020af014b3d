"""The names, in Vietnamese, of the labels the figures are grouped by."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import vietnamese
from knowledge import Knowledge

SENTIMENT = {"positive": "tích cực", "neutral": "trung tính", "negative": "tiêu cực"}
KIND = {
    "press": "báo chí",
    "official": "trang của cơ quan nhà nước",
    "post": "mạng xã hội, diễn đàn",
    "report": "tin địa phương gửi về",
}
TARGET = {
    "agency_policy": "chính sách, cơ quan BHXH",
    "hospital": "cơ sở khám, chữa bệnh",
    "employer": "người sử dụng lao động",
    "fraudster": "đối tượng lừa đảo, trục lợi",
    "private_insurer": "doanh nghiệp bảo hiểm thương mại",
    "other": "đối tượng khác",
}
FEEDBACK = {
    "question": "câu hỏi",
    "complaint": "phản ánh, khiếu nại",
    "petition": "kiến nghị",
    "denunciation": "tố cáo",
    "lawsuit": "khởi kiện",
    "suggestion": "góp ý",
    "praise": "lời khen",
}
STATUS = {
    "new": "chưa xác minh",
    "acknowledged": "đang xác minh",
    "confirmed": "đã xác nhận",
    "routed": "đã chuyển đơn vị xử lý",
    "answered": "đã trả lời",
    "closed": "đã kết thúc",
    "dismissed": "đã bỏ cờ sau xác minh",
}
REPLY = {
    "answered": "đã trả lời",
    "routed": "đã chuyển đơn vị trả lời",
    "waiting": "chưa ghi nhận trả lời",
}
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def topic(topic_id: str, knowledge: Knowledge) -> str:
    """Name of a topic; "Chủ đề khác" for "khac" and for an id this version does not know."""
    try:
        return knowledge.topic(topic_id).name
    except KeyError:
        return "Chủ đề khác"


def act(clause: str, knowledge: Knowledge) -> str:
    """The act behind a clause code in words; the code itself where this version does not know it."""
    for known in knowledge.acts:
        if known.clause == clause:
            return known.words_vi
    return clause


def day(iso: str) -> str:
    """ "2026-09-02" -> "thứ Tư 02/09/2026"."""
    moment = date.fromisoformat(iso)
    return f"{WEEKDAYS[moment.weekday()]} {vietnamese.date_text(moment)}"


class Counted(Protocol):
    @property
    def dimension(self) -> str: ...
    @property
    def label(self) -> str: ...


def figure(of: Counted) -> str:
    """The id of a count."""
    return f"{of.dimension}/{of.label}"


def period(name: str) -> str:
    """ "tuần" of "2026-W36", "tháng" of "2026-09", "quý" of "2026-Q3", "năm" of "2026"."""
    return "tuần" if "-W" in name else "quý" if "-Q" in name else "tháng" if "-" in name else "năm"


def week(name: str) -> str:
    """ "2026-W36" -> "tuần 36/2026"."""
    year, _, number = name.partition("-W")
    return f"tuần {int(number)}/{year}"


def count(number: int) -> str:
    return vietnamese.number_text(number)
