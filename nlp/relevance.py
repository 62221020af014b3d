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

PRESS = Task("relevance", ("0", "1", "2"), "wtq", balance=0.3)
POST = Task("relevance_post", ("0", "1", "2"), "wtq", balance=0.3)
"""posts leave out what their readers know ("45% ở mốc 15 năm là của nữ"), so they have a head of their own and no gate"""

_GATE = Path(__file__).with_name("gate.toml")


@cache
def _automaton(field_only: bool) -> ahocorasick.Automaton:
    """Finds the phrases of gate.toml in folded text; `field_only`: those that name the field itself."""
    phrases = tomllib.loads(_GATE.read_text(encoding="utf-8"))
    automaton = ahocorasick.Automaton()
    for phrase in phrases["field"] if field_only else [*phrases["field"], *phrases["loose"]]:
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
    return is_post(text) or _contains(text, field_only=False)


def names_field(text: Text) -> bool:
    """Whether the text names social insurance, its branches or its benefits by their own words."""
    return _contains(text, field_only=True)


def _contains(text: Text, field_only: bool) -> bool:
    line = fold_aligned(f"{text.title or ''} \n {text.text[:LIMIT]} ")
    for end, size in _automaton(field_only).iter(line):
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
