"""What is said of a fact, wrongly and rightly, and how like a sentence is to it.

The wordings are those of knowledge/facts.toml (statement, false variants) and of rules/sayings.toml. Likeness is the cosine of
the words and pairs of words of two sentences, rare ones heavier. This file judges nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge import Fact
from nlp import lexicon
from nlp.reading import read_field
from records import BadKnowledge

RARE = 36.0
"""squared weight of a term never met"""
_KEYS = frozenset(("wrong", "right"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """The terms of a sentence, each with the square of its weight, and the length of the whole."""

    terms: Mapping[str, float]
    length: float


@dataclass(frozen=True, slots=True)
class Wordings:
    """The wordings of one fact: which of them hold a term, how long each is, which are wrong."""

    said: tuple[str, ...]
    wrong: tuple[bool, ...]
    holders: Mapping[str, tuple[int, ...]]
    lengths: tuple[float, ...]

    def nearest(self, sentences: Iterable[Sentence], but: str | None = None) -> tuple[float, float]:
        """How like the likest sentence is to a wrong and to a right wording (0 to 1 each), `but` one left out."""
        best = {True: 0.0, False: 0.0}
        for sentence in sentences:
            shared = [0.0] * len(self.said)
            for term, weight in sentence.terms.items():
                for number in self.holders.get(term, ()):
                    shared[number] += weight
            for number, common in enumerate(shared):
                if common and self.said[number] != but:
                    like = common / (self.lengths[number] * sentence.length)
                    best[self.wrong[number]] = max(best[self.wrong[number]], like)
        return best[True], best[False]


@lru_cache(maxsize=1)
def _invented() -> dict[str, dict[str, list[str]]]:
    table = lexicon.table("sayings")
    strange = sorted({key for entry in table.values() for key in entry} - _KEYS)
    if strange:
        raise BadKnowledge(f"sayings.toml: không có khóa {', '.join(strange)}")
    return table


def of(fact: Fact) -> Iterator[tuple[str, bool]]:
    """The wordings of a fact, and whether each is wrong."""
    invented = _invented().get(fact.id, {})
    yield from ((said, False) for said in (fact.statement, *invented.get("right", ())))
    yield from ((said, True) for said in (*fact.false_variants, *invented.get("wrong", ())))


def weighed(words: Sequence[str], squares: Mapping[str, float]) -> Sentence:
    """A sentence whose terms have these squared weights."""
    terms = {term: squares.get(term, RARE) for term in (*words, *map(" ".join, pairwise(words)))}
    return Sentence(terms, math.sqrt(math.fsum(terms.values())) or 1.0)


def wordings(fact: Fact, squares: Mapping[str, float]) -> Wordings:
    """The wordings of a fact, prepared for comparing."""
    said = tuple(of(fact))
    sentences = [weighed(_words(wording), squares) for wording, _ in said]
    holders: dict[str, list[int]] = {}
    for number, sentence in enumerate(sentences):
        for term in sentence.terms:
            holders.setdefault(term, []).append(number)
    return Wordings(
        said=tuple(wording for wording, _ in said),
        wrong=tuple(wrong for _, wrong in said),
        holders={term: tuple(numbers) for term, numbers in holders.items()},
        lengths=tuple(sentence.length for sentence in sentences),
    )


@lru_cache(maxsize=4096)
def _words(wording: str) -> tuple[str, ...]:
    return tuple(spoken(read_field("text", wording).plain))


def spoken(plain: str) -> list[str]:
    """The words of a stretch of canonical text, without its marks."""
    return [word for word in plain.split() if word[0].isalnum() or word == "%"]
