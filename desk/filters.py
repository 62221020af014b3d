"""The list's filters: from the address of the page to what the store is asked, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import Request

import knowledge
import store
import vietnamese
from desk import words
from desk.access import Visit
from records import Clause

PAGE = 40
LONGEST = 200
CHOICES: dict[str, tuple[str, ...]] = {
    "sac_thai": tuple(words.SENTIMENT),
    "doi_tuong": tuple(words.TARGET),
    "phan_anh": ("any", *(name for name in words.FEEDBACK if name != "none")),
    "loai": tuple(words.KIND),
    "vu_viec": ("open", *words.CASE),
    "muc": ("urgent", "daily"),
    "dieu": get_args(Clause),
}
VIEWS: dict[str, dict[str, Any]] = {
    "vi_pham": {"mode": "commits"},
    "dinh_chinh": {"correction": True},
    "can_tra_loi": {"feedback": "any", "unanswered": True},
    "don_vi": {"feedback": "any", "unanswered": True},
    "chua_ro_tinh": {"unsure": True},
    "rac": {"spam": True, "relevance": (0, 1, 2)},
    "tat_ca": {"relevance": (0, 1, 2), "spam": None},
}
"""value of `xem` -> what it fixes"""
STREAMS = {
    None: "Tin liên quan",
    "vi_pham": "Khả năng vi phạm",
    "dinh_chinh": "Cần đính chính",
    "can_tra_loi": "Phản ánh chưa trả lời",
    "don_vi": "Phản ánh thuộc đơn vị tôi",
    "chua_ro_tinh": "Cần xác định tỉnh",
    "rac": "Tin rác",
    "tat_ca": "Mọi tin đã thu thập",
}
NAMES = {
    "q": "Tìm", "tu": "Từ ngày", "den": "Đến ngày", "sac_thai": "Sắc thái", "doi_tuong": "Đối tượng", "chu_de": "Chủ đề",
    "tinh": "Tỉnh, thành phố", "phan_anh": "Phản ánh", "dieu": "Hành vi", "loai": "Loại nguồn", "muc": "Mức báo",
    "vu_viec": "Vụ việc", "co_quan": "Cơ quan báo chí", "chuyen": "Đã chuyển đến", "dien_bien": "Câu chuyện",
}  # fmt: skip
"""every filter of the list -> its name; `xem` and `trang` stand beside them"""
FIRST = {"q", "tu", "den", "sac_thai", "chu_de"}
"""filters shown at once; the others unfold"""


def values(request: Request) -> dict[str, str]:
    """The filters of this page's address, cleaned."""
    return cleaned(request.query_params)


def cleaned(given: Mapping[str, str]) -> dict[str, str]:
    """Filters with unknown names and impossible values dropped."""
    found = {name: vietnamese.nfc(value).strip()[:LONGEST] for name, value in given.items() if value.strip()}
    for name, allowed in CHOICES.items():
        if found.get(name) not in allowed:
            found.pop(name, None)
    if found.get("xem") not in VIEWS:
        found.pop("xem", None)
    return {name: value for name, value in found.items() if name in {*NAMES, "xem", "trang"}}


async def filled(request: Request) -> dict[str, str]:
    """The filters among the fields of a form."""
    return {name: str(value) for name, value in (await request.form()).items() if name in {*NAMES, "xem"}}


def asked(chosen: dict[str, str], visit: Visit) -> store.Filter:
    """What the store is asked. A provincial office asks for its own province and what was handed to it."""
    fixed = dict(VIEWS.get(chosen.get("xem", ""), {}))
    feedback = fixed.pop("feedback", None)
    until = day(chosen.get("den"))
    return store.Filter(
        query=chosen.get("q", ""),
        start=day(chosen.get("tu")),
        end=until + timedelta(days=1) if until else None,
        sentiment=chosen.get("sac_thai"),
        target=chosen.get("doi_tuong"),
        topic=chosen.get("chu_de"),
        topics=(visit.topics or ("—",)) if chosen.get("xem") == "don_vi" else (),
        province=None if visit.province else chosen.get("tinh"),
        office=visit.province,
        routed_to=chosen.get("chuyen"),
        feedback=chosen.get("phan_anh") or feedback,
        outlet=chosen.get("co_quan"),
        kind=chosen.get("loai"),
        story=chosen.get("dien_bien"),
        case=chosen.get("vu_viec"),
        decision=chosen.get("muc"),
        clause=chosen.get("dieu"),
        **fixed,
    )


def day(text: str | None) -> datetime | None:
    """The beginning of a day written as 2026-09-01 (a date field) or 01/9/2026; None for anything else."""
    for read in (date.fromisoformat, lambda value: datetime.strptime(value, "%d/%m/%Y").date()):  # noqa: DTZ007
        try:
            return datetime.combine(read(text or ""), time(), vietnamese.HO_CHI_MINH)
        except ValueError:
            continue
    return None


def number(chosen: dict[str, str]) -> int:
    """The page of the list, from 1."""
    text = chosen.get("trang", "1")
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def address(chosen: dict[str, str], **changed: object) -> str:
    """The list's address with some filters changed; None drops one."""
    new = {**chosen, **{name: str(value) for name, value in changed.items() if value is not None}}
    kept = {name: value for name, value in new.items() if changed.get(name, "") is not None}
    return "/tin?" + urlencode(kept) if kept else "/tin"


def chips(known: knowledge.Knowledge, chosen: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(what a filter asks, in words; the address without it), in the order of the form."""
    for name, text in NAMES.items():
        if name in chosen:
            yield f"{text}: {spoken(known, name, chosen[name])}", address(chosen, **{name: None, "trang": None})


def spoken(known: knowledge.Knowledge, name: str, value: str) -> str:
    """The value of a filter as people read it."""
    if name == "chu_de":
        return words.topic(known, value)
    if name == "dieu":
        return known.act(value).name  # type: ignore[arg-type]
    choices = {
        "sac_thai": words.SENTIMENT, "doi_tuong": words.TARGET, "phan_anh": words.FEEDBACK | {"any": "mọi loại"},
        "loai": words.KIND, "muc": words.DECISION, "vu_viec": words.CASE | {"open": "đang mở"},
    }.get(name, {})  # fmt: skip
    return choices.get(value, value)
