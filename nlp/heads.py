"""Linear classifiers over the features, one head a task, with calibrated probabilities. Fitted here, served from arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Task:
    """What a head answers. `many`: each label by itself; else exactly one of `labels`."""

    name: str
    labels: tuple[str, ...]
    blocks: str
    """the feature blocks it looks at"""
    cost: float = 0.3
    """inverse strength of regularisation"""
    balance: float = 0.5
    """0: classes weigh as often as they occur; 1: all classes weigh the same"""
    many: bool = False
    bare: float = 1.0
    """what the copy of a text without marks weighs beside the text itself"""


@dataclass(frozen=True, slots=True)
class Head:
    """Weights (features x labels, zero outside the task's blocks) and biases of the calibrated logits.

    `lean`: what calibration added to each label's logit. Calibrated probabilities shun rare labels, so the choice among
    labels is made without it: probabilities are to be true, choices are to be fair to every label.
    """

    task: Task
    weights: Floats
    bias: Floats
    lean: Floats

    def probabilities(self, logits: Floats) -> Floats:
        return squash(logits, self.task.many)


def squash(logits: Floats, many: bool) -> Floats:
    """Logits (texts x labels) to probabilities: each by itself, or summing to 1."""
    return _chances(logits.astype(np.float64), many).astype(np.float32)


def _chances(logits: NDArray[np.float64], many: bool) -> NDArray[np.float64]:
    if many:
        alone: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return alone
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True, slots=True)
class Lesson:
    """What teaches a head, one row a text. `answers`: texts x labels, 0 or 1; `groups`: the story of each; `weigh`: how much each
    weighs; `own`: those for whose like the probabilities are to be true, the others only teach."""

    answers: NDArray[np.int8]
    groups: NDArray[np.int64]
    weigh: Floats
    own: NDArray[np.bool_]


def fit(task: Task, x: sp.csr_matrix, columns: NDArray[np.int64], lesson: Lesson) -> Head:
    """A calibrated head. `x`: the texts of the lesson as features; `columns`: those it looks at.

    Calibration is fitted on the answers to texts of stories the head had not seen, then folded into the weights.
    """
    narrow, own = x[:, columns], lesson.own
    scale, shift = calibration(out_of_fold(task, narrow, lesson)[own], lesson.answers[own], task.many)
    weights, bias = linear(task, narrow, lesson.answers, lesson.weigh)
    full = np.zeros((x.shape[1], len(task.labels)), np.float32)
    full[columns] = weights * scale
    return Head(task, full, (bias * scale + shift).astype(np.float32), shift)


def out_of_fold(task: Task, x: sp.csr_matrix, lesson: Lesson) -> Floats:
    """Raw logits for each text from a head fitted without its story."""
    from sklearn.model_selection import GroupKFold

    logits = np.zeros(lesson.answers.shape, np.float32)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(x, groups=lesson.groups):
        weights, bias = linear(task, x[train], lesson.answers[train], lesson.weigh[train])
        logits[test] = x[test] @ weights + bias
    return logits


def linear(task: Task, x: sp.csr_matrix, y: NDArray[np.int8], weigh: Floats | None = None) -> tuple[Floats, Floats]:
    """Weights and biases before calibration: one support vector machine a label; a label with fewer than three examples is never given."""
    from sklearn.svm import LinearSVC

    weights, bias = np.zeros((x.shape[1], y.shape[1]), np.float32), np.full(y.shape[1], -9, np.float32)
    for i, yes in enumerate(y.T):
        if 2 < yes.sum() < len(yes):
            more = float((len(yes) / yes.sum() - 1) ** task.balance)
            model = LinearSVC(C=task.cost, class_weight={0: 1.0, 1: more}, tol=1e-2, random_state=0)
            model.fit(x, yes, sample_weight=weigh)
            weights[:, i], bias[i] = model.coef_[0], model.intercept_[0]
    return weights, bias


def calibration(logits: Floats, y: NDArray[np.int8], many: bool) -> tuple[Floats, Floats]:
    """Scale and shift of each logit that make the probabilities of unseen texts true (least log-loss)."""
    from scipy.optimize import minimize

    labels = y.shape[1]
    exact = logits.astype(np.float64)  # the search takes differences too small for float32

    def loss(values: NDArray[np.float64]) -> float:
        scale, shift = np.exp(values[0] if not many else values[:labels]), values[-labels:]
        p = np.clip(_chances(exact * scale + shift, many), 1e-9, 1 - 1e-9)
        likely = y * np.log(p) + ((1 - y) * np.log1p(-p) if many else 0)
        return float(-likely.sum() / len(y) + 1e-3 * (values**2).sum())

    start = np.zeros(2 * labels if many else labels + 1)
    best = minimize(loss, start, method="L-BFGS-B").x
    scale = np.exp(best[:labels]) if many else np.repeat(np.exp(best[0]), labels)
    return scale.astype(np.float32), best[-labels:].astype(np.float32)


def one_hot(answers: Sequence[Sequence[str]], labels: Sequence[str]) -> NDArray[np.int8]:
    """Texts x labels: 1 where the label is among the text's answers."""
    return np.array([[label in given for label in labels] for given in answers], np.int8)
