"""Stories and signatures: who looks like this one, which story is it in, which story did it become.

Band values and hashed heavy title terms stand in one narrow table, newest first under each value; a look-up reads at
most PER_MARK entries of each, so it stays fast however many documents there are. The choice among candidates is made
in nlp.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Row, TextualSelect, and_, delete, func, insert, literal, select, text, update

from records import Candidate, Document, Placement, Signature, Story
from store import rows
from store.database import Database, insert_new
from store.tables import aliases, documents, judged, marks, signatures, stories

PER_MARK = 40
"""newest documents looked at under one band or term"""
HEAVY = 12
"""title terms of the greatest weight that are marked"""
_MASK = (1 << 64) - 1


class Stories:
    def __init__(self, database: Database) -> None:
        self._database = database

    def candidates(self, signature: Signature, since: datetime, limit: int = 100) -> list[Candidate]:
        """Documents seen since then that share a band or a heavy title term, the most shared first, then the newest."""
        bands, terms = band_marks(signature), term_marks(signature)
        if not bands and not terms:
            return []
        asked: dict[str, Any] = {"since": int(since.timestamp()), "size": PER_MARK, "most": limit}
        with self._database.read() as connection:
            lite = connection.dialect.name == "sqlite"
            asked |= {"bands": json.dumps(bands) if lite else bands, "terms": json.dumps(terms) if lite else terms}
            return [_candidate(row) for row in connection.execute(_CANDIDATES[lite], asked).all()]

    def get(self, story: str) -> Story | None:
        """The story of this id, also where the id is that of one merged into it."""
        with self._database.read() as connection:
            row = connection.execute(select(stories).where(stories.c.id == resolve(connection, story))).first()
        return record(row) if row else None

    def members(self, story: str) -> list[Document]:
        """The documents of the story, the earliest first."""
        with self._database.read() as connection:
            of_it = select(judged.c.document_id).where(judged.c.story == resolve(connection, story))
            found = connection.execute(select(documents).where(documents.c.id.in_(of_it)).order_by(documents.c.id))
            return [rows.document(row) for row in found.mappings()]


def record(row: Row[Any]) -> Story:
    return Story(
        id=row.id,
        headline=row.headline,
        first_at=row.first_at,
        last_at=row.last_at,
        documents=row.documents,
        outlets=row.outlets,
        told_urgent_at=row.told_urgent_at,
        told_daily_at=row.told_daily_at,
    )


def resolve(connection: Connection, story: str) -> str:
    """The id in force of a story that may have been merged. (Aliases always point at a story in force.)"""
    found: str | None = connection.execute(select(aliases.c.story).where(aliases.c.alias == story)).scalar()
    return found or story


def enter(connection: Connection, row: Row[Any], placement: Placement, province: str | None, at: datetime) -> str:
    """Put the document `row` (id, title, outlet, at, first_seen) into its story: made, extended or merged (with one that
    rang only for a copy). Gives its id."""
    story = resolve(connection, placement.story)
    for other in placement.merged:
        goes = resolve(connection, other)
        if placement.near_duplicate_of or not _one_rang(connection, story, goes):
            story = _merge(connection, story, goes, at)
    first = {
        "id": story,
        "headline": row.title or row.outlet,
        "first_at": row.first_seen,
        "last_at": row.first_seen,
        "documents": 0,
        "outlets": 0,
    }
    insert_new(connection, stories, first)
    _sign(connection, row, placement.signature, province)
    return story


def _merge(connection: Connection, one: str, other: str, at: datetime) -> str:
    """Make one of two stories. The id that was told first lives on; the other becomes its alias."""
    if one == other:
        return one
    found = {row.id: row for row in connection.execute(select(stories).where(stories.c.id.in_((one, other))))}
    stays, goes = (other, one) if _told(found.get(other)) and not _told(found.get(one)) else (one, other)
    if goes not in found:
        return stays
    connection.execute(update(judged).where(judged.c.story == goes).values(story=stays))
    connection.execute(update(aliases).where(aliases.c.story == goes).values(story=stays))
    connection.execute(delete(stories).where(stories.c.id == goes))
    insert_new(connection, aliases, {"alias": goes, "story": stays, "merged_at": at})
    if stays in found:
        marks_ = {name: _earliest(found, name) for name in ("told_urgent_at", "told_daily_at")}
        connection.execute(update(stories).where(stories.c.id == stays).values(marks_))
        recount(connection, stays)
    else:
        old = found[goes]._asdict()
        insert_new(connection, stories, {**old, "id": stays})
    return stays


def _one_rang(connection: Connection, one: str, other: str) -> bool:
    """Whether only one of two stories has rung: made one on a likeness, what is new in the other would ring no more."""
    rang = connection.execute(select(stories.c.told_urgent_at).where(stories.c.id.in_((one, other)))).scalars().all()
    return any(rang) and not all(rang)


def _told(row: Row[Any] | None) -> bool:
    return row is not None and bool(row.told_urgent_at or row.told_daily_at)


def _earliest(found: dict[str, Row[Any]], name: str) -> datetime | None:
    return min((getattr(row, name) for row in found.values() if getattr(row, name)), default=None)


def grow(connection: Connection, story: str, row: Row[Any]) -> None:
    """Count a document that came to the story (its `judged` row is written already)."""
    same = and_(judged.c.story == story, judged.c.outlet == row.outlet, judged.c.document_id != row.id)
    known = connection.execute(select(literal(1)).where(same).limit(1)).first()
    now = connection.execute(select(stories).where(stories.c.id == story)).one()
    values = {
        "documents": now.documents + 1,
        "outlets": now.outlets + (0 if known else 1),
        "first_at": min(now.first_at, row.first_seen),
        "last_at": max(now.last_at, row.first_seen),
    }
    connection.execute(update(stories).where(stories.c.id == story).values(values))


def recount(connection: Connection, story: str) -> None:
    """Count the story again from its documents; one that has none left is gone."""
    found = connection.execute(
        select(
            func.count().label("documents"),
            func.count(judged.c.outlet.distinct()).label("outlets"),
            func.min(documents.c.first_seen).label("first_at"),
            func.max(documents.c.first_seen).label("last_at"),
        )
        .select_from(judged.join(documents, documents.c.id == judged.c.document_id))
        .where(judged.c.story == story)
    ).one()
    if found.documents:
        connection.execute(update(stories).where(stories.c.id == story).values(found._asdict()))
    else:
        connection.execute(delete(stories).where(stories.c.id == story))


def _sign(connection: Connection, row: Row[Any], signature: Signature, province: str | None) -> None:
    unsign(connection, [row.id])
    about = {"document_id": row.id, "seen_at": row.first_seen, "province": province}
    connection.execute(insert(signatures), about | packed(signature))
    seen = int(row.first_seen.timestamp())
    found = [{"mark": mark, "seen": seen, "document_id": row.id} for mark in sorted(marks_of(signature))]
    if found:
        connection.execute(insert(marks), found)


def packed(signature: Signature) -> dict[str, Any]:
    """The columns of `signatures` that hold it."""
    terms = json.dumps(dict(signature.terms))
    return {"bands": _pack(signature.bands), "minhash": _pack(signature.minhash), "terms": terms}


def unsign(connection: Connection, ids: list[int]) -> None:
    """Take the signatures of these documents away, and the marks that lead to them."""
    for row in connection.execute(select(signatures).where(signatures.c.document_id.in_(ids))).all():
        its = (marks.c.seen == int(row.seen_at.timestamp()), marks.c.document_id == row.document_id)
        connection.execute(delete(marks).where(marks.c.mark.in_(marks_of(_signature(row))), *its))
    connection.execute(delete(signatures).where(signatures.c.document_id.in_(ids)))


def _signature(row: Row[Any]) -> Signature:
    return Signature(_unpack(row.bands), _unpack(row.minhash), from_json(row.terms))


def band_marks(signature: Signature) -> list[int]:
    """The values under which copies find it."""
    return [_signed(band) for band in dict.fromkeys(signature.bands)]


def term_marks(signature: Signature) -> list[int]:
    """The values under which tellings of the same event find it: its heavy title terms, hashed."""
    heavy = sorted(signature.terms, key=lambda term: (-signature.terms[term], term))[:HEAVY]
    return [_term_mark(term) for term in heavy]


def marks_of(signature: Signature) -> set[int]:
    """Every value under which others find it."""
    return {*band_marks(signature), *term_marks(signature)}


def _term_mark(term: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=8, person=b"term").digest(), "big", signed=True
    )


def _signed(value: int) -> int:
    value &= _MASK
    return value - (1 << 64) if value >> 63 else value


def _pack(values: Iterable[int]) -> bytes:
    numbers = [value & _MASK for value in values]
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def _unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 8}Q", packed)


# Constant statements: built anew with the expression language they would cost more than the look-up itself.
_NEWEST_SQLITE = """
    wanted AS MATERIALIZED (
        SELECT value AS mark, 2 AS weight FROM json_each(:bands) UNION ALL SELECT value, 1 FROM json_each(:terms)),
    sharing AS (
        SELECT marks.document_id, marks.seen, wanted.weight FROM wanted CROSS JOIN marks
        WHERE marks.mark = wanted.mark AND marks.seen >= max(:since, coalesce(
            (SELECT seen FROM marks AS last WHERE last.mark = wanted.mark AND last.seen >= :since
             ORDER BY last.seen DESC LIMIT 1 OFFSET :size - 1), :since)))"""
_NEWEST_POSTGRESQL = """
    wanted AS (
        SELECT unnest(CAST(:bands AS bigint[])) AS mark, 2 AS weight
        UNION ALL SELECT unnest(CAST(:terms AS bigint[])), 1),
    sharing AS (
        SELECT newest.document_id, newest.seen, wanted.weight FROM wanted CROSS JOIN LATERAL (
            SELECT seen, document_id FROM marks WHERE marks.mark = wanted.mark AND seen >= :since
            ORDER BY seen DESC LIMIT :size) AS newest)"""


def _candidates(newest: str) -> TextualSelect:
    """`newest`: the part that gives `sharing`, the newest PER_MARK documents under each wanted mark."""
    statement = text(f"""
        WITH {newest},
        chosen AS (
            SELECT document_id, seen, sum(weight) AS shared FROM sharing GROUP BY document_id, seen
            ORDER BY shared DESC, seen DESC, document_id DESC LIMIT :most)
        SELECT documents.key, judged.story, signatures.seen_at, signatures.province, signatures.bands,
            signatures.minhash, signatures.terms
        FROM chosen CROSS JOIN signatures CROSS JOIN judged CROSS JOIN documents
        WHERE signatures.document_id = chosen.document_id AND judged.document_id = chosen.document_id
            AND documents.id = chosen.document_id AND judged.story IS NOT NULL
        ORDER BY shared DESC, seen DESC, chosen.document_id DESC
    """)  # noqa: S608  (constant parts only)
    about = (signatures.c[name] for name in ("seen_at", "province", "bands", "minhash", "terms"))
    return statement.columns(documents.c.key, judged.c.story, *about)


_CANDIDATES = {True: _candidates(_NEWEST_SQLITE), False: _candidates(_NEWEST_POSTGRESQL)}


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(row.key, row.story, row.seen_at, _signature(row), row.province)
