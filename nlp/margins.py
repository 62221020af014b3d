"""How far an answer stood from another one: what a person is asked first."""

from __future__ import annotations

from collections.abc import Mapping

Scores = Mapping[str, float]
EVEN = 0.5


def between(scores: Scores, chosen: str) -> float:
    """From 0 (another label was as probable) to 1, for the chosen label among exclusive ones."""
    return abs(scores[chosen] - max((p for label, p in scores.items() if label != chosen), default=0.0))


def of(choices: Mapping[str, tuple[Scores, str]], acts: Scores, unsure_place: bool) -> dict[str, float]:
    """task -> margin. `choices`: task -> (probabilities, the chosen label); `acts`: probabilities of modes and clauses."""
    found = {task: between(scores, chosen) for task, (scores, chosen) in choices.items()}
    if "commits" in acts:
        found["acts"] = abs(acts["commits"] - EVEN) / EVEN
    if unsure_place:
        found["provinces"] = 0.0
    return {task: round(margin, 3) for task, margin in found.items()}
