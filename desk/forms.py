"""The knowledge's entries as forms: each field as text a person can edit, and back. Pure; `knowledge.load` checks it.

A list is one entry a line; phrases that must stand together are one group a line, parted by commas; a number is one line
of parts parted by "|".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import vietnamese
from knowledge import Campaign, Fact, LawClause, LawVersion, Number

Shape = Literal["line", "text", "date", "list", "groups", "numbers", "codes", "choice"]
NUMBER = ("name", "value", "unit", "words", "op", "wrong", "valid_from", "valid_to")
"""the parts of a number's line, in order"""


@dataclass(frozen=True, slots=True)
class Field:
    """`hint`: how to fill it in; `choices`: value -> words, of a "choice"; `blank`: said even when it is empty."""

    name: str
    label: str
    shape: Shape
    required: bool = False
    hint: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    blank: bool = False


SAME = {value: value for value in ("nguyên văn", "báo dẫn", "tóm lược", "dịch")}
CAMPAIGN_KINDS = {
    "message": "thông điệp", "theme": "chủ đề", "theme_en": "chủ đề tiếng Anh", "event": "sự kiện", "motto": "khẩu hiệu",
    "phrase": "cụm từ", "principle": "phương châm", "topic_line": "dòng chủ đề", "mandate": "nhiệm vụ",
    "indicator_set": "bộ chỉ tiêu", "target": "chỉ tiêu", "baseline": "số liệu nền", "kpi_form": "biểu mẫu chỉ tiêu",
}  # fmt: skip
FROM = Field("valid_from", "Có hiệu lực từ ngày", "date", hint="ngày/tháng/năm, ví dụ 01/9/2026")
UNTIL = Field("valid_to", "Đến hết ngày", "date", hint="bỏ trống: còn hiệu lực")
FORMS: dict[str, tuple[Field, ...]] = {
    "fact": (
        Field("id", "Mã", "line", True, "chữ và số, ví dụ F101"),
        Field("kind", "Loại", "choice", True, choices={
            "rule": "quy định", "figure": "số liệu đã công bố", "event": "sự việc có thật", "notice": "thông báo, bác bỏ",
        }),
        Field("statement", "Nội dung đúng", "text", True),
        Field("about", "Nhận ra bằng", "groups", True, "mỗi dòng một nhóm từ, cách nhau dấu chấm phẩy; câu phải có từ của mọi nhóm"),
        Field("unless", "Trừ khi có", "list", hint="mỗi dòng một cụm từ"),
        Field("numbers", "Con số", "numbers", hint="mỗi dòng: tên | giá trị | đơn vị | từ; từ | = | số sai; số sai | từ ngày | đến ngày"),
        FROM, UNTIL,
        Field("legal_basis", "Căn cứ pháp lý", "line"),
        Field("false_variants", "Tin sai đã gặp", "list", hint="mỗi dòng một câu"),
        Field("topic", "Mã chủ đề", "line"),
        Field("sources", "Nguồn", "list", True, "mỗi dòng một nguồn: số văn bản, ngày, địa chỉ"),
        Field("confidence", "Mức chắc chắn", "choice", True, choices={
            "read": "đã đọc văn bản", "press": "theo báo chí", "computed": "tính ra",
        }),
        Field("note", "Ghi chú", "line"),
    ),
    "law": (
        Field("id", "Mã phiên bản", "line", True),
        Field("name", "Tên luật", "line", True),
        Field("article", "Điều", "line", hint="ví dụ Điều 11; bỏ trống khi chưa có văn bản", blank=True),
        Field("valid_from", "Có hiệu lực từ ngày", "date", True), UNTIL,
        Field("status", "Tình trạng", "choice", choices={"đủ văn bản": "đủ văn bản", "cần cập nhật": "cần cập nhật"}),
        Field("note", "Câu ghi cạnh cảnh báo", "line"),
        Field("source", "Nguồn", "line", True),
    ),
    "clause": (
        Field("version", "Mã phiên bản luật", "line", True),
        Field("number", "Khoản", "line", True, "ví dụ khoản 1"),
        Field("codes", "Mã hành vi", "codes", True, "cách nhau dấu chấm phẩy, ví dụ 1a; 1b"),
        Field("text", "Nguyên văn", "text", True),
    ),
    "campaign": (
        Field("id", "Mã", "line", True),
        Field("kind", "Loại", "choice", True, choices=CAMPAIGN_KINDS),
        Field("text", "Nội dung", "text", True),
        Field("document", "Văn bản", "line", True),
        Field("wording", "Cách dẫn", "choice", True, choices=SAME),
        Field("period", "Giai đoạn", "line", True),
        Field("status", "Tình trạng", "choice", True, choices={"đang áp dụng": "đang áp dụng", "lịch sử": "lịch sử"}),
        Field("date", "Ngày", "line"),
        Field("number", "Con số", "line"),
        Field("unit", "Đơn vị", "line"),
        Field("track", "Cách theo dõi", "line"),
        Field("source", "Nguồn", "line"),
    ),
}  # fmt: skip
NAMES = {"fact": "sự thật", "law": "phiên bản luật", "clause": "khoản của luật", "campaign": "thông điệp"}
UNITS = (
    "dong (đồng)", "percent (%)", "percent_per_day (%/ngày)", "years", "months", "weeks", "days", "working_days",
    "age_months (tuổi tính bằng tháng)", "people", "places", "items", "times",
)  # fmt: skip
"""the units a number may have, for the hint"""
KEPT = {"fact": ("source_date", "refuted_officially", "refuted_sources")}
"""keys the form does not show, carried over from the entry that is edited"""


def shown(kind: str, entry: Fact | LawVersion | LawClause | Campaign) -> dict[str, str]:
    """Field -> text of an entry."""
    return {field.name: _shown(field.shape, getattr(entry, field.name)) for field in FORMS[kind]}


def said(kind: str, content: Mapping[str, Any]) -> dict[str, str]:
    """Field -> text of an entry as JSON has it (a proposal)."""
    return {field.name: _said(field.shape, content.get(field.name)) for field in FORMS[kind]}


def _said(shape: Shape, value: Any) -> str:
    if value is None:
        return ""
    if shape == "date":
        return _shown(shape, date.fromisoformat(value))
    if shape == "numbers":
        return _shown(shape, [_as_number(one) for one in value])
    return _shown(shape, value)


def _as_number(one: Mapping[str, Any]) -> Number:
    days = {key: date.fromisoformat(one[key]) for key in ("valid_from", "valid_to") if one.get(key)}
    lists = {key: tuple(one.get(key, ())) for key in ("words", "wrong")}
    return Number(**{**one, **days, **lists})


def _shown(shape: Shape, value: Any) -> str:
    if value is None:
        return ""
    if shape == "date":
        return f"{value.day:02}/{value.month:02}/{value.year}"
    if shape == "list":
        return "\n".join(value)
    if shape == "groups":
        return "\n".join("; ".join(group) for group in value)
    if shape == "codes":
        return "; ".join(value)
    if shape == "numbers":
        return "\n".join(_number_line(number) for number in value)
    return str(value)


def _number_line(number: Any) -> str:
    parts = (
        number.name, _plain(number.value), number.unit, "; ".join(number.words), number.op,
        "; ".join(map(_plain, number.wrong)), _shown("date", number.valid_from), _shown("date", number.valid_to),
    )  # fmt: skip
    return " | ".join(parts).rstrip(" |")


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def read(kind: str, given: Mapping[str, str], kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The entry of a filled-in form, as JSON values; an empty field is left out. Raises ValueError with what is wrong.

    `kept`: keys the form does not show."""
    content: dict[str, Any] = dict(kept or {})
    for field in FORMS[kind]:
        text = vietnamese.nfc(given.get(field.name, "").replace("\r\n", "\n")).strip()
        if not text and field.required:
            raise ValueError(f"{field.label}: chưa điền")
        if field.shape == "choice" and text and text not in field.choices:
            raise ValueError(f"{field.label}: không có lựa chọn này")
        if text or field.blank:
            content[field.name] = _read(field, text)
    return content


def _read(field: Field, text: str) -> Any:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if field.shape == "date":
        return _day(field.label, text)
    if field.shape == "list":
        return lines
    if field.shape == "groups":
        return [_parts(line) for line in lines]
    if field.shape == "codes":
        return _parts(text)
    if field.shape == "numbers":
        return [_number(field.label, line) for line in lines]
    return " ".join(lines) if field.shape == "line" else text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _day(label: str, text: str) -> str:
    day, *rest = (part.strip() for part in text.replace("-", "/").split("/"))
    try:
        month, year = rest
        if len(day) == 4:
            day, year = year, day
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise ValueError(f"{label}: ngày viết như 01/9/2026") from None


def _number(label: str, line: str) -> dict[str, Any]:
    parts = dict(zip(NUMBER, (part.strip() for part in line.split("|")), strict=False))
    try:
        found: dict[str, Any] = {"name": parts["name"], "value": float(parts["value"]), "unit": parts["unit"]}
        wrong = [float(one) for one in _parts(parts.get("wrong", ""))]
    except (KeyError, ValueError):
        raise ValueError(
            f"{label}: dòng “{line}” cần ít nhất tên | giá trị | đơn vị, số thập phân dùng dấu chấm"
        ) from None
    words = _parts(parts.get("words", ""))
    found |= {"words": words} if words else {}
    found |= {"op": parts["op"]} if parts.get("op") else {}
    found |= {"wrong": wrong} if wrong else {}
    return found | {key: _day(label, parts[key]) for key in ("valid_from", "valid_to") if parts.get(key)}


def changes(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(field, before, after) of the fields that differ, as shown."""
    return [
        (field.label, old.get(field.name, ""), new.get(field.name, ""))
        for field in FORMS[kind]
        if old.get(field.name, "") != new.get(field.name, "")
    ]
