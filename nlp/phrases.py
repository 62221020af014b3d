"""A small language of phrases, matched in one pass over a `Part`: what rules and claims are written in.

    "rút (bhxh|bảo hiểm) 1 lần"        alternatives; "?" makes them optional: "(bị )?khóa"
    "không được * rút"                  a gap of up to 6 tokens within the sentence (" ~ ": up to 3, " ** ": up to 16)
    "lương hưu * tăng * <%>"            a quantity: <%> <vnd> <năm> <tháng> <ngày> <tuổi> <lần> <date> <year> <#>
    "=chó", "(=chó|lợn)"                only where the accent is written ("cho" means "give")
    "2026 & nam & 62"                   all of them in one sentence, in any order
    "{rut}"                             a named piece of the [macros] table

Phrases are brought to the canonical spelling of nlp/reading.py. In an accented text the accents must agree; in an unaccented
one the folded forms are compared. Cost is linear in the text: one Aho-Corasick scan, then joins of what was found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

import ahocorasick

from nlp.phrase_grammar import SLOT, expand_macros, lighter, part_slots, unfold
from nlp.quantities import Quantity, quantities
from nlp.reading import Part, canonical
from records import BadKnowledge
from vietnamese import fold_aligned

REACH = {"+": 0, "~": 3, "*": 6, "**": 16}
"""tokens a gap may span"""
TRIES = 4
"""places tried for each following piece"""

_GAP = re.compile(r"((?: *(?:\*\*|\*|~|\+)(?= |$| ?\*))+)")
_REPEAT = re.compile(r"\([^()]*\)[*+]|\((?:[^()|]*\|){3,}[^()|]*\)\?")
_LOOSE = re.compile(r"^\([^()]*\)\? ?|\([^()]*\)\?(?= ?(?:\*|~|<|$))")


_Place = tuple[int, int, int, Quantity | None]
"""start, end, sentence, quantity"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: stretch of `Part.plain`, its sentence, and the quantity of its slot if it has one."""

    name: str
    start: int
    end: int
    sentence: int
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class _Phrase:
    name: str
    pieces: tuple[int, ...]
    gaps: tuple[int, ...]
    need: int
    """a bit for each piece: what must stand in a text at all"""


@dataclass(frozen=True, slots=True)
class _Form:
    """A literal of one or more pieces. `must`: only where its accents are written."""

    marked: str
    must: bool
    number: int


@dataclass(slots=True)
class Phrases:
    """Named lists of phrases, compiled together. `find` is safe to call from several threads."""

    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    """pieces and slots"""
    _forms: dict[tuple[str, bool], _Form] = field(default_factory=dict)
    _of_piece: list[list[int]] = field(default_factory=list)
    """piece -> its forms"""
    _bits: list[int] = field(default_factory=list)
    """form -> a bit for each of its pieces"""
    _phrases: list[_Phrase] = field(default_factory=list)
    _parts: dict[str, list[_Phrase]] = field(default_factory=dict)
    """the parts of & phrases, by their own words"""
    _together: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    """(name, parts, what must stand in the sentence) of each & phrase"""
    _automaton: ahocorasick.Automaton = field(default_factory=ahocorasick.Automaton)

    @classmethod
    def compile(cls, named: Mapping[str, Iterable[str]], macros: Mapping[str, str] | None = None) -> Phrases:
        """Raises BadKnowledge naming the list and the phrase that cannot be read."""
        made = cls()
        for name, phrases in named.items():
            for phrase in phrases:
                try:
                    made._add_all(name, expand_macros(phrase, macros or {}))
                except (ValueError, KeyError) as error:
                    raise BadKnowledge(f"{name}: {phrase!r}: {error}") from error
        by_plain: dict[str, list[_Form]] = {}
        for form in made._forms.values():
            by_plain.setdefault(fold_aligned(form.marked), []).append(form)
        for plain, forms in by_plain.items():
            made._automaton.add_word(f" {plain} ", (len(plain), tuple(forms)))
        if by_plain:
            made._automaton.make_automaton()
        return made

    def _add_all(self, name: str, phrase: str) -> None:
        parts = tuple(part.strip() for part in phrase.split(" & "))
        if len(parts) == 1:
            self._phrases.extend(self._read(name, phrase))
            return
        for part in parts:
            if part not in self._parts:
                self._parts[part] = list(self._read(name, part))
        need = 0
        for part in parts:
            need |= reduce(and_, (phrase.need for phrase in self._parts[part]))
        self._together.append((name, parts, need))

    def _read(self, name: str, phrase: str) -> Iterator[_Phrase]:
        for plain in part_slots(_LOOSE.sub(" ~ ", _REPEAT.sub(" ~ ", phrase)).replace("~*", "~ *")):
            bits = _GAP.split(SLOT.sub(r" + \g<0> + ", plain))
            pieces: list[int] = []
            gaps: list[int] = []
            reach = 0
            for bit, gap in zip(bits[::2], [*bits[1::2], "+"], strict=True):
                for piece in lighter(bit.strip()) if bit.strip() else ():
                    slot = SLOT.fullmatch(piece)
                    gaps.append(reach)
                    pieces.append(self._number((slot[0],)) if slot else self._piece(piece))
                    reach = 0
                reach = max(reach, *(REACH[sign] for sign in gap.split()))
            need = sum(1 << piece for piece in set(pieces))
            yield _Phrase(name, tuple(pieces), tuple(gaps[1:]), need)

    def _piece(self, piece: str) -> int:
        """The number of a piece; its literals are noted."""
        literals = sorted({(canonical(form.replace("=", "")), "=" in form) for form in unfold(piece)})
        if not all(marked for marked, _ in literals):
            raise ValueError("a piece may not be empty")
        known = len(self._numbers)
        number = self._number(tuple(f"{'=' if must else ''}{marked}" for marked, must in literals))
        if number == known:
            for marked, must in literals:
                form = self._forms.setdefault((marked, must), _Form(marked, must, len(self._forms)))
                if form.number == len(self._bits):
                    self._bits.append(0)
                self._bits[form.number] |= 1 << number
                self._of_piece[number].append(form.number)
        return number

    def _number(self, key: tuple[str, ...]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            self._of_piece.append([])
        return self._numbers[key]

    def find(self, part: Part) -> list[Hit]:
        """All hits, by place; overlapping hits of different names are all given."""
        if not len(self._automaton):
            return []
        search = self._scan(part)
        hits = dict.fromkeys(hit for phrase in self._phrases for hit in search.hits(phrase))
        joint = (hit for name, parts, need in self._together for hit in self._joint(search, name, parts, need))
        return sorted(hits | dict.fromkeys(joint), key=lambda hit: (hit.start, hit.end))

    def _joint(self, search: _Search, name: str, parts: tuple[str, ...], need: int) -> Iterator[Hit]:
        """One hit for each sentence that has all parts of an & phrase."""
        if not search.sentences(need):
            return
        found = [search.by_sentence(part, self._parts[part]) for part in parts]
        for sentence in set.intersection(*map(set, found)):
            hits = [one[sentence] for one in found]
            quantity = next((hit.quantity for hit in hits if hit.quantity), None)
            yield Hit(name, min(hit.start for hit in hits), max(hit.end for hit in hits), sentence, quantity)

    def _scan(self, part: Part) -> _Search:
        places: dict[int, list[_Place]] = {}
        present = [0] * len(part.sentences)
        marked, lenient = part.marked, not part.accented
        for last, (length, forms) in self._automaton.iter(part.plain):
            start, sentence = last - length, -1
            for form in forms:
                if marked[start:last] == form.marked or (lenient and not form.must):
                    sentence = sentence if sentence >= 0 else part.sentence(start)
                    present[sentence] |= self._bits[form.number]
                    places.setdefault(form.number, []).append((start, last, sentence, None))
        slots: dict[int, list[_Place]] = {}
        for quantity in quantities(part):
            for unit in {quantity.unit, "#"}:
                slot = self._numbers.get((f"<{unit}>",))
                if slot is not None:
                    sentence = part.sentence(quantity.start)
                    present[sentence] |= 1 << slot
                    slots.setdefault(slot, []).append((quantity.start, quantity.end, sentence, quantity))
        return _Search(part, present, reduce(or_, present, 0), places, self._of_piece, slots)


@dataclass(slots=True)
class _Search:
    """What was found in one part, and the joins of it."""

    part: Part
    present: list[int]
    """for each sentence a bit for each piece in it"""
    anywhere: int
    forms: Mapping[int, list[_Place]]
    of_piece: Sequence[Sequence[int]]
    pieces: dict[int, list[_Place]]
    """places of slots, and of the pieces already asked for"""
    _parts: dict[str, dict[int, Hit]] = field(default_factory=dict)

    def sentences(self, need: int) -> list[int]:
        """The sentences that hold all the pieces."""
        if need & self.anywhere != need:
            return []
        return [number for number, bits in enumerate(self.present) if bits & need == need]

    def by_sentence(self, part: str, phrases: Iterable[_Phrase]) -> dict[int, Hit]:
        """The first hit of a part of & phrases in each sentence."""
        if part not in self._parts:
            first: dict[int, Hit] = {}
            for phrase in phrases:
                for hit in self.hits(phrase):
                    first.setdefault(hit.sentence, hit)
            self._parts[part] = first
        return self._parts[part]

    def hits(self, phrase: _Phrase) -> Iterator[Hit]:
        among = self.sentences(phrase.need)
        for start, end, sentence, quantity in self.places(phrase.pieces[0]) if among else ():
            if sentence in among:
                ended = self._follow(phrase, 1, end, quantity, self.part.sentences[sentence][1])
                if ended:
                    yield Hit(phrase.name, start, ended[0], sentence, ended[1])

    def places(self, piece: int) -> list[_Place]:
        """The places of a piece, in order."""
        if piece not in self.pieces:
            found = [place for form in self.of_piece[piece] for place in self.forms.get(form, ())]
            self.pieces[piece] = sorted(found, key=lambda place: place[:2])
        return self.pieces[piece]

    def _follow(
        self, phrase: _Phrase, step: int, end: int, quantity: Quantity | None, limit: int
    ) -> tuple[int, Quantity | None] | None:
        """Where the rest of a phrase ends that has come to `end`, and its quantity."""
        if step == len(phrase.pieces):
            return end, quantity
        reach = min(limit, _skip(self.part, end, phrase.gaps[step - 1]))
        places = self.places(phrase.pieces[step])
        at = bisect_left(places, end, key=lambda place: place[0])
        for start, stop, _, more in places[at : at + TRIES]:
            if start > reach:
                return None
            ended = self._follow(phrase, step + 1, stop, more or quantity, limit) if stop <= limit else None
            if ended:
                return ended
        return None


def _skip(part: Part, end: int, tokens: int) -> int:
    """The place in `plain` where the token begins that stands `tokens` tokens behind `end`."""
    at = bisect_left(part.tokens, end)
    return part.tokens[min(at + tokens, len(part.tokens) - 1)] if part.tokens else end
