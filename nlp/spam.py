"""Pages stuffed with the field's phrases to sell something else (gambling, loans): kept, but out of every figure."""

from __future__ import annotations

import re

from records import Text
from vietnamese import fold_aligned

READ = 20_000
"""code points of a text that are looked at"""
_LURES = re.compile(
    r"\b(?:nha cai|ca cuoc|casino|song bai|danh bai|game bai|no hu|nohu|slot game|slots?\b|tai xiu|xoc dia|lo de|soi cau|"
    r"ban ca doi thuong|doi thuong|ca do|keo nha cai|ty le keo|bong da truc tuyen|baccarat|poker|jackpot|quay hu|"
    r"dang ky nhan (?:thuong|\d+k)|nap rut|rut tien nhanh|hoan tra khong gioi han|khuyen mai nap|link vao|"
    r"vay (?:tien|nong|nhanh|online|von)(?: \w+){0,3} (?:nhanh|online|24/7|khong the chap|trong ngay)|no xau|"
    r"giai ngan (?:nhanh|trong|ngay)|duyet tu dong|lai suat 0|tin dung den|sim so|xem phim|sex|kubet|w88|fun88|"
    r"m88|188bet|bet\d+|\w*bet88|sunwin|go88|hitclub|789club|i9bet|j88|f8bet|new88|shbet|jun88|8xbet|okvip)\b"
)
_FIELD = re.compile(r"\b(?:bhxh|bhyt|bhtn|bao hiem (?:xa hoi|y te|that nghiep)|luong huu)\b")


def stuffed(text: Text) -> bool:
    """Whether a page names the field and lures elsewhere: three different lures, or two that outweigh the field."""
    line = fold_aligned(f"{text.title or ''}\n{text.text[:READ]}")
    lures = _LURES.findall(line)
    kinds = len(set(lures))
    return kinds >= 3 or (kinds >= 2 and len(lures) >= len(_FIELD.findall(line)))
