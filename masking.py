"""Personal numbers out of texts, scam indicators into records, authors into pseudonyms: pure functions.

What this file does *not* do: decide what is a scam, keep anything, or know which numbers and domains are official
(they are handed in). All patterns are bounded: time grows with the length of the text and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Container, Iterator
from typing import Literal

from records import Indicator

_Kind = Literal["domain", "phone", "account", "app", "handle"]
_I = re.IGNORECASE

# ---------------------------------------------------------------- what personal numbers look like

_SEP = r"[ \u00a0.\-–]?"
# 03.09.2025 10:30 is no telephone number
_NO_DATE = r"(?!\d{1,2}[ .\-–]\d{1,2}[ .\-–](?:19|20)\d\d(?![.]?\d))"
_SIX_DIGITS = re.compile(r"\d(?:\D{0,3}\d){5}")
_PHONE = re.compile(
    rf"(?=[(+018Oo])(?<!\d)(?:{_NO_DATE}(?!0\.\d{{6}})(?:(?:\(?\+|00{_SEP})?84\)?{_SEP}(?:\(0\){_SEP})?|\(?0 ?|(?<![^\W_])[Oo](?=\d{{9}}))"
    rf"(?:(?:[35789]|1{_SEP}[2689])(?:\)?{_SEP}\d){{8}}|2{_SEP}\d(?:{_SEP}\d)?\)?(?:{_SEP}\d){{7,8}})"
    r"|1[89]00(?! (?:1[89]|20)\d\d(?!\d))[ \u00a0.]?(?:\d(?:[ .]?\d){5}|\d(?:[ .]?\d){3}))"
    r"(?:(?=[ \-–/]{1,3}0[35789])|(?![ .]?\d|[./-]?\d))"
)
_BETWEEN = r"[ \u00a0,.\-–]{0,3}"
_ODD = r"[ \u00a0.,_*…·\-–/]{0,2}"
_SAID = re.compile(  # spelt oddly, beside a word that says what it is
    r"(?<![^\W_])(?:sđt|sdt|đt|đ/t|điện thoại|dien thoai|zalo|gọi|goi|alo|lh|liên hệ|lien he|hotline|tel|phone|nhắn|ib)(?![^\W_])"
    rf"[^\d\n]{{0,15}}?(?P<number>{_NO_DATE}(?:\+?84|0){_ODD}[35789](?:{_ODD}\d){{8}})(?!{_ODD}\d)",
    _I,
)
_WORD = r"(?:không|khong|ko|một|mốt|mot|hai|ba|bốn|bon|tư|tu|năm|nam|lăm|lam|sáu|sau|bảy|bẩy|bay|tám|tam|chín|chin|\d)"
_SPELT = re.compile(
    rf"(?<![^\W_])(?:không|khong|ko|linh|0|(?:cộng |cong )?(?:tám tư|tám bốn|tam tu|tam bon)){_BETWEEN}"
    rf"{_WORD}(?:{_BETWEEN}{_WORD}){{7,13}}(?![^\W_])",
    _I,
)
_DIGIT = re.compile(rf"(?<![^\W\d_]){_WORD}(?![^\W\d_])|\d", _I)
_VALUES = {
    word: str(value)
    for value, words in enumerate(
        ("không khong ko linh", "một mốt mot", "hai", "ba", "bốn bon tư tu", "năm nam lăm lam", "sáu sau", "bảy bẩy bay", "tám tam",
         "chín chin")
    )
    for word in words.split()
}  # fmt: skip
_CARD = re.compile(rf"(?<![\w/\-])[A-ZĐ]{{2}}{_SEP}[1-5](?:{_SEP}\d){{12}}(?!\d)", _I)
_PASSPORT = re.compile(r"(?:hộ chiếu|ho chieu|passport)[^\d\n]{0,20}?(?P<number>\b[A-Z]\d{7,8})(?!\d)", _I)
_IDENTITY = re.compile(
    r"(?<![^\W_])(?:cccd|cmnd|cmt(?:nd)?|căn cước(?: công dân)?|can cuoc(?: cong dan)?|chứng minh(?: nhân dân| thư)?"
    r"|chung minh(?: nhan dan| thu)?|định danh(?: cá nhân)?|dinh danh(?: ca nhan)?|mã số (?:bhxh|bảo hiểm xã hội)"
    r"|ma so bhxh|mã bhxh|ma bhxh|số sổ(?: bhxh)?|so so(?: bhxh)?|số thẻ(?: bhyt)?|so the(?: bhyt)?)(?![^\W_])"
    rf"[^\d\n]{{0,20}}?(?P<number>{_NO_DATE}\d(?:{_SEP}\d){{8,18}})(?!\d)(?:\s?[/,;\-]\s?(?P<second>\d(?:{_SEP}\d){{8,14}})(?!\d))?",
    _I,
)
_SPACED = re.compile(r"(?<![\d.,/\-])0\d\d([ .\-])\d{3}\1\d{3}\1\d{3}(?![ .]?\d|[,/\-]\d)")
_TRANSFER = re.compile(
    r"(?<![^\W_])(?:ck|chuyển khoản|chuyen khoan|tài khoản|tai khoan|tk)(?![^\W_])"
    rf"[^\d\n]{{0,40}}?(?P<number>{_NO_DATE}\d(?:{_SEP}\d){{8,18}})(?![ .,]?\d)",
    _I,
)
_AT = re.compile(r"[\[(]\s?(?:at|a còng)\s?[\])]", _I)
_MAIL = re.compile(
    rf"(?<![\w.+\-])(?P<name>[\w.+\-]{{1,64}})(?:@|\s?{_AT.pattern}\s?)"
    r"(?P<domain>[a-z0-9\-]{1,63}(?:(?:\.|\s?[\[(]\s?(?:dot|chấm|\.)\s?[\])]\s?)[a-z0-9\-]{1,63}){1,4})",
    _I,
)
_ACCOUNT = re.compile(
    r"(?<![^\W_])(?:stk|số tài khoản|so tai khoan|số tk|so tk|tài khoản số|tai khoan so|account no)(?![^\W_])"
    rf"[^\d\n]{{0,40}}?(?P<number>{_NO_DATE}\d(?:{_SEP}\d){{5,18}})(?!\d)",
    _I,
)
_BARE = re.compile(r"(?<![\w/=\-])(?<!\d[.,])\d{9,16}(?!\w|[.,/\-]\d)")
_UNIT = re.compile(
    r"(?:k|tr|ty)(?![^\W_])|\s{0,2}(?:đ(?:ồng)?(?!/c)|dong|vnđ|vnd|usd|us\$|\$|€|triệu|trieu|tỷ|tỉ|nghìn|nghin|ngàn|ngan|%"
    r"|người|nguoi|lượt|luot|m2|m²|ha|km|kg|tấn|view|like|cổ phiếu|hồ sơ|thẻ|đơn vị)(?![^\W_])",
    _I,
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([. \u00a0])\d{3})(?:\1\d{3})*")
_TAX_CODE = re.compile(r"(?:mst|mã số thuế|ma so thue|mã số doanh nghiệp|đkkd|đkdn)[^\d\n]{0,10}$", _I)


def _amount(text: str, start: int, end: int) -> bool:
    """Whether the digits are an amount: followed by a unit, or grouped in thousands by dots. None begins with 0."""
    number = text[start:end]
    if number[0] in "0+(":
        return False
    if _UNIT.match(text, end) or text[max(0, start - 1) : start] in ("$", "€"):
        return True
    return bool(_GROUPED.fullmatch(number) and "." in number)


def _numbers(text: str) -> Iterator[tuple[int, int, _Kind | None]]:
    """(start, end, kind of indicator it may be) of every personal number, in no particular order; they may overlap."""
    for match in _SPELT.finditer(text):
        if sum(not found[0].isdigit() for found in _DIGIT.finditer(match[0])) > 3:  # else it is figures in a row
            yield *match.span(), "phone"
    if not _SIX_DIGITS.search(text):  # most texts: spares them the patterns below
        return
    for match in _PHONE.finditer(text):
        if not _amount(text, *match.span()):
            yield *match.span(), "phone"
    for match in _ACCOUNT.finditer(text):
        if match["number"][0] == "0" or not _UNIT.match(text, match.end("number")):
            yield *match.span("number"), "account"
    for match in _SAID.finditer(text):
        yield *match.span("number"), "phone"
    for match in _TRANSFER.finditer(text):
        grouped = _GROUPED.fullmatch(match["number"]) and not match["number"].isdigit()
        if not grouped and not _amount(text, *match.span("number")):
            yield *match.span("number"), "account"
    for pattern in (_IDENTITY, _PASSPORT):
        for match in pattern.finditer(text):
            for group in set(match.re.groupindex) & {name for name, said in match.groupdict().items() if said}:
                if not _amount(text, *match.span(group)):
                    yield *match.span(group), None
    for match in _SPACED.finditer(text):
        yield *match.span(), None
    for match in _CARD.finditer(text):
        yield *match.span(), None
    for match in _BARE.finditer(text):
        start, end = match.span()
        tax_code = end - start == 10 and _TAX_CODE.search(text, max(0, start - 40), start)
        if not (tax_code or match[0].endswith("0000") or _amount(text, start, end)):
            yield start, end, None


def digits(number: str) -> str:
    """The digits alone, in the form a number is dialled inside Viet Nam: "+84 24.3628 5231" -> "02436285231",
    "không chín một …" -> "091…"."""
    bare = "".join(_VALUES.get(one[0].lower()) or str(unicodedata.digit(one[0])) for one in _units(number))
    return "0" + bare[2:].lstrip("0") if bare.startswith("84") and len(bare) in (11, 12, 13) else bare


def _units(number: str) -> Iterator[re.Match[str]]:
    """Its digits; those of a number that is spelt out are words too."""
    spelt = len(re.findall(r"[^\W\d_]+", number)) > 1
    return _DIGIT.finditer(number) if spelt else re.finditer(r"\d", number)


def _official(number: str, official: Container[str]) -> bool:
    return number in official or digits(number) in official


def mask(text: str, official: Container[str] = ()) -> str:
    """`text` with all but the first two digits (hotlines: four) of personal numbers as "x"; the same length.

    Masked: telephone numbers, also spelt out, CCCD, CMND, social-insurance codes, health-insurance cards, bank accounts and
    cards, passports; names of mail addresses, but for those of state bodies. `official` holds the digits of numbers that
    stay ("19009068"). Amounts, dates, years, percentages and document numbers stay.
    """
    letters = list(text)
    for start, end, _ in _numbers(text):
        if not _official(text[start:end], official):
            _cover(letters, start, text[start:end], _masked(text[start:end]))
    for match in _MAIL.finditer(text) if "@" in text or _AT.search(text) else ():
        if not re.search(r"gov\W{1,12}vn$", match["domain"], _I):
            name, shown = match["name"], 2 if len(match["name"]) > 3 else 1
            _cover(letters, match.start("name"), name, name[:shown] + re.sub(r"\w", "x", name[shown:]))
    return "".join(letters)


def _cover(letters: list[str], start: int, plain: str, masked: str) -> None:
    """Only what is masked is written: spans may overlap."""
    for at, (old, new) in enumerate(zip(plain, masked, strict=True), start):
        if old != new:
            letters[at] = new


def _masked(number: str) -> str:
    shown = 4 if re.match(r"1[89]00", number) else 2
    out = list(number)
    for seen, found in enumerate(_units(number)):
        if seen >= shown:
            out[found.start() : found.end()] = "x" * len(found[0])
    return "".join(out)


# ---------------------------------------------------------------- scam indicators

_DOT = r"(?:\.|\[\.\]|\(\.\)|\[dot\])"
_TOP = (
    "com|net|org|vn|info|biz|xyz|top|site|online|shop|store|club|vip|cc|icu|cfd|sbs|click|live|link|app|io|co|asia|pro"
    "|fun|life|world|today|space|website|tech|dev|page|work|tk|ml|ga|cf|gq|us|uk|cn|ru|ly|gd|win|one|mobi|center|support"
)
_DOMAIN = re.compile(rf"(?<![\w.\-])(?:[^\W_](?:[\w\-]{{0,61}}[^\W_])?{_DOT}){{1,5}}(?:{_TOP})(?![\w\-])", _I)
_BRAND = re.compile(r"bhxh|bhyt|baohiem(?:xahoi|xh|yte)|vssid|vssgov|vneid|dichvucong|gov+n")
_RISKY = re.compile(
    r"\.(?:top|xyz|vip|cc|icu|cfd|sbs|click|shop|online|site|live|club|win|tk|ml|ga|cf|gq)$"
    r"|^(?:bit\.ly|tinyurl\.com|cutt\.ly|t\.ly|is\.gd|s\.id|shorten\.asia|by\.com\.vn)$"
)
_APP = re.compile(
    r"(?<![^\W_])(?:vss[ \u00a0\-]?id[ \u00a0\-]?(?:(?:phiên )?bản |(?:phien )?ban |ver(?:sion)?\.? ?|v\.? ?)?[2-9](?:\.\d{1,2}){1,2}"
    r"|vss[ \u00a0\-]?id[ \u00a0\-]?(?:phiên bản |phien ban |v\.? ?)[2-9](?!\d|\.\d)"
    r"|vneid[ \u00a0\-]?(?:phiên bản |v(?:er)?\.? ?)?[4-9](?:\.\d{1,2}){1,2})(?!\d)"
    r"|(?<![\w\-.])[\w\-.]{1,60}\.apk\b",
    _I,
)
_HANDLE = re.compile(
    r"(?:(?P<site>zalo\.me|t\.me|telegram\.me)/(?P<path>[\w.+\-/]{2,64})"
    r"|(?<![^\W_])(?P<word>zalo|telegram|tele)\s?:?\s{0,2}@(?P<name>[a-z0-9_.]{3,40}))",
    _I,
)
_SKELETON = str.maketrans("013457", "oieast")


def indicators(text: str, official_domains: Container[str], official_numbers: Container[str]) -> tuple[Indicator, ...]:
    """Scam indicators of an unmasked text, each once, in order of kind and place.

    domain: looks like an official one, or is a shortener or of a throw-away kind; phone: not official; account: beside
    "STK"; app: versions that do not exist ("VssID 4.0") and .apk files; handle: Zalo and Telegram. Domains under an official one or under .gov.vn
    are no indicators. Whether a text is a scam is for others to say.
    """
    found: dict[tuple[str, str], Indicator] = {}
    for kind, value, masked in (
        *_domains(text, official_domains),
        *_numbers_found(text, official_numbers),
        *_apps_and_handles(text, official_domains),
    ):
        found.setdefault((kind, value), Indicator(kind, value, masked))
    return tuple(found.values())


def _domains(text: str, official: Container[str]) -> Iterator[tuple[_Kind, str, str]]:
    for match in _DOMAIN.finditer(text):
        domain = re.sub(_DOT, ".", match[0].lower())
        parts = domain.split(".")
        if domain.endswith(".gov.vn") or any(".".join(parts[i:]) in official for i in range(len(parts))):
            continue
        if _looks_official(domain) or _RISKY.search(domain):
            yield "domain", domain, domain.replace(".", "[.]")


def _looks_official(domain: str) -> bool:
    """Compares the name without accents, hyphens, dots and look-alike digits: "baohiemxahoi-gov.com", "govvvn.com"."""
    name = domain.rpartition(".")[0] if domain.count(".") else domain
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.replace("đ", "d")) if not unicodedata.combining(c))
    squeezed = re.sub(r"[\W_]", "", plain)
    return any(_BRAND.search(form) for form in (squeezed, squeezed.translate(_SKELETON)))


def _numbers_found(text: str, official: Container[str]) -> Iterator[tuple[_Kind, str, str]]:
    found = [(start, end, kind) for start, end, kind in _numbers(text) if kind]
    accounts = [(start, end) for start, end, kind in found if kind == "account"]
    for start, end, kind in found:
        # a telephone number given as an account is the account
        inside = kind == "phone" and any(a <= start and end <= b for a, b in accounts)
        if not inside and not _official(text[start:end], official):
            yield kind, digits(text[start:end]), _masked(text[start:end])


def _apps_and_handles(text: str, official: Container[str]) -> Iterator[tuple[_Kind, str, str]]:
    for match in _APP.finditer(text):
        app = " ".join(match[0].lower().split())
        yield "app", app, app
    for match in _HANDLE.finditer(text):
        site = match["site"].lower() if match["site"] else {"zalo": "zalo.me"}.get(match["word"].lower(), "t.me")
        name = (match["path"] or match["name"]).lower().rstrip("./-")
        if f"{site}/{name}" not in official and not digits(name)[8:]:
            yield "handle", f"{site}/{name}", f"{site}/{name[:2]}***"


# ---------------------------------------------------------------- authors


def pseudonym(name: str, platform: str, key: bytes) -> str:
    """The keyed hash (HMAC-SHA256, 64 hex digits) under which a post's author is stored; never turned back.

    The same name on the same platform gives the same hash under one key. ValueError for a key under 16 bytes.
    """
    if len(key) < 16:
        raise ValueError("khóa bút danh phải dài ít nhất 16 byte")
    same = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return hmac.new(key, f"{platform.casefold()}\0{same}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
