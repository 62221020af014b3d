"""All phrases of nlp/rules/*.toml compiled together, so that a text is scanned once for guards, acts and claims.

Names: "guard:<list>", "act:<list>", "claim:<fact>:<kind>:<number>". This file finds; it decides nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nlp.phrases import Hit, Phrases
from nlp.reading import RULES, Part, read
from records import BadKnowledge, Text


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one field, by name; each list in order of place."""

    part: Part
    hits: Mapping[str, tuple[Hit, ...]]

    def get(self, name: str) -> tuple[Hit, ...]:
        return self.hits.get(name, ())


@dataclass(frozen=True, slots=True)
class Findings:
    fields: tuple[Found, ...]

    def all(self, name: str) -> Iterator[tuple[Part, Hit]]:
        for found in self.fields:
            for hit in found.get(name):
                yield found.part, hit

    def has(self, name: str) -> bool:
        return any(name in found.hits for found in self.fields)

    def count(self, name: str) -> int:
        return sum(len(found.get(name)) for found in self.fields)


def table(name: str) -> dict[str, Any]:
    """A file of nlp/rules. Raises BadKnowledge with the file's name when it is no TOML."""
    path = RULES / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadKnowledge(f"{path}: {error}") from error


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    macros = table("macros")
    named: dict[str, list[str]] = {}
    for owner, file in (("guard", "guards"), ("act", "act_phrases")):
        for name, words in table(file).items():
            named[f"{owner}:{name}"] = words
    for fact, entry in table("claims").items():
        for kind in ("right", "wrong", "context", "unless"):
            if kind in entry:
                named[f"claim:{fact}:{kind}"] = entry[kind]
        for number, slot in enumerate(entry.get("slots", ())):
            named[f"claim:{fact}:slot:{number}"] = slot["find"]
    return Phrases.compile(named, macros)


@lru_cache(maxsize=8)
def findings(text: Text) -> Findings:
    """Scanned once however many of guards, acts and claims ask."""
    fields = []
    for part in read(text).parts:
        hits: dict[str, list[Hit]] = {}
        for hit in phrases().find(part):
            hits.setdefault(hit.name, []).append(hit)
        fields.append(Found(part, {name: tuple(found) for name, found in hits.items()}))
    return Findings(tuple(fields))
