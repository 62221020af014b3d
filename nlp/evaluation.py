"""How right the judgement is on labelled texts: per label precision, recall, F1 with bootstrap intervals, and the rest.

Takes (expected, answered) pairs, so the same figures come from a judge, from cross-validation and from the desk's random
sample. It trains nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nlp import features
from nlp.card import text as render
from nlp.examples import Example
from records import Assessment, Text

DRAWS = 1000
"""bootstrap samples behind an interval"""
BINS = 10
"""bins of equal size for the calibration error"""
WORST = 20
"""errors shown"""

__all__ = [
    "acts",
    "asked",
    "by_chance",
    "calibration",
    "difference",
    "ece",
    "evaluate",
    "figures",
    "measure",
    "measure_one",
    "render",
    "table",
    "worst",
]

Pair = tuple[Example, Assessment]
Figures = dict[str, Any]


class Judging(Protocol):
    def assess(self, texts: Sequence[Text]) -> list[Assessment]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """A task measured with one label a text: the texts it is asked of, the true label and the answered one."""

    name: str
    asked: Callable[[Example], bool]
    truth: Callable[[Example], str]
    answer: Callable[[Assessment], str]


def _told(task: str) -> Callable[[Example], bool]:
    """Texts with an answer to the task: all the others are asked only of what is about the field."""
    if task == "relevance":
        return lambda example: task in example.answers
    return lambda example: bool(example.answers.get("relevance", 1)) and task in example.answers


QUESTIONS = (
    Question("relevance", _told("relevance"), lambda e: str(e.answers["relevance"]), lambda a: str(a.relevance)),
    Question("relevant", _told("relevance"), lambda e: _yes(e.answers["relevance"]), lambda a: _yes(a.relevance)),
    Question("sentiment", _told("sentiment"), lambda e: str(e.answers["sentiment"]), lambda a: a.sentiment or "-"),
    Question("target", _told("target"), lambda e: str(e.answers["target"]), lambda a: a.target or "-"),
    Question(
        "topic", _told("topics"), lambda e: next(iter(e.answers["topics"]), "khac"), lambda a: next(iter(a.topics), "-")
    ),
    Question("feedback", _told("feedback"), lambda e: str(e.answers["feedback"]), lambda a: a.feedback),
)


def _yes(value: int) -> str:
    return "yes" if value else "no"


def evaluate(judge: Judging, labels: Sequence[Example]) -> Figures:
    """Every figure for `labels`, by asking `judge` (texts as they are, and as typed without marks)."""
    return figures(*asked(judge, labels))


def asked(judge: Judging, labels: Sequence[Example]) -> tuple[list[Pair], list[Pair]]:
    """What `judge` says of the labelled texts as they are, and as typed without marks."""
    texts = [example.text for example in labels]
    bare = judge.assess(list(features.stripped(texts)))
    return list(zip(labels, judge.assess(texts), strict=True)), list(zip(labels, bare, strict=True))


def figures(pairs: Sequence[Pair], bare: Sequence[Pair]) -> Figures:
    """Every figure, from both readings of the same texts."""
    return measure(pairs) | {"unaccented": difference(pairs, bare), "worst": worst(pairs)}


def measure(pairs: Sequence[Pair]) -> Figures:
    """{task: {label: {precision, recall, f1, support, ci95}, macro_f1, macro_ci95, accuracy, confusion}} and more."""
    found: Figures = {}
    for question in QUESTIONS:
        answers = [(question.truth(e), question.answer(a)) for e, a in pairs if question.asked(e)]
        if answers:
            found[question.name] = table(answers)
    found["topics"] = _many(pairs)
    found["acts"] = acts(pairs)
    found["calibration"] = calibration(pairs)
    return found


# ---------------------------------------------------------------- one label a text


def table(asked: Sequence[tuple[str, str]]) -> Figures:
    truth, said = zip(*asked, strict=True)
    labels = sorted(set(truth))
    codes = {label: i for i, label in enumerate([*labels, *sorted(set(said) - set(labels))])}
    grid = np.zeros((len(codes), len(codes)), np.int64)
    np.add.at(grid, ([codes[t] for t in truth], [codes[s] for s in said]), 1)
    draws = _resampled(grid)
    table: Figures = {}
    f1 = _f1(draws)
    for label in labels:
        i = codes[label]
        right, support, given = int(grid[i, i]), int(grid[i].sum()), int(grid[:, i].sum())
        table[label] = {
            "precision": _share(right, given),
            "recall": _share(right, support),
            "f1": _share(2 * right, support + given),
            "support": support,
            "ci95": _interval(f1[:, i]),
        }
    known = slice(0, len(labels))
    table["macro_f1"] = float(_f1(grid[None])[0, known].mean())
    table["macro_ci95"] = _interval(f1[:, known].mean(axis=1))
    table["accuracy"] = _share(int(np.trace(grid)), len(asked))
    table["accuracy_ci95"] = _interval(np.trace(draws, axis1=1, axis2=2) / len(asked))
    table["confusion"] = {t: {s: int(grid[codes[t], i]) for s, i in codes.items() if grid[codes[t], i]} for t in labels}
    return table


def _resampled(grid: NDArray[np.int64]) -> NDArray[np.int64]:
    """The confusion table as `DRAWS` samples with replacement of its texts would have it."""
    total = int(grid.sum())
    drawn = np.random.default_rng(0).multinomial(total, grid.ravel() / total, size=DRAWS)
    return drawn.reshape(DRAWS, *grid.shape)


def _f1(grids: NDArray[np.int64]) -> NDArray[np.float64]:
    right = np.diagonal(grids, axis1=1, axis2=2)
    both = grids.sum(axis=1) + grids.sum(axis=2)
    f1: NDArray[np.float64] = np.divide(2.0 * right, both, out=np.zeros(right.shape), where=both > 0)
    return f1


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _interval(values: NDArray[np.float64]) -> list[float]:
    return [float(v) for v in np.quantile(values, (0.025, 0.975))]


# ---------------------------------------------------------------- several labels a text, flags


def _many(pairs: Sequence[Pair]) -> Figures:
    truth = [set(example.answers["topics"]) for example, _ in pairs]
    said = [set(answer.topics) for _, answer in pairs]
    right = sum(len(true & given) for true, given in zip(truth, said, strict=True))
    true_all, given_all = sum(map(len, truth)), sum(map(len, said))
    return {
        "precision": _share(right, given_all),
        "recall": _share(right, true_all),
        "micro_f1": _share(2 * right, given_all + true_all),
    }


def acts(pairs: Sequence[Pair]) -> Figures:
    """Flags (acts of mode commits): precision and recall by text, the mode where an act is found, false flags.

    `false_flags`: the share of texts without any act that are flagged, with its count and interval.
    """
    flagged = [(_flagged(e.answers["clauses"]), any(a.mode == "commits" for a in answer.acts)) for e, answer in pairs]
    right = sum(true and said for true, said in flagged)
    clean = [any(a.mode == "commits" for a in answer.acts) for e, answer in pairs if not e.answers["clauses"]]
    modes = [
        given.mode in {mode for clause, mode in e.answers["clauses"] if clause == given.clause}
        for e, answer in pairs
        for given in answer.acts
        if any(clause == given.clause for clause, _ in e.answers["clauses"])
    ]
    return {
        "precision": _counted(right, sum(said for _, said in flagged)),
        "recall": _counted(right, sum(true for true, _ in flagged)),
        "mode_right": _counted(sum(modes), len(modes)),
        "false_flags": _counted(sum(clean), len(clean)),
    }


def _flagged(clauses: Iterable[tuple[str, str]]) -> bool:
    return any(mode == "commits" for _, mode in clauses)


def _counted(part: int, whole: int) -> Figures:
    """A rate with its counts and the Wilson interval."""
    if not whole:
        return {"rate": None, "part": part, "of": whole, "ci95": None}
    z, p = 1.96, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z / (1 + z * z / whole) * float(np.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)))
    return {"rate": p, "part": part, "of": whole, "ci95": [max(0.0, middle - reach), min(1.0, middle + reach)]}


# ---------------------------------------------------------------- calibration, marks, errors


def ece(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """Expected calibration error over bins of equal size; None without texts."""
    if not confidence:
        return None
    order = np.argsort(confidence, kind="stable")
    said, was = np.asarray(confidence, float)[order], np.asarray(right, float)[order]
    parts = zip(np.array_split(said, BINS), np.array_split(was, BINS), strict=True)
    return float(sum(abs(s.mean() - w.mean()) * len(s) for s, w in parts if len(s)) / len(said))


def calibration(pairs: Sequence[Pair]) -> Figures:
    """The calibration errors, and what each would be by chance if every probability were true: few texts never give zero."""
    judged = [(e, a) for e, a in pairs if e.answers["relevance"] and a.sentiment_scores]
    said = {
        "sentiment": [(a.sentiment_scores or {})[a.sentiment or ""] for _, a in judged],
        "relevant": [a.relevance_score for _, a in pairs],
    }
    was = {
        "sentiment": [a.sentiment == e.answers["sentiment"] for e, a in judged],
        "relevant": [bool(e.answers["relevance"]) for e, _ in pairs],
    }
    return {task: ece(said[task], was[task]) for task in said} | {"by_chance": {t: by_chance(said[t]) for t in said}}


def by_chance(confidence: Sequence[float], draws: int = 200) -> float | None:
    """The mean calibration error of answers that are right exactly as often as they say."""
    if not confidence:
        return None
    dice, said = np.random.default_rng(0), np.asarray(confidence, float)
    return sum(ece(confidence, (dice.random(len(said)) < said).tolist()) or 0.0 for _ in range(draws)) / draws


def difference(pairs: Sequence[Pair], bare: Sequence[Pair]) -> Figures:
    """What typing without marks costs: F1 of relevance and macro-F1 of sentiment, with marks less without."""
    found = {}
    for name, key in (("relevant", "yes"), ("sentiment", "")):
        tables = [measure_one(name, some) for some in (pairs, bare)]
        if all(tables):
            with_marks, without = (table[key]["f1"] if key else table["macro_f1"] for table in tables if table)
            found[name] = {"with": with_marks, "without": without, "lost": with_marks - without}
    return found


def measure_one(name: str, pairs: Sequence[Pair]) -> Figures | None:
    """The table of one task, or None where no text (or no text with that label) asks for it."""
    question = next(q for q in QUESTIONS if q.name == name)
    asked = [(question.truth(e), question.answer(a)) for e, a in pairs if question.asked(e)]
    if not asked or (name == "relevant" and all(truth == "no" for truth, _ in asked)):
        return None
    return table(asked)


def worst(pairs: Sequence[Pair], most: int = WORST) -> list[Mapping[str, str]]:
    """The errors the judge was surest of, to be read: false or missed flags, relevance, then sentiment."""
    found: list[tuple[float, Mapping[str, str]]] = []
    for example, answer in pairs:
        words = f"{example.text.title or ''} | {example.text.text}"[:240]

        def note(
            weight: float, task: str, true: object, said: object, words: str = words, id: str = example.text.id
        ) -> None:
            found.append((weight, {"id": id, "task": task, "true": str(true), "said": str(said), "text": words}))

        flag = any(act.mode == "commits" for act in answer.acts)
        if flag != _flagged(example.answers["clauses"]):
            note(2.0, "acts", "commits" if not flag else "-", "commits" if flag else "-")
        if bool(example.answers["relevance"]) != bool(answer.relevance):
            note(1 + abs(answer.relevance_score - 0.5), "relevance", example.answers["relevance"], answer.relevance)
        elif answer.sentiment_scores and answer.sentiment != example.answers["sentiment"]:
            note(
                answer.sentiment_scores[answer.sentiment or ""],
                "sentiment",
                example.answers["sentiment"],
                answer.sentiment,
            )
    return [error for _, error in sorted(found, key=lambda pair: -pair[0])[:most]]
