"""The written form of the phrases of nlp/phrases.py: macros, choices and slots, unfolded to literals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod

MANY_FORMS, MOST_FORMS = 120, 4000
"""literal forms from which a piece is parted at its choices, and beyond which a rule file is wrong"""

SLOT = re.compile(r"<(\S+)>")
_MACRO = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\(([^()]*)\)(\??)")


def expand_macros(phrase: str, macros: Mapping[str, str]) -> str:
    for _ in range(5):
        if "{" not in phrase:
            return phrase
        phrase = _MACRO.sub(lambda match: macros[match[1]], phrase)
    raise ValueError("macros nest too deep")


def unfold(piece: str) -> list[str]:
    """All literal forms of a piece with (a|b) choices, innermost first."""
    done, waiting = [], [piece]
    while waiting:
        form = waiting.pop()
        choice = _CHOICE.search(form)
        if choice is None:
            if set(form) & set("()|*<>{}"):
                raise ValueError("unbalanced choice, gap or slot")
            done.append(form)
            continue
        options = choice[1].split("|") + ([""] if choice[2] else [])
        waiting.extend(form[: choice.start()] + option + form[choice.end() :] for option in options)
        if len(waiting) + len(done) > MOST_FORMS:
            raise ValueError(f"more than {MOST_FORMS} forms")
    return done


def lighter(piece: str) -> list[str]:
    """A piece of too many forms as several that follow each other at once."""
    return piece.replace(") (", ")\n(").split("\n") if _forms(piece) > MANY_FORMS else [piece]


def _forms(piece: str) -> int:
    return prod(choice[1].count("|") + 1 + bool(choice[2]) for choice in _CHOICE.finditer(piece))


def part_slots(phrase: str) -> list[str]:
    """The phrase once for each slot that stands in a choice, and once for the choice's words."""
    for choice in _CHOICE.finditer(phrase):
        options = choice[1].split("|")
        slots = [option for option in options if SLOT.search(option)]
        if slots and len(options) > 1:
            words = "|".join(option for option in options if option not in slots)
            before, after = phrase[: choice.start()], phrase[choice.end() :]
            ways = slots + ([f"({words})"] if words else [])
            return [made for way in ways for made in part_slots(before + way + after)]
    return [phrase]
