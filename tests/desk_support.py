"""A desk over a real store with a few judged items, for the tests of the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

import config
import knowledge
import passwords
import store
from desk import app as desk_app
from records import Act, Assessment, Claim, Document, Message, Officer, Placement, Reason, Role, Signature

NOW = datetime(2026, 8, 20, 3, 0, tzinfo=UTC)
PASSWORD = "mật khẩu đủ dài để thử"
HASH = passwords.make(PASSWORD)
ROLES: tuple[Role, ...] = ("viewer", "analyst", "duty_officer", "province", "unit", "leader", "admin")
QUOTE = "nộp phí 500 nghìn để giữ thẻ"
SHARP = "<script>alert(1)</script> Chờ ba tháng không ai trả lời"


@dataclass
class Rig:
    app: FastAPI
    store: store.Store
    now: list[datetime]

    def client(self, login: str | None = None) -> TestClient:
        """A browser; signed in where a login is named."""
        client = TestClient(self.app, base_url="http://desk.test", follow_redirects=False)
        if login:
            answer = client.post("/dang-nhap", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client


def token(page: str) -> str:
    """The hidden field of a page's forms."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found, page[:500]
    return found[1]


def document(number: int, **changes: object) -> Document:
    plain = Document(
        f"https://bao.example/bai-{number}", "press", "bao", "Báo Thử", f"https://bao.example/bai-{number}",
        f"Tin thử số {number} về bảo hiểm y tế", "Sapô của tin.", "Nội dung của tin.", NOW - timedelta(hours=number), NOW,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def assessment(key: str, **changes: object) -> Assessment:
    plain = Assessment(
        key, "thử-1", 2, 0.98, "neutral", {"negative": 0.1, "neutral": 0.8, "positive": 0.1}, "none", ("bhyt_kcb",)
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def rig(place: Path, roles: tuple[Role, ...] = ROLES) -> Rig:
    """The desk on a fresh store: an account a role (login = role), four items, a mail, a report."""
    settings = config.Settings(
        data_dir=place, public_url="http://desk.test", desk=config.Desk(secure_cookies=False),
        author_key="a" * 40, desk_key="d" * 40, vault_key="v" * 40,
    )  # fmt: skip
    store.create(settings.database_url)
    kept = store.open(settings.database_url, vault_key=b"v" * 40)
    for role in roles:
        province = "Huế" if role == "province" else None
        kept.officers.add(Officer(role, f"Người {role}", f"{role}@thu.example", (role,), province), HASH)
    fill(kept)
    now = [NOW]
    return Rig(desk_app.create(settings, kept, knowledge.load(), lambda: now[0]), kept, now)


def fill(kept: store.Store) -> None:
    body = f"Gọi số này và {QUOTE}, chia sẻ gấp."
    flagged = document(1, title="Thông báo mạo danh", lead=None, body=body)
    start = body.index(QUOTE)
    act = Act(
        "3c",
        "commits",
        0.93,
        "text",
        start,
        start + len(QUOTE),
        QUOTE,
        "Đòi nộp tiền để giữ thẻ.",
        "scam-fee",
        None,
        "L104-2016",
    )
    claim = Claim(
        "tăng 30% từ 01/7/2026",
        "contradicted",
        "F006",
        "Quy định là 8%, bài viết ghi 30%.",
        "NĐ 162/2026",
        "Dự thảo trả lời.",
    )
    rows = [
        (flagged, assessment(flagged.key, acts=(act,), sentiment="negative", target="fraudster"), "urgent"),
        (
            document(2, title=SHARP),
            assessment(document(2).key, sentiment="negative", feedback="complaint", provinces=("Huế",)),
            "daily",
        ),
        (document(3), assessment(document(3).key, claims=(claim,)), "daily"),
        (document(4), assessment(document(4).key, relevance=1), "weekly"),
    ]
    for one, answer, decision in rows:
        kept.documents.keep(one)
        signature = Signature((hash(one.key) % 10**9,), (1, 2, 3), {"bảo hiểm": 1.0})
        placement = Placement(f"s-{store.short_id(one.key)}", None, signature)
        reason = Reason(decision, "test", "Lý do để thử.")  # type: ignore[arg-type]
        assert kept.settle(one, answer, placement, reason, [], NOW)
    mail = Message("11111111-2222-3333-4444-555555555555@thu.example", "daily", "duty_officer@thu.example", "Bản tin ngày",
                   "chữ thường", "<h1>Bản tin</h1><script>alert(1)</script>", NOW)  # fmt: skip
    kept.outbox.add([mail])
