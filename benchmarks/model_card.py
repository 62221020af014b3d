"""Cross-validates the recipe by story and writes the model card and errors.json of the shipped weights from it.

    OMP_NUM_THREADS=1 python -m benchmarks.model_card [../shared/data] [FOLDS]

Every labelled text is judged whole by weights made without its story; written texts of the corpus only train.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import knowledge
from nlp import card, evaluation, training, weights
from nlp.examples import Example

NEW = date(2025, 1, 1)
TASKS = ("relevance", "sentiment", "target", "feedback")
"""whose errors the reports state"""


def main(data: Path, folds: int) -> None:
    pairs: list[evaluation.Pair] = []
    bare: list[evaluation.Pair] = []
    for unseen, judge in training.cross_validate(data, knowledge.load(), folds=folds):
        as_typed, without_marks = evaluation.asked(judge, unseen)
        pairs += as_typed
        bare += without_marks
        print(f"{len(pairs)} texts", file=sys.stderr, flush=True)

    def of(which: Callable[[Example], bool]) -> evaluation.Figures:
        return evaluation.figures(*([pair for pair in some if which(pair[0])] for some in (pairs, bare)))

    groups = {
        f"Tin báo thật, mọi thời kỳ (kiểm chứng chéo {folds} phần theo câu chuyện)": of(press),
        "Tin báo thật từ 8/2025 đến 3/2026 (như trên)": of(
            lambda e: press(e) and bool(e.text.date and e.text.date >= NEW)
        ),
        "Bài viết đối chứng (như trên)": of(lambda e: e.origin == "contrast"),
    }
    for title, figures in groups.items():
        print(f"\n=== {title}\n\n{card.text(figures)}")
    model = weights.load()
    (weights.SHIPPED / "CARD.md").write_text(card.card(model.version, model.about, groups), encoding="utf-8")
    said = {"model": model.version, "tasks": {task: errors(next(iter(groups.values()))[task]) for task in TASKS}}
    (weights.SHIPPED / "errors.json").write_text(
        json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def errors(figures: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Truth -> the machine's answer -> texts, as the reports correct their shares by it; texts that were not held for relevant
    carry no answer and are left out."""
    return {truth: {said: n for said, n in row.items() if said != "-"} for truth, row in figures["confusion"].items()}


def press(example: Example) -> bool:
    return example.real and example.text.kind == "press"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
