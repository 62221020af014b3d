"""The list's filters: from the address of the page to what the store is asked, and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import Request

import store
import vietnamese
from desk import words
from desk.access import Visit

PAGE = 40
LONGEST = 200
CHOICES: dict[str, tuple[str, ...]] = {
    "sac_thai": tuple(words.SENTIMENT),
    "doi_tuong": tuple(words.TARGET),
    "phan_anh": ("any", *(name for name in words.FEEDBACK if name != "none")),
    "loai": tuple(words.KIND),
    "vu_viec": ("open", *words.CASE),
    "muc": ("urgent", "daily"),
}
VIEWS = {
    "vi_pham": {"mode": "commits"},
    "dinh_chinh": {"correction": True},
    "chua_ro_tinh": {"unsure": True},
    "rac": {"spam": True, "relevance": (0, 1, 2)},
    "tat_ca": {"relevance": (0, 1, 2), "spam": None},
}
"""value of `xem` -> what it fixes"""


def values(request: Request) -> dict[str, str]:
    """The filters of this page's address, cleaned: unknown names and impossible values are dropped."""
    found = {
        name: vietnamese.nfc(value).strip()[:LONGEST] for name, value in request.query_params.items() if value.strip()
    }
    for name, allowed in CHOICES.items():
        if found.get(name) not in allowed:
            found.pop(name, None)
    if found.get("xem") not in VIEWS:
        found.pop("xem", None)
    names = {*CHOICES, "xem", "q", "tu", "den", "chu_de", "tinh", "co_quan", "dien_bien", "trang"}
    return {name: value for name, value in found.items() if name in names}


def asked(chosen: dict[str, str], visit: Visit) -> store.Filter:
    """What the store is asked. A provincial office always asks for its own province."""
    fixed = VIEWS.get(chosen.get("xem", ""), {})
    until = day(chosen.get("den"))
    return store.Filter(
        query=chosen.get("q", ""),
        start=day(chosen.get("tu")),
        end=until + timedelta(days=1) if until else None,
        sentiment=chosen.get("sac_thai"),
        target=chosen.get("doi_tuong"),
        topic=chosen.get("chu_de"),
        province=visit.province or chosen.get("tinh"),
        feedback=chosen.get("phan_anh"),
        outlet=chosen.get("co_quan"),
        kind=chosen.get("loai"),
        story=chosen.get("dien_bien"),
        case=chosen.get("vu_viec"),
        decision=chosen.get("muc"),
        **fixed,  # type: ignore[arg-type]
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
    return "/?" + urlencode(kept) if kept else "/"
