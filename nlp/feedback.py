"""What a citizen asks of the agency in a text: a question, complaint, petition, denunciation, lawsuit, suggestion, praise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from nlp.heads import Task
from records import Feedback

TASK = Task(
    "feedback",
    ("none", "question", "complaint", "petition", "denunciation", "lawsuit", "suggestion", "praise"),
    "wtq",
    balance=0.5,
)


def decide(scores: Mapping[str, float]) -> Feedback:
    """The likeliest, "none" included."""
    return cast(Feedback, max(scores, key=scores.__getitem__))
