"""The day's documents gathered into stories and sections, one story once. Pure; writes no words of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from alerts import items, links
from alerts.items import SECTIONS, Item
from alerts.plain import one_line
from knowledge import Knowledge
from records import Judged

FULL = 60
"""stories shown in full; the rest are compact lines"""
_RANK = {name: rank for rank, name in enumerate(SECTIONS)}


@dataclass(frozen=True, slots=True)
class Line:
    """A document in one line: a copy under its story, or a story past the first FULL."""

    headline: str
    outlet: str
    url: str
    desk: str
    label: str = ""
    """the section's name where it is another than that of the story it stands under"""


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story of the day: its first document in full (`item`), or as a `line` when there is no more room."""

    section: str
    line: Line
    copies: tuple[Line, ...]
    outlets: int
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """Sections in order, those without a story left out. `documents` are the keys of all that is listed."""

    sections: tuple[tuple[str, tuple[StoryView, ...]], ...]
    counts: dict[str, int]
    """section -> stories"""
    stories: int
    documents: tuple[str, ...]


def gather(judged: Sequence[Judged], public_url: str, knowledge: Knowledge) -> Digest:
    """All of `judged`, each document exactly once. The gravest and widest stories come first."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in {one.document.key: one for one in judged}.values():
        groups[one.story.id if one.story else one.document.key].append(one)
    ordered = sorted((sorted(group, key=_within) for group in groups.values()), key=_between)
    views = [_story(group, public_url, knowledge, full=at < FULL) for at, group in enumerate(ordered)]
    counts = Counter(view.section for view in views)
    return Digest(
        sections=tuple((SECTIONS[s], tuple(v for v in views if v.section == s)) for s in SECTIONS if counts[s]),
        counts={name: counts[name] for name in SECTIONS},
        stories=len(views),
        documents=tuple(sorted(one.document.key for group in ordered for one in group)),
    )


def _within(one: Judged) -> tuple[int, bool, object, str]:
    """Order inside a story: the gravest, the original before its reprints, the earliest."""
    return _RANK[items.section(one)], one.near_duplicate_of is not None, one.document.first_seen, one.document.key


def _between(group: list[Judged]) -> tuple[int, int, object, str]:
    first = group[0]
    return _RANK[items.section(first)], -len(group), first.document.first_seen, first.document.key


def _story(group: list[Judged], public_url: str, knowledge: Knowledge, full: bool) -> StoryView:
    first, part = group[0], items.section(group[0])
    return StoryView(
        section=part,
        line=_line(first, part, public_url),
        copies=tuple(_line(one, part, public_url) for one in group[1:]),
        outlets=len({one.document.outlet for one in group}),
        item=items.view(first, public_url, knowledge) if full else None,
    )


def _line(one: Judged, part: str, public_url: str) -> Line:
    own = items.section(one)
    return Line(
        headline=items.headline(one),
        outlet=one_line(one.document.outlet, 80),
        url=links.web(one.document.url),
        desk=links.item(public_url, one.document.key),
        label=SECTIONS[own] if own != part and own != "other" else "",
    )
