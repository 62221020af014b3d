"""The inbox: what waits for whom. A section is a view of the list, so "all of them" is one address away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import store
import vietnamese
from desk import filters
from desk.access import EVERYONE, Visit
from records import Judged, Role

SHOWN = 5
COUNTED = 200
"""counting ends here: "200 trở lên" says enough, and stays quick in a large store"""


@dataclass(frozen=True, slots=True)
class View:
    """What one section asks. `today`: only items of today; `mine`: only what was routed to the visitor."""

    name: str
    chosen: dict[str, str]
    roles: frozenset[Role]
    done: str
    """what to say where nothing waits"""
    today: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    view: View
    address: str
    items: list[Judged]
    count: int

    @property
    def count_text(self) -> str:
        return f"{vietnamese.number_text(self.count)}{' trở lên' if self.count >= COUNTED else ''}"


def roles(*names: Role) -> frozenset[Role]:
    return frozenset(names)


VIEWS = (
    View(
        "Khẩn, chờ xác minh", {"muc": "urgent", "vu_viec": "new"}, roles("duty_officer", "leader", "admin"),
        "Không có tin khẩn nào chờ xác minh.",
    ),
    View(
        "Vụ việc đang mở", {"vu_viec": "open"}, roles("duty_officer", "leader", "admin"),
        "Mọi vụ việc đã được xử lý xong.",
    ),
    View(
        "Chuyển đến đơn vị của bạn", {"vu_viec": "open"}, roles("unit", "province"),
        "Chưa có vụ việc nào được chuyển đến.", mine=True,
    ),
    View(
        "Phản ánh thuộc đơn vị của bạn", {"xem": "don_vi"}, roles("unit"),
        "Không có phản ánh nào thuộc chủ đề của đơn vị.",
    ),
    View(
        "Phản ánh, kiến nghị cần trả lời", {"xem": "can_tra_loi"}, roles("duty_officer", "province", "viewer"),
        "Không có phản ánh nào. Phản ánh mới sẽ hiện ở đây.",
    ),
    View(
        "Thông tin cần đính chính", {"xem": "dinh_chinh"}, roles("duty_officer", "unit", "analyst"),
        "Không có thông tin nào trái quy định.",
    ),
    View(
        "Cần xác định tỉnh", {"xem": "chua_ro_tinh"}, roles("analyst"),
        "Mọi tin đã rõ tỉnh, thành phố.",
    ),
    View("Tin hôm nay", {}, EVERYONE, "Hôm nay chưa có tin nào. Xem tin các ngày trước trong mục Tin.", today=True),
)  # fmt: skip


def sections(kept: store.Store, visit: Visit, now: datetime) -> Iterator[Section]:
    """The sections of this visitor's roles, in order of urgency."""
    for view in VIEWS:
        if not view.roles & set(visit.officer.roles):
            continue
        chosen = dict(view.chosen)
        if view.today:
            chosen["tu"] = now.astimezone(vietnamese.HO_CHI_MINH).date().isoformat()
        if view.mine:
            chosen["chuyen"] = visit.officer.province or visit.officer.unit or "—"
        asked = filters.asked(chosen, visit)
        found = kept.judged.page(asked, SHOWN)
        count = kept.judged.count(asked, COUNTED) if len(found) == SHOWN else len(found)
        yield Section(view, filters.address(chosen), found, count)


def notes(kept: store.Store, visit: Visit) -> Iterator[tuple[str, str]]:
    """(what else waits for this visitor, where): edits to approve, sources that cannot be read, mails that are dead."""
    if visit.may("approve"):
        edits = [edit for edit in kept.edits.list("waiting") if edit.proposed_by != visit.officer.login]
        if edits:
            yield f"{len(edits)} đề nghị sửa kiến thức chờ người duyệt.", "/kien-thuc/de-nghi"
    if "analyst" in visit.officer.roles and (waiting := sum(kept.queues.waiting(visit.officer.login).values())):
        yield f"{vietnamese.number_text(waiting)} câu hỏi của máy chờ người gán nhãn.", "/gan-nhan"
    if visit.may("people"):
        silent = sum(1 for state in kept.sources.health() if state.failures)
        if silent:
            yield f"{silent} nguồn đang không đọc được.", "/suc-khoe"
        if dead := kept.outbox.counts().get("dead", 0):
            yield f"{dead} thư không gửi được.", "/thu"
