"""Heads learn from what people answered: a step away from the trained weights, no longer than the answers warrant.

The texts the weights were trained on do not ship, so the weights themselves stand for them: each head is fitted anew with a
pull towards where it was (the most likely weights under a normal prior around the trained ones). The written corpus is
gone through again beside the answers, so that what only it teaches (acts, kinds of feedback) is not unlearned. A head that
does not answer unseen stories better afterwards stays as it was. The vocabulary and the thresholds stay too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp import features, heads, pairing, relevance, training
from nlp.examples import Example
from nlp.heads import Floats, Head
from nlp.weights import Model

Doubles = NDArray[np.float64]

PULL = 1.0
"""how strongly a weight is held where it was, beside one text of weight 1"""
REHEARSED = 0.15
"""weight of a written text beside a person's answer"""
BALANCE = 0.5
"""0: labels weigh as often as they occur; 1: all labels weigh the same"""
FEWEST = 20
"""answers to a task below which its head stays as it was"""
FOLDS, STEPS = 3, 60
DOUBT = 0.4
"""a head stays as it was where it would answer unseen stories better in less than this share of the bootstrap samples"""
KEPT = ("acts",)
"""heads that stay as they were: every way of teaching this one that was tried lost flags of true acts"""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one head is taught. Rows: people's answers as typed, written texts, people's answers without marks."""

    x: sp.csr_matrix
    """only the columns of the head's blocks"""
    y: NDArray[np.int8]
    weight: Doubles
    groups: NDArray[np.int64]
    """story of each row; -1: a written text, which is gone through in every fold and measured in none"""
    answered: int
    """the first so many rows are people's answers as typed"""


def relearn(base: Model, taught: Sequence[Example], corpus: Sequence[Example]) -> tuple[Model, dict[str, int]]:
    """The model after the answers (its version is still that of `base`), and by how many answers each changed head was changed.

    `taught`: texts with the answers people gave, each under its task; a task nobody answered is not there. Texts of one
    story have the same `Example.story`. The same input gives the same weights.
    """
    found = [*taught, *corpus]
    x = base.features.matrix([*(e.text for e in found), *features.stripped(e.text for e in taught)])
    groups = np.array([*_numbers(taught), *(-1 for _ in corpus)], np.int64)
    made, changed = dict(base.heads), {}
    for head in base.heads.values():
        which, answers = _taught_by(head, found)
        answered = int((groups[which] >= 0).sum()) if which else 0
        if answered < FEWEST or head.task.name in KEPT:
            continue
        again = [len(found) + i for i in which[:answered]]  # the same without marks
        columns = base.features.of(head.task.blocks)
        y = heads.one_hot([*answers, *answers[:answered]], head.task.labels)
        of_row = groups[[*which, *which[:answered]]]
        weight = _weight(head, y, np.where(of_row < 0, REHEARSED, 0.5))
        lesson = Lesson(x[[*which, *again]][:, columns], y, weight, of_row, answered)
        narrow = replace(head, weights=head.weights[columns])
        if better(narrow, lesson):
            learnt = fit(narrow, lesson)
            weights = head.weights.copy()
            weights[columns] = learnt.weights
            made[head.task.name] = replace(learnt, weights=weights)
            changed[head.task.name] = answered
    return replace(base, heads=made), changed


def _numbers(taught: Sequence[Example]) -> Iterator[int]:
    names = sorted({e.story or e.text.id for e in taught})
    numbers = {name: number for number, name in enumerate(names)}
    return (numbers[e.story or e.text.id] for e in taught)


def _taught_by(head: Head, found: Sequence[Example]) -> tuple[list[int], list[tuple[str, ...]]]:
    """The examples that teach a head (their indices), and what they answer, in labels the head knows."""
    which, answers = [], []
    for i, example in enumerate(found):
        if _asked(head.task.name, example):
            answer = training.answer(example, head.task.name)
            if head.task.many or answer[0] in head.task.labels:
                which.append(i)
                answers.append(answer)
    return which, answers


def _asked(task: str, example: Example) -> bool:
    given = example.answers
    if task in (relevance.PRESS.name, relevance.POST.name):
        return "relevance" in given and relevance.head_for(example.text) == task
    return bool(given.get("relevance", 1)) and given.get("topics" if task == "topic" else task) is not None


def _weight(head: Head, y: NDArray[np.int8], weight: Doubles) -> Doubles:
    """Rare labels weigh more, all rows together the same."""
    if head.task.many:
        return weight
    counts = np.maximum(weight @ y, 1e-9)
    fair = y @ (weight.sum() / counts) ** BALANCE
    balanced: Doubles = weight * fair * (weight.sum() / (weight * fair).sum())
    return balanced


def fit(head: Head, lesson: Lesson) -> Head:
    """The head moved to the most likely weights, given the lesson and the pull to where it was.

    Moved in the logits by which labels are chosen (without `Head.lean`): what calibration added stays added.
    """
    from scipy.optimize import minimize

    used = np.unique(lesson.x.indices)
    x = lesson.x[:, used].astype(np.float64)
    turned = x.T.tocsr()
    before = (lesson.x @ head.weights + (head.bias - head.lean)).astype(np.float64)
    shape = (len(used), lesson.y.shape[1])
    size, weight = shape[0] * shape[1], lesson.weight[:, None]

    def cost(step: Doubles) -> tuple[float, Doubles]:
        logits = before + x @ step[:size].reshape(shape) + step[size:]
        loss, wrong = _loss(logits, lesson.y, head.task.many)
        slope = weight * wrong
        whole = float((lesson.weight * loss).sum() + PULL / 2 * (step @ step))
        return whole, np.concatenate([(turned @ slope).ravel(), slope.sum(axis=0)]) + PULL * step

    start = np.zeros(size + shape[1])
    step = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 6}).x
    weights = head.weights.copy()
    weights[used] += step[:size].reshape(shape).astype(np.float32)
    return replace(head, weights=weights, bias=(head.bias + step[size:]).astype(np.float32))


def _loss(logits: Doubles, y: NDArray[np.int8], many: bool) -> tuple[Doubles, Doubles]:
    """Log-loss of each row, and its slope by each logit."""
    if many:
        return (np.logaddexp(0, logits) - y * logits).sum(axis=1), 1 / (1 + np.exp(-np.clip(logits, -30, 30))) - y
    top = logits.max(axis=1, keepdims=True)
    whole = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
    return whole - (y * logits).sum(axis=1), np.exp(logits - whole[:, None]) - y


def better(head: Head, lesson: Lesson) -> bool:
    """Whether a head so taught answers people's labels of stories it was not taught better than it did before."""
    from sklearn.model_selection import GroupKFold

    told = lesson.groups[: lesson.answered]
    folds = min(FOLDS, len(set(told.tolist())))
    if folds < 2:
        return False
    before = _logits(head, lesson.x[: lesson.answered])
    after = before.copy()
    for _, unseen in GroupKFold(folds, shuffle=True, random_state=0).split(told, groups=told):
        keep = ~np.isin(lesson.groups, told[unseen])
        part = Lesson(lesson.x[keep], lesson.y[keep], lesson.weight[keep], lesson.groups[keep], 0)
        after[unseen] = _logits(fit(head, part), lesson.x[unseen])
    change = _change(head, lesson.y[: lesson.answered], before, after)
    return change is not None and change.gained >= DOUBT


def _change(head: Head, y: NDArray[np.int8], before: Floats, after: Floats) -> pairing.Change | None:
    """Of macro-F1 where exactly one label is right; else of how often each label is held for likelier than not, rightly."""
    if not head.task.many:
        truth, was, now = ([str(i) for i in each.argmax(axis=1)] for each in (y, before, after))
        return pairing.macro_f1(truth, was, now)
    was, now = (((logits + head.lean > 0) == y).all(axis=1).tolist() for logits in (before, after))
    return pairing.rate(was, now)


def _logits(head: Head, x: sp.csr_matrix) -> Floats:
    found: Floats = x @ head.weights + (head.bias - head.lean)
    return found
