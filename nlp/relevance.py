"""Is a text about social insurance? First a gate at stream speed, then a classifier for what passes.

The gate lets through whatever contains a word the field cannot do without; it is to miss nothing, not to be right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import ahocorasick

from nlp.heads import Task
from nlp.text import LIMIT
from records import Text
from vietnamese import fold_aligned

PRESS = Task("relevance", ("0", "1", "2"), "wtqx", cost=0.5, balance=0.5)
POST = Task("relevance_post", ("0", "1", "2"), "wtqx", cost=0.5, balance=0.5)
"""posts leave out what their readers know ("45% ở mốc 15 năm là của nữ"), so they have a head of their own and no gate"""

_GATE = Path(__file__).with_name("gate.toml")


@cache
def _automaton(*lists: str) -> ahocorasick.Automaton:
    """Finds the phrases of the named lists of gate.toml in folded text."""
    phrases = tomllib.loads(_GATE.read_text(encoding="utf-8"))
    automaton = ahocorasick.Automaton()
    for phrase in (phrase for name in lists for phrase in phrases[name]):
        automaton.add_word(phrase, len(phrase))
    automaton.make_automaton()
    return automaton


def is_post(text: Text) -> bool:
    """Whether a text is to be read as a post: it is one, or it has no headline."""
    return text.kind == "post" or not text.title


def head_for(text: Text) -> str:
    return POST.name if is_post(text) else PRESS.name


def passes(text: Text) -> bool:
    """Whether the classifier need look at a text at all."""
    return is_post(text) or _contains(text, "field", "loose")


def silent(text: Text) -> bool:
    """Whether a text that nobody labelled may be taken as a negative: none of its words hints at the field."""
    return not _contains(text, "field", "doubtful")


def _contains(text: Text, *lists: str) -> bool:
    line = fold_aligned(f"{text.title or ''} \n {text.text[:LIMIT]} ")
    for end, size in _automaton(*lists).iter(line):
        before = line[end - size] if end >= size else " "
        if not before.isalnum() and not line[end + 1].isalnum():
            return True
    return False


def decide(scores: Mapping[str, float], threshold: float) -> tuple[Literal[0, 1, 2], float]:
    """Relevance and the probability that the text is relevant at all, from the probabilities of 0, 1, 2."""
    relevant = 1 - scores["0"]
    if relevant < threshold:
        return 0, relevant
    return (2 if scores["2"] >= scores["1"] else 1), relevant
