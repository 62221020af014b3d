"""When a second reader is asked, and what two readers say together. Pure: no reader is loaded here.

The first reader (the linear heads) answers every text. Where the best label of one of its calibrated answers leads by
less than a bound, a second reader is asked, and the two are mixed as experts who vote with logarithms of probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.heads import Head, squash
from records import BadInput, Text

Floats = NDArray[np.float32]
TASKS = ("sentiment", "target", "topic")
"""heads a second reader may be asked about; each gives one label a text"""
UNSURE = 0.4
"""the bound where nobody names another"""


@dataclass(frozen=True, slots=True)
class Vote:
    """One answer of one reader. `logits`: calibrated, one a label; `lean`: what calibration added to each of them."""

    labels: tuple[str, ...]
    logits: Floats
    lean: Floats

    @property
    def scores(self) -> dict[str, float]:
        """Label -> calibrated probability; they sum to 1."""
        return dict(zip(self.labels, squash(self.logits[None], many=False)[0].tolist(), strict=True))

    @property
    def choice(self) -> str:
        """The label, chosen without the calibration's lean to frequent ones (see `heads.Head`)."""
        return self.labels[int((self.logits - self.lean).argmax())]


class Reader(Protocol):
    """A second reader. `shares`: task -> its weight beside the first reader, 0 (not asked) to 1 (alone)."""

    version: str
    labels: Mapping[str, tuple[str, ...]]
    shares: Mapping[str, float]

    def votes(self, text: Text) -> Mapping[str, Vote]: ...


@dataclass(frozen=True, slots=True)
class Second:
    """A reader with the bound below which an answer is unsure: 0 (where the choice is not the likeliest) to 1 (always)."""

    reader: Reader
    bound: float

    def again(self, text: Text, votes: Mapping[str, Vote]) -> Mapping[str, Vote]:
        """The votes (by task) after a second look at those that are unsure; the reader is asked at most once a text."""
        shares = {
            task: share for task, share in self.reader.shares.items() if share and unsure(votes[task], self.bound)
        }
        if not shares:
            return votes
        said = self.reader.votes(text)
        return {**votes, **{task: blend(votes[task], said[task], share) for task, share in shares.items()}}


def named(first: str, second: str, bound: float) -> str:
    """The version of a judge made of two readers: another bound gives other answers, so it is part of the name."""
    return f"{first}+{second}@{bound:g}"


def unsure(vote: Vote, bound: float) -> bool:
    """Whether the chosen label leads the next by less than `bound` in calibrated probability, or does not lead at all."""
    chosen, scores = vote.choice, vote.scores
    return scores[chosen] - max((p for label, p in scores.items() if label != chosen), default=0.0) < bound


def blend(first: Vote, second: Vote, share: float) -> Vote:
    """Both together, the second with weight `share`: probabilities proportional to p1^(1-share) * p2^share. Share 0 is the
    first, 1 the second. Both speak of the same labels, in any order."""
    order = [second.labels.index(label) for label in first.labels]
    logits = (1 - share) * _log(first.logits) + share * _log(second.logits[order])
    lean = (1 - share) * first.lean + share * second.lean[order]
    return Vote(first.labels, logits.astype(np.float32), lean.astype(np.float32))


def _log(logits: Floats) -> NDArray[np.float64]:
    """Logarithms of the probabilities: two readers' logits have no common zero."""
    exact = logits.astype(np.float64) - float(logits.max())
    logs: NDArray[np.float64] = exact - np.log(np.exp(exact).sum())
    return logs


def fit(reader: Reader, heads: Mapping[str, Head]) -> None:
    """Raises BadInput where a reader speaks of other labels than the heads it is to stand beside."""
    for task, labels in reader.labels.items():
        if task not in TASKS or set(labels) != set(heads[task].task.labels):
            raise BadInput(
                f"bộ mã hóa {reader.version} học trên bộ nhãn khác của {task}; hãy huấn luyện lại bằng `langnghe train-encoder`"
            )
