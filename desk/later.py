"""What became of an item after it was stored: edits, absences of its page, corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import store
from desk import access, differences
from records import Absence, Correction, Judged, Version


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the words by the source."""

    at: datetime
    changes: tuple[differences.Change, ...]

    @property
    def places(self) -> int:
        return sum(change.places for change in self.changes)


@dataclass(frozen=True, slots=True)
class Later:
    versions: tuple[Version, ...]
    edits: tuple[Edit, ...]
    """the latest first"""
    absences: tuple[Absence, ...]
    corrections: tuple[tuple[Correction, Judged], ...]
    """with the other item, where this visitor may see it"""


def of(kept: store.Store, judged: Judged, visit: access.Visit) -> Later:
    key = judged.document.key
    versions = kept.documents.versions(key)
    edits = [Edit(new.seen_at, tuple(differences.between(old, new))) for old, new in pairwise(versions)]
    return Later(
        tuple(versions),
        tuple(reversed(edits)),
        tuple(kept.documents.absences(key)),
        tuple(_corrections(kept, key, visit)),
    )


def _corrections(kept: store.Store, key: str, visit: access.Visit) -> list[tuple[Correction, Judged]]:
    found = []
    for link in kept.corrections.of(key):
        other = kept.judged.get(link.correction if link.corrected == key else link.corrected)
        if other is not None and visit.sees(other):
            found.append((link, other))
    return found
