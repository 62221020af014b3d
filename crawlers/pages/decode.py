"""Bytes -> text, whatever the page claims about its encoding.

What counts is what the bytes are: valid UTF-8 with Vietnamese in it is UTF-8, even under a header that says otherwise.
"""

from __future__ import annotations

import codecs
import re

from vietnamese import nfc

MAX_BYTES = 8 * 2**20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DECLARED = re.compile(rb"""(?:charset\s*=\s*|encoding\s*=\s*)["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_TAIL = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""what the bytes 80-BF look like when read as cp1252"""
_MOJIBAKE = re.compile(f"á[º»][{_TAIL} ]|Ä[‘\x90]|Æ[°¡¯]|Ã[{_TAIL}]")
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")


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
        return _settle(body.decode("utf-8"))
    except UnicodeDecodeError:
        text, doubtful = _settle(_legacy(body, content_type))
        return text, doubtful or not _vietnamese(text)


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


def _legacy(body: bytes, content_type: str) -> str:
    """Not valid UTF-8: either UTF-8 with a few broken bytes, or an older code page."""
    utf8 = body.decode("utf-8", errors="replace")
    high = sum(byte > 0x7F for byte in body[:200_000])
    broken = utf8[:200_000].count("\ufffd")
    candidates = [utf8] if broken * 8 < high else []
    for name in (*_declared(body, content_type), "cp1258"):
        text = _try(body, name)
        if text is not None and not candidates:
            candidates.append(text)
    return max(candidates, key=lambda text: len(_VIETNAMESE.findall(text[:200_000])), default=utf8)


def _vietnamese(text: str) -> bool:
    """Whether what an older code page gave reads as Vietnamese: fonts of the nineties (TCVN3, VNI) do not."""
    letters = [char for char in nfc(text[:200_000]) if char.isalpha() and not char.isascii()]
    return len(_VIETNAMESE.findall("".join(letters).lower())) >= 0.9 * len(letters)


def _declared(body: bytes, content_type: str) -> list[str]:
    names = _DECLARED.findall(content_type.encode("ascii", "ignore")) + _DECLARED.findall(body[:2048])
    wanted = [name.decode("ascii").lower() for name in names]
    return [name for name in wanted if "utf" not in name]


def _try(body: bytes, name: str) -> str | None:
    try:
        codec = codecs.lookup(name)
        return codec.decode(body, "strict")[0] if getattr(codec, "_is_text_encoding", True) else None
    except (LookupError, UnicodeError, ValueError):
        return None


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
