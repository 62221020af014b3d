"""Why an answer was given: the stretches of a text that weighed most towards it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nlp.text import located, words
from nlp.weights import Model
from records import Span, Text, TextField

Bounds = tuple[int, int]

MOST = 3
"""spans an answer is explained with"""


def spans(
    text: Text, model: Model, answers: Sequence[tuple[str, str]], values: Mapping[int, float]
) -> tuple[Span, ...]:
    """For each (task, label): the stretches with the greatest weight x value towards it, heaviest first, none overlapping.

    `values`: column -> value of the text's row in the feature matrix. A stretch is one or two syllables or terms, widened
    to the words it cuts into.
    """
    columns = model.features.columns["w"]
    held = [(field, start, end, columns[name]) for field, start, end, name in _grams(text) if name in columns]
    bounds: dict[TextField, list[Bounds]] = {"title": words(text.title or ""), "text": words(text.text)}
    found: list[Span] = []
    for task, label in answers:
        head = model.heads[task]
        weights = head.weights[:, head.task.labels.index(label)]
        heavy = [(float(weights[at]) * values.get(at, 0.0), field, start, end) for field, start, end, at in held]
        found += _heaviest(task, label, heavy, bounds)
    return tuple(found)


def _heaviest(
    task: str, label: str, heavy: list[tuple[float, TextField, int, int]], bounds: Mapping[TextField, list[Bounds]]
) -> list[Span]:
    chosen: list[Span] = []
    for weight, field, first, last in sorted(heavy, key=lambda item: (-item[0], item[1:])):
        if weight <= 0 or len(chosen) == MOST:
            break
        start, end = _whole_words(first, last, bounds[field])
        if all(field != other.field or end <= other.start or other.end <= start for other in chosen):
            chosen.append(Span(task, label, field, start, end, weight))
    return chosen


def _whole_words(start: int, end: int, bounds: list[Bounds]) -> Bounds:
    cut = [word for word in bounds if word[0] < end and start < word[1]]
    return min([start, *(word[0] for word in cut)]), max([end, *(word[1] for word in cut)])


def _grams(text: Text) -> Iterator[tuple[TextField, int, int, str]]:
    fields: tuple[tuple[TextField, str], ...] = (("title", text.title or ""), ("text", text.text))
    for field, content in fields:
        found = located(content)
        for word, start, end in found:
            yield field, start, end, word
        for (word, start, _), (following, _, end) in pairwise(found):
            yield field, start, end, f"{word} {following}"
