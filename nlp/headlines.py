"""The words of a headline and lead that tell an event from others, and the shingles of a whole text.

A round-up tells many events and so none; a month's payout notices are one event by rule. Weights come from how many items
about social insurance use a term (rules/story_terms.bin: one byte a bucket, made by benchmarks/stories.py).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from nlp.reading import RULES
from records import Text
from vietnamese import fold_aligned, nfc

BUCKETS = 1 << 15
STEP = 8.0
"""a bucket holds log(documents + 1) in steps of 1/8"""
COLLECTION = 1503
"""items behind the statistics"""
TERMS, LEAD = 60, 60
"""terms kept, and syllables of the lead looked at"""
TITLE, PAIR, NUMBER = 3, 0.7, 0.7
"""weights: of a headline word, of a two-syllable term, of a number"""
READ = 40_000
"""code points of a text that are shingled"""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SAME = (
    ("bao hiem xa hoi", "bhxh"),
    ("bao hiem y te", "bhyt"),
    ("bao hiem that nghiep", "bhtn"),
    ("tp.hcm", "tphcm"),
    ("tp. hcm", "tphcm"),
    ("tp hcm", "tphcm"),
    ("ti dong", "ty dong"),
)
_ROUND_UP = re.compile(r"^(?:diem tin|ban tin|tin tuc|tin (?:sang|trua|chieu|toi)) |; | \| |tin tuc dang chu y")
_ROUND_UP_LEAD = re.compile(r"(?:mot so )?tin tuc dang chu y|nhieu thong tin duoc cap nhat|diem tin ")
_PAID = re.compile(r"(?:chi tra|tra|nhan|chi) (?:luong huu|tro cap)|luong huu[^.]{0,40} tra ")
_WHEN = re.compile(r"lich|ngay nao|the nao|tu ngay|tu \d|khi nao|vao ngay|thoi gian")
_MONTH = re.compile(r"(?:luong huu[^.]{0,60}?|)thang (\d{1,2})\b(?:[-./ ](?:nam )?(20\d\d))?")


def shingles(text: Text) -> list[str]:
    """The different three-syllable runs of headline and text, folded."""
    words = _words(f"{text.title or ''} . {text.text}"[:READ])
    if len(words) < 3:
        return []
    return list(dict.fromkeys(" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)))


def title_terms(text: Text) -> dict[str, float]:
    """The heaviest terms of headline and lead, L2-normalised; empty for a round-up."""
    title, lead = _plain(text.title or ""), _plain(text.text[:1200].split("\n\n", 1)[0])
    if _ROUND_UP.search(title) or _ROUND_UP_LEAD.match(lead):
        return {}
    counts: Counter[str] = Counter()
    for term in set(_grams(_words(title))):
        counts[term] += TITLE if title else 1
    for term in set(_grams(_words(lead)[:LEAD])):
        counts[term] += 1
    weights = {term: math.sqrt(count) * _weight(term) for term, count in counts.items()}
    weights = dict(sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:TERMS])
    payout = _payout(f"{title} . {lead}")
    if payout:
        weights[payout] = 2 * math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    norm = math.sqrt(math.fsum(weight * weight for weight in weights.values())) or 1.0
    return {term: round(weight / norm, 4) for term, weight in weights.items()}


def _payout(plain: str) -> str | None:
    """The month of a notice when pensions are paid; a payment of several months at once is an event of its own."""
    if " gop" in plain or not _PAID.search(plain) or not _WHEN.search(plain):
        return None
    month = _MONTH.search(plain)
    return f"#lich-tra-{month[1]}" if month else None


def _plain(words: str) -> str:
    plain = fold_aligned(nfc(words))
    for long, short in _SAME:
        plain = plain.replace(long, short)
    return plain


def _words(text: str) -> list[str]:
    return [word.rstrip(".,") for word in _TOKEN.findall(_plain(text))]


def _grams(words: list[str]) -> list[str]:
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def _weight(term: str) -> float:
    rarity = max(math.log(COLLECTION + 1) - _table()[bucket(term)] / STEP, 0.05)
    return rarity * (PAIR if " " in term else 1.0) * (NUMBER if term[0].isdigit() else 1.0)


def bucket(term: str) -> int:
    return crc32(term.encode()) % BUCKETS


@lru_cache(maxsize=1)
def _table() -> bytes:
    return (RULES / "story_terms.bin").read_bytes()
