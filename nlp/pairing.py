"""Two answers to the same texts beside each other: how far apart they are, and how sure that is (paired bootstrap)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
FEW = 5
"""texts of a label below which its F1 says nothing; where every label is so rare, all count"""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after; `low` to `high`: the 95 % interval of the difference; `gained`: share of the bootstrap
    samples in which it rose."""

    before: float
    after: float
    low: float
    high: float
    gained: float
    items: int


def macro_f1(
    truth: Sequence[str],
    before: Sequence[str],
    after: Sequence[str],
    few: int = FEW,
    weights: Sequence[float] | None = None,
) -> Change | None:
    """How macro-F1 changed; None without texts. Labels with fewer than `few` texts are left out of the mean. `weights`: for
    how many texts each stands, by default for one."""
    if not truth:
        return None
    names = sorted({*truth, *before, *after})
    code = {name: i for i, name in enumerate(names)}
    stands, weighs = np.unique(
        np.ones(len(truth)) if weights is None else np.array(weights, np.float64), return_inverse=True
    )
    columns = np.array([*([code[name] for name in column] for column in (truth, before, after)), weighs])
    cells, counts = np.unique(columns, axis=1, return_counts=True)
    support = np.bincount(columns[0], minlength=len(names))
    counted = np.flatnonzero(support >= few) if (support >= few).any() else np.flatnonzero(support)
    drawn = np.random.default_rng(0).multinomial(len(truth), counts / len(truth), size=DRAWS)
    every = np.vstack([counts, drawn]) * stands[cells[3]]
    was, now = (_mean_f1(every, cells[0], said, counted) for said in cells[1:3])
    return _change(was, now, len(truth))


def rate(before: Sequence[bool], after: Sequence[bool], weights: Sequence[float] | None = None) -> Change | None:
    """How the share of texts that are so changed; None without texts. `weights`: as for `macro_f1`."""
    if not before:
        return None
    stands = np.ones(len(before)) if weights is None else np.array(weights, np.float64)
    picked = np.random.default_rng(0).integers(len(before), size=(DRAWS, len(before)))
    picked = np.vstack([np.arange(len(before)), picked])
    both = np.array([before, after], np.float64)
    was, now = ((row * stands)[picked].sum(axis=1) / stands[picked].sum(axis=1) for row in both)
    return _change(was, now, len(before))


def _mean_f1(
    counts: NDArray[np.float64], truth: NDArray[np.int64], said: NDArray[np.int64], labels: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Macro-F1 of each row of `counts` (how often each pair of true and given label occurs)."""
    scores = []
    for label in labels:
        right = counts[:, (truth == label) & (said == label)].sum(axis=1)
        both = counts[:, truth == label].sum(axis=1) + counts[:, said == label].sum(axis=1)
        scores.append(np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0))
    return np.asarray(np.mean(scores, axis=0))


def _change(was: NDArray[np.float64], now: NDArray[np.float64], items: int) -> Change:
    """From the figures of the texts themselves (first) and of the samples."""
    steps = now[1:] - was[1:]
    low, high = np.quantile(steps, (0.025, 0.975))
    return Change(float(was[0]), float(now[0]), float(low), float(high), float((steps > 0).mean()), items)
