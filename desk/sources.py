"""The list of sources as people read it: how a source stands, in one word and in a sentence; filters in the address. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode

import records
import store
import vietnamese
from desk import words
from records import TROUBLES

PAGE = 50
WEEK = timedelta(days=7)
STATES = {
    "loi": "đang lỗi",
    "bi_chan": "bị chặn",
    "im_lang": "im lặng",
    "can_xem": "cần xem lại",
    "cho_thu": "chờ thử",
    "cho_nguoi": "chờ người bật",
    "chua_doc": "chưa đọc lần nào",
    "tam_dung": "tạm dừng",
    "dang_doc": "đang đọc",
}
"""in the order in which a person should look at them"""
LOOKS = {
    "loi": "negative", "bi_chan": "negative", "im_lang": "correct", "can_xem": "correct", "cho_thu": "correct",
    "cho_nguoi": "correct", "dang_doc": "positive",
}  # fmt: skip
"""how the word is set; others plainly"""
KINDS = {**{kind: words.KIND[kind] for kind in ("press", "official", "post")}, "search": "tìm tin theo từ khóa"}
TIERS = {"1": "toàn quốc", "2": "chuyên ngành, nhà nước", "3": "địa phương"}
GRADES = {"A": "đã đọc nhiều tháng", "B": "nhiều nơi nêu", "C": "một nơi nêu hoặc suy ra"}
KEPT = {"long": "dài", "normal": "thường", "short": "ngắn"}
SHUT_OUT = {"robots", "blocked"}
"""troubles that say that we are not wanted"""
FILTERS = ("q", "tinh_trang", "loai", "tinh", "cap")


def state(one: store.Brief) -> str:
    """A key of STATES: a person's word first, then the last poll, then what the watch found."""
    if one.standing != "read":
        return {"paused": "tam_dung", "test": "cho_thu", "person": "cho_nguoi"}[one.standing]
    if one.failures is None:
        return "chua_doc"
    if one.failures:
        return "bi_chan" if one.trouble in SHUT_OUT else "loi"
    if one.found:
        return "bi_chan" if "robots" in one.found else "im_lang" if "silent" in one.found else "can_xem"
    return "dang_doc"


def why(one: store.Listing) -> str:
    """The state in a sentence; "" of a source that is well."""
    how = state(one.brief)
    if how == "tam_dung" and one.switch:
        return f"{one.switch.by} tạm dừng lúc {vietnamese.time_text(one.switch.at)}: {one.switch.reason}"
    if how == "cho_thu":
        tried = f"thử lúc {vietnamese.time_text(one.trial.at)} nhưng chưa đọc được bài nào" if one.trial else ""
        return tried or "chưa ai thử đọc; thử được thì tự bật"
    if how == "cho_nguoi":
        return one.entry.note
    if how == "chua_doc":
        return "vừa vào danh sách, sẽ được đọc ở lượt tới"
    if one.state and one.state.failures:
        return failing(one.state)
    return "; ".join(finding.said for finding in one.findings)


def failing(how: store.SourceState) -> str:
    since = f"đọc được lần cuối {vietnamese.time_text(how.success_at)}" if how.success_at else "chưa đọc được lần nào"
    error = how.error or TROUBLES.get(how.trouble, "không rõ lý do")
    return f"lỗi {vietnamese.number_text(how.failures)} lần liền: {error}; {since}"


def least(one: store.Listing) -> int | None:
    """Fewest items it should have brought of late, of the days it has been read; None where nobody knows."""
    return one.entry.expected * min(one.hours, 7 * 24) // 24 if one.entry.expected else None


def waits(asked: records.Request, others: Sequence[records.Request]) -> str:
    """How far a request is that is not done: the pipeline does one thing after the other."""
    if asked.state == "running":
        return asked.progress or "máy đang làm"
    if any(one.state == "running" for one in others):
        return "máy đang làm một việc khác, sẽ đến lượt ngay sau đó"
    return "chờ máy nhận việc, thường trong vòng một phút"


def pace(entry: store.Entry) -> str:
    """ "5 đến 15 phút": the time between two polls."""
    first, last = (seconds / 60 for seconds in (entry.every, entry.at_most))
    if not first:
        return "chưa rõ"
    span = [vietnamese.number_text(round(minutes, 1)) for minutes in dict.fromkeys((first, max(first, last)))]
    return f"{' đến '.join(span)} phút"


def chosen(given: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address; impossible ones dropped."""
    allowed: dict[str, Iterable[str]] = {"tinh_trang": STATES, "loai": KINDS, "cap": TIERS}
    found = {name: vietnamese.nfc(given.get(name, "")).strip()[:200] for name in FILTERS}
    return {name: value for name, value in found.items() if value and value in allowed.get(name, (value,))}


def address(filters: Mapping[str, str], **changed: str | None) -> str:
    """The list with some filters changed; None drops one."""
    kept = {name: value for name, value in {**filters, **changed}.items() if value}
    return "/nguon" + (f"?{urlencode(kept)}" if kept else "")


def fits(one: store.Brief, filters: Mapping[str, str]) -> bool:
    """Whether a source has what is asked for, its state aside. Words are found with and without accents."""
    entry, sought = one.entry, vietnamese.fold(filters.get("q", "")).split()
    return (
        filters.get("loai", entry.kind) == entry.kind
        and filters.get("tinh", entry.province) == entry.province
        and filters.get("cap", str(entry.tier)) == str(entry.tier)
        and (not sought or all(word in searched(entry) for word in sought))
    )


@lru_cache(maxsize=10_000)
def searched(entry: store.Entry) -> str:
    return vietnamese.fold(" ".join((entry.source, entry.name, entry.homepage, entry.province, entry.note)))


def asked(every: Sequence[store.Brief], filters: Mapping[str, str]) -> tuple[list[store.Brief], Counter[str]]:
    """(the sources asked for, what a person should look at first; state -> how many with the other filters alone)."""
    near = [(state(one), one) for one in every if fits(one, filters)]
    order = list(STATES)
    found = [(how, one) for how, one in near if how == filters.get("tinh_trang", how)]
    found.sort(key=lambda pair: order.index(pair[0]))
    return [one for _, one in found], Counter(how for how, _ in near)
