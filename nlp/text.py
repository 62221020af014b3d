"""Words of a Vietnamese text, for counting and for showing. Alone speaks to underthesea, and only when asked to.

Classification counts syllables: segmentation bought no accuracy and costs 13 ms an article. This file does *not* correct
spelling: only writings that are no Vietnamese syllable are read as the word they stand for ("ko" is "không", but "vi"
stays "vi").
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import cast

from vietnamese import fold_aligned

LIMIT = 800
"""code points of a text the learned half reads: a headline, a lead and the first paragraphs; the cost is bounded"""
SHOWN = 350
"""code points of a text that are segmented into words"""

_TERMS = {
    "bhxh": "bảo hiểm xã hội",
    "bhyt": "bảo hiểm y tế",
    "bhtn": "bảo hiểm thất nghiệp",
    "kcb": "khám chữa bệnh|khám, chữa bệnh|khám bệnh, chữa bệnh",
    "nlđ": "người lao động",
    "dn": "doanh nghiệp",
    "vn": "việt nam",
    "hssv": "học sinh, sinh viên|học sinh sinh viên",
}
_TERM_OF = {phrase: short for short, phrases in _TERMS.items() for phrase in phrases.split("|")}
_TERM_OF |= {fold_aligned(phrase): short for phrase, short in _TERM_OF.items()}
_WORD = re.compile("|".join(sorted(map(re.escape, _TERM_OF), key=len, reverse=True)) + r"|\d+(?:[.,/:-]\d+)*|\w+")
_SPOKEN = {
    written: word
    for word, written_so in {
        "không": "ko k kh hok khg kg",
        "được": "đc dc đuoc",
        "mọi người": "mn",
        "người": "ng",
        "với": "vs",
        "cũng": "cx",
        "rồi": "r",
        "trước": "trc",
        "làm": "lm",
        "nói": "ns",
        "như thế nào": "ntn",
        "gì": "j",
        "bao nhiêu": "bn",
        "quá": "wa qá",
        "hôm nay": "hn",
        "công ty": "cty tcty",
        "bệnh viện": "bv",
        "triệu": "tr",
        "nhân viên": "nv",
        "cán bộ": "cb",
        "anh em": "ae",
        "bảo hiểm": "bh",
        "số điện thoại": "sđt",
    }.items()
    for written in written_so.split()
}


def lower(text: str) -> str:
    """Lower case with the length kept, so that offsets hold."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def located(text: str) -> list[tuple[str, int, int]]:
    """The syllables of an NFC text in reading order, normalised, each with start and end in the text."""
    return [(_normal(found[0]), found.start(), found.end()) for found in _WORD.finditer(lower(text[:LIMIT]))]


def syllables(text: str) -> list[str]:
    """The same without places: terms as one word ("bhxh"), numbers as their shape, spoken writings as words."""
    return [_normal(word) for word in _WORD.findall(lower(text[:LIMIT]))]


def _normal(word: str) -> str:
    if word[0].isdigit():
        return _shape(word)
    return _TERM_OF.get(word) or _SPOKEN.get(word) or word


@cache
def _shape(number: str) -> str:
    """ "1.300.000" -> "9.999.999"; one and two digits stay, they tell ages, shares and months apart."""
    return number if len(number) <= 2 or number == "100" else re.sub(r"\d", "9", number)


# ---------------------------------------------------------------- sentences and words to show

_STOP = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\sa-zà-ỹ])|\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, blanks trimmed. Splits at a stop before a capital, and at line ends.

    Not underthesea's `sent_tokenize`: that one gives strings without places; the two agree on clean press text.
    """
    bounds, start = [], 0
    for stop in [*_STOP.finditer(text), None]:
        end = len(text) if stop is None else stop.start()
        piece = text[start:end]
        if piece.strip():
            bounds.append((start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())))
        start = end if stop is None else stop.end()
    return bounds


def words(text: str) -> list[tuple[int, int]]:
    """Start and end of the words underthesea finds ("bảo hiểm xã hội" is one), where words are shown to people.

    Looks at the first `SHOWN` code points only: it costs 7 ms a 1,000. A word underthesea rewrote, so that it stands nowhere, is left out.
    """
    bounds, place, seen = [], 0, text[:SHOWN]
    for word in _segmenter()(seen):
        start = seen.find(word, place)
        if start >= 0:
            place = start + len(word)
            bounds.append((start, place))
    return bounds


def segmented(text: str) -> str:
    """The beginning of a text (`LIMIT` code points) in the words underthesea finds, as PhoBERT was taught: a blank between
    words, "_" within one ("bảo_hiểm xã_hội")."""
    return " ".join("_".join(word.split()) for word in _segmenter()(text[:LIMIT])) if text.strip() else ""


@cache
def _segmenter() -> Callable[[str], list[str]]:
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    out = sys.stdout
    from underthesea import word_tokenize

    sys.stdout = out
    root.handlers[:] = before  # the import adds a handler of its own to the root logger
    for name in ("underthesea", "underthesea.utils", "underthesea.feature_engineering"):
        logging.getLogger(name).handlers.clear()
    return cast("Callable[[str], list[str]]", word_tokenize)
