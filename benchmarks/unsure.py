"""How much of the stream a second reader would be asked about, and how right the linear heads are there and elsewhere.

    python -m benchmarks.unsure DATA [FOLDS]

Cross-validation by story on real relevant press items; no encoder takes part. Where the heads are as right on the unsure
items as elsewhere, a second reader has nothing to win; what they get wrong there is the most that it can mend.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import knowledge
from nlp import relevance, training, votes
from nlp.examples import Example
from nlp.judge import Judge
from nlp.votes import Vote

BOUNDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)


def main(data: Path, folds: int) -> None:
    """Prints, for each bound: items asked about for any task; then for each task asked, right there, right elsewhere."""
    said: list[tuple[Example, dict[str, Vote]]] = []
    for unseen, judge in training.cross_validate(data, knowledge.load(), folds=folds):
        press = [e for e in unseen if e.real and e.answers["relevance"] and not relevance.is_post(e.text)]
        said += zip(press, heard(judge, press), strict=True)
    print(f"{len(said)} items")
    for bound in BOUNDS:
        asked = [any(votes.unsure(vote, bound) for vote in one.values()) for _, one in said]
        print(f"bound {bound}: {sum(asked)} of {len(said)} items ({sum(asked) / len(said):.0%})")
        for task in votes.TASKS:
            right: dict[bool, list[bool]] = defaultdict(list)
            for example, one in said:
                right[votes.unsure(one[task], bound)].append(one[task].choice == training.answer(example, task)[0])
            doubted, sure = right[True], right[False]
            print(f"  {task}: unsure {len(doubted)}, right {sum(doubted)}; sure {len(sure)}, right {sum(sure)}")


def heard(judge: Judge, examples: list[Example]) -> Iterator[dict[str, Vote]]:
    """What the heads of a judge say of each text."""
    rows = judge.model.features.matrix([e.text for e in examples])
    heads = [judge.model.heads[task] for task in votes.TASKS]
    logits = [rows @ head.weights + head.bias for head in heads]
    for i in range(len(examples)):
        yield {h.task.name: Vote(h.task.labels, part[i], h.lean) for h, part in zip(heads, logits, strict=True)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
