"""Contradicted claims by unseen group of the written corpus: `python -m benchmarks.claims [-v]`.

Four folds by group; the learned half is made anew for each. The rules have seen this corpus, so the figures flatter them:
those of benchmarks.acts on the contrast groups are nearer to the truth.
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
from sklearn.model_selection import GroupKFold

import knowledge
from benchmarks.acts import rate
from nlp import belief_training, claims

FOLDS = 4
GRID = list(product((0.3,), (0.5, 0.6, 0.7)))


def main() -> None:
    known = knowledge.load()
    rows = belief_training.read(sorted(belief_training.CORPUS.glob("*.jsonl")))
    lessons = belief_training.lessons(rows, known)
    groups = [row.get("group") or row["id"] for row in rows]
    answers: dict[tuple[float, float], list[tuple[bool, bool, bool]]] = {pair: [] for pair in GRID}
    facts: list[bool] = []
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=1).split(rows, groups=groups):
        model = belief_training.fit_lessons([lessons[i] for i in (*seen, *(seen + len(rows)))], known)
        for i in unseen:
            row, text = rows[i], belief_training.as_text(rows[i])
            wrong = row["claim"]["verdict"] == "contradicted"
            if wrong:
                facts.append(model.about(lessons[i].findings, lessons[i].told, known).fact == row["claim"]["fact_id"])
            for pair in GRID:
                claims.KEEP, claims.SPEAK = pair
                said = {c.fact_id for c in claims.check(text, known, model) if c.verdict == "contradicted"}
                answers[pair].append((wrong, bool(said), row["claim"]["fact_id"] in said))
                if "-v" in sys.argv and pair == GRID[0] and wrong != bool(said):
                    print(row["id"], row["claim"], "said", said, "|", row["title"] or "", "##", row["text"][:200])
    print(rate("fact of contradicted texts, by the learned half", sum(facts), len(facts)))
    for pair, found in answers.items():
        table = np.array(found)
        wrong = table[:, 0]
        print(pair, rate("contradicted claims: right fact", int(table[wrong, 2].sum()), int(wrong.sum())))
        print(pair, rate("false contradictions", int(table[~wrong, 1].sum()), int((~wrong).sum())))


if __name__ == "__main__":
    main()
