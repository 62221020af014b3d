"""Numbers of a sentence held against the numbers of knowledge/facts.toml, whatever words stand around them.

Where a sentence meets a fact's `about`, a number of the right unit that stands near the words of one of the fact's numbers
agrees with it or not. The phrases of rules/claims.toml know how people say things; this knows only what is counted, so it
speaks of plain sentences and is silent where a number may belong to somebody's own case or to another rule.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from knowledge import Fact, Knowledge, Number
from knowledge.entries import Unit
from nlp.matchers import close
from nlp.phrases import Hit, Phrases
from nlp.quantities import Quantity, quantities
from nlp.reading import Part, canonical
from records import Verdict
from vietnamese import fold_aligned

REACH, AGE_REACH = 12, 2
"""tokens between a number, or somebody's age, and the words that say what it counts"""
MOST = 3
"""different numbers of one unit in a sentence, from which it is a list that belongs to no single rule"""
FAR = 5.0
"""how many times larger or smaller than the right one a number may be and still be meant for it"""
UNITS: Mapping[Unit, tuple[str, ...]] = {
    "percent": ("%",), "percent_per_day": ("%",), "dong": ("vnd",), "years": ("năm", "tuổi"), "age_months": ("tuổi",),
    "months": ("tháng",), "days": ("ngày",), "working_days": ("ngày",), "times": ("lần",), "items": ("bệnh", "#"),
    "places": ("#",),
}  # fmt: skip
_NEXT = frozenset(("items", "places"))
"""units without a sign of their own: the counted word must follow the number"""
_MOVED = re.compile(r" (?:muc |hon |moi )?tu (?:muc |hon )?$")
_TO = re.compile(r"^ ?(?:[a-z]+ ){0,3}(?:len|xuong|con|thanh|sang|toi|den) ")
_SIGNS = re.compile(r"[()|*~+<>{}&?=]")
_SHORT = frozenset(("nam", "nu", "me", "cha", "vo", "tu", "con"))
_COUNTED = re.compile(r" ?(?:luot )?(?:nguoi|cu|lao dong|ho|truong hop|the|ho so|luot) ")
_BESIDE = re.compile(
    r"(?<![a-z])(?:khong phai|thay vi|truoc day|truoc do|luat cu|quy dinh cu|giam con|de xuat|du kien|kien nghi|du thao|"
    r"phuong an|binh quan ca nuoc|cao hon|thap hon|vi du|chang han|truong hop|ho tro them|nguoi nay|tinh nay|muc tieu|phan dau|chi tieu|bao phu|"
    r"so nguoi|so luong|hoi dong nhan dan|hdnd)(?![a-z])"
)
"""what makes a number of its sentence an example, a proposal, a comparison or the rule of another time"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number found that speaks of a fact."""

    fact: Fact
    verdict: Verdict
    hit: Hit


@dataclass(frozen=True, slots=True)
class _Known:
    """Knowledge as a cheap key: the same version, the same facts."""

    version: str
    knowledge: Knowledge = field(compare=False)


def found(part: Part, day: date, knowledge: Knowledge) -> Iterator[Figure]:
    """What the numbers of a part say of the facts in force on `day`; "supported" or "contradicted"."""
    sentences: dict[int, list[Quantity]] = {}
    for quantity in quantities(part):
        sentences.setdefault(part.sentence(quantity.start), []).append(quantity)
    places: dict[int, dict[str, list[Hit]]] = {}
    for hit in _words(_Known(knowledge.version, knowledge)).find(part):
        places.setdefault(hit.sentence, {}).setdefault(hit.name, []).append(hit)
    named = {name for hits in places.values() for name in hits}
    told = [fact for fact in _checkable(knowledge) if _about(fact, named)]
    for number in sentences.keys() & places.keys():
        said = _Sentence(part, number, sentences[number], places[number])
        if not _BESIDE.search(said.plain):
            yield from said.figures(told, day, knowledge)


def _about(fact: Fact, named: Container[str]) -> bool:
    return all(f"{fact.id}:about:{group}" in named for group in range(len(fact.about)))


def _checkable(knowledge: Knowledge) -> Iterator[Fact]:
    """Statistics are left out: a province's own figures look like those of the country."""
    return (fact for fact in knowledge.facts if fact.kind in ("rule", "notice") and fact.numbers)


@dataclass(frozen=True, slots=True)
class _Sentence:
    part: Part
    number: int
    all: Sequence[Quantity]
    hits: Mapping[str, Sequence[Hit]]

    @property
    def quantities(self) -> list[Quantity]:
        return [quantity for quantity in self.all if quantity.unit not in ("date", "year")]

    @property
    def plain(self) -> str:
        start, end = self.part.sentences[self.number]
        return self.part.plain[start:end]

    def figures(self, facts: Sequence[Fact], day: date, knowledge: Knowledge) -> Iterator[Figure]:
        """`facts`: what the whole part is about."""
        for fact in facts:
            if not _about(fact, self.hits) or f"{fact.id}:unless" in self.hits or not self._in_time(fact, day):
                continue
            judged = list(self._judged(fact, facts, knowledge.numbers_on(fact, day)))
            right = {quantity.unit for quantity, verdict in judged if verdict == "supported"}
            for quantity, verdict in judged:
                if verdict == "supported" or quantity.unit not in right:
                    hit = Hit(f"figure:{fact.id}", quantity.start, quantity.end, self.number, quantity)
                    yield Figure(fact, verdict, hit)

    def _in_time(self, fact: Fact, day: date) -> bool:
        """Whether the fact is in force and the sentence speaks of no time before it or to come."""
        years = [int(quantity.value) for quantity in self.all if quantity.unit == "year"]
        years += [
            int(quantity.value) // 10000 for quantity in self.all if quantity.unit == "date" and quantity.value > 10000
        ]
        first = fact.valid_from.year if fact.valid_from else 0
        of_then = not years or first <= max(years) <= max(day.year, first)
        return of_then and not (fact.valid_to and day > fact.valid_to)

    def _judged(self, fact: Fact, facts: Sequence[Fact], valid: Sequence[Number]) -> Iterator[tuple[Quantity, Verdict]]:
        for quantity in self.quantities:
            near = [
                one for one in valid if quantity.unit in UNITS.get(one.unit, ()) and self._near(fact, one, quantity)
            ]
            if not near or self._left_behind(quantity) or self._heads(quantity):
                continue
            alike = {other.value for other in self.quantities if other.unit == quantity.unit}
            if any(_agrees(quantity, one, near) for one in near):
                yield quantity, "supported"
                continue
            rumoured = any(_equal(quantity, one, value) for one in near for value in one.wrong)
            alone = len(alike) < MOST and not _known_elsewhere(quantity, facts)
            if rumoured or (alone and _meant(quantity, near)):
                yield quantity, "contradicted"

    def _near(self, fact: Fact, one: Number, quantity: Quantity) -> bool:
        """Whether one of the number's words stands near the quantity; where the unit is nameless, right behind it."""
        hits = self.hits.get(f"{fact.id}:number:{fact.numbers.index(one)}", ())
        if one.unit in _NEXT:
            return any(0 <= hit.start - quantity.end <= 1 or hit.start <= quantity.end <= hit.end for hit in hits)
        reach = AGE_REACH if quantity.unit == "tuổi" and one.unit == "years" else REACH
        return not one.words or any(self._tokens(hit, quantity) <= reach for hit in hits)

    def _tokens(self, hit: Hit, quantity: Quantity) -> int:
        first, second = sorted(((hit.start, hit.end), (quantity.start, quantity.end)))
        return bisect_left(self.part.tokens, second[0]) - bisect_left(self.part.tokens, first[1])

    def _heads(self, quantity: Quantity) -> bool:
        """ "2,5 triệu người": no money."""
        return quantity.unit == "vnd" and bool(_COUNTED.match(self.part.plain[quantity.end : quantity.end + 12]))

    def _left_behind(self, quantity: Quantity) -> bool:
        """ "tăng từ [4,5 %] lên 6 %": the value that is left."""
        before, behind = self.part.plain[: quantity.start], self.part.plain[quantity.end : quantity.end + 40]
        return bool(_MOVED.search(before[-14:]) and _TO.search(behind))


def _agrees(quantity: Quantity, one: Number, near: Sequence[Number]) -> bool:
    """Bounds of one range ("từ 4 đến 6 triệu") are met together."""
    if one.op == "=":
        return _equal(quantity, one, one.value)
    bounds = [other for other in near if other.words == one.words and other.op != "="]
    value = _value(quantity, one)
    return all(value >= bound.value if bound.op == ">=" else value <= bound.value for bound in bounds)


def _meant(quantity: Quantity, near: Sequence[Number]) -> bool:
    """Whether the number is of the size of the right one, and not a zero or an own count beside it."""
    return any(one.value / FAR <= _value(quantity, one) <= one.value * FAR for one in near)


def _known_elsewhere(quantity: Quantity, facts: Iterable[Fact]) -> bool:
    """Whether the number is right for something else the text speaks of, or was once."""
    return any(
        quantity.unit in UNITS.get(one.unit, ()) and _equal(quantity, one, one.value)
        for fact in facts for one in fact.numbers
    )  # fmt: skip


def _value(quantity: Quantity, one: Number) -> float:
    return quantity.value * 12 if one.unit == "age_months" else quantity.value


def _equal(quantity: Quantity, one: Number, value: float) -> bool:
    return close(_value(quantity, one), value)


@lru_cache(maxsize=2)
def _words(known: _Known) -> Phrases:
    named: dict[str, list[str]] = {}
    for fact in _checkable(known.knowledge):
        for group, words in enumerate(fact.about):
            named[f"{fact.id}:about:{group}"] = _phrases(words)
        named[f"{fact.id}:unless"] = _phrases(fact.unless)
        for number, one in enumerate(fact.numbers):
            named[f"{fact.id}:number:{number}"] = _phrases(one.words)
    return Phrases.compile(named)


def _phrases(words: Iterable[str]) -> list[str]:
    """Words as phrases: they may be edited on the desk, so the signs of the phrase language mean nothing in them. Words of
    one syllable mean what their accents say ("nam" is no "năm")."""
    plain = (" ".join(_SIGNS.sub(" ", word).split()) for word in words)
    return [f"={word}" if fold_aligned(word) in _SHORT else word for word in plain if canonical(word)]
