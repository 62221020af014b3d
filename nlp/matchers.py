"""The matchers of rules/claims.toml by fact: how a sentence is seen to state a fact or to contradict it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from nlp import lexicon
from records import BadKnowledge, Verdict

_KEYS = frozenset(("right", "wrong", "unless", "context", "differs", "since", "slots"))
_SLOT_KEYS = frozenset(("find", "right", "was", "until", "low", "high"))


@dataclass(frozen=True, slots=True)
class Slot:
    """A number a sentence states about a fact."""

    right: tuple[float, ...]
    was: tuple[float, ...]
    until: date | None
    """the last day of the newest of `was`; None: nobody is held to the day"""
    low: float
    high: float

    def judge(self, value: float) -> Verdict | Literal["once"]:
        if any(close(value, right) for right in self.right):
            return "supported"
        if any(close(value, was) for was in self.was):
            return "once"
        return "contradicted" if self.low <= value <= self.high else "unchecked"


@dataclass(frozen=True, slots=True)
class Matcher:
    differs: str
    since: date | None
    context: bool
    slots: tuple[Slot, ...]


@lru_cache(maxsize=1)
def matchers() -> dict[str, Matcher]:
    """The matchers by fact id. Raises BadKnowledge on unknown keys or senseless bounds."""
    return {fact: _read(fact, entry) for fact, entry in lexicon.table("claims").items()}


def _read(fact: str, entry: dict[str, Any]) -> Matcher:
    strange = (set(entry) - _KEYS) | {key for slot in entry.get("slots", ()) for key in set(slot) - _SLOT_KEYS}
    if strange:
        raise BadKnowledge(f"claims.toml: {fact}: không có khóa {', '.join(sorted(strange))}")
    slots = tuple(
        Slot(tuple(slot["right"]), tuple(slot.get("was", ())), slot.get("until"), slot["low"], slot["high"])
        for slot in entry.get("slots", ())
    )
    if any(slot.low >= slot.high for slot in slots):
        raise BadKnowledge(f"claims.toml: {fact}: low phải nhỏ hơn high")
    if ("wrong" in entry or slots) and not entry.get("differs"):
        raise BadKnowledge(f"claims.toml: {fact}: thiếu differs")
    return Matcher(entry.get("differs", ""), entry.get("since"), bool(entry.get("context")), slots)


def close(a: float, b: float) -> bool:
    """Whether two numbers are one, written more or less exactly."""
    return abs(a - b) <= 0.004 * max(abs(a), abs(b))
