"""What a citizen asks of the agency in a text: a question, complaint, petition, denunciation, lawsuit, suggestion, praise."""

from __future__ import annotations

from nlp.heads import Task

TASK = Task(
    "feedback",
    ("none", "question", "complaint", "petition", "denunciation", "lawsuit", "suggestion", "praise"),
    "wtq",
    cost=0.1,
    balance=1.0,
)
