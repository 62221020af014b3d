"""How a text reflects on policy and agencies, and whom it blames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from nlp.heads import Task
from records import Sentiment, Target

SENTIMENT = Task("sentiment", ("negative", "neutral", "positive"), "wtq", cost=0.1, balance=0.7)
TARGET = Task(
    "target", ("none", "agency_policy", "hospital", "employer", "fraudster", "private_insurer", "other"), "wtq"
)


def decide(scores: Mapping[str, float]) -> Sentiment:
    """The likeliest sentiment."""
    return cast(Sentiment, max(scores, key=scores.__getitem__))


def blame(scores: Mapping[str, float]) -> Target:
    """Whom the text blames, "none" included."""
    return cast(Target, max(scores, key=scores.__getitem__))
