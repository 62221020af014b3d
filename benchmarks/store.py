"""The store's speed: `python -m benchmarks.store [--documents 1000000] [--settle 2000] [--work DIR]`.

1. settle: documents kept and settled one at a time through the store, beside a raw sqlite3 loop that writes one row with the same
   text and answer, one transaction each, in turns in the same run, with the same durability (WAL, synchronous=FULL).
2. placing: `stories.candidates` and the decision among them with that many documents in the store (each of them signed: 32 bands, 60 terms,
   12 of them marks), and the first page of lists and searches there. The documents of this part are short (60 words) and written in bulk.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy
from sqlalchemy import insert

import nlp.stories
import store
from pipeline.settling import CANDIDATES
from records import Assessment, Document, Placement, Reason, Signature
from store import rows, stories, tables
from store.database import Database
from store.search import index_words

NOW = datetime(2026, 11, 26, tzinfo=UTC)
FIRST = NOW - timedelta(days=730)
BATCH = 20_000
WORDS = [
    a + b + c for a in "bcdghklmnpqrstvx" for b in ("a", "e", "i", "o", "u", "uo", "ie") for c in ("", "n", "ng", "t")
]
WEEKLY = Reason("weekly", "relevant", "Tin về chính sách.")


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def document(place: int, chance: random.Random, words: int, at: datetime = NOW) -> Document:
    key, outlet = f"https://bao{place % 40}.example/bai-{place}.html", f"Báo {place % 40}"
    parts = (text(chance, 12), text(chance, 20), text(chance, words) + (" BHXH" if place % 3 else ""))
    return Document(key, "press", f"bao{place % 40}", outlet, key, *parts, at, at)


def signature(chance: random.Random) -> Signature:
    terms = {f"t{int(chance.paretovariate(0.6)) % 60_000}": round(chance.random(), 4) for _ in range(60)}
    bands = tuple(chance.getrandbits(64) for _ in range(32))
    return Signature(bands, tuple(chance.getrandbits(32) for _ in range(128)), terms)


def answer(of: Document, sentiment: Any = "neutral") -> Assessment:
    scores = {"negative": 0.2, "neutral": 0.7, "positive": 0.1}
    topics = ("mot_lan", "huu_tri")
    return Assessment(of.key, "m1", 2, 0.97, sentiment, scores, "agency_policy", topics, provinces=("Hà Nội",))


# ---------------------------------------------------------------- 1. settle


def settle(directory: Path, number: int) -> None:
    url = f"sqlite:///{directory / 'settle.db'}"
    store.create(url)
    kept = store.open(url)
    raw = sqlite3.connect(directory / "raw.db", isolation_level=None)
    for line in ("journal_mode=WAL", "synchronous=FULL"):
        raw.execute(f"PRAGMA {line}")
    raw.execute("CREATE TABLE t (key TEXT PRIMARY KEY, body TEXT, answer TEXT)")
    chance, spent = random.Random(1), {"keep": 0.0, "settle": 0.0, "raw": 0.0}
    for place in range(number):
        one, mark = document(place, chance, 500), signature(chance)
        found = answer(one)
        placed = Placement(one.key, None, mark)
        for name, work in (
            ("keep", lambda: kept.documents.keep(one)),  # noqa: B023
            ("settle", lambda: kept.settle(one, found, placed, WEEKLY, [], NOW)),  # noqa: B023
            ("raw", lambda: raw_row(raw, one, found)),  # noqa: B023
        ):
            begin = time.perf_counter()
            assert work() is not False
            spent[name] += time.perf_counter() - begin
    kept.close()
    raw.close()
    for name, seconds in spent.items():
        print(f"{name:8} {number / seconds:8.0f}/s   {seconds / spent['raw']:5.2f} times the raw loop's time")


def raw_row(raw: sqlite3.Connection, one: Document, found: Assessment) -> None:
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("INSERT INTO t VALUES (?, ?, ?)", (one.key, one.text, rows.dump(Assessment, found)))
    raw.execute("COMMIT")


# ---------------------------------------------------------------- 2. a store of a million


def fill(database: Database, number: int) -> None:
    """The rows that settling that many documents would have left, in bulk."""
    chance = random.Random(2)
    marks: list[numpy.ndarray[Any, Any]] = []
    places = iter(range(number))
    while some := list(islice(places, BATCH)):
        made = [_made(place, number, chance) for place in some]
        with database.write() as connection:
            for name in ("documents", "assessments", "judged", "signatures", "stories"):
                connection.execute(insert(tables.metadata.tables[name]), [each[name] for each in made])
            words = [(each["documents"]["id"], each["words"]) for each in made]
            connection.exec_driver_sql("INSERT INTO search (rowid, words) VALUES (?, ?)", words)
        marks.append(numpy.array([row for each in made for row in each["marks"]], dtype=numpy.int64))
    every = numpy.concatenate(marks)
    every = every[numpy.lexsort((every[:, 2], every[:, 1], every[:, 0]))]
    with database.write() as connection:
        for part in range(0, len(every), BATCH * 10):
            some_rows = [tuple(row) for row in every[part : part + BATCH * 10].tolist()]
            connection.exec_driver_sql("INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", some_rows)
        connection.exec_driver_sql("ANALYZE")


@cache
def _pattern(place: int) -> tuple[dict[str, Any], str, str]:
    """The row, the indexed words and the answer that many documents of the large store have in common."""
    chance = random.Random(place)
    one = document(place, chance, 28)
    sentiment = chance.choice(("negative", "neutral", "positive"))
    words = " ".join(index_words(one.title, one.lead, one.body))
    return rows.document_values(one) | {"judged_model": "m1"}, words, rows.dump(Assessment, answer(one, sentiment))


def _made(place: int, number: int, chance: random.Random) -> dict[str, Any]:
    at = FIRST + (NOW - FIRST) * (place / number)
    mark = signature(chance)
    pattern, words, found = _pattern(place % 3001)
    key = f"https://bao{place % 40}.example/bai-{place}.html"
    id_ = rows.number(key, at)
    values = {"id": id_, "key": key, "url": key, "short_id": rows.short_id(key), "at": at, "published_at": at}
    values = pattern | values | {"first_seen": at, "version_at": at}
    common = {"judged_at": at, "relevance": 2, "spam": False, "decision": "weekly", "story": key}
    feedback = chance.choices(("none", "question", "denunciation"), (90, 9, 1))[0]
    flags = {"feedback": feedback, "commits": place % 5000 == 0, "contradicted": False}
    reason = {"reason_code": "x", "reason_text": "x"}
    answered = {"id": place + 1, "document_id": id_, "model": "m1", "version": 1, "answer": found}
    current = {"document_id": id_, "assessment_id": place + 1, "outlet": values["outlet"], "kind": "press"}
    return {
        "documents": values,
        "assessments": common | reason | answered,
        "judged": common | flags | current | {"sentiment": "neutral", "target": "none"},
        "signatures": {"document_id": id_, "seen_at": at, "province": None} | stories.packed(mark),
        "stories": {"id": key, "headline": "x", "first_at": at, "last_at": at, "documents": 1, "outlets": 1},
        "marks": [(value, int(at.timestamp()), id_) for value in stories.marks_of(mark)],
        "words": words,
    }


def asked(kept: store.Store, chance: random.Random) -> Iterator[tuple[str, Callable[[], object]]]:
    since = NOW - timedelta(days=45)
    yield "place: candidates(), limit 100", lambda: kept.stories.candidates(signature(chance), since, 100)
    yield "place: candidates(), limit 200", lambda: kept.stories.candidates(signature(chance), since, 200)
    yield "place: the whole of it", lambda: placed(kept, signature(chance), since)
    yield "list: first page", lambda: kept.judged.page()
    yield "list: rare feedback", lambda: kept.judged.page(store.Filter(feedback="denunciation"))
    yield "list: flagged", lambda: kept.judged.page(store.Filter(relevance=(0, 1, 2), case=None, mode="commits"))
    yield "list: count", lambda: kept.judged.count(store.Filter())
    yield "search: a word in two of three", lambda: kept.search("BHXH")
    yield "search: two words", lambda: kept.search(text(chance, 2))
    yield "search: a phrase", lambda: kept.search(f'"{text(chance, 2)}"')
    yield "list with a search: BHXH", lambda: kept.judged.page(store.Filter(query="BHXH"))
    yield "due: unassessed", lambda: kept.documents.unassessed("m1", 200)
    yield "due: undigested", lambda: kept.judged.undigested()


def placed(kept: store.Store, mark: Signature, since: datetime) -> Placement:
    """As pipeline.settling places a document whose words are signed."""
    return nlp.stories.place("https://moi.example/", mark, NOW, kept.stories.candidates(mark, since, CANDIDATES))


def million(directory: Path, number: int) -> None:
    url = f"sqlite:///{directory / 'million.db'}"
    if not (directory / "million.db").exists():
        store.create(url)
        begin = time.perf_counter()
        database = Database(url)
        fill(database, number)
        database.close()
        print(f"{number} documents written in {time.perf_counter() - begin:.0f} s")
    print(f"{(directory / 'million.db').stat().st_size / 1e9:.2f} GB")
    kept = store.open(url)
    for name, work in asked(kept, random.Random(3)):
        times = []
        for _ in range(200 if name.startswith(("place", "due")) else 20):
            begin = time.perf_counter()
            work()
            times.append(1000 * (time.perf_counter() - begin))
        times.sort()
        print(f"{name:32} p50 {times[len(times) // 2]:8.2f} ms   p95 {times[int(len(times) * 0.95)]:8.2f} ms")
    begin = time.perf_counter()
    found = kept.figures(NOW - timedelta(days=7), NOW, NOW, {})
    print(f"a week's figures ({len(found.groups['all']['all'])} items): {time.perf_counter() - begin:.1f} s")
    kept.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--settle", type=int, default=2_000)
    parser.add_argument("--work", type=Path, help="keep the databases here, and use what is there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langnghe-store-") as temporary:
        directory = chosen.work or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        if chosen.settle:
            settle(directory, chosen.settle)
        if chosen.documents:
            million(directory, chosen.documents)


if __name__ == "__main__":
    main()
