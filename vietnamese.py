"""Vietnamese text and dates: pure functions of the standard library, which open nothing and read no clock.

What this file does *not* do: split words (nlp/text.py), or know anything of social insurance beyond its abbreviations.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")
PLUS_7 = timezone(timedelta(hours=7))

# ---------------------------------------------------------------- letters

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_TONES = (("o", "a", "òóỏõọ", "àáảãạ"), ("o", "e", "òóỏõọ", "èéẻẽẹ"), ("u", "y", "ùúủũụ", "ỳýỷỹỵ"))


def nfc(text: str) -> str:
    """NFC without control, zero-width and lone surrogate characters; every kind of line break becomes a newline.

    Spaces and tabs stay as they are. Applying it twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    return unicodedata.normalize("NFC", text)


class _Folded(dict[int, str]):
    """Code point -> its folded code point, worked out when first met: always exactly one."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        base = [c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)]
        folded = base[0] if len(base) == 1 else char
        lower = folded.lower()
        # Ð and Ɖ are often typed for Đ
        result = "d" if lower in "đðɖ" else lower if len(lower) == 1 else folded
        self[code] = result
        return result


_FOLDED = _Folded()


def fold_aligned(text: str) -> str:
    """Lower case without accents, đ -> d, one code point out for each code point in: offsets hold in both.

    Takes NFC text; a combining mark that NFC cannot compose stays where it is.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def fold(text: str) -> str:
    """Lower case without accents, đ -> d, of any text. The length may differ; for offsets use `fold_aligned`."""
    if text.isascii():
        return nfc(text).lower()
    folded = fold_aligned(unicodedata.normalize("NFKC", nfc(text)))
    return folded if folded.isascii() else "".join(c for c in folded if not unicodedata.combining(c))


def _tone_table() -> tuple[re.Pattern[str], dict[str, str]]:
    moves: dict[str, str] = {}
    for first, second, on_first, on_second in _TONES:
        for old, new in zip(on_first, on_second, strict=True):
            moves[first + new] = old + second
            moves[first.upper() + new] = old.upper() + second
            moves[first.upper() + new.upper()] = old.upper() + second.upper()
    return re.compile(rf"(?<![qQ])(?:{'|'.join(moves)})(?![^\W\d_])"), moves


_NEW_STYLE, _OLD_STYLE = _tone_table()


def normalize_tones(text: str) -> str:
    """ "hoà" -> "hòa", "thuý" -> "thúy": the tone mark where most newspapers put it. Takes NFC; the length stays."""
    return _NEW_STYLE.sub(lambda match: _OLD_STYLE[match[0]], text)


# ---------------------------------------------------------------- abbreviations

ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "bhxh": ("bảo hiểm xã hội",),
    "bhyt": ("bảo hiểm y tế",),
    "bhtn": ("bảo hiểm thất nghiệp",),
    "bhxhtn": ("bhxh tự nguyện",),
    "bhxhbb": ("bhxh bắt buộc",),
    "bhxhml": ("bhxh một lần",),
    "tnlđ": ("tai nạn lao động",),
    "bnn": ("bệnh nghề nghiệp",),
    "tctn": ("trợ cấp thất nghiệp",),
    "kcb": ("khám chữa bệnh", "khám bệnh, chữa bệnh"),
    "nlđ": ("người lao động",),
    "nsdlđ": ("người sử dụng lao động",),
    "hđlđ": ("hợp đồng lao động",),
    "hkd": ("hộ kinh doanh",),
    "gplx": ("giấy phép lái xe",),
    "cccd": ("căn cước công dân",),
    "cntt": ("công nghệ thông tin",),
    "ubnd": ("ủy ban nhân dân",),
    "hđnd": ("hội đồng nhân dân",),
    "hssv": ("học sinh, sinh viên",),
    "nvyt": ("nhân viên y tế",),
    "bv": ("bệnh viện",),
    "dn": ("doanh nghiệp",),
    "đbqh": ("đại biểu quốc hội",),
    "lđtbxh": ("lao động - thương binh và xã hội",),
    "dvc": ("dịch vụ công",),
}
MAX_FORMS = 8


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _substitutions() -> list[tuple[str, tuple[str, ...]]]:
    """Folded words to look for -> what may stand in their place, the longest first."""
    pairs: list[tuple[str, tuple[str, ...]]] = []
    for short, phrases in ABBREVIATIONS.items():
        pairs.append((fold(short), phrases))
        pairs += [(_spaced(fold(phrase)), (short,)) for phrase in phrases]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_SUBSTITUTIONS = _substitutions()


def expand(query_word: str) -> tuple[str, ...]:
    """Search forms of a word or phrase, itself first: "BHXH" -> ("bhxh", "bảo hiểm xã hội"), and back.

    Accents and punctuation between words do not matter for being recognised; all forms are lower case NFC; at most 8.
    """
    forms = [" ".join(nfc(query_word)[:200].lower().split())]
    for form in forms:
        words = re.findall(r"\w+", form)
        plain = [fold(word) for word in words]
        for wanted, replacements in _SUBSTITUTIONS:
            parts = wanted.split()
            for start in range(len(plain) - len(parts) + 1):
                if plain[start : start + len(parts)] != parts:
                    continue
                for replacement in replacements:
                    new = " ".join([*words[:start], replacement, *words[start + len(parts) :]])
                    if len(forms) < MAX_FORMS and _spaced(fold(new)) not in {_spaced(fold(known)) for known in forms}:
                        forms.append(new)
    return tuple(forms)


# ---------------------------------------------------------------- dates in

MAX_DATE_TEXT = 200
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2}) ?[-/.] ?(?P<m>\d{1,2}) ?[-/.] ?(?P<y>\d{4})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2}) thang (?P<m>\d{1,2})(?:,? nam|,)? (?P<y>\d{4})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2}) thg (?P<m>\d{1,2}),? (?P<y>\d{4})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})[ -]{_MONTH},?[ -](?P<y>\d{{4}}|\d\d)(?!\d)",
        rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)",
    )
)
_TIME = re.compile(
    r"(?<![\d+-])(?P<H>\d{1,2}) ?(?::|h|g|gio) ?(?P<M>\d{2})(?: ?(?::|phut) ?(?P<S>\d{2}))?(?:[.,]\d{1,9})?(?!\d)"
    r"(?: ?(?P<half>[ap]m|sa|ch|sang|chieu|toi)\b)?"
    r"(?P<zone> ?\(?(?P<letters>(?:gmt|utc?|z|ict|[ecmp][sd]t)\b)? ?"
    r"(?:(?P<sign>[+-])(?P<oh>\d{1,2}):?(?P<om>\d{2})?)?)"
)
_ZONES = {"ict": 7, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_AGO = re.compile(r"(?<!\d)(\d{1,4}) ?(giay|phut|'|p|gio|tieng|h|ngay|hom|tuan|thang|nam) (?:truoc|qua)\b")
_UNITS = {
    "giay": 1,
    "phut": 60,
    "'": 60,
    "p": 60,
    "gio": 3600,
    "tieng": 3600,
    "h": 3600,
    "tuan": 604800,
    "thang": 2592000,
    "nam": 31536000,
}
_DAYS = {"hom nay": 0, "hom qua": 1, "hom kia": 2}


def parse_date(text: str, now: datetime) -> datetime | None:
    """The moment a feed or page states, aware, in the offset it states; +07:00 where it states none.

    Reads ISO (also with a space before the zone), RFC 822 (also "GMT+7"), day/month/year with the time before, after
    or absent (then 00:00), "ngày 22 tháng 11 năm 2025", and "2 giờ trước", "hôm qua" counted from `now` (aware).
    None where nothing is stated or no such moment exists.
    """
    if len(text) > MAX_DATE_TEXT:
        return None
    plain = " ".join(fold(text).split())
    try:
        for pattern in _DATES:
            if found := pattern.search(plain):
                rest = plain[: found.start()] + " | " + plain[found.end() :].removeprefix("t")
                return _with_time(_day(found), rest)
        return _relative(plain, now)
    except (ValueError, OverflowError):
        return None


def _day(found: re.Match[str]) -> date:
    parts = found.groupdict()
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < 70 else 1900
    if not 1970 <= year <= 2100:
        raise ValueError(year)
    return date(year, _MONTHS[parts["name"]] if parts.get("name") else int(parts["m"]), int(parts["d"]))


def _with_time(day: date, rest: str) -> datetime:
    found = _TIME.search(rest)
    if found is None:
        return datetime(day.year, day.month, day.day, tzinfo=PLUS_7)
    hour, half = int(found["H"]), found["half"]
    if half in ("pm", "ch", "chieu", "toi") and hour < 12:
        hour += 12
    elif half in ("am", "sa", "sang") and hour == 12:
        hour = 0
    return datetime(day.year, day.month, day.day, hour, int(found["M"]), int(found["S"] or 0), tzinfo=_zone(found))


def _zone(found: re.Match[str]) -> timezone:
    letters = found["letters"]
    if found["sign"]:
        offset = timedelta(hours=int(found["oh"]), minutes=int(found["om"] or 0))
        if offset > timedelta(hours=14):
            raise ValueError(found["zone"])
        return timezone(-offset if found["sign"] == "-" else offset)
    if letters is None:
        return PLUS_7
    return timezone(timedelta(hours=_ZONES[letters])) if letters in _ZONES else UTC


def _relative(plain: str, now: datetime) -> datetime | None:
    here = now.astimezone(PLUS_7)
    for words, days in _DAYS.items():
        if words in plain:
            return _with_time((here - timedelta(days=days)).date(), plain)
    if found := _AGO.search(plain):
        return here - int(found[1]) * timedelta(seconds=_UNITS.get(found[2], 86400))
    return here if re.search(r"\b(?:vua xong|vua dang|bay gio|just now)\b", plain) else None


# ---------------------------------------------------------------- dates and numbers out


def date_text(moment: date) -> str:
    """ "26/11/2026" in Viet Nam. A datetime must be aware (ValueError)."""
    if isinstance(moment, datetime):
        moment = _in_viet_nam(moment)
    return f"{moment.day:02}/{moment.month:02}/{moment.year:04}"


def time_text(moment: datetime) -> str:
    """ "07:00 26/11/2026" in Viet Nam. The datetime must be aware (ValueError)."""
    return f"{_in_viet_nam(moment):%H:%M} {date_text(moment)}"


def _in_viet_nam(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"thời điểm {moment} không có múi giờ")
    return moment.astimezone(HO_CHI_MINH)


def number_text(value: float, digits: int | None = None) -> str:
    """1234.5 -> "1.234,5". `digits` fixes the decimals; None: as many as there are, at most six."""
    text = f"{value:,.{6 if digits is None else digits}f}"
    if digits is None:
        text = text.rstrip("0").rstrip(".")
    if text.strip("-0.") == "":
        text = text.removeprefix("-")  # no "-0"
    return text.translate(str.maketrans(",.", ".,"))


def percent(share: float, digits: int = 1) -> str:
    """0.125 -> "12,5%"."""
    return f"{number_text(share * 100, digits)}%"
