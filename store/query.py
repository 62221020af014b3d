"""The query language: words are ANDed, "a phrase", -word or -"a phrase"; accents and case are folded.

"bảo hiểm xã hội", "bao hiem xa hoi" and "BHXH" are one thing: a run of words that vietnamese.expand knows becomes one
unit with all its written forms. Pure: no database here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import vietnamese

_TOKEN = re.compile(r"[^\W_]+")
_PART = re.compile(r'(?:(?<=\s)|^)(-?)"([^"]*)"?|(\S+)')
TOKEN_CHARS = 64
QUERY_CHARS = 500
UNITS = 32
RUN = 8
"""longest run of words that is looked up as a known name"""
MOST_PLACES = 1000
"""uses of one word of a text that are looked at"""
FORMS = 8
"""written forms of one phrase that are looked for"""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """`wanted`: every unit must be found; `unwanted`: none may. A unit is met by any one of its phrases."""

    wanted: tuple[tuple[Words, ...], ...]
    unwanted: tuple[tuple[Words, ...], ...]

    @property
    def phrased(self) -> bool:
        """Whether words must stand together somewhere."""
        return any(len(phrase) > 1 for unit in self.wanted for phrase in unit)


def tokens(text: str) -> list[str]:
    """Folded words of letters and digits, in order; ASCII only (other scripts as hex), at most TOKEN_CHARS long."""
    return [_ascii(word) for word in _TOKEN.findall(vietnamese.fold(text))]


def _ascii(word: str) -> str:
    return (word if word.isascii() else "u" + word.encode().hex())[:TOKEN_CHARS]


def parse(query: str) -> Query:
    """Any text is a query; one that asks for nothing has no `wanted`."""
    plain: list[str] = []
    wanted: list[tuple[Words, ...]] = []
    unwanted: list[tuple[Words, ...]] = []
    for minus, phrase, is_phrase in _parts(query[:QUERY_CHARS]):
        words = tuple(tokens(phrase))
        if not words:
            continue
        if not minus and not is_phrase and len(words) == 1:
            plain.append(words[0])
            continue
        (unwanted if minus else wanted).append(_forms(words))
    wanted = [*_units(plain), *wanted]
    return Query(tuple(dict.fromkeys(wanted[:UNITS])), tuple(dict.fromkeys(unwanted[:UNITS])))


def _parts(query: str) -> Iterator[tuple[bool, str, bool]]:
    for found in _PART.finditer(vietnamese.nfc(query)):
        minus, phrase, word = found.groups()
        if word is None:
            yield minus == "-", phrase, True
        else:
            yield word.startswith("-"), word, False


def _units(plain: Sequence[str]) -> list[tuple[Words, ...]]:
    """Plain words, with runs that are a known name taken together."""
    units: list[tuple[Words, ...]] = []
    place = 0
    while place < len(plain):
        size, forms = _longest(tuple(plain[place : place + RUN]))
        units.append(forms)
        place += size
    return units


def _longest(words: Words) -> tuple[int, tuple[Words, ...]]:
    for size in range(len(words), 0, -1):
        forms = known(" ".join(words[:size]))
        if forms:
            return size, forms
    return 1, (words[:1],)


def _forms(words: Words) -> tuple[Words, ...]:
    """A phrase in all its written forms: each known name in it may stand in any of its own."""
    phrases: list[Words] = [()]
    place = 0
    while place < len(words):
        size, forms = _longest(words[place : place + RUN])
        phrases = [(*before, *form) for before in phrases for form in forms][:FORMS]
        place += size
    return tuple(phrases)


@lru_cache(maxsize=4096)
def known(words: str) -> tuple[Words, ...]:
    """All written forms of a name such as "bhxh" or "bao hiem xa hoi", the same from whichever one begins; else
    none."""
    short = next((form for form in vietnamese.expand(words) if len(tokens(form)) == 1), None)
    if short is None:
        return ()
    forms = {tuple(tokens(form)) for form in vietnamese.expand(short)}
    return tuple(sorted(forms)) if len(forms) > 1 else ()


def spans(original: str, asked: Query) -> int:
    """Where in `original` (NFC) the first wanted phrase begins; 0 where none is found."""
    return min((start for start, _ in places(original, asked)), default=0)


def places(original: str, asked: Query) -> list[tuple[int, int]]:
    """Where in `original` (NFC) the wanted phrases stand: (start, end) each, in order."""
    folded = vietnamese.fold_aligned(original)
    found = list(_TOKEN.finditer(folded))
    words = [_ascii(each.group()) for each in found]
    uses: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        uses.setdefault(word, []).append(place)
    return sorted(
        {
            (found[place].start(), found[place + len(phrase) - 1].end())
            for unit in asked.wanted
            for phrase in unit
            for place in uses.get(phrase[0], ())[:MOST_PLACES]
            if tuple(words[place : place + len(phrase)]) == phrase
        }
    )
