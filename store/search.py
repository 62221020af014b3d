"""Full-text search that answers the same on SQLite (FTS5) and PostgreSQL (tsvector).

Both index the same list of tokens, made here: folded (no case, no accents, đ = d), ASCII only, bounded. The database
only looks tokens up; it never tokenizes, stems or folds. Newest first is the order of the documents' numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, TextClause, column, select, table, text

import vietnamese
from store import rows
from store.database import Database
from store.query import Query, parse, places, spans, tokens
from store.tables import documents

MAX_TOKENS = 16_000
"""a document's words beyond these are not searched (PostgreSQL keeps positions up to 16,383)"""
MAX_USES = 255
"""uses of one word in one document that phrases can find (PostgreSQL keeps 256 positions a word)"""
MAX_CHARS = 400_000
FILLER = "z" * 65
"""stands between fields and for uses beyond the bound; longer than any token, so no query meets it"""
SNIPPET = 240
"""code points of a snippet, about"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One found document. `snippet` is plain text of the original, around the first word found."""

    key: str
    title: str | None
    outlet: str
    published_at: datetime | None
    url: str
    snippet: str
    short_id: str


def index_words(title: str | None, lead: str | None, body: str | None) -> list[str]:
    """The tokens of one document in order, as both databases index them."""
    words: list[str] = []
    for part in (title, lead, body):
        words += [*tokens(part or ""), FILLER]
    uses: Counter[str] = Counter()
    kept: list[str] = []
    size = 0
    for word in words[:MAX_TOKENS]:
        uses[word] += 1
        size += len(word) + 4
        if size > MAX_CHARS:
            break
        kept.append(word if uses[word] <= MAX_USES else FILLER)
    return kept


def put(connection: Connection, id_: int, title: str | None, lead: str | None, body: str | None) -> None:
    """Index (again) the words of one document."""
    remove(connection, id_)
    words = index_words(title, lead, body)
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("INSERT INTO search (rowid, words) VALUES (:id, :words)"), {"id": id_, "words": " ".join(words)}
        )
    else:
        connection.execute(
            text("INSERT INTO search (id, words) VALUES (:id, CAST(:words AS tsvector))"),
            {"id": id_, "words": _vector(words)},
        )


def remove(connection: Connection, id_: int) -> None:
    name = "rowid" if connection.dialect.name == "sqlite" else "id"
    connection.execute(text(f"DELETE FROM search WHERE {name} = :id"), {"id": id_})  # noqa: S608


def _vector(words: Sequence[str]) -> str:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        if word != FILLER:
            places.setdefault(word, []).append(str(place))
    return " ".join(f"{word}:{','.join(found)}" for word, found in places.items())


def matching(connection: Connection, query: Query) -> tuple[FromClause, ColumnElement[int], TextClause]:
    """The search table, its column of document numbers, and the condition that the query is met there."""
    if connection.dialect.name == "sqlite":
        found = table("search", column("rowid", BigInteger))
        return found, found.c.rowid, text("search MATCH :fts").bindparams(fts=fts5(query))
    found = table("search", column("id", BigInteger))
    met = text("search.words @@ CAST(:fts AS tsquery)").bindparams(fts=tsquery(query))
    return found, found.c.id, met


def fts5(query: Query) -> str:
    def unit(alternatives: Sequence[Sequence[str]]) -> str:
        return "(" + " OR ".join('"' + " ".join(words) + '"' for words in alternatives) + ")"

    wanted = " AND ".join(unit(each) for each in query.wanted)
    return " NOT ".join([f"({wanted})", *(unit(each) for each in query.unwanted)])


def tsquery(query: Query) -> str:
    def unit(alternatives: Sequence[Sequence[str]]) -> str:
        return "(" + " | ".join("(" + " <-> ".join(words) + ")" for words in alternatives) + ")"

    return " & ".join([*(unit(each) for each in query.wanted), *("!" + unit(each) for each in query.unwanted)])


def search(database: Database, query: str, limit: int, offset: int) -> list[Hit]:
    asked = parse(query)
    if not asked.wanted:
        return []
    with database.read() as connection:
        found = connection.execute(_newest(connection, asked, limit, offset)).scalars().all()
        listed = connection.execute(select(documents).where(documents.c.id.in_(found)).order_by(documents.c.id.desc()))
        return [_hit(dict(row), asked) for row in listed.mappings()]


def _newest(connection: Connection, asked: Query, limit: int, offset: int) -> Any:
    if connection.dialect.name == "sqlite":
        words = "SELECT rowid AS id FROM search WHERE search MATCH :fts ORDER BY rowid DESC LIMIT :limit OFFSET :offset"
        found = text(words).bindparams(fts=fts5(asked))
    else:
        words = (
            "SELECT id FROM search WHERE words @@ CAST(:fts AS tsquery) ORDER BY id DESC LIMIT :limit OFFSET :offset"
        )
        found = text(words).bindparams(fts=tsquery(asked))
    return found.bindparams(limit=limit, offset=offset)


def _hit(row: dict[str, Any], asked: Query) -> Hit:
    found = rows.document(row)
    return Hit(
        key=found.key,
        title=found.title,
        outlet=found.outlet,
        published_at=found.published_at,
        url=found.url,
        snippet=snippet(found.text or found.title or "", asked),
        short_id=row["short_id"],
    )


def snippet(original: str, asked: Query) -> str:
    """About SNIPPET code points of `original` around the first phrase found, cut between words, "…" where cut."""
    original = " ".join(vietnamese.nfc(original).split())
    start = spans(original, asked)
    begin = max(0, start - SNIPPET // 4)
    end = min(len(original), begin + SNIPPET)
    if begin > 0:
        begin = original.find(" ", begin, start) + 1 or begin
    if end < len(original):
        end = max(original.rfind(" ", start + 1, end), -1) if " " in original[start + 1 : end] else end
    return ("…" if begin else "") + original[begin:end] + ("…" if end < len(original) else "")


def found_in(original: str, query: str, most: int | None = None) -> tuple[str, list[tuple[int, int]]]:
    """The text (or a snippet of about SNIPPET code points where `most` is given and it is longer) and where in it the
    wanted phrases of the query stand: (start, end) each."""
    asked = parse(query)
    text_ = snippet(original, asked) if most is not None and len(original) > most else original
    return text_, places(text_, asked) if asked.wanted else []
