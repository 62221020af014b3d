"""The indicator set of knowledge/indicators.toml, worked out from the figures. Pure.

An indicator is a count, or a share of counts; where the data do not carry it, it says so instead of giving a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import vietnamese
from knowledge import Knowledge, Measure
from reports.counts import Counts
from reports.statistics import FEW

UNKNOWN = "không đủ dữ liệu"


@dataclass(frozen=True, slots=True)
class Value:
    """`text`: the value in words; `met`: whether the target is met, None where there is none or the value is not known;
    `figures`: ids of the counts it is made of."""

    measure: Measure
    text: str
    met: bool | None
    figures: tuple[str, ...]


def values(counts: Counts, knowledge: Knowledge) -> list[Value]:
    """One a measure, in the order of the file."""
    return [value(counts, measure) for measure in knowledge.measures]


def value(counts: Counts, measure: Measure) -> Value:
    ids = (*measure.part, *measure.whole)
    if not all(name.split("/")[0] in counts.figures.carried for name in ids):
        return Value(measure, UNKNOWN, None, ids)
    part = number(counts, measure.part)
    if not measure.whole:
        return Value(measure, vietnamese.number_text(part), _met(part, measure.target), ids)
    whole = number(counts, measure.whole)
    if not whole:
        return Value(measure, f"{UNKNOWN} (chưa có trường hợp nào)", None, ids)
    said = f"{vietnamese.number_text(part)}/{vietnamese.number_text(whole)}"
    if whole >= FEW:
        said += f" ({vietnamese.percent(part / whole)})"
    return Value(measure, said, _met(100 * part / whole, measure.target), ids)


def number(counts: Counts, ids: Iterable[str]) -> int:
    """How many items stand under any of the ids, each counted once."""
    keys: set[str] = set()
    for name in ids:
        dimension, _, label = name.partition("/")
        keys |= set(counts.keys(dimension, label))
    return len(keys)


def _met(value: float, target: float | None) -> bool | None:
    return None if target is None else value >= target
