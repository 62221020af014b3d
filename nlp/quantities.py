"""Numbers with a unit in a text as read: 4,5 % · 2,34 triệu · 2 triệu 34 · 150 nghìn · 61 tuổi 6 tháng · 01/7/2026 · năm 2026.

Numbers are Vietnamese: "." parts thousands, "," decimals. This file knows no rule of social insurance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.reading import Part

_NUMBER = r"\d+(?:[.,]\d+)*"
_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10, "mười hai": 12,
    "mười lăm": 15, "hai mươi": 20, "hai chục": 20, "ba mươi": 30, "ba mươi lăm": 35, "năm mươi": 50, "sáu mươi": 60, "bảy mươi": 70,
    "bảy mươi lăm": 75, "bảy lăm": 75, "sáu hai": 62, "nửa": 0.5,
}  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPELLED = re.compile(rf" (?P<word>{_WORD}) (?=%|năm |tháng |ngày |tuổi |triệu |tỷ |nghìn |lần |trăm |chế độ |bệnh )")
_DATE = re.compile(
    r" (?:(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})|(?P<d2>\d{1,2})/(?P<m2>\d{1,2})|(?P<m3>\d{1,2})/(?P<y3>\d{4})"
    r"|thang (?P<m4>\d{1,2}) (?:nam )?(?P<y4>\d{4})|(?P<d5>\d{1,2}) thang (?P<m5>\d{1,2})(?: nam (?P<y5>\d{4}))?) "
)
_YEAR = re.compile(r" (?P<y>(?:19|20)\d\d) (?!dong |trieu |nghin |ty |nguoi |%)")
_SCALES = {"nghin": 1e3, "trieu": 1e6, "ty": 1e9, "dong": 1.0, "trieu ty": 1e15, "nghin ty": 1e12}
_MONEY = re.compile(
    rf" (?P<n>{_NUMBER}) (?P<s>nghin ty|trieu ty|nghin|trieu|ty|dong)(?: (?P<tail>\d{{1,3}})(?= (?!nam |thang |ngay |nguoi |%|tuoi |dau )))?"
)
_BIG = re.compile(r" (?P<n>\d{1,3}(?:[.,]000|\.\d{3}){1,3}) ")
_AGE = re.compile(
    rf" (?P<y>{_NUMBER}) tuoi(?: (?:va )?(?P<m>\d{{1,2}}) thang)?| tuoi (?P<y2>\d{{2}}) |(?: nam| nu) (?P<y3>\d\d) (?=[,.;]|nu |nam |thi |moi )"
)
_PLAIN = re.compile(rf" (?P<n>{_NUMBER}) (?P<u>%|nam|thang|ngay|lan|gio|benh|nguoi|che do|tinh|dau)(?= )")
_BARE = re.compile(rf" (?P<n>{_NUMBER})(?= )")
_UNITS = {"nam": "năm", "thang": "tháng", "ngay": "ngày", "lan": "lần", "%": "%", "benh": "bệnh", "nguoi": "người"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`unit`: "%", "vnd", "năm", "tháng", "ngày", "tuổi" (years, months as a fraction), "lần", "date" (yyyymmdd), "year", "#"."""

    unit: str
    value: float
    start: int
    end: int


def number(text: str) -> float | None:
    """ "2.530.000" -> 2530000, "4,5" -> 4.5, "4.5" -> 4.5; None when it is no number."""
    if re.fullmatch(r"\d{1,3}(?:[.]\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}", text):
        text = text.replace(",", "")
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def quantities(part: Part) -> list[Quantity]:
    """All quantities by place; one stretch may be read in two ways (a date and its year)."""
    plain = part.plain
    found = [*_dates(plain), *_money(plain), *_ages(plain), *_counted(plain), *_spelled(part)]
    taken = {at for quantity in found for at in range(quantity.start, quantity.end)}
    for match in _BARE.finditer(plain):
        value = number(match["n"])
        if value is not None and match.start() + 1 not in taken:
            found.append(Quantity("#", value, match.start() + 1, match.end()))
    return sorted(found, key=lambda quantity: (quantity.start, quantity.end))


def _dates(plain: str) -> list[Quantity]:
    found = []
    for match in _DATE.finditer(plain):
        year = match["y"] or match["y3"] or match["y4"] or match["y5"] or "0"
        month = match["m"] or match["m2"] or match["m3"] or match["m4"] or match["m5"]
        day = match["d"] or match["d2"] or match["d5"] or "0"
        if int(month) <= 12 and int(day) <= 31:
            value = int(year) * 10000 + int(month) * 100 + int(day)
            found.append(Quantity("date", value, match.start() + 1, match.end() - 1))
    found.extend(Quantity("year", int(m["y"]), m.start() + 1, m.end() - 1) for m in _YEAR.finditer(plain))
    return found


def _money(plain: str) -> list[Quantity]:
    found = []
    for match in _MONEY.finditer(plain):
        value = number(match["n"])
        if value is None:
            continue
        scale = _SCALES[match["s"]]
        if match["tail"] and scale > 1:  # "2 triệu 34" is 2.34 million, "3 triệu 1" 3.1 million
            value += int(match["tail"]) / 10 ** len(match["tail"])
        found.append(Quantity("vnd", value * scale, match.start() + 1, match.end()))
    for match in _BIG.finditer(plain):
        value = number(match["n"])
        if value is not None and value >= 100_000:
            found.append(Quantity("vnd", value, match.start() + 1, match.end() - 1))
    return found


def _ages(plain: str) -> list[Quantity]:
    found = []
    for match in _AGE.finditer(plain):
        years = number(match["y"] or match["y2"] or match["y3"])
        if years is not None:
            found.append(Quantity("tuổi", years + int(match["m"] or 0) / 12, match.start() + 1, match.end()))
    return found


def _counted(plain: str) -> list[Quantity]:
    found = []
    for match in _PLAIN.finditer(plain):
        value = number(match["n"])
        if value is not None:
            found.append(Quantity(_UNITS.get(match["u"], "#"), value, match.start() + 1, match.end()))
    return found


def _spelled(part: Part) -> list[Quantity]:
    """Numbers in words before a unit, where accents are written ("bay" is no seven)."""
    found = []
    for match in _SPELLED.finditer(part.marked):
        unit = part.marked[match.end() :].split(" ", 1)[0]
        value = float(_WORDS[match["word"]])
        if unit in ("triệu", "tỷ", "nghìn"):
            unit, value = "vnd", value * _SCALES[{"triệu": "trieu", "tỷ": "ty", "nghìn": "nghin"}[unit]]
        elif unit == "trăm":
            unit, value = "#", value * 100
        elif unit == "chế":
            unit = "#"
        end = part.marked.index(" ", match.end()) if " " in part.marked[match.end() :] else len(part.marked)
        found.append(Quantity(unit, value, match.start() + 1, end))
    return found
