"""The figures of a period, counted in one place: which items stand under which label, as known at one moment.

It only groups keys; shares, changes and intervals are reports.statistics. The same as-of time gives the same figures
as long as the documents exist: later answers, labels, cases and merges do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from records import Case, Figures, ItemLine, Judged, StoryLine
from store import history, phrases
from store.coverage import coverage
from store.database import Database
from store.items import HO_CHI_MINH, Item, Spoken, items_of, labels_of_item, told_of_item

__all__ = ["HO_CHI_MINH", "Item", "figures", "items_of", "labels_of_item"]

STORIES = 20
Groups = dict[str, dict[str, tuple[str, ...]]]
CARRIED = (
    "all", "clause", "correction", "day", "feedback", "flag", "impact", "kind", "outlet", "phrase", "province", "refute", "reply",
    "sentiment", "target", "topic", "week",
)  # fmt: skip
"""what the store records of every item, whether or not a period has any"""


def figures(
    database: Database,
    start: datetime,
    end: datetime,
    as_of: datetime,
    expected: Mapping[str, tuple[str, int]],
    before: datetime | None = None,
    name: str | None = None,
    spoken: Spoken | None = None,
) -> Figures:
    """`before`: where the period before began (None: as long ago as this one lasts). `name`: None: the ISO week."""
    with database.read() as connection:
        items = items_of(connection, start, end, as_of, spoken)
        earlier = items_of(connection, before or start - (end - start), start, as_of, spoken)
        lines = coverage(connection, start, end, as_of, expected)
        said = phrases.shared([(i.judged.document.key, _story(i), i.judged.document.title) for i in items])
        past = history.history(connection, min(end, as_of), as_of, frozenset(said))
        sample = history.sample(connection, as_of)
        cases = history.confirmed(connection, start, end, as_of)
    return Figures(
        week=name or start.astimezone(HO_CHI_MINH).strftime("%G-W%V"),
        start=start,
        end=end,
        as_of=as_of,
        groups=_groups(items, said, cases),
        before=_groups(earlier),
        stories=_stories(items),
        coverage=lines,
        judged=_quoted(items),
        models=tuple(sorted({item.model for item in items})),
        items=tuple(_named(item) for item in items),
        stories_before={item.judged.document.key: _story(item) for item in earlier},
        history=past,
        sample=sample,
        cases=cases,
        carried=tuple(sorted({*CARRIED, *(("message", "message_exact") if spoken else ())})),
    )


def _groups(items: list[Item], said: Mapping[str, tuple[str, ...]] = {}, cases: tuple[Case, ...] = ()) -> Groups:
    found: dict[str, dict[str, list[str]]] = {}
    for item in items:
        for dimension, label in (*labels_of_item(item), *told_of_item(item)):
            found.setdefault(dimension, {}).setdefault(label, []).append(item.judged.document.key)
    if said:
        found["phrase"] = {phrase: list(keys) for phrase, keys in said.items()}
    if cases:
        found["impact"] = {"confirmed": [case.document for case in cases]}
    return {
        dimension: {label: tuple(found[dimension][label]) for label in sorted(found[dimension])}
        for dimension in sorted(found)
    }


def _story(item: Item) -> str:
    """An item in none is a story of its own."""
    return item.story or item.judged.document.key


def _named(item: Item) -> ItemLine:
    of = item.judged.document
    return ItemLine(of.key, of.title, of.outlet, of.kind, of.url, item.at, _story(item), of.reach)


def _stories(items: list[Item]) -> tuple[StoryLine, ...]:
    """The largest stories by items, then by outlets, then the earliest."""
    members: dict[str, list[Item]] = {}
    for item in items:
        members.setdefault(_story(item), []).append(item)
    lines = [_line(story, found) for story, found in members.items()]
    order = {line.story: place for place, line in enumerate(lines)}
    lines.sort(key=lambda line: (-len(line.keys), -line.outlets, order[line.story]))
    return tuple(lines[:STORIES])


def _line(story: str, items: list[Item]) -> StoryLine:
    first = items[0].judged.document
    sentiment = Counter(item.answers.sentiment for item in items if item.answers.sentiment)
    return StoryLine(
        story=story,
        headline=first.title or first.outlet,
        url=first.url,
        outlet=first.outlet,
        keys=tuple(item.judged.document.key for item in items),
        outlets=len({item.judged.document.outlet for item in items}),
        sentiment=dict(sorted(sentiment.items())),
    )


def _quoted(items: list[Item]) -> dict[str, Judged]:
    """The items a report may quote (flags, corrections, feedback): title, answers and status, without lead and body."""
    return {
        item.judged.document.key: item.judged
        for item in items
        if item.answers.commits or item.answers.contradicted or item.answers.feedback != "none"
    }
