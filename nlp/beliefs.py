"""The learned half of the claim check: which fact a text speaks of, and how sure it is that the text asserts something wrong.

Rules find the variants they know; this finds paraphrases of them. Two linear models over n-grams of the canonical spelling
and over what the rules found, and a quadratic one that weighs their answer against how like the text is to what is said of the
fact (nlp/sayings.py); the weights are in models/claims.npz, made by nlp/belief_training.py. It never says what is true: that is
knowledge/facts.toml.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge import Fact, Knowledge
from nlp import guards, sayings
from nlp.lexicon import Findings
from nlp.sayings import Wordings
from records import BadInput

NAME = "claims.npz"
SHIPPED = Path(__file__).parent / "models"
BUCKETS = 1 << 17
TOKENS = 320
"""tokens of a text that are looked at"""
RULES = 0.3
"""weight of what the rules found beside the words when facts are ranked"""
NEAR, RIVALS = 2.0, 2
"""weight of likeness to what is said of a fact when the first `RIVALS` facts are ranked again"""
Told = Sequence[tuple[str, str]]
"""(fact, verdict) of each place the rules found"""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Belief:
    """`fact`: what the text speaks of most; `plain`: its score; `margin`: before the next; `false`, `right`: how like a
    sentence is to a wrong or a right wording (0 to 1); `sure`: probability that the writer asserts something wrong (0 where
    not asked)."""

    fact: str
    plain: float
    margin: float
    false: float
    right: float
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class Beliefs:
    weights: Floats
    """of the hashed n-grams: BUCKETS"""
    bias: float
    signals: Mapping[str, float]
    """weights of what the rules found and of the belief itself"""
    facts: tuple[str, ...]
    terms: Mapping[str, int]
    """n-gram, or name of a finding of the rules -> its row in `ranks`"""
    idf: Floats
    ranks: Floats
    """terms x facts"""
    start: Floats
    """bias of each fact"""

    verdict: Floats
    """quadratic form over what `_weighed` says of a text"""
    _known: dict[Fact, Wordings] = field(default_factory=dict, compare=False, repr=False)
    _squares: dict[str, float] = field(default_factory=dict, compare=False, repr=False)
    """squared weight of each term, for likeness"""

    def __post_init__(self) -> None:
        self._squares.update(zip(self.terms, (self.idf.astype(float) ** 2).tolist(), strict=True))

    def judge(self, findings: Findings, kind: str, told: Told, known: Knowledge) -> Belief:
        belief = self.about(findings, told, known)
        counts = buckets(findings)
        total = self.bias
        if counts:
            total += float(self.weights[list(counts)].sum()) / math.sqrt(len(counts))
        said = signals(findings, kind, told, belief)
        total += math.fsum(self.signals.get(name, 0.0) * value for name, value in said.items())
        point = weighed(total, belief, told)
        sure = 1 / (1 + math.exp(-max(min(float(point @ self.verdict @ point), 30.0), -30.0)))
        return replace(belief, sure=sure)

    def about(self, findings: Findings, told: Told, known: Knowledge, but: str | None = None) -> Belief:
        """The fact a text speaks of most. `but`: a wording that is not looked at."""
        scores = self.start + self._words(tokens(findings))
        rows = sorted(self.terms[name] for name in named(findings, told) if name in self.terms)
        if rows:
            scores = scores + RULES * self.ranks[rows].sum(axis=0)
        read = [sayings.weighed(found, self._squares) for found in sentences(findings)]
        rivals = []
        for place in np.argsort(scores)[-RIVALS:]:
            fact = known.fact(self.facts[place])
            false, right = self._wordings(fact).nearest(read, but)
            rivals.append((float(scores[place]) + NEAR * max(false, right), fact.id, false, right))
        second, best = sorted(rivals)[-2:]
        return Belief(best[1], best[0], best[0] - second[0], best[2], best[3])

    def _wordings(self, fact: Fact) -> Wordings:
        if fact not in self._known:
            self._known[fact] = sayings.wordings(fact, self._squares)
        return self._known[fact]

    def sentence(self, findings: Findings, fact: str) -> tuple[int, int]:
        """Where a text speaks of a fact most: number of the field, number of the sentence."""
        column = self.facts.index(fact)
        places = [(field, number) for field, found in enumerate(findings.fields)
                  for number in range(len(found.part.sentences))]  # fmt: skip

        def score(place: tuple[int, int]) -> float:
            part = findings.fields[place[0]].part
            start, end = part.sentences[place[1]]
            rows = [
                self.terms[gram] for gram in set(grams(sayings.spoken(part.plain[start:end]), 2)) if gram in self.terms
            ]
            return float((self.idf[rows] * self.ranks[rows, column]).sum())

        return max(places, key=score)

    def _words(self, read: list[str]) -> Floats | float:
        """Scores of the facts by the n-grams, weighed as by tf-idf with sublinear counts."""
        counts: dict[int, int] = {}
        for gram in grams(read, 2):
            row = self.terms.get(gram)
            if row is not None:
                counts[row] = counts.get(row, 0) + 1
        if not counts:
            return 0.0
        rows = list(counts)
        values = (1 + np.log(np.fromiter(counts.values(), np.float32))) * self.idf[rows]
        found: Floats = (values / np.linalg.norm(values)) @ self.ranks[rows]
        return found


def tokens(findings: Findings) -> list[str]:
    return [word for found in findings.fields for word in sayings.spoken(found.part.plain)][:TOKENS]


def grams(read: list[str], longest: int) -> Iterable[str]:
    yield from read
    for size in range(2, longest + 1):
        for run in zip(*(read[step:] for step in range(size)), strict=False):
            yield " ".join(run)


def sentences(findings: Findings) -> list[list[str]]:
    """The words of each sentence, up to TOKENS in all."""
    found, left = [], TOKENS
    for one in findings.fields:
        for start, end in one.part.sentences:
            if left > 0:
                found.append(sayings.spoken(one.part.plain[start:end])[:left])
                left -= len(found[-1])
    return found


def buckets(findings: Findings) -> set[int]:
    """The hashed n-grams of a text."""
    return {crc32(gram.encode()) % BUCKETS for gram in grams(tokens(findings), 3)}


def named(findings: Findings, told: Told) -> set[str]:
    """What the rules found that tells facts apart."""
    found: set[str] = {f"told:{fact}" for fact, _ in told}
    for one in findings.fields:
        for name in one.hits:
            if name.startswith("claim:"):
                _, fact, kind, *_ = name.split(":")
                found.add(f"claim:{fact}:{kind}")
                if kind in ("right", "wrong", "slot"):
                    found.add(f"claim:{fact}")
    return found


def signals(findings: Findings, kind: str, told: Told, belief: Belief) -> dict[str, float]:
    """What the rules found, and how it stands to the fact the text is about."""
    hits = {name for found in findings.fields for name in found.hits}
    found = {name: 1.0 for name in hits if not name.startswith("claim:")}
    found |= {f"own:{name.split(':')[2]}": 1.0 for name in hits if name.startswith(f"claim:{belief.fact}:")}
    found |= {f"told:{verdict}": 1.0 for fact, verdict in told if fact == belief.fact}
    found |= {f"beside:{verdict}": 0.5 for fact, verdict in told if fact != belief.fact}
    against = any(verdict == "contradicted" for _, verdict in told)
    asked = any("?" in one.part.plain for one in findings.fields)
    found |= {
        "plain": belief.plain,
        "margin": belief.margin,
        "false": belief.false,
        "right": belief.right,
        "rather false": max(belief.false - belief.right, 0.0),
        "false asked": belief.false * asked,
        "refuting": float(min(guards.refutation(findings), 3)),
        "report": float(min(findings.count("guard:report") + findings.count("guard:victim"), 4)),
        "intent": float(sum(findings.has(f"act:i{n}") for n in range(1, 6))),
        "asked": float(asked),
        "asked only": float(asked and not against),
        f"kind:{kind}": 1.0,
        "long": float(sum(len(field.part.tokens) for field in findings.fields) > 200),
    }
    return found


def weighed(logit: float, belief: Belief, told: Told) -> Floats:
    """What the verdict is drawn from: the linear answer and what it must be weighed against."""
    against = any(fact == belief.fact and verdict == "contradicted" for fact, verdict in told)
    point = (1.0, max(min(logit, 8.0), -8.0), belief.plain, belief.margin, belief.false, belief.right, float(against))
    return np.array(point, np.float32)


@lru_cache(maxsize=2)
def load(directory: Path | None = None) -> Beliefs:
    """The model in a directory, by default the shipped one. Raises BadInput where it is absent or damaged."""
    path = (directory or SHIPPED) / NAME
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as data:
            names = data["terms"].tobytes().decode().split("\n")
            return Beliefs(
                weights=data["weights"].astype(np.float32),
                bias=float(data["bias"]),
                signals=dict(zip(data["signals"].tolist(), map(float, data["signal_weights"]), strict=True)),
                facts=tuple(data["facts"].tolist()),
                terms={name: row for row, name in enumerate(names)},
                idf=data["idf"].astype(np.float32),
                ranks=data["ranks"].astype(np.float32),
                start=data["start"].astype(np.float32),
                verdict=data["verdict"],
            )
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise BadInput(
            f"{path}: không đọc được mô hình khẳng định ({error}); hãy huấn luyện lại bằng `langnghe train`"
        ) from error
