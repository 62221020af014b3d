"""What earlier weeks counted, in one pass over narrow rows: the background of forecasts, bursts and change points.

Numbers only, as known at the as-of time; nothing is compared here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from records import Case, WeekLine
from store import phrases, rows
from store.answers import listed
from store.database import inside
from store.items import HO_CHI_MINH, case_as_of, merges
from store.tables import assessments, documents
from store.tables_work import cases, labels

WEEKS = 104
"""how far back the history goes: a year and the one before it"""
PHRASED = 9
"""weeks of which the phrases of headlines are counted"""
WEEK = timedelta(days=7)
AT_ONCE = 5_000
Human = dict[int, dict[str, str]]


def history(connection: Connection, end: datetime, as_of: datetime, wanted: frozenset[str]) -> tuple[WeekLine, ...]:
    """The full ISO weeks up to `end`, the oldest first; those before the first stored document are left out, and the
    first one too, because nothing says when in it collecting began. `wanted`: the phrases to count."""
    here = end.astimezone(HO_CHI_MINH)
    last = (here - timedelta(days=here.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    first = last - WEEKS * WEEK
    lines: list[WeekLine] = []
    starts = [last - (WEEKS - n) * WEEK for n in range(WEEKS)]
    counted = _weeks(connection, first, last, as_of, wanted)
    for n, start in enumerate(starts):
        counts = counted.get(n)
        if counts or lines:
            lines.append(WeekLine(start.strftime("%G-W%V"), _plain(counts or Counter())))
    return tuple(lines[1:] if len(lines) < WEEKS else lines)


def _weeks(
    connection: Connection, first: datetime, last: datetime, as_of: datetime, wanted: frozenset[str]
) -> dict[int, Counter[tuple[str, str]]]:
    human, merged = _human(connection, first, last, as_of), merges(connection, as_of)
    alike: Counter[tuple[Any, ...]] = Counter()
    """(week, outlet, the answers) -> documents: a million documents have few different answers"""
    found: dict[int, Counter[tuple[str, str]]] = {}
    stories: dict[int, set[str]] = {}
    since, week = int(first.timestamp()), int(WEEK.total_seconds())
    for row in _latest(connection, first, last, as_of):
        number, relevance, spam, sentiment, topic, provinces, story, outlet, title = row
        n = ((number >> rows.HASH_BITS) - since) // week
        said = human.get(number, {})
        counted = not spam and said.get("relevance", str(relevance)) in ("1", "2")
        alike[n, counted, *(_said(outlet, sentiment, topic, provinces, said) if counted else ())] += 1
        if counted:
            stories.setdefault(n, set()).add(merged.get(story, story) or str(number))
            if n >= WEEKS - PHRASED and wanted:
                found.setdefault(n, Counter()).update(("phrase", one) for one in phrases.of(title) & wanted)
    for (n, counted, *answers), times in alike.items():
        counts = found.setdefault(n, Counter())
        counts["stored", "all"] += times
        for label in _labels(*answers) if counted else ():
            counts[label] += times
    for n, told in stories.items():
        found[n]["story", "all"] = len(told)
    return found


def _latest(connection: Connection, first: datetime, last: datetime, as_of: datetime) -> Iterator[tuple[Any, ...]]:
    """Of the last answer of each document by `as_of`: number, relevance, spam, sentiment, main topic, provinces (JSON), story,
    outlet, title; in order of the documents. Streamed, so that memory stays small; the database takes the answers apart, so
    that a million of them need not come over whole."""
    query = (
        select(
            *(assessments.c[name] for name in ("document_id", "relevance", "spam")),
            *(
                inside(connection, assessments.c.answer, *path)
                for path in (("sentiment",), ("topics", 0), ("provinces",))
            ),
            assessments.c.story,
            documents.c.outlet,
            documents.c.title,
        )
        .join(documents, documents.c.id == assessments.c.document_id)
        .where(
            assessments.c.document_id >= rows.first_number(first),
            assessments.c.document_id < rows.first_number(last),
            assessments.c.judged_at <= as_of,
        )
        .order_by(assessments.c.document_id, assessments.c.judged_at, assessments.c.id)
    )
    before: Any = None
    row: Any
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        if before is not None and before[0] != row[0]:
            yield before
        before = row
    if before is not None:
        yield before


def _said(
    outlet: str, sentiment: str | None, topic: str | None, provinces: str | None, human: Mapping[str, str]
) -> tuple[str, str | None, str | None, str | None]:
    """The same with the human's answers before the machine's."""
    if "topics" in human:
        topic = next(iter(listed(human["topics"])), None)
    if "provinces" in human:
        provinces = json.dumps(listed(human["provinces"]))
    return outlet, human.get("sentiment") or sentiment, topic, provinces


def _labels(outlet: str, sentiment: str | None, topic: str | None, provinces: str | None) -> list[tuple[str, str]]:
    """What such a document counts under."""
    found = [("all", "all"), ("outlet", outlet)]
    found += [(name, label) for name, label in (("sentiment", sentiment), ("topic", topic)) if label]
    return found + [("province", place) for place in json.loads(provinces or "[]")]


def _human(connection: Connection, first: datetime, last: datetime, as_of: datetime) -> Human:
    inside = (labels.c.document_id >= rows.first_number(first), labels.c.document_id < rows.first_number(last))
    found: Human = {}
    for row in connection.execute(_standing(as_of).where(*inside)):
        found.setdefault(row.document_id, {})[row.task] = row.new
    return found


def _standing(as_of: datetime) -> Any:
    """The human answers that stood at `as_of`, in order of time."""
    stood = labels.c.withdrawn_at.is_(None) | (labels.c.withdrawn_at > as_of)
    return (
        select(labels)
        .where(labels.c.at <= as_of, stood, labels.c.origin != "second")
        .order_by(labels.c.at, labels.c.id)
    )


def _plain(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for dimension, label in sorted(counts):
        found.setdefault(dimension, {})[label] = counts[dimension, label]
    return found


def sample(connection: Connection, as_of: datetime) -> dict[str, dict[str, dict[str, int]]]:
    """task -> human answer -> the machine's answer at that time -> items, of the labels on the random sample alone, with
    what settled a disagreement about them. The last answer of a document counts; answers with several parts (topics,
    provinces, acts) are left out."""
    last: dict[tuple[int, str], tuple[str, str]] = {}
    for row in connection.execute(_standing(as_of).where(labels.c.origin.in_(("random", "decision")))):
        if row.task in ("relevance", "sentiment", "target", "feedback"):
            first = last.get((row.document_id, row.task))
            last[row.document_id, row.task] = (row.new, first[1] if first else row.old)
    return _table((task, new, old) for (_, task), (new, old) in last.items())


def _table(pairs: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for task, new, old in sorted(pairs):
        row = found.setdefault(task, {}).setdefault(new, {})
        row[old] = row.get(old, 0) + 1
    return found


def confirmed(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> tuple[Case, ...]:
    """The cases whose impact was confirmed in [start, end), the first confirmed first."""
    query = select(cases, documents.c.key).join(documents, documents.c.id == cases.c.document_id)
    moment = cases.c.impact_confirmed_at
    query = query.where(moment >= start.astimezone(UTC), moment < end.astimezone(UTC), moment <= as_of)
    return tuple(case_as_of(row, row.key, as_of) for row in connection.execute(query.order_by(moment, documents.c.key)))
