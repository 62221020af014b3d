"""Which of the Centre's topics a text is about: one to three, the main one first."""

from __future__ import annotations

from collections.abc import Mapping

from nlp.heads import Task

MAIN = Task("topic", (), "wt", balance=0.5)
"""the main topic; its labels are those of the examples"""
ALL = Task("topics", (), "wt", balance=0.3, many=True)
"""each topic by itself"""
OTHER = "khac"
ALSO = 0.4
"""a further topic is named from this probability on"""
MOST = 3


def decide(first: str, each: Mapping[str, float]) -> tuple[str, ...]:
    """The main topic, then what else the text is surely about, the surest first."""
    others = sorted((p, topic) for topic, p in each.items() if p >= ALSO and topic not in (first, OTHER))
    return (first, *(topic for _, topic in reversed(others)))[:MOST]
