"""Reading the figures of a week: counts by name, where every count has an id and the keys of its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from records import Figures, Judged
from reports.statistics import Change, change


@dataclass(frozen=True, slots=True)
class Counts:
    """A view of Figures. The id of a count is "dimension/label"; "all" counts every item of a dimension that has a label
    other than "none"."""

    figures: Figures

    def keys(self, dimension: str, label: str = "all") -> tuple[str, ...]:
        """Keys of the items counted, sorted, each once."""
        return _keys(self.figures.groups.get(dimension, {}), label)

    def number(self, dimension: str, label: str = "all") -> int:
        return len(self.keys(dimension, label))

    def before(self, dimension: str, label: str = "all") -> int | None:
        """The same count in the week before; None when that week has no items at all (not collected then)."""
        if not _keys(self.figures.before.get("all", {}), "all"):
            return None
        return len(_keys(self.figures.before.get(dimension, {}), label))

    def change(self, dimension: str, label: str = "all") -> Change:
        return change(self.number(dimension, label), self.before(dimension, label))

    def ranked(self, dimension: str) -> list[tuple[str, int]]:
        """(label, count), the largest first, then by label; zeros left out."""
        labels = self.figures.groups.get(dimension, {})
        counted = [(label, len(set(keys))) for label, keys in labels.items() if keys and label != "none"]
        return sorted(counted, key=lambda pair: (-pair[1], pair[0]))

    def labels_of(self, dimension: str, key: str) -> tuple[str, ...]:
        """The labels an item is counted under: the human's where one exists, else the machine's."""
        return tuple(label for label, _ in self.ranked(dimension) if key in self.figures.groups[dimension][label])

    def judged(self, dimension: str, label: str = "all") -> list[Judged]:
        """The items of a count that the figures carry, in order of time, then key."""
        found = [self.figures.judged[key] for key in self.keys(dimension, label) if key in self.figures.judged]
        return sorted(found, key=lambda one: (one.document.published_at or one.document.first_seen, one.document.key))


def _keys(labels: Mapping[str, tuple[str, ...]], label: str) -> tuple[str, ...]:
    chosen = [keys for name, keys in labels.items() if name != "none"] if label == "all" else [labels.get(label, ())]
    return tuple(sorted({key for keys in chosen for key in keys}))
