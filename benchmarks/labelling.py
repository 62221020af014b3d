"""Labelling by keys: `python -m benchmarks.labelling [--documents 1000000] [--actions 600] [--postgresql] [--work DIR]`.

A store of that many judged documents over two years (benchmarks.desk), questions about a fifth of the last 60 days' items in each of
five tasks, a random sample of eight weeks, 50,000 answers given before, stories of 30 and of 500 near-copies. Over it the real desk
(uvicorn, one process) and one analyst, who does what the keys do: answer (a form, then the page of the next item), undo every tenth
time, pass on every twentieth; then whole items of the sample, then corrections with their copies. No pause between two actions: what is
measured is the time until the whole answer is there. 600 actions are an hour's work at one every 6 seconds.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
from sqlalchemy import insert, select, update

import store
from benchmarks.desk import NOW, arguments, desk, fill, officers, over_a_store, quantile, signed_in
from store import rows, tables, tables_queues, tables_work
from store.database import Database, chunks

TASKS = ("relevance", "sentiment", "target", "feedback", "topics")
RECENT = timedelta(days=60)
ANSWERED = 50_000
WHOLE = {"relevance": "2", "sentiment": "negative", "target": "hospital", "feedback": "none", "topics": "bhyt_kcb"}
KEY = "/gan-nhan/it-chac/sentiment"
Spent = dict[str, list[float]]


# ---------------------------------------------------------------- the questions


def ask(url: str) -> None:
    """Questions, answers and stories of copies beside the documents."""
    chance, database = random.Random(11), Database(url)
    since = rows.first_number(NOW - RECENT)
    with database.write() as connection:
        recent = list(connection.execute(select(tables.documents.c.id).where(tables.documents.c.id >= since)).scalars())
        old = connection.execute(select(tables.documents.c.id).where(tables.documents.c.id < since).limit(ANSWERED))
        for some in chunks(list(questions(recent, chance)), 10_000):
            connection.execute(insert(tables_queues.questions), some)
        for some in chunks(list(answers(list(old.scalars()), chance)), 10_000):
            connection.execute(insert(tables_work.labels), some)
        for place, size in ((0, 30), (40, 500)):
            copies(connection, recent[place : place + size])
        connection.exec_driver_sql("ANALYZE")
    database.close()


def questions(recent: list[int], chance: random.Random) -> Iterator[dict[str, Any]]:
    for task in TASKS:
        for id_ in recent:
            if chance.random() < 0.2:
                yield {
                    "queue": "unsure",
                    "task": task,
                    "document_id": id_,
                    "rank": chance.randrange(200),
                    "asked_at": NOW,
                }


def answers(old: list[int], chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, id_ in enumerate(old):
        yield {
            "document_id": id_, "task": chance.choice(TASKS), "old": "neutral", "new": "neutral", "by": f"người {number % 4}",
            "at": NOW - timedelta(days=chance.randrange(1, 300)), "reason": "", "origin": "unsure", "batch": f"{number:016x}",
        }  # fmt: skip


def copies(connection: Any, ids: list[int]) -> None:
    """Makes near-copies of one story out of these documents."""
    documents, judged, stories = tables.documents, tables.judged, tables.stories
    key = connection.execute(select(documents.c.key).where(documents.c.id == ids[0])).scalar_one()
    row = {"headline": "Bản gần trùng", "first_at": NOW, "last_at": NOW, "documents": len(ids), "outlets": 9}
    connection.execute(insert(stories), row | {"id": f"copies-{len(ids)}"})
    for some in chunks(ids):
        members = judged.c.document_id.in_(some)
        connection.execute(update(judged).where(members).values(story=f"copies-{len(ids)}", near_duplicate_of=key))
    connection.execute(update(judged).where(judged.c.document_id == ids[0]).values(near_duplicate_of=None))


# ---------------------------------------------------------------- the analyst


class Analyst:
    def __init__(self, client: httpx.Client) -> None:
        self.client, self.spent = client, dict[str, list[float]]()

    def timed(self, kind: str, method: str, address: str, data: dict[str, str] | None = None, want: int = 200) -> str:
        begin = time.perf_counter()
        answer = self.client.request(method, address, data=data)
        self.spent.setdefault(kind, []).append(1000 * (time.perf_counter() - begin))
        assert answer.status_code == want, (kind, answer.status_code, answer.text[:500])
        return answer.text

    def open(self, address: str, kind: str = "the next item (GET)") -> str:
        return self.timed(kind, "GET", address)

    def act(self, kind: str, page: str, address: str, data: dict[str, str]) -> None:
        form = {"token": field(page, "token")} | data
        self.timed(kind, "POST", address, form, 303)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([0-9a-f]+)"', page)
    assert found, name
    return found[1]


def hour(analyst: Analyst, actions: int) -> None:
    """One key an answer; now and then undo, now and then another's."""
    chance, page = random.Random(3), analyst.open(KEY, "the first item (GET)")
    for number in range(1, actions + 1):
        short = field(page, "short")
        if number % 20 == 0:
            analyst.act("pass on (POST)", page, f"{KEY}/bo-qua", {"short": short})
        elif number % 10 == 0:
            analyst.act("undo (POST)", page, "/gan-nhan/hoan-tac", {"batch": field(page, "batch"), "back": KEY})
        else:
            tone = chance.choice(("negative", "neutral", "positive"))
            analyst.act("answer (POST)", page, KEY, {"short": short, "sentiment": tone})
        page = analyst.open(KEY)


def sample(analyst: Analyst, items: int) -> None:
    address = "/gan-nhan/ngau-nhien/all"
    for _ in range(items):
        page = analyst.open(address, "sample: the next item (GET)")
        analyst.act("sample: every task (POST)", page, address, {"short": field(page, "short")} | WHOLE)


def corrections(analyst: Analyst, kept: store.Store, times: int) -> None:
    for size in (30, 500):
        address = f"/tin/{store.short_id(kept.stories.members(f'copies-{size}')[0].key)}"
        for number in range(times):
            page = analyst.open(address, f"item with {size - 1} copies (GET)")
            form = {"task": "sentiment", "new": "negative" if number % 2 else "positive", "copies": "1"}
            analyst.act(f"correct {size} copies (POST)", page, f"{address}/nhan", form)
            page = analyst.open(address, f"item with {size - 1} copies (GET)")
            undone = {"batch": field(page, "batch"), "back": address}
            analyst.act(f"undo {size} copies (POST)", page, "/gan-nhan/hoan-tac", undone)


def measure(url: str, work: Path, chosen: argparse.Namespace, fresh: bool) -> None:
    store.create(url)
    store.upgrade(url)
    if fresh:
        begin = time.perf_counter()
        fill(url, chosen.documents)
        print(f"{chosen.documents} documents written in {time.perf_counter() - begin:.0f} s", flush=True)
    kept = store.open(url)
    if fresh:
        officers(kept)
        ask(url)
        print(f"drawn by chance: {sum(draw(kept, number) for number in range(8))}")
    print(f"waiting: { {' '.join(kind): count for kind, count in kept.queues.waiting('analyst', 10**6).items()} }")
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}", flush=True)
    with desk(url, work) as base, closing(signed_in(base, "analyst")) as client:
        analyst, before = Analyst(client), cpu()
        hour(analyst, chosen.actions)
        asked = sum(map(len, analyst.spent.values()))
        print(
            f"the hour: {asked} requests, {1000 * (cpu() - before) / asked:.1f} ms of processor time of the desk each"
        )
        sample(analyst, 60)
        for _ in range(30):
            analyst.open("/gan-nhan", "overview of the queues (GET)")
        corrections(analyst, kept, 10)
    for kind, spent in analyst.spent.items():
        print(f"  {kind:32} {len(spent):5}x   p50 {quantile(spent, 0.5):8.1f} ms   p95 {quantile(spent, 0.95):8.1f} ms")
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    kept.close()


def cpu() -> float:
    """Seconds of processor time of the processes this one started: what a busy machine cannot lengthen."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == os.getpid():
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def draw(kept: store.Store, number: int) -> int:
    end = NOW - timedelta(days=7 * number)
    return kept.queues.draw(f"tuần {number}", end - timedelta(days=7), end, "đo", (100, 40), NOW)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--actions", type=int, default=600)
    over_a_store(parser.parse_args(), "labelling", measure)


if __name__ == "__main__":
    main()
