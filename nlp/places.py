"""The provinces a text speaks of: the 34 of today behind old and new names, districts where sure, with or without accents.

A name that may be a person, a street, a word or two provinces is sure only behind a word that makes it a place ("BHXH tỉnh
Thái Bình"); else it goes to the unsure groups, and where it is plainly something else ("chị Thái Bình", "đường Điện Biên
Phủ") nowhere. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import ahocorasick

from knowledge import Knowledge
from nlp import lexicon
from nlp.reading import Part, canonical, read
from records import Text
from vietnamese import fold_aligned

SHORT = 3
"""letters up to which a name is an abbreviation: read only in capitals and behind a place word"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in canonical spelling and the provinces it may mean; `sure`: it means that one province and nothing else."""

    marked: str
    provinces: tuple[str, ...]
    sure: bool
    short: bool


@dataclass(frozen=True, slots=True)
class Gazetteer:
    automaton: ahocorasick.Automaton
    place: tuple[str, ...]
    other: tuple[str, ...]
    after: tuple[str, ...]
    bare: frozenset[str]


@dataclass(slots=True)
class _Seen:
    sure: dict[str, None] = field(default_factory=dict)
    unsure: dict[tuple[str, ...], None] = field(default_factory=dict)


def find(text: Text, knowledge: Knowledge) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """(sure provinces, groups of candidates that need a person), both in the order they are named."""
    gazetteer = _gazetteer(_Known(knowledge.version, knowledge))
    seen = _Seen()
    for part in read(text).parts:
        for name, start, end in _names(part, gazetteer):
            _place(name, start, end, part, gazetteer, seen)
    open_groups = tuple(group for group in seen.unsure if not set(group) & set(seen.sure))
    return tuple(seen.sure), open_groups


def _names(part: Part, gazetteer: Gazetteer) -> Iterator[tuple[Name, int, int]]:
    """The longest name at each place."""
    last = -1
    found: list[tuple[int, int, Name]] = []
    for end, names in gazetteer.automaton.iter(part.plain):
        for name in names:
            start = end - len(name.marked)
            if not part.accented or part.marked[start:end] == name.marked:
                found.append((start, end, name))
    for start, end, name in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= last:
            last = end
            yield name, start, end


def _place(name: Name, start: int, end: int, part: Part, gazetteer: Gazetteer, seen: _Seen) -> None:
    before, behind = part.marked[:start], part.marked[end:]
    if not part.accented:
        before, behind = fold_aligned(before), fold_aligned(behind)
    first, last = part.span(start, end)
    written = part.nfc[first:last]
    place, other = (_longest(before, words, part.accented) for words in (gazetteer.place, gazetteer.other))
    if other > place or behind.lstrip().startswith(_folded(gazetteer.after, part.accented)):
        return
    located = place > 0
    if name.short:
        if written.isupper() and located:
            _add(name, name.sure, seen)
        return
    capital = written[:1].isupper()
    plain = part.accented or located or fold_aligned(name.marked) not in gazetteer.bare
    if (name.sure and plain) or (located and len(name.provinces) == 1):
        _add(name, True, seen)
    elif capital or located or not part.accented:
        _add(name, False, seen)


def _add(name: Name, sure: bool, seen: _Seen) -> None:
    if sure:
        seen.sure[name.provinces[0]] = None
    else:
        seen.unsure[name.provinces] = None


def _longest(before: str, words: tuple[str, ...], accented: bool) -> int:
    """Length of the longest of the words that stands right before ("thành phố" beats "phố"); 0 where none does."""
    end = before.rstrip()[-40:]
    return max((len(word) for word in _folded(words, accented) if end.endswith(f" {word}")), default=0)


@lru_cache(maxsize=8)
def _folded(words: tuple[str, ...], accented: bool) -> tuple[str, ...]:
    return words if accented else tuple(fold_aligned(word) for word in words)


@dataclass(frozen=True, slots=True)
class _Known:
    """Knowledge as a cheap key: the same version, the same names."""

    version: str
    knowledge: Knowledge = field(compare=False)


@lru_cache(maxsize=2)
def _gazetteer(known: _Known) -> Gazetteer:
    table = lexicon.table("places")
    automaton = ahocorasick.Automaton()
    by_plain: dict[str, list[Name]] = {}
    for name in _known_names(known.knowledge):
        by_plain.setdefault(fold_aligned(name.marked), []).append(name)
    for plain, found in by_plain.items():
        automaton.add_word(f" {plain} ", tuple(found))
    automaton.make_automaton()
    words = {key: tuple(canonical(word) for word in table[key]) for key in ("place", "other", "after")}
    return Gazetteer(automaton, words["place"], words["other"], words["after"], frozenset(table["bare"]))


def _known_names(knowledge: Knowledge) -> tuple[Name, ...]:
    names: dict[str, Name] = {}
    districts: dict[str, list[str]] = lexicon.table("places")["districts"]
    for province in knowledge.provinces:
        for word in (*districts.get(province.name, ()), *province.aliases, *province.former, province.name):
            names[canonical(word)] = Name(
                canonical(word), (province.name,), True, len(word) <= SHORT and word.isupper()
            )
    for unclear in knowledge.ambiguous:
        word = unclear.word
        names[canonical(word)] = Name(canonical(word), unclear.candidates, False, len(word) <= SHORT and word.isupper())
    return tuple(names.values())
