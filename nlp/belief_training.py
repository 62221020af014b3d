"""Makes models/claims.npz from texts whose claims are labelled: `python -m nlp.belief_training [LABELS.jsonl…]`.

The written texts of nlp/corpus and the variants and statements of knowledge/facts.toml are always used; labels given on the
command line (fields `claim`, `fact_id`) are added. Each text is also seen as typed without marks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from knowledge import Knowledge, load
from nlp import beliefs, lexicon
from nlp.beliefs import BUCKETS, EXTRAS, Beliefs
from records import Kind, Text
from vietnamese import fold_aligned

CORPUS = Path(__file__).parent / "corpus"
COST, WEIGHT = 30.0, 2.5
"""inverse strength of regularisation, and weight of a contradicted text beside another"""
TERMS = 90
"""terms kept for each fact"""
Item = dict[str, Any]


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
    from sklearn.linear_model import LogisticRegression

    texts = [as_text(row) for row in rows]
    x = sp.vstack([_row(text) for text in [*texts, *map(_unmarked, texts)]]).tocsr()
    y = np.array([row["claim"]["verdict"] == "contradicted" for row in rows] * 2)
    model = LogisticRegression(C=COST, class_weight={False: 1.0, True: WEIGHT}, solver="liblinear").fit(x, y)
    facts, terms = _fact_terms(rows, known)
    return Beliefs(model.coef_[0].astype(np.float32), float(model.intercept_[0]), facts, terms)


def _unmarked(text: Text) -> Text:
    return Text(
        text.id, fold_aligned(text.title) if text.title else None, fold_aligned(text.text), text.date, text.kind
    )


def _row(text: Text) -> sp.csr_matrix:
    findings = lexicon.findings(text)
    columns = sorted(beliefs.buckets(findings))
    values = [1 / max(len(columns), 1) ** 0.5] * len(columns)
    more = beliefs.extras(findings, text.kind)
    columns += range(BUCKETS, BUCKETS + len(EXTRAS))
    return sp.csr_matrix((values + more, ([0] * len(columns), columns)), shape=(1, BUCKETS + len(EXTRAS)))


def _fact_terms(
    rows: Sequence[Item], known: Knowledge
) -> tuple[tuple[str, ...], dict[str, tuple[tuple[int, float], ...]]]:
    """The terms that tell a fact from the others, with their weights."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    facts = tuple(fact.id for fact in known.facts)
    said = [(f.id, Text("", None, words, None)) for f in known.facts for words in (f.statement, *f.false_variants)]
    said += [(row["claim"]["fact_id"], as_text(row)) for row in rows if row["claim"].get("fact_id") in facts]
    vectors = TfidfVectorizer(analyzer=_terms, sublinear_tf=True)
    x = vectors.fit_transform([text for _, text in said])
    model = LinearSVC(C=0.5, class_weight="balanced").fit(x, [fact for fact, _ in said])
    names = vectors.get_feature_names_out()
    weights = model.coef_ * vectors.idf_ / np.sqrt(60)  # a text of about sixty different terms
    terms: dict[str, list[tuple[int, float]]] = {}
    for fact, row in zip(model.classes_, weights, strict=True):
        for at in np.argsort(-row)[:TERMS]:
            if row[at] > 0:
                terms.setdefault(str(names[at]), []).append((facts.index(fact), float(row[at])))
    return facts, {term: tuple(found) for term, found in terms.items()}


def _terms(text: Text) -> list[str]:
    tokens = [word for found in lexicon.findings(text).fields for word in beliefs.words(found.part.plain)]
    return list(beliefs.grams(tokens, 2))


def save(model: Beliefs, path: Path = beliefs.FILE) -> None:
    flat = [(term, fact, weight) for term, found in sorted(model.terms.items()) for fact, weight in found]
    np.savez_compressed(
        path,
        weights=model.weights.astype(np.float16),
        bias=np.float32(model.bias),
        facts=np.array(model.facts),
        terms=np.array([term for term, _, _ in flat]),
        term_facts=np.array([fact for _, fact, _ in flat], np.int16),
        term_weights=np.array([weight for _, _, weight in flat], np.float16),
    )


if __name__ == "__main__":
    save(fit(read([*sorted(CORPUS.glob("*.jsonl")), *map(Path, sys.argv[1:])]), load()))
