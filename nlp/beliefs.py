"""The learned half of the claim check: how sure it is that a text asserts something wrong, and which fact it speaks of.

Rules find the variants they know; this finds paraphrases of them. A linear model over n-grams of the canonical spelling and a
few findings of the rules; the weights are in models/claims.npz, made by nlp/belief_training.py. It never says what is true:
that is knowledge/facts.toml.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp import guards
from nlp.lexicon import Findings
from nlp.reading import Part

FILE = Path(__file__).parent / "models" / "claims.npz"
BUCKETS = 1 << 17
TOKENS = 320
"""tokens of a text that are looked at"""
EXTRAS = ("refuting", "asking", "unsure", "report", "intent", "press", "official", "long")


@dataclass(frozen=True, slots=True)
class Beliefs:
    weights: NDArray[np.float32]
    """BUCKETS + EXTRAS"""
    bias: float
    facts: tuple[str, ...]
    terms: dict[str, tuple[tuple[int, float], ...]]
    """term -> (number of the fact, weight)"""

    def wrong(self, findings: Findings, kind: str) -> float:
        """Probability that the writer asserts something wrong."""
        total = self.bias
        counts = buckets(findings)
        if counts:
            scale = 1 / math.sqrt(len(counts))
            total += scale * float(self.weights[list(counts)].sum())
        values = extras(findings, kind)
        total += float(np.dot(self.weights[BUCKETS:], values))
        return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))

    def about(self, part: Part, sentence: int) -> tuple[str, float]:
        """The fact a sentence speaks of most, and how plainly (0 where of none)."""
        start, end = part.sentences[sentence]
        return self._best(words(part.plain[start:end]))

    def fact(self, findings: Findings) -> tuple[str, float]:
        """The same for a whole text."""
        return self._best([word for found in findings.fields for word in words(found.part.plain)][:TOKENS])

    def _best(self, tokens: list[str]) -> tuple[str, float]:
        scores: dict[int, float] = {}
        for term in set(grams(tokens, 2)):
            for fact, weight in self.terms.get(term, ()):
                scores[fact] = scores.get(fact, 0.0) + weight
        if not scores:
            return "", 0.0
        best = max(scores, key=lambda fact: scores[fact])
        return self.facts[best], scores[best]


def words(plain: str) -> list[str]:
    return [word for word in plain.split() if word[0].isalnum() or word == "%"]


def grams(tokens: list[str], longest: int) -> Iterable[str]:
    yield from tokens
    for size in range(2, longest + 1):
        for run in zip(*(tokens[step:] for step in range(size)), strict=False):
            yield " ".join(run)


def buckets(findings: Findings) -> set[int]:
    """The hashed n-grams of a text."""
    tokens = [word for found in findings.fields for word in words(found.part.plain)][:TOKENS]
    return {crc32(gram.encode()) % BUCKETS for gram in grams(tokens, 3)}


def extras(findings: Findings, kind: str) -> list[float]:
    """What the rules found, in the order of EXTRAS."""
    length = sum(len(found.part.tokens) for found in findings.fields)
    return [
        float(min(guards.refutation(findings), 3)),
        float(findings.has("guard:question")),
        float(findings.has("guard:unsure")),
        float(min(findings.count("guard:report") + findings.count("guard:victim"), 4)),
        float(sum(findings.has(f"act:i{n}") for n in range(1, 6))),
        float(kind == "press"),
        float(kind == "official"),
        float(length > 200),
    ]


@lru_cache(maxsize=1)
def load() -> Beliefs | None:
    """The shipped model; None where none was made yet: then the rules stand alone."""
    if not FILE.is_file():
        return None
    with np.load(FILE) as data:
        terms: dict[str, list[tuple[int, float]]] = {}
        for term, fact, weight in zip(data["terms"], data["term_facts"], data["term_weights"], strict=True):
            terms.setdefault(str(term), []).append((int(fact), float(weight)))
        return Beliefs(
            weights=data["weights"].astype(np.float32),
            bias=float(data["bias"]),
            facts=tuple(str(fact) for fact in data["facts"]),
            terms={term: tuple(found) for term, found in terms.items()},
        )
