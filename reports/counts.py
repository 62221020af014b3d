"""Reading the figures of a week: counts by name, where every count has an id and the keys of its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import vietnamese
from records import Figures, Judged, WeekLine
from reports import labels
from reports.statistics import SPREAD, Change, Share, change, independent, share, spread


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
        """The same count in the period before; None when that has no items at all (not collected then), and while this one
        is not over."""
        if self.figures.as_of < self.figures.end or not _keys(self.figures.before.get("all", {}), "all"):
            return None
        return len(_keys(self.figures.before.get(dimension, {}), label))

    def change(self, dimension: str, label: str = "all") -> Change:
        return change(self.number(dimension, label), self.before(dimension, label), self.spread(dimension, label))

    @property
    def period(self) -> str:
        """ "tuần", "tháng", "quý" or "năm": what the figures cover."""
        return labels.period(self.figures.week)

    def said(self, dimension: str, label: str = "all") -> str:
        """The change in words."""
        return self.change(dimension, label).said(self.period)

    def past(self, weeks: int | None = None) -> list[WeekLine]:
        """The full weeks before the period, the oldest first; the last `weeks` of them."""
        first = self.figures.start.astimezone(vietnamese.HO_CHI_MINH).strftime("%G-W%V")
        found = [line for line in self.figures.history if line.week < first]
        return found if weeks is None else found[-weeks:]

    def series(self, dimension: str, label: str = "all") -> list[int]:
        """The count of every full week up to the end of the period."""
        return [line.counts.get(dimension, {}).get(label, 0) for line in self.figures.history]

    def spread(self, dimension: str, label: str = "all") -> float:
        """How much more than independent events this count varies from week to week."""
        if dimension not in ("all", "sentiment", "topic", "outlet", "province", "story"):
            return SPREAD
        return spread([line.counts.get(dimension, {}).get(label, 0) for line in self.past()])

    def stories(self, dimension: str = "all", label: str = "all") -> int:
        """How many stories the items of a count tell."""
        keys = set(self.keys(dimension, label))
        return len({item.story for item in self.figures.items if item.key in keys})

    def stories_before(self, dimension: str = "all", label: str = "all") -> int | None:
        """The same of the period before; None where that has no items."""
        if self.before("all") is None:
            return None
        keys = _keys(self.figures.before.get(dimension, {}), label)
        return len({self.figures.stories_before.get(key, key) for key in keys})

    def share(self, dimension: str, label: str, of: str | None = None) -> Share:
        """The share of a count among all of its dimension (or of another one), with an interval that knows that stories
        repeat."""
        part, whole = set(self.keys(dimension, label)), set(self.keys(of or dimension))
        return share(len(part & whole), len(whole), self.worth(part & whole, whole))

    def worth(self, part: set[str], whole: set[str]) -> float:
        """How many independent items the whole is worth."""
        groups: dict[str, tuple[int, int]] = {}
        told = self.story_of
        for key in sorted(whole):  # sums of floats must not depend on the order of a set
            y, n = groups.get(told.get(key, key), (0, 0))
            groups[told.get(key, key)] = (y + (key in part), n + 1)
        return independent(list(groups.values()))

    @property
    def story_of(self) -> dict[str, str]:
        return {item.key: item.story for item in self.figures.items}

    def ranked(self, dimension: str) -> list[tuple[str, int]]:
        """(label, count), the largest first, then by label; zeros left out."""
        labels = self.figures.groups.get(dimension, {})
        counted = [(label, len(set(keys))) for label, keys in labels.items() if keys and label != "none"]
        return sorted(counted, key=lambda pair: (-pair[1], pair[0]))

    def topics(self) -> list[tuple[str, int]]:
        """(main topic, count), the largest first; what fits no topic of the list ("khac") behind all others."""
        return sorted(self.ranked("topic"), key=lambda pair: pair[0] == "khac")

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
