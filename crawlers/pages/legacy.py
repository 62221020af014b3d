"""Code pages from before Unicode, still met on pages and in pasted text: VISCII, TCVN3 (ABC fonts), VNI, cp1258.

Which one it is, no header says reliably: each is tried, and the one that reads as Vietnamese syllables is it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

SAMPLE = 100_000
"""bytes or characters that decide"""
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_TCVN3 = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN3_LOW = {
    0x01: "Ú",
    0x02: "Ụ",
    0x04: "Ừ",
    0x05: "Ử",
    0x06: "Ữ",
    0x11: "Ứ",
    0x12: "Ự",
    0x13: "Ỳ",
    0x14: "Ỷ",
    0x15: "Ỹ",
    0x16: "Ý",
    0x17: "Ỵ",
}
_VNI_TONES = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}
_VNI = re.compile("([aeoôuöy])([ùøûõïâáàåãäêéèúüë])|[ôöæóòîñ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def viscii(body: bytes) -> str:
    return body.decode("latin-1").translate(_VISCII_MAP)


def tcvn3(body: bytes) -> str:
    return unicodedata.normalize("NFC", body.decode("latin-1").translate(_TCVN3_MAP))


def vni(body: bytes) -> str:
    return unicodedata.normalize("NFC", _VNI.sub(_of_vni, body.decode("cp1252", errors="replace")))


def cp1258(body: bytes) -> str:
    return unicodedata.normalize("NFC", body.decode("cp1258", errors="replace"))


_VISCII_MAP = {128 + place: char for place, char in enumerate(_VISCII)} | _VISCII_LOW
_TCVN3_MAP = {128 + place: char for place, char in enumerate(_TCVN3)} | _TCVN3_LOW
PAGES: tuple[Callable[[bytes], str], ...] = (cp1258, viscii, tcvn3, vni)


def best(body: bytes, declared: Iterable[Callable[[bytes], str]] = ()) -> tuple[str, bool]:
    """The text by the code page that reads best, those declared first among equals; and whether it reads as Vietnamese
    (or as plain ASCII)."""
    readers = [*declared, *PAGES]
    marks = [syllables(reader(body[:SAMPLE])) for reader in readers]
    chosen = max(range(len(readers)), key=lambda number: (marks[number][0] - 2 * marks[number][1], -number))
    good, bad = marks[chosen]
    return readers[chosen](body), good >= 4 * bad


def syllables(text: str) -> tuple[int, int]:
    """Of the words with letters beyond ASCII: how many are built like Vietnamese syllables, how many are not."""
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text[:SAMPLE])) if not word.isascii()]
    good = sum(_is_syllable(word) for word in words)
    return good, len(words) - good + text[:SAMPLE].count("\ufffd")


def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    plain, tones = _TONES.subn("", unicodedata.normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


def _of_vni(found: re.Match[str]) -> str:
    letter, tone = found[1], found[2]
    if letter is None:
        return _cased(_VNI_LETTERS[found[0].lower()], found[0])
    return _cased(_VNI_LETTERS.get(letter.lower(), letter.lower()), letter) + _VNI_TONES[tone.lower()]


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter
