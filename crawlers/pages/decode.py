"""Bytes -> text, whatever the page claims about its encoding.

What counts is what the bytes are: valid UTF-8 with Vietnamese in it is UTF-8, even under a header that says otherwise.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import re
from collections.abc import Callable

from vietnamese import nfc

from . import legacy

MAX_BYTES = 8 * 2**20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DECLARED = re.compile(rb"""(?:charset\s*=\s*|encoding\s*=\s*)["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_TAIL = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""what the bytes 80-BF look like when read as cp1252"""
_MOJIBAKE = re.compile(f"á[º»][{_TAIL} ]|Ä[‘\x90]|Æ[°¡¯]|Ã[{_TAIL}]")
_ASCII = bytes(range(128))
_SUSPECT = re.compile(b"\xc3[\x83\x84\x86]|\xc3\xa1\xc2[\xba\xbb]|\xef\xbf\xbd")
"""what _MOJIBAKE begins with and the replacement character, in the bytes of UTF-8 that are not ASCII"""
_ONLY_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9\u0300\u0301\u0303\u0309\u0323]")
_WESTERN = re.compile("[\xa1-\xff]")
FEW = 20
"""letters beyond ASCII from which on a page without any Vietnamese one is looked at twice"""


def utf8(body: bytes, content_type: str = "") -> tuple[bytes, bool]:
    """What `decode` gives, in UTF-8: most pages are what they came as, and their parser wants bytes."""
    body = body[:MAX_BYTES]
    if _wide(body) is None and not _SUSPECT.search(body.translate(None, _ASCII)):
        with contextlib.suppress(UnicodeDecodeError):
            if _ONLY_VIETNAMESE.search(body.decode("utf-8")):
                return body, False
    text, doubtful = decode(body, content_type)
    return text.encode("utf-8", "replace"), doubtful


def decode(body: bytes, content_type: str = "") -> tuple[str, bool]:
    """The text of a page or feed and whether it is doubtful (replacement characters, undecodable mojibake).

    At most MAX_BYTES are looked at. Never raises.
    """
    body = body[:MAX_BYTES]
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _settle(body.decode(encoding, errors="replace"))
    if (wide := _wide(body)) is not None:
        return _settle(wide)
    try:
        text, doubtful = _settle(body.decode("utf-8"))
    except UnicodeDecodeError:
        return _legacy(body, content_type)
    return (text, True) if doubtful else _transcoded(text)


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark shows itself by its zero bytes."""
    head = body[:400]
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.2 > even * 4:
        return body.decode("utf-16-le", errors="replace")
    if even > len(head) * 0.2 > odd * 4:
        return body.decode("utf-16-be", errors="replace")
    return None


def _legacy(body: bytes, content_type: str) -> tuple[str, bool]:
    """Not valid UTF-8: either UTF-8 with a few broken bytes, or an older code page. Gives also whether it is doubtful."""
    utf8 = body.decode("utf-8", errors="replace")
    high = sum(byte > 0x7F for byte in body[:200_000])
    if utf8[:200_000].count("\ufffd") * 8 < high:
        return _settle(utf8)
    text, good = legacy.best(body, _declared(body, content_type))
    text, doubtful = _settle(text)
    return text, doubtful or not good


def _declared(body: bytes, content_type: str) -> list[Callable[[bytes], str]]:
    names = _DECLARED.findall(content_type.encode("ascii", "ignore")) + _DECLARED.findall(body[:2048])
    wanted = dict.fromkeys(name.decode("ascii").lower() for name in names[:4])
    return [functools.partial(_as, name) for name in wanted if "utf" not in name and _is_code_page(name)]


def _is_code_page(name: str) -> bool:
    try:
        return getattr(codecs.lookup(name), "_is_text_encoding", True)
    except (LookupError, ValueError):
        return False


def _as(name: str, body: bytes) -> str:
    try:
        return nfc(codecs.decode(body, name, "replace"))
    except (UnicodeError, ValueError):
        return "\ufffd"


def _transcoded(text: str) -> tuple[str, bool]:
    """Valid UTF-8 without one letter that only Vietnamese has, yet with many others: text typed in a font of the
    nineties, carried over as if it were western European."""
    if _ONLY_VIETNAMESE.search(text) or len(_WESTERN.findall(text[: legacy.SAMPLE])) < FEW:
        return text, False
    try:
        restored, good = legacy.best(text.encode("cp1252"))
    except UnicodeEncodeError:
        try:
            restored, good = legacy.best(text.encode("latin-1"))
        except UnicodeEncodeError:
            return text, False
    old, new = legacy.syllables(text), legacy.syllables(restored)
    return (restored, False) if good and new[0] > old[0] and new[1] < old[1] else (text, False)


def _settle(text: str) -> tuple[str, bool]:
    """Undo one round of UTF-8 read as cp1252; say whether doubt remains."""
    if len(_MOJIBAKE.findall(text[:200_000])) > 2:
        repaired = _MOJIBAKE_RUN.sub(_undo, text)
        if len(_MOJIBAKE.findall(repaired[:200_000])) <= 2:
            return repaired, "\ufffd" in repaired
        return text, True
    return text, "\ufffd" in text


_MOJIBAKE_RUN = re.compile("[\x80-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2,}")


def _undo(run: re.Match[str]) -> str:
    raw = bytearray()
    for char in run[0]:
        try:
            raw += char.encode("cp1252")
        except UnicodeEncodeError:
            raw.append(ord(char) & 0xFF)  # the five bytes cp1252 leaves undefined
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return run[0]
