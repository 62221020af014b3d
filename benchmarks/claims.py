"""Contradicted claims by unseen group of the written corpus: `python -m benchmarks.claims [-v]`.

Four folds by group; the learned half is made anew for each. The rules have seen this corpus, so the figures flatter them:
those of benchmarks.acts on the contrast groups are nearer to the truth. Groups whose CRC-32 is even may be read while the check
is worked on (`-v` prints their errors alone), those where it is odd may not: theirs are the figures to believe.
"""

from __future__ import annotations

import sys
from zlib import crc32

import numpy as np
from sklearn.model_selection import GroupKFold

import knowledge
from benchmarks.acts import rate
from nlp import belief_training, claims

FOLDS = 4
GRID = ((0.5, 0.55), (0.6, 0.6))
HALVES = ("groups read", "groups unread")


def main() -> None:
    known = knowledge.load()
    rows = belief_training.read(sorted(belief_training.CORPUS.glob("*.jsonl")))
    lessons = belief_training.lessons(rows, known)
    groups = [row.get("group") or row["id"] for row in rows]
    half = np.array([crc32(group.encode()) % 2 for group in groups])
    answers: dict[tuple[float, float], list[tuple[bool, bool, bool]]] = {pair: [] for pair in GRID}
    facts: list[bool] = []
    order: list[int] = []
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=1).split(rows, groups=groups):
        model = belief_training.fit_lessons([lessons[i] for i in (*seen, *(seen + len(rows)))], known)
        for i in map(int, unseen):
            row, text = rows[i], belief_training.as_text(rows[i])
            wrong, fact = row["claim"]["verdict"] == "contradicted", row["claim"]["fact_id"]
            order.append(i)
            facts.append(model.about(lessons[i].findings, lessons[i].told, known).fact == fact)
            for pair in GRID:
                claims.KEEP, claims.SPEAK = pair
                said = {c.fact_id for c in claims.check(text, known, model) if c.verdict == "contradicted"}
                answers[pair].append((wrong, bool(said), fact in said))
                if "-v" in sys.argv and pair == GRID[0] and wrong != bool(said) and not half[i]:
                    print(row["id"], row["claim"], "said", said, "|", row["title"] or "", "##", row["text"][:200])
    of = half[order]
    for number, name in enumerate(HALVES):
        for pair, found in answers.items():
            table, right = np.array(found)[of == number], np.array(facts)[of == number]
            wrong = table[:, 0]
            print(rate(f"{name}: fact, by the learned half", int(right[wrong].sum()), int(wrong.sum())))
            print(pair, rate("contradicted claims: right fact", int(table[wrong, 2].sum()), int(wrong.sum())))
            print(pair, rate("false contradictions", int(table[~wrong, 1].sum()), int((~wrong).sum())))


if __name__ == "__main__":
    main()
