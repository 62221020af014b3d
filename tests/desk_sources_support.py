"""A desk whose list has a source in every state, for the tests of its pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import store
from tests.desk_support import NOW, Rig, rig


def entry(source: str, name: str = "", **changes: object) -> store.Entry:
    home = f"https://{source}.example"
    plain: dict[str, object] = {
        "source": source, "name": name or f"Báo {source}", "homepage": f"{home}/", "kind": "press", "tier": 3, "grade": "C",
        "evidence": "một nơi nêu", "province": "Huế", "waits_for": "", "expected": 5, "note": "", "lists": (f"{home}/rss",),
        "every": 300, "at_most": 900, "kept": "long",
    }  # fmt: skip
    return store.Entry(**(plain | changes))  # type: ignore[arg-type]


HOSTILE = "<img src=x onerror=alert(1)>\u202e"
SOURCES = (
    entry("khoe", "Báo Khỏe Mạnh", province="Hà Nội", tier=1, grade="A"),
    entry("hong", "Báo Hỏng"),
    entry("cam", "Báo Cấm"),
    entry("im", "Báo Im Lặng"),
    entry("doi", "Báo Đổi Giao Diện"),
    entry("cho", "Cổng Chờ Thử", kind="official", waits_for="test", expected=0),
    entry("dien-dan", "Diễn đàn", kind="post", waits_for="person", note="đọc điều khoản trước", expected=0),
    entry("moi", "Báo Mới Thêm"),
    entry("nghi", "Báo Tạm Nghỉ"),
    entry("xau", f"Báo {HOSTILE}", homepage="javascript:alert(1)", province=HOSTILE, note=HOSTILE),
)


def listed(place: Path) -> Rig:
    """The desk with these sources and what happened to them."""
    desk = rig(place)
    fill(desk.store)
    return desk


def fill(kept: store.Store) -> None:
    kept.catalogue.publish(SOURCES)
    for source in ("khoe", "hong", "cam", "im", "doi", "nghi", "xau"):
        kept.sources.polled(source, NOW - timedelta(days=9), True, items=20, new=20)
        kept.sources.polled(source, NOW - timedelta(days=2), True, items=20, new=40 if source == "khoe" else 3, bare=1)
    kept.sources.polled("khoe", NOW - timedelta(minutes=5), True, items=20, new=1)
    kept.sources.polled("hong", NOW - timedelta(minutes=9), False, "hết giờ chờ", trouble="network")
    kept.sources.polled("cam", NOW - timedelta(minutes=9), False, "robots.txt không cho phép /rss", trouble="robots")
    kept.sources.polled("xau", NOW - timedelta(minutes=9), False, HOSTILE, trouble="http")
    kept.lists.asked("hong", "https://hong.example/rss", NOW, NOW + timedelta(minutes=20), "network")
    kept.listings.watched(
        [("im", "silent", "không có tin mới từ hôm kia"), ("doi", "rebuilt", "trang đã đổi giao diện")], NOW
    )
    kept.runs.note_problem("page", "hong", "không có tiêu đề", NOW - timedelta(hours=1))
    kept.catalogue.switch("nghi", False, "tòa soạn đề nghị", "admin", NOW - timedelta(days=1))


def looked(kept: store.Store) -> tuple[str, str]:
    """(a look at a new site that found something, one that is still waiting); nothing else may wait."""
    number, _ = kept.requests.join("find_source", {"what": "https://bao-moi.example"}, "analyst", NOW)
    taken = kept.requests.take(NOW)
    assert taken and taken.id == number
    row = {
        "id": "bao-moi-example", "name": "Báo Mới", "homepage": "https://bao-moi.example/", "kind": "press", "tier": 2,
        "expected": 6, "waits_for": "", "note": "",
    }  # fmt: skip
    told = [["RSS", "https://bao-moi.example/rss/home.rss"], ["Mẫu địa chỉ bài", r"-\d{4,}\.\w{3,5}$"],
            ["Bộ đọc", "chung (chưa có bộ đọc riêng cho trang này)"], ["Lượng tin", "khoảng 12 tin mỗi ngày"]]  # fmt: skip
    trial = "Báo Mới: 30 liên kết, đọc thử 5 bài\n  07:00 20/08/2026  Bài về thẻ bảo hiểm y tế  (412 âm tiết, đọc bằng trafilatura)"
    kept.requests.finish(number, {"text": "", "good": True, "source": row, "told": told, "trial": trial, "row": ""})
    waiting, _ = kept.requests.join("find_source", {"what": "https://bao-khac.example"}, "analyst", NOW)
    return number, waiting
