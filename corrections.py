"""Corrections of the press: whether a text is an outlet's correction of itself, and which item it corrects. Pure.

An agency that refutes somebody else ("BHXH Việt Nam đính chính tin đồn …") is none: an outlet's own correction is titled so and
speaks of what it published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from rapidfuzz import fuzz

import vietnamese
from records import Document

How = Literal["title", "words"]
BEGINNING = 3000
"""characters of a text looked at: a correction is short and says early what it corrects"""
ALIKE = 88.0
"""percent of likeness from which a quoted title is an item's title"""
WHOLE = 92.0
"""the same for a title that stands in the text without quotation marks"""
LEAST = 20
"""characters of a title that tells an item apart"""
_TITLE = re.compile(
    r"^\W{0,3}(?:thong tin |loi |thu |tin )?(?:cai chinh|dinh chinh)\b"
    r"|^\W{0,3}xin loi (?:va |, )?(?:cai chinh|dinh chinh)\b|\b(?:cai chinh|dinh chinh)(?:,| va)? xin loi\b"
)
_OWN = re.compile(
    r"\b(?:bai|bai viet|bai bao|tin|ban tin|thong tin|tac pham)\b[^.]{0,200}\b(?:da |duoc )?(?:dang|phat hanh|phat song)\b"
    r"|\b(?:chung toi|toa soan|ban bien tap|bao|tap chi|dai)\b[^.]{0,80}\b(?:xin|thanh that)\b[^.]{0,30}\b(?:cai chinh|dinh chinh|loi)\b"
)
_QUOTED = re.compile(r"[“\"«‘']([^“”\"«»‘’'\n]{12,300})[”\"»’']")


def titled(title: str | None) -> bool:
    """Whether a title says that it corrects."""
    return bool(title) and _TITLE.search(vietnamese.fold(title or "")[:300]) is not None


def is_correction(document: Document) -> bool:
    """Whether an outlet corrects itself here."""
    if document.kind not in ("press", "official") or not titled(document.title):
        return False
    said = vietnamese.fold(f"{document.title}. {document.text[:BEGINNING]}")
    return _OWN.search(said) is not None


def corrected(document: Document, earlier: Iterable[tuple[str, str]]) -> tuple[str, How] | None:
    """(key, how it is known) of the item that a correction names; `earlier`: (key, title) of the same outlet's items.

    The title it puts in quotation marks, else a title that stands in its words as a whole. Two that fit equally: none."""
    said = f"{document.title or ''}\n{document.text[:BEGINNING]}"
    quoted = [_plain(found) for found in _QUOTED.findall(said)[:20]]
    words = _plain(said)
    named: list[tuple[float, str]] = []
    within: list[tuple[float, str]] = []
    for key, title in earlier:
        plain = _plain(title)
        if key == document.key or len(plain) < LEAST or titled(title):
            continue
        named.append((max((fuzz.ratio(plain, one) for one in quoted), default=0.0), key))
        within.append((fuzz.partial_ratio(plain, words, score_cutoff=WHOLE) if len(plain) <= len(words) else 0.0, key))
    best = _best(named, ALIKE)
    if best is not None:
        return best, "title"
    best = _best(within, WHOLE)
    return (best, "words") if best is not None else None


def _best(scored: list[tuple[float, str]], least: float) -> str | None:
    ordered = sorted(scored, reverse=True)[:2]
    if not ordered or ordered[0][0] < least or (len(ordered) > 1 and ordered[1][0] == ordered[0][0]):
        return None
    return ordered[0][1]


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", vietnamese.fold(text)).strip()
