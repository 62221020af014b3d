"""Builders of synthetic records for the tests of alerts/. Everything has a default; a test names what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import knowledge
from records import Act, Assessment, Case, Claim, Document, Judged, Message, Reason, Story

NOW = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
"""07:00 26/11/2026 in Viet Nam"""
URL = "https://langnghe.example"
UNIT = "Trung tâm Truyền thông"


@cache
def facts() -> knowledge.Knowledge:
    return knowledge.load()


def document(key: str = "https://bao.example/1", **changes: Any) -> Document:
    values: dict[str, Any] = {
        "key": key,
        "kind": "press",
        "source": "bao",
        "outlet": "Báo Mẫu",
        "url": key if key.startswith("http") else "",
        "title": f"Tiêu đề của {key}",
        "lead": "Người lao động hỏi về thủ tục hưởng BHXH một lần.",
        "body": "Nội dung bài.",
        "published_at": NOW - timedelta(hours=2),
        "first_seen": NOW - timedelta(hours=1),
    }
    return Document(**(values | changes))


def act(clause: str = "1e", mode: str = "commits", score: float = 0.9, **changes: Any) -> Act:
    values: dict[str, Any] = {
        "clause": clause,
        "mode": mode,
        "score": score,
        "field": "text",
        "start": 0,
        "end": 9,
        "quote": "tải ngay ứng dụng VssID 4.0 tại vssid-bhxh.example",
        "reason": "Giới thiệu ứng dụng giả mạo VssID với tên miền không phải của cơ quan BHXH.",
        "rule": "fake_app",
        "fact_id": None,
        "law": "2016",
    }
    return Act(**(values | changes))


def claim(**changes: Any) -> Claim:
    values: dict[str, Any] = {
        "quote": "mức đóng BHYT tăng lên 6% từ tháng này",
        "verdict": "contradicted",
        "fact_id": "F031",
        "differs": "mức đóng hiện là 4,5%",
        "legal_basis": "Nghị định 188/2025/NĐ-CP",
        "draft": "Mức đóng BHYT hiện nay là 4,5%, chưa có thay đổi.",
    }
    return Claim(**(values | changes))


def assessment(relevance: int = 2, **changes: Any) -> Assessment:
    values: dict[str, Any] = {"id": "x", "model": "mô-hình-1", "relevance": relevance, "relevance_score": 0.95}
    if relevance:
        values |= {"sentiment": "neutral", "target": "none", "topics": ("bhxh_mot_lan",)}
    return Assessment(**(values | changes))


def story(id: str = "s1", **changes: Any) -> Story:
    values: dict[str, Any] = {
        "id": id,
        "headline": "Câu chuyện",
        "first_at": NOW - timedelta(hours=3),
        "last_at": NOW,
        "documents": 1,
        "outlets": 1,
    }
    return Story(**(values | changes))


def judged(key: str = "https://bao.example/1", **changes: Any) -> Judged:
    values: dict[str, Any] = {
        "document": document(key),
        "assessment": assessment(),
        "reason": Reason("daily", "relevant", "Nội dung chính nói về BHXH, BHYT, BHTN."),
        "story": None,
        "near_duplicate_of": None,
        "judged_at": NOW,
    }
    return Judged(**(values | changes))


def flagged(key: str = "https://bao.example/gia-mao", **changes: Any) -> Judged:
    values: dict[str, Any] = {
        "assessment": assessment(acts=(act(),)),
        "reason": Reason("urgent", "flag_severe", "Khả năng vi phạm, cần người xác minh: làm giả trang của cơ quan."),
        "case": Case(document=key, status="new", detected_at=NOW),
    }
    return judged(key, **(values | changes))


def message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "id": "8f14e45f-ceea-567f-a830-0d9d2e7b0001@langnghe.example",
        "kind": "daily",
        "recipient": "truc-ban@bhxh.example",
        "subject": "Bản tin ngày 26/11/2026",
        "text": "Xin chào\n.\nDòng có dấu chấm\n",
        "html": "<p>Xin chào</p>",
        "created_at": NOW,
    }
    return Message(**(values | changes))
