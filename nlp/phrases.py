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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

import ahocorasick

from nlp.quantities import Quantity, quantities
from nlp.reading import Part, canonical
from records import BadKnowledge
from vietnamese import fold_aligned

REACH = {"+": 0, "~": 3, "*": 6, "**": 16}
"""tokens a gap may span"""
MANY_FORMS, MOST_FORMS = 120, 4000
"""literal forms from which a piece is parted at its choices, and beyond which a rule file is wrong"""
TRIES = 4
"""places tried for each following piece"""

_GAP = re.compile(r"((?: *(?:\*\*|\*|~|\+)(?= |$| ?\*))+)")
_SLOT = re.compile(r"<(\S+)>")
_REPEAT = re.compile(r"\([^()]*\)[*+]|\((?:[^()|]*\|){3,}[^()|]*\)\?")
_LOOSE = re.compile(r"^\([^()]*\)\? ?|\([^()]*\)\?(?= ?(?:\*|~|<|$))")
_MACRO = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\(([^()]*)\)(\??)")


_Place = tuple[int, int, Quantity | None]


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
    pieces: tuple[str, ...]
    """"3" is the piece numbered 3, "<%>" a slot"""
    gaps: tuple[int, ...]


@dataclass(slots=True)
class Phrases:
    """Named lists of phrases, compiled together. `find` is safe to call from several threads."""

    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    _phrases: dict[str, list[_Phrase]] = field(default_factory=dict)
    """by the first piece"""
    _together: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """by the name of the first: (name, names of the parts of an & phrase)"""
    _known: set[str] = field(default_factory=set)
    _automaton: ahocorasick.Automaton = field(default_factory=ahocorasick.Automaton)

    @classmethod
    def compile(cls, named: Mapping[str, Iterable[str]], macros: Mapping[str, str] | None = None) -> Phrases:
        """Raises BadKnowledge naming the list and the phrase that cannot be read."""
        made = cls()
        forms: dict[str, list[tuple[int, str, bool]]] = {}
        for name, phrases in named.items():
            for phrase in phrases:
                try:
                    made._add_all(name, _expand_macros(phrase, macros or {}), forms)
                except (ValueError, KeyError) as error:
                    raise BadKnowledge(f"{name}: {phrase!r}: {error}") from error
        for plain, pieces in forms.items():
            made._automaton.add_word(f" {plain} ", (len(plain) + 1, tuple(pieces)))
        if forms:
            made._automaton.make_automaton()
        return made

    def _add_all(self, name: str, phrase: str, forms: dict[str, list[tuple[int, str, bool]]]) -> None:
        parts = phrase.split(" & ")
        if len(parts) == 1:
            self._add(name, phrase, forms)
            return
        names = tuple(f"&{part.strip()}" for part in parts)
        for own, part in zip(names, parts, strict=True):
            if own not in self._known:
                self._known.add(own)
                self._add(own, part, forms)
        self._together.setdefault(names[0], []).append((name, *names))

    def _add(self, name: str, phrase: str, forms: dict[str, list[tuple[int, str, bool]]]) -> None:
        for plain in _part_slots(_LOOSE.sub(" ~ ", _REPEAT.sub(" ~ ", phrase)).replace("~*", "~ *")):
            bits = _GAP.split(_SLOT.sub(r" + \g<0> + ", plain))
            pieces: list[str] = []
            gaps: list[int] = []
            reach = 0
            for bit, gap in zip(bits[::2], [*bits[1::2], "+"], strict=True):
                for piece in _lighter(bit.strip()) if bit.strip() else ():
                    slot = _SLOT.fullmatch(piece)
                    gaps.append(reach)
                    pieces.append(slot[0] if slot else str(self._piece(piece, forms)))
                    reach = 0
                reach = max(reach, *(REACH[sign] for sign in gap.split()))
            self._phrases.setdefault(pieces[0], []).append(_Phrase(name, tuple(pieces), tuple(gaps[1:])))

    def _piece(self, piece: str, forms: dict[str, list[tuple[int, str, bool]]]) -> int:
        marked = tuple(
            sorted({("=" if "=" in form else "") + canonical(form.replace("=", "")) for form in _unfold(piece)})
        )
        if marked not in self._numbers:
            self._numbers[marked] = len(self._numbers)
            for form in marked:
                literal = form.removeprefix("=")
                if not literal:
                    raise ValueError("a piece may not be empty")
                forms.setdefault(fold_aligned(literal), []).append((self._numbers[marked], literal, form != literal))
        return self._numbers[marked]

    def find(self, part: Part) -> list[Hit]:
        """All hits, by place; overlapping hits of different names are all given."""
        found = self._scan(part)
        for quantity in quantities(part):
            found.setdefault(f"<{quantity.unit}>", []).append((quantity.start, quantity.end, quantity))
            if quantity.unit != "#":
                found.setdefault("<#>", []).append((quantity.start, quantity.end, quantity))
        hits = {
            hit: None
            for first, places in found.items()
            for phrase in self._phrases.get(first, ())
            for place in places
            for hit in self._join(phrase, place, found, part)
        }
        single = [hit for hit in hits if hit.name[0] != "&"]
        return sorted([*single, *self._joint(hits)], key=lambda hit: (hit.start, hit.end))

    def _joint(self, hits: Iterable[Hit]) -> Iterable[Hit]:
        """Hits of the & phrases: one for each sentence that has all parts."""
        found: dict[str, dict[int, Hit]] = {}
        for hit in hits:
            if hit.name[0] == "&":
                found.setdefault(hit.name, {}).setdefault(hit.sentence, hit)
        for first in found.keys() & self._together.keys():
            for name, *names in self._together[first]:
                for sentence in set.intersection(*(set(found.get(own, ())) for own in names)):
                    parts = [found[own][sentence] for own in names]
                    quantity = next((part.quantity for part in parts if part.quantity), None)
                    start, end = min(part.start for part in parts), max(part.end for part in parts)
                    yield Hit(name, start, end, sentence, quantity)

    def _scan(self, part: Part) -> dict[str, list[_Place]]:
        found: dict[str, list[_Place]] = {}
        if not len(self._automaton):
            return found
        for last, (length, pieces) in self._automaton.iter(part.plain):
            start, end = last - length + 1 - 1 + 1, last
            written = part.marked[start:end] if part.accented else None
            for number, form, must in pieces:
                if written == form or (written is None and not must):
                    found.setdefault(str(number), []).append((start, end, None))
        return found

    def _join(self, phrase: _Phrase, place: _Place, found: Mapping[str, list[_Place]], part: Part) -> Iterable[Hit]:
        sentence = part.sentence(place[0])
        limit = part.sentences[sentence][1]

        def follow(step: int, end: int, quantity: Quantity | None) -> tuple[int, Quantity | None] | None:
            if step == len(phrase.pieces):
                return end, quantity
            reach = min(limit, _skip(part, end, phrase.gaps[step - 1]))
            places = found.get(phrase.pieces[step], ())
            at = bisect_left(places, end, key=lambda item: item[0])
            for start, stop, more in places[at : at + TRIES]:
                if start > reach:
                    return None
                ended = follow(step + 1, stop, more or quantity) if stop <= limit else None
                if ended:
                    return ended
            return None

        ended = follow(1, place[1], place[2])
        if ended:
            yield Hit(phrase.name, place[0], ended[0], sentence, ended[1])


def _skip(part: Part, end: int, tokens: int) -> int:
    """The place in `plain` where the token begins that stands `tokens` tokens behind `end`."""
    at = bisect_left(part.tokens, end)
    return part.tokens[min(at + tokens, len(part.tokens) - 1)] if part.tokens else end


def _expand_macros(phrase: str, macros: Mapping[str, str]) -> str:
    for _ in range(5):
        if "{" not in phrase:
            return phrase
        phrase = _MACRO.sub(lambda match: macros[match[1]], phrase)
    raise ValueError("macros nest too deep")


def _unfold(piece: str) -> list[str]:
    """All literal forms of a piece with (a|b) choices, innermost first."""
    done, waiting = [], [piece]
    while waiting:
        form = waiting.pop()
        choice = _CHOICE.search(form)
        if choice is None:
            if set(form) & set("()|*<>{}"):
                raise ValueError("unbalanced choice, gap or slot")
            done.append(form)
            continue
        options = choice[1].split("|") + ([""] if choice[2] else [])
        waiting.extend(form[: choice.start()] + option + form[choice.end() :] for option in options)
        if len(waiting) + len(done) > MOST_FORMS:
            raise ValueError(f"more than {MOST_FORMS} forms")
    return done


def _lighter(piece: str) -> list[str]:
    """A piece of too many forms as several that follow each other at once."""
    return piece.replace(") (", ")\n(").split("\n") if _forms(piece) > MANY_FORMS else [piece]


def _forms(piece: str) -> int:
    return prod(choice[1].count("|") + 1 + bool(choice[2]) for choice in _CHOICE.finditer(piece))


def _part_slots(phrase: str) -> list[str]:
    """The phrase once for each slot that stands in a choice, and once for the choice's words."""
    for choice in _CHOICE.finditer(phrase):
        options = choice[1].split("|")
        slots = [option for option in options if _SLOT.search(option)]
        if slots and len(options) > 1:
            words = "|".join(option for option in options if option not in slots)
            before, after = phrase[: choice.start()], phrase[choice.end() :]
            ways = slots + ([f"({words})"] if words else [])
            return [made for way in ways for made in _part_slots(before + way + after)]
    return [phrase]
