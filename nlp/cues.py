"""Cue phrases (cues.toml): what a text complains of, praises, asks, denies or sells, whichever words it uses for it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import ahocorasick

from vietnamese import fold_aligned

FILE = Path(__file__).with_name("cues.toml")


@cache
def _automaton(unmarked: bool) -> ahocorasick.Automaton:
    """Finds every phrase of cues.toml; `unmarked`: as typed without Vietnamese marks."""
    cues: dict[str, tuple[str, ...]] = {}
    for kind, groups in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        for group, phrases in groups.items():
            for phrase in phrases:
                key = f" {fold_aligned(phrase) if unmarked else phrase}"
                cues[key] = tuple(dict.fromkeys((*cues.get(key, ()), f"{kind}.{group}")))
    automaton = ahocorasick.Automaton()
    for key, names in cues.items():
        automaton.add_word(key, (len(key), names))
    automaton.make_automaton()
    return automaton


def _matches(words: Sequence[str], unmarked: bool) -> list[str]:
    """The cues of the longest phrase that begins at each word."""
    line = f" {' '.join(words)} "
    longest: dict[int, tuple[int, tuple[str, ...]]] = {}
    for end, (size, names) in _automaton(unmarked).iter(line):
        start = end - size
        if line[end + 1] == " " and size > longest.get(start, (0,))[0]:
            longest[start] = (size, names)
    return [name for _, names in longest.values() for name in names]


def found(title: Sequence[str], body: Sequence[str]) -> list[str]:
    """The cues in a headline and text, their kinds, which stand in the headline, and which kinds stand together."""
    above, below = _both(title, body, context=False)
    both = above + below
    kinds = [cue.partition(".")[0] for cue in both]
    apart = sorted({*kinds, *(cue for cue in both if cue.startswith("neutral."))})
    return [*both, *(f"^{cue}" for cue in above), *kinds, *_pairs(apart)]


def context(title: Sequence[str], body: Sequence[str]) -> list[str]:
    """The cues that tell whether the field is the subject: its own terms, foreign lands, private insurers, round-ups."""
    above, below = _both(title, body, context=True)
    both = above + below
    return [*both, *(f"^{cue}" for cue in above), *_pairs(sorted({*both, *(f"^{cue}" for cue in above)}))]


def _both(title: Sequence[str], body: Sequence[str], context: bool) -> tuple[list[str], list[str]]:
    unmarked = all(word.isascii() for word in (*title, *body))
    parts = [_matches(words, unmarked) for words in (title, body)]
    above, below = ([cue for cue in part if cue.startswith("context.") == context] for part in parts)
    return above, below


def _pairs(cues: Sequence[str]) -> list[str]:
    return [f"{a}+{b}" for a, b in combinations(cues, 2)]
