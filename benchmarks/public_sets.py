"""The product's method trained and tested on the official parts of public sets, beside plain TF-IDF + LinearSVC, in one run.

    python -m benchmarks.public_sets [../shared/data]

UIT-VSFC (sentiment, topic) and ViHOS (whether a comment holds an offensive span). Strength of regularisation, balance
of classes and blocks of features are chosen on the development part; the test part is looked at once. Intervals: 95 %, its texts
drawn again 500 times. None of it enters the shipped weights (ViHOS: only as comments on other things).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from nlp import examples, features, heads
from records import Text
from vietnamese import nfc

SETS = (("uit_vsfc.jsonl.xz", "label"), ("uit_vsfc.jsonl.xz", "topic"), ("vihos.jsonl.xz", "label"))
GRID = tuple(product((0.2, 0.5), (0.2, 0.5, 0.8), ("wc", "wtc")))
Part = tuple[list[str], list[str]]
Texts = NDArray[np.str_]


def main(data: Path) -> None:
    for file, field in SETS:
        parts = read(data / file, field)
        print(f"\n{file} {field}: " + ", ".join(f"{name} {len(texts)}" for name, (texts, _) in parts.items()))
        started = time.perf_counter()
        report("plain TF-IDF + LinearSVC", plain(parts), parts["test"][1], started)
        started = time.perf_counter()
        said, chosen = ours(parts)
        report(f"this product's method {chosen}", said, parts["test"][1], started)


def read(file: Path, field: str) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for _, row in examples.rows(file):
        texts, labels = parts.setdefault(
            {"validation": "dev", "valid": "dev"}.get(row["split"], row["split"]), ([], [])
        )
        texts.append(nfc(row["text"]))
        labels.append(row[field])
    return parts


def plain(parts: dict[str, Part]) -> Sequence[str]:
    word = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True, min_df=2)
    char = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    model = make_pipeline(make_union(word, char), LinearSVC(C=0.5, random_state=0))
    return list(model.fit(*parts["train"]).predict(parts["test"][0]))


def ours(parts: dict[str, Part]) -> tuple[Sequence[str], str]:
    """Answers to the test part, and the setting that did best on the development part."""
    read = {
        name: [features.names(Text("", None, t, None, "post"), "wtcq") for t in texts]
        for name, (texts, _) in parts.items()
    }
    fitted = features.fit(read["train"], min_df=2)
    rows = {name: fitted.rows(found) for name, found in read.items()}
    labels = tuple(sorted(set(parts["train"][1])))
    y = heads.one_hot([(label,) for label in parts["train"][1]], labels)

    def answers(part: str, cost: float, balance: float, blocks: str) -> list[str]:
        columns = fitted.of(blocks)
        task = heads.Task("public", labels, blocks, cost, balance)
        weights, bias = heads.linear(task, rows["train"][:, columns], y)
        return [labels[i] for i in np.asarray(rows[part][:, columns] @ weights + bias).argmax(axis=1)]

    def worth(setting: tuple[float, float, str]) -> float:
        said, truth = answers("dev", *setting), parts["dev"][1]
        return float(f1_score(truth, said, average="macro") + f1_score(truth, said, average="weighted"))

    best = max(GRID, key=worth)
    return answers("test", *best), str(best)


def report(name: str, said: Sequence[str], truth: Sequence[str], started: float) -> None:
    weighted, macro = (f1_score(truth, said, average=kind) for kind in ("weighted", "macro"))
    each = ", ".join(
        f"{label} {100 * f1:.1f}"
        for label, f1 in zip(
            sorted(set(truth)), f1_score(truth, said, average=None, labels=sorted(set(truth))), strict=True
        )
    )
    low, high = drawn_again(np.array(truth), np.array(said))
    print(
        f"  {name}: weighted F1 {100 * weighted:.1f}, macro {100 * macro:.1f} [{100 * low:.1f} to {100 * high:.1f}] ({each}); "
        f"{time.perf_counter() - started:.0f} s"
    )


def drawn_again(truth: Texts, said: Texts) -> tuple[float, float]:
    """What macro F1 might have been on other texts of the same kind."""
    chance = np.random.default_rng(0)
    draws = (chance.integers(len(truth), size=len(truth)) for _ in range(500))
    found = sorted(f1_score(truth[draw], said[draw], average="macro") for draw in draws)
    return float(found[12]), float(found[487])


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
