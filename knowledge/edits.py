"""Approved edits joined with the files: an edit is a whole entry, in the place of the one with its name, or new.

The joined entries pass the same checks as the files. What this file does *not* do: keep edits, or know who approved them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from knowledge.loader import File
from records import BadInput, BadKnowledge

if TYPE_CHECKING:
    from knowledge import Knowledge

KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "fact": ("facts", "fact", ("id",)),
    "law": ("law", "version", ("id",)),
    "clause": ("law", "clause", ("version", "number")),
    "campaign": ("campaigns", "campaign", ("id",)),
}
"""kind of edit -> file, table, the keys that name an entry"""
DATES = {"valid_from", "valid_to"}
Edit = tuple[str, str]
"""kind, and the entry as JSON (dates as "2026-09-01")"""


def subject(kind: str, content: Mapping[str, Any]) -> str:
    """What names the entry: "F001", "TCTT-2026 khoản 1". Raises BadInput for a kind that cannot be edited."""
    if kind not in KINDS:
        raise BadInput(f"không sửa được loại {kind}")
    return " ".join(str(content.get(key, "")) for key in KINDS[kind][2])


def merged(files: Mapping[str, File], edits: Sequence[Edit]) -> dict[str, File]:
    """The files with the edits in their tables, a later edit of an entry over an earlier. Raises BadInput."""
    tables = {name: {table: list(rows) for table, rows in file.tables.items()} for name, file in files.items()}
    for kind, said in edits:
        content = json.loads(said)
        name = subject(kind, content)
        file, table, _ = KINDS[kind]
        rows = tables[file].setdefault(table, [])
        place = next((i for i, row in enumerate(rows) if subject(kind, row) == name), len(rows))
        rows[place : place + 1] = [_dated(content)]
    return {name: replace(file, tables=tables[name]) for name, file in files.items()}


def _dated(value: Any) -> Any:
    """JSON has no dates: those of the known keys are made again. One that is none stays text, and is refused as such."""
    if isinstance(value, list):
        return [_dated(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _date(item) if key in DATES else _dated(item) for key, item in value.items()}


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return value


class Current:
    """The knowledge in force now: the shipped one with the approved edits. Asked often, loaded when an edit comes."""

    def __init__(self, shipped: Knowledge, stamp: Callable[[], int], edits: Callable[[], Sequence[Edit]]) -> None:
        """`stamp` changes whenever `edits` does."""
        self._shipped, self._stamp, self._edits = shipped, stamp, edits
        self._known: tuple[int, Knowledge, tuple[Edit, ...]] = (0, shipped, ())
        self.refused: tuple[str, ...] = ()
        """edits that a new release's files no longer bear, with the reason; they are left out"""

    def __call__(self) -> Knowledge:
        return self._now()[1]

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits in force, fit for `knowledge.load`."""
        return self._now()[2]

    def _now(self) -> tuple[int, Knowledge, tuple[Edit, ...]]:
        stamp = self._stamp()
        if stamp != self._known[0]:
            self._known = (stamp, *self._join(tuple(self._edits())))
        return self._known

    def _join(self, edits: tuple[Edit, ...]) -> tuple[Knowledge, tuple[Edit, ...]]:
        from knowledge import load

        good: tuple[Edit, ...] = ()
        refused: list[str] = []
        found = self._shipped
        try:
            return load(edits=edits), edits
        except (BadKnowledge, BadInput):
            pass
        for edit in edits:
            try:
                found, good = load(edits=(*good, edit)), (*good, edit)
            except (BadKnowledge, BadInput) as error:
                refused.append(f"{edit[0]}: {error}")
        self.refused = tuple(refused)
        return found, good
