"""How far people agree when they answer the same question without knowing of each other. Pure arithmetic.

Cohen's kappa of two people is statsmodels', with its interval; Krippendorff's alpha for labels without order is counted here
(docs/decisions.md says why).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FEW = 20
"""questions answered twice below which nothing is said"""
GOOD, FAIR = 0.8, 0.667
"""Krippendorff's bounds: from here on conclusions can be drawn, and drawn with reserve"""
Answers = Sequence[tuple[str, str]]
"""for each question two people's answers"""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def kappa(answers: Answers) -> Kappa | None:
    """Of two people, the first answer of each pair being the first person's. None below FEW, or where every answer is the
    same one: agreement beyond chance does not exist then."""
    labels = sorted({label for pair in answers for label in pair})
    if len(answers) < FEW or len(labels) < 2:
        return None
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa  # type: ignore[import-untyped]  # 2 s to import, for one page

    counts = Counter(answers)
    with np.errstate(all="ignore"):  # of whole agreement the spread is 0, of its square root not always a number
        found = cohens_kappa([[counts[one, other] for other in labels] for one in labels])
    value = float(found.kappa)
    spread = 0.0 if math.isnan(found.kappa_upp) else float(found.kappa_upp) - value
    return Kappa(value, max(-1.0, value - spread), min(1.0, value + spread))


def alpha(answers: Answers) -> float | None:
    """Krippendorff's alpha for nominal data, two answers a question, whoever gave them. None as with `kappa`."""
    values = Counter(label for pair in answers for label in pair)
    if len(answers) < FEW or len(values) < 2:
        return None
    total = sum(values.values())
    seen = sum(one != other for one, other in answers) / len(answers)
    by_chance = 1 - sum(count * (count - 1) for count in values.values()) / (total * (total - 1))
    return 1 - seen / by_chance


def of_label(answers: Answers, label: str) -> list[tuple[str, str]]:
    """The same answers asked of one label alone: given, or not."""
    return [(str(one == label), str(other == label)) for one, other in answers]


def said(value: float) -> str:
    """What a coefficient is worth, in Vietnamese."""
    return "tin cậy" if value >= GOOD else "tạm dùng được" if value >= FAIR else "chưa đủ tin cậy"
