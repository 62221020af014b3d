"""Makes models/claims.npz from texts whose claims are labelled; `nlp.training.train` calls it for the written corpus.

The wordings of the facts (nlp/sayings.py) teach too. Each text is also seen as typed without marks. What a text is about is
answered out of fold when the second model learns from it, and so is what the second says when the third does, so that each
learns how far to trust the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from knowledge import Knowledge
from nlp import beliefs, claims, lexicon, sayings
from nlp.beliefs import BUCKETS, Belief, Beliefs, Floats, Told
from nlp.lexicon import Findings
from records import Kind, Text
from vietnamese import fold_aligned

CORPUS = Path(__file__).parent / "corpus"
COST, WEIGHT, LENT, CURVE = 30.0, 2.5, 0.5, 0.3
"""inverse strength of regularisation; weight of a contradicted text beside another and of a wording of the facts beside a text;
inverse strength of regularisation of the quadratic form"""
FOLDS = 4
OWN = "fact:"
"""how the groups of what the facts themselves say begin"""
SMALLEST = 0.02
"""rank weights nearer to nothing are stored as nothing"""
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lesson:
    findings: Findings
    kind: str
    told: Told
    fact: str | None
    wrong: bool
    group: str
    bare: bool
    """typed without marks: not taught to the first model"""
    said: str | None = None
    """the wording of a fact that it is"""


def read(paths: Sequence[Path]) -> list[Item]:
    rows = [
        json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    return [row for row in rows if row.get("claim") and not row.get("doubtful")]


def as_text(row: Item) -> Text:
    register = row.get("register", "press")
    kind: Kind = register if register in ("press", "official") else "post"
    return Text(
        row["id"],
        row.get("title"),
        row["text"],
        date.fromisoformat(row["date"][:10]) if row.get("date") else None,
        kind,
    )


def fit(rows: Sequence[Item], known: Knowledge) -> Beliefs:
    """The model of these labelled texts."""
    return fit_lessons(lessons(rows, known), known)


def lessons(rows: Sequence[Item], known: Knowledge) -> list[Lesson]:
    """Each text as it is, then each as typed without marks. What the facts' file itself says is added in `fit_lessons`."""
    found = []
    for bare in (False, True):
        for row in rows:
            text = _unmarked(as_text(row)) if bare else as_text(row)
            findings, claim = lexicon.findings(text), row["claim"]
            told = claims.told(claims.stated(findings, text, known))
            fact = claim.get("fact_id") or row.get("fact_id")
            group = row.get("group") or row["id"]
            found.append(Lesson(findings, text.kind, told, fact, claim["verdict"] == "contradicted", group, bare))
    return found


def fit_lessons(found: Sequence[Lesson], known: Knowledge) -> Beliefs:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    own = _own_words(known)
    ranks = _ranks(found, own, known)
    texts, found = len(found), [*found, *own]
    views = _views(found, own, known)
    columns = DictVectorizer()
    seen = [beliefs.signals(x.findings, x.kind, x.told, view) for x, view in zip(found, views, strict=True)]
    x = sp.hstack([sp.vstack([_hashed(lesson.findings) for lesson in found]), columns.fit_transform(seen)]).tocsr()
    y = np.array([lesson.wrong for lesson in found])
    share = np.where(np.arange(len(found)) < texts, 1.0, LENT)
    heavy = share * np.where(y, WEIGHT, 1.0)

    def linear(rows: NDArray[np.int64]) -> LogisticRegression:
        model = LogisticRegression(C=COST, solver="liblinear", random_state=0)
        return model.fit(x[rows], y[rows], sample_weight=heavy[rows])

    logits = np.zeros(len(found))
    for one, other in _folds(found):
        logits[other] = linear(one).decision_function(x[other])
    points = [beliefs.weighed(z, view, x.told) for z, view, x in zip(logits, views, found, strict=True)]
    model = linear(np.arange(len(found)))
    weights = model.coef_[0].astype(np.float32)
    names = dict(zip(columns.get_feature_names_out().tolist(), map(float, weights[BUCKETS:]), strict=True))
    verdict = _quadratic(np.array(points, np.float64), y, share)
    return Beliefs(weights[:BUCKETS], float(model.intercept_[0]), names, verdict=verdict, **ranks)


def _quadratic(points: NDArray[np.float64], y: NDArray[np.bool_], share: NDArray[np.float64]) -> Floats:
    """The symmetric form that gives a point, whose first coordinate is 1, its logit."""
    from sklearn.linear_model import LogisticRegression

    scale = points.std(axis=0)
    scale[scale == 0] = 1.0
    shift = np.diag(1 / scale)
    shift[0, 1:] = -(points / scale).mean(axis=0)[1:]
    near = points @ shift
    upper = [(i, j) for i in range(near.shape[1]) for j in range(i, near.shape[1])][1:]
    pairs = np.column_stack([near[:, i] * near[:, j] for i, j in upper])
    middle, width = pairs.mean(axis=0), np.maximum(pairs.std(axis=0), 1e-6)
    model = LogisticRegression(C=CURVE, max_iter=3000).fit((pairs - middle) / width, y, sample_weight=share)
    form = np.zeros(shift.shape)
    for (i, j), weight in zip(upper, model.coef_[0] / width, strict=True):
        form[i, j] += weight / 2
        form[j, i] += weight / 2
    form[0, 0] += model.intercept_[0] - float(model.coef_[0] @ (middle / width))
    return (shift @ form @ shift.T).astype(np.float32)


def _own_words(known: Knowledge) -> list[Lesson]:
    """What is said of the facts, as posts would say it."""
    found = []
    for fact in known.facts:
        for words, wrong in sayings.of(fact):
            text = Text(fact.id, None, words, fact.valid_from, "post")
            findings = lexicon.findings(text)
            told = claims.told(claims.stated(findings, text, known))
            found.append(Lesson(findings, "post", told, fact.id, wrong, OWN + fact.id, False, words))
    return found


def _folds(found: Sequence[Lesson]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import GroupKFold

    groups = [lesson.group for lesson in found]
    yield from GroupKFold(FOLDS, shuffle=True, random_state=0).split(groups, groups=groups)


def _views(found: Sequence[Lesson], own: Sequence[Lesson], known: Knowledge) -> list[Belief]:
    """What each text is about, answered without its group."""
    views: dict[int, Belief] = {}
    for seen, unseen in _folds(found):
        ranks = _ranking(_ranks([found[i] for i in seen], own, known))
        views |= {int(i): ranks.about(found[i].findings, found[i].told, known, found[i].said) for i in unseen}
    return [views[i] for i in range(len(found))]


def _ranking(ranks: dict[str, Any]) -> Beliefs:
    """A model that tells facts apart and judges nothing."""
    nothing = np.zeros(0, np.float32)
    return Beliefs(nothing, 0.0, {}, verdict=nothing, **ranks)


def _ranks(found: Sequence[Lesson], own: Sequence[Lesson], known: Knowledge) -> dict[str, Any]:
    """What tells a fact from the others: the fields of Beliefs for it."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    facts = {fact.id for fact in known.facts}
    said = [
        (x.fact, x.findings, x.told)
        for x in found
        if x.fact and x.fact in facts and not x.bare and not x.group.startswith(OWN)
    ]
    said += [(x.fact, x.findings, ()) for x in own if x.fact]
    vectors = TfidfVectorizer(analyzer=_terms, sublinear_tf=True)
    rules = TfidfVectorizer(analyzer=lambda pair: beliefs.named(*pair), use_idf=False, norm=None, binary=True)
    words = vectors.fit_transform([findings for _, findings, _ in said])
    marks = rules.fit_transform([(findings, told) for _, findings, told in said])
    model = LinearSVC(C=0.5, class_weight="balanced", random_state=0)
    model.fit(sp.hstack([words, beliefs.RULES * marks]).tocsr(), [fact for fact, _, _ in said])
    names = [*vectors.get_feature_names_out(), *rules.get_feature_names_out()]
    ranks = model.coef_.T.astype(np.float32)
    return {
        "facts": tuple(map(str, model.classes_)),
        "terms": {str(name): row for row, name in enumerate(names)},
        "idf": np.concatenate([vectors.idf_, np.ones(marks.shape[1])]).astype(np.float32),
        "ranks": np.where(np.abs(ranks) < SMALLEST, 0, ranks),
        "start": model.intercept_.astype(np.float32),
    }


def _terms(findings: Findings) -> list[str]:
    return list(beliefs.grams(beliefs.tokens(findings), 2))


def _unmarked(text: Text) -> Text:
    return Text(
        text.id, fold_aligned(text.title) if text.title else None, fold_aligned(text.text), text.date, text.kind
    )


def _hashed(findings: Findings) -> sp.csr_matrix:
    columns = sorted(beliefs.buckets(findings))
    values = [1 / max(len(columns), 1) ** 0.5] * len(columns)
    return sp.csr_matrix((values, ([0] * len(columns), columns)), shape=(1, BUCKETS))


def save(model: Beliefs, directory: Path) -> None:
    """Write the model into a directory that is there."""
    signals: Mapping[str, float] = dict(sorted(model.signals.items()))
    small: Floats = model.ranks.astype(np.float16)
    np.savez_compressed(
        directory / beliefs.NAME,
        weights=model.weights.astype(np.float16),
        bias=np.float32(model.bias),
        signals=np.array(list(signals)),
        signal_weights=np.array(list(signals.values()), np.float32),
        facts=np.array(model.facts),
        terms=np.frombuffer("\n".join(model.terms).encode(), np.uint8),
        idf=model.idf.astype(np.float16),
        ranks=small,
        start=model.start,
        verdict=model.verdict,
    )
