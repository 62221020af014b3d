"""Relevance at natural frequency: weights made without the last months of the recorded stream judge all of those months.

    OMP_NUM_THREADS=1 python -m benchmarks.natural [../shared/data] [--since 2025-12-01] [--models DIR]

Prints how many texts are called relevant, how many of them are labelled and rightly so, what of the labelled relevant ones is
found, which texts are flagged as committing an act, and the called ones nobody labelled, to be judged by reading.
`--models`: weights made so before, or where to keep them (making them takes three minutes).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import knowledge
import nlp.judge
from nlp import examples, training
from nlp.examples import Example
from records import Assessment, Text

BATCH = 5_000
END = date(2100, 1, 1)


def stream(data: Path, since: date) -> Iterator[Text]:
    """The recorded items dated from then on."""
    for _, row in examples.rows(data / examples.STREAM):
        if row["date"] and (day := date.fromisoformat(row["date"])) >= since:
            yield Text(row["id"], row["title"], row["lead"] or "", day)


def figures(answers: dict[str, Assessment], labels: dict[str, Example]) -> dict[str, Any]:
    """Counts; `labels` and `answers` by the id of the text."""
    called = {id_ for id_, answer in answers.items() if answer.relevance}
    right = {id_ for id_, label in labels.items() if label.answers["relevance"]}
    chief = {id_ for id_ in right if labels[id_].answers["relevance"] == 2}
    flagged = [id_ for id_ in called if any(act.mode == "commits" for act in answers[id_].acts)]
    return {
        "texts": len(answers),
        "called": len(called),
        "called_and_labelled": len(called & labels.keys()),
        "called_rightly": len(called & right),
        "labelled_relevant": len(right),
        "labelled_2": len(chief),
        "found_of_2": len(called & chief),
        "commits": len(flagged),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--since", type=date.fromisoformat, default=date(2025, 12, 1))
    parser.add_argument("--models", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langnghe-natural-") as temporary:
        models = given.models or Path(temporary)
        if not (models / "manifest.json").is_file():
            training.train(given.data, models, hold_out=(given.since, END))
        judge = nlp.judge.load(knowledge.load(), models)
    texts = {text.id: text for text in stream(given.data, given.since)}
    read, answers = list(texts.values()), dict[str, Assessment]()
    for start in range(0, len(read), BATCH):
        part = read[start : start + BATCH]
        answers |= {text.id: answer for text, answer in zip(part, judge.assess(part), strict=True)}
    labels = {e.text.id: e for e in examples.read(given.data / examples.LABELS) if e.text.id in texts}
    print(json.dumps(figures(answers, labels), indent=1))
    for id_, answer in answers.items():
        if answer.relevance and id_ not in labels:
            print(answer.relevance, texts[id_].title, "|", texts[id_].text)


if __name__ == "__main__":
    main()
