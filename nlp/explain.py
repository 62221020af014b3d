"""Why an answer was given: the stretches of a text that weighed most towards it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nlp.text import located
from nlp.weights import Model
from records import Span, Text, TextField

MOST = 3
"""spans an answer is explained with"""


def spans(text: Text, model: Model, task: str, label: str, values: Mapping[int, float]) -> tuple[Span, ...]:
    """The one- and two-word stretches with the greatest weight x value towards `label`, heaviest first, none overlapping.

    `values`: column -> value of the text's row in the feature matrix.
    """
    head = model.heads[task]
    weights = head.weights[:, head.task.labels.index(label)]
    columns = model.features.columns["w"]
    found = []
    for field, start, end, name in _grams(text):
        column = columns.get(name)
        if column is not None and (weight := float(weights[column]) * values.get(column, 0.0)) > 0:
            found.append(Span(task, label, field, start, end, weight))
    chosen: list[Span] = []
    for span in sorted(found, key=lambda span: (-span.weight, span.field, span.start)):
        if all(span.field != other.field or span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
        if len(chosen) == MOST:
            break
    return tuple(chosen)


def _grams(text: Text) -> Iterator[tuple[TextField, int, int, str]]:
    fields: tuple[tuple[TextField, str], ...] = (("title", text.title or ""), ("text", text.text))
    for field, content in fields:
        words = located(content)
        for i, (word, start, end) in enumerate(words):
            yield field, start, end, word
            if i + 1 < len(words):
                following, _, last = words[i + 1]
                yield field, start, last, f"{word} {following}"
