"""What earlier weeks counted, in one pass over narrow rows: the background of forecasts, bursts and change points.

Numbers only, as known at the as-of time; nothing is compared here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from records import Case, WeekLine
from store import phrases, rows
from store.answers import listed
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
    found: dict[int, Counter[tuple[str, str]]] = {}
    stories: dict[int, set[str]] = {}
    since, week = int(first.timestamp()), int(WEEK.total_seconds())
    for row in _latest(connection, first, last, as_of):
        n = ((row.document_id >> rows.HASH_BITS) - since) // week
        counts = found.setdefault(n, Counter())
        counts["stored", "all"] += 1
        said = _labels(row, human.get(row.document_id, {}))
        if said is None:
            continue
        counts.update(said)
        story = merged.get(row.story, row.story) or str(row.document_id)
        stories.setdefault(n, set()).add(story)
        if n >= WEEKS - PHRASED and wanted:
            counts.update(("phrase", one) for one in phrases.of(row.title) & wanted)
    for n, told in stories.items():
        found[n]["story", "all"] = len(told)
    return found


def _latest(connection: Connection, first: datetime, last: datetime, as_of: datetime) -> Iterator[Row[Any]]:
    """The last answer of each document by `as_of`, in order of the documents; streamed, so that memory stays small."""
    names = "document_id", "relevance", "spam", "answer", "story"
    query = (
        select(*(assessments.c[name] for name in names), documents.c.outlet, documents.c.title)
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
        if before is not None and before.document_id != row.document_id:
            yield before
        before = row
    if before is not None:
        yield before


def _labels(row: Row[Any], human: dict[str, str]) -> list[tuple[str, str]] | None:
    """What the document counts under; None where it is not about the field. The human's answer before the machine's."""
    relevance = human.get("relevance", str(row.relevance))
    if row.spam or relevance not in ("1", "2"):
        return None
    answer = json.loads(row.answer)
    found = [("all", "all"), ("outlet", row.outlet)]
    sentiment = human.get("sentiment") or answer.get("sentiment")
    found += [("sentiment", sentiment)] if sentiment else []
    topics = listed(human["topics"]) if "topics" in human else answer.get("topics") or ()
    found += [("topic", topic) for topic in topics[:1]]
    places = listed(human["provinces"]) if "provinces" in human else answer.get("provinces") or ()
    return found + [("province", place) for place in places]


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
