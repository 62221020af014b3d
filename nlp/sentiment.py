"""How a text reflects on policy and agencies, and whom it blames."""

from __future__ import annotations

from nlp.heads import Task

SENTIMENT = Task("sentiment", ("negative", "neutral", "positive"), "wtq", cost=0.1, balance=0.7, bare=2.0)
TARGET = Task(
    "target",
    ("none", "agency_policy", "hospital", "employer", "fraudster", "private_insurer", "other"),
    "wtq",
    cost=0.1,
    balance=0.7,
)
