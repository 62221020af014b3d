"""Which campaign messages a text tells, word for word or nearly so. Pure; made once from the knowledge, handed to the store.

A text is compared without punctuation and case, with abbreviations written out. Only wordings that stand in a document are
looked for; a short phrase counts word for word alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

import vietnamese
from knowledge import Campaign, Knowledge
from records import Document

KINDS = ("theme", "theme_en", "message", "motto", "phrase", "principle")
NEAR = 85.0
"""rapidfuzz partial ratio (0..100) from which a text tells a message in nearly its words"""
SHARED, SHARED_LONG, LONG = 0.9, 0.8, 12
"""share of a message's different syllables a text must have, in any order; less of a message of LONG syllables or more"""
SHORT = 6
"""syllables below which only the very words count"""
LONGEST = 200_000
_ABBREVIATIONS = {
    "bhxh": "bảo hiểm xã hội",
    "bhyt": "bảo hiểm y tế",
    "bhtn": "bảo hiểm thất nghiệp",
}


@dataclass(frozen=True, slots=True)
class Wording:
    id: str
    text: str
    words: frozenset[str]
    near: bool


def plain(text: str) -> str:
    """Lower case, one space between syllables, abbreviations written out, no punctuation; digits joined ("1900.9068")."""
    lower = re.sub(r"(?<=\d)[.\s](?=\d)", "", vietnamese.normalize_tones(vietnamese.nfc(text[:LONGEST])).lower())
    return " ".join(_ABBREVIATIONS.get(word, word) for word in re.findall(r"\w+", lower))


class Messages:
    """Call it with a document: (id of the message, word for word) of each it tells."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.wordings = tuple(_wording(one) for one in tracked(knowledge))

    def __call__(self, document: Document) -> list[tuple[str, bool]]:
        text = plain("\n".join(part for part in (document.title, document.text) if part))
        words, found = frozenset(text.split()), []
        for one in self.wordings:
            shared = SHARED_LONG if len(one.words) >= LONG else SHARED
            if len(one.words & words) < shared * len(one.words):
                continue
            if f" {one.text} " in f" {text} ":
                found.append((one.id, True))
            elif one.near and fuzz.partial_ratio(one.text, text, score_cutoff=NEAR):
                found.append((one.id, False))
        return found


def tracked(knowledge: Knowledge) -> list[Campaign]:
    """The messages that are looked for: those whose very words are known."""
    return [one for one in knowledge.campaigns if one.kind in KINDS and one.wording in ("nguyên văn", "báo dẫn")]


def _wording(campaign: Campaign) -> Wording:
    text = plain(campaign.text)
    words = text.split()
    return Wording(campaign.id, text, frozenset(words), len(words) >= SHORT)
