"""The way around the desk: one table of pages, in groups; a visitor sees those a role of theirs opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import parse_qsl


class Visitor(Protocol):
    def may(self, what: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the navigation. `needs`: what a visitor must be allowed (access.MAY)."""

    address: str
    name: str
    needs: str
    here: bool = False


WAYS: dict[str, tuple[Way, ...]] = {
    "Việc hôm nay": (
        Way("/", "Hộp việc", "read"),
        Way("/tin", "Tin", "read"),
        Way("/tin?xem=vi_pham&vu_viec=open", "Chờ xác minh", "read"),
        Way("/tin?xem=dinh_chinh", "Cần đính chính", "read"),
        Way("/tin?phan_anh=any", "Phản ánh, kiến nghị", "read"),
        Way("/gan-nhan", "Gán nhãn", "label"),
        Way("/tim-kiem", "Tìm kiếm đã lưu", "read"),
        Way("/so-bao-chi", "Sổ báo chí, thời hạn", "decide"),
        Way("/bao-tin", "Báo tin", "report_in"),
        Way("/lich-truc", "Lịch trực", "duty"),
        Way("/tam-im", "Tạm im cảnh báo", "duty"),
    ),
    "Toàn cảnh": (
        Way("/tong-quan", "Tổng quan", "overview"),
        Way("/bao-cao", "Báo cáo tuần", "reports"),
        Way("/thu", "Thư đã lập", "mails"),
    ),
    "Dữ liệu nền": (
        Way("/kien-thuc", "Sự thật, quy định", "know"),
        Way("/kien-thuc/luat", "Luật theo ngày", "know"),
        Way("/kien-thuc/thong-diep", "Thông điệp", "know"),
        Way("/kien-thuc/de-nghi", "Đề nghị sửa", "know"),
        Way("/nguoi-nhan", "Người nhận thư", "people"),
    ),
    "Hệ thống": (
        Way("/toi", "Tài khoản của tôi", "self"),
        Way("/nhan", "Nhãn, Label Studio", "label"),
        Way("/may-da-hoc", "Máy đã học gì", "learning"),
        Way("/nguon", "Nguồn tin", "health"),
        Way("/suc-khoe", "Sức khỏe", "health"),
        Way("/viec", "Việc giao máy", "requests"),
        Way("/tai-khoan", "Tài khoản", "people"),
        Way("/khoa-api", "Khóa API", "people"),
        Way("/chu-the", "Yêu cầu của chủ thể dữ liệu", "subjects"),
        Way("/nhat-ky", "Nhật ký", "people"),
    ),
}


def ways(visit: Visitor | None, path: str, query: str) -> Iterator[tuple[str, list[Way]]]:
    """(group, its lines) that this visitor may open; `here` marks the line of the page shown."""
    here = _here(path, query)
    for group, lines in WAYS.items():
        open_to = [replace(way, here=way.address == here) for way in lines if visit and visit.may(way.needs)]
        if open_to:
            yield group, open_to


def _here(path: str, query: str) -> str:
    """The line a page belongs to: of one path, the one whose filters the page has most of; else the nearest above it."""
    asked = set(parse_qsl(query))
    lines = [way.address for group in WAYS.values() for way in group]
    fitting = [one for one in lines if one.partition("?")[0] == path and set(parse_qsl(one.partition("?")[2])) <= asked]
    above = [one for one in lines if "?" not in one and path.startswith(one + "/")]
    return max(fitting or above, key=len, default="")
