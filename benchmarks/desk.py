"""The desk's speed: `python -m benchmarks.desk [--documents 1000000] [--postgresql] [--users 50] [--work DIR]`.

A store of that many judged documents over two years (varied tone, topic, province, outlet; stories of up to 40; 5,000 open cases),
the real desk (uvicorn, one process) over it. 1. One visitor asks each page many times: p50 and p95 until the whole answer is there.
2. So many users at once, each a signed-in browser that asks a page of its day, reads (2 s on average), asks the next.

What it does not do: relabel (benchmarks of the relabelling path stand with it). Everything runs on this machine: the users take
their share of the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psycopg
from sqlalchemy import insert

import config
import knowledge
import passwords
import store
from benchmarks.store import WORDS, answer, document
from records import Assessment, Officer, Role
from store import rows, tables, tables_work
from store.database import Database
from store.search import index_words
from tests.store_support import Cluster, binaries

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST = NOW - timedelta(days=730)
BATCH = 10_000
PASSWORD = "một mật khẩu để đo"
ROLES: tuple[Role, ...] = ("viewer", "analyst", "duty_officer", "province", "unit", "leader", "admin")
KNOWN = knowledge.load()
TOPICS, PROVINCES = [topic.id for topic in KNOWN.topics], [province.name for province in KNOWN.provinces]
TABLES = ("documents", "assessments", "judged", "tags", "stories", "cases", "case_steps")


# ---------------------------------------------------------------- the store


def batch(first: int, last: int, number: int, chance: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Rows of documents first..last, the table's name -> rows; "search" holds (number, words)."""
    found: dict[str, list[Any]] = {name: [] for name in (*TABLES, "search")}
    for place in range(first, last):
        at = FIRST + (NOW - FIRST) * (place / number)
        one = replace(document(place % 3001, chance, 28, at), key=f"https://bao{place % 40}.example/bai-{place}.html")
        one = replace(one, title=f"Bảo hiểm xã hội: {one.title}", url=one.key)
        tone = chance.choices(("negative", "neutral", "positive"), (2, 6, 2))[0]
        topics = tuple(chance.sample(TOPICS, 2))
        provinces = (chance.choice(PROVINCES),) if place % 2 else ()
        feedback = chance.choices(("none", "question", "complaint"), (90, 8, 2))[0]
        flagged = place % 200 == 0
        said = replace(answer(one, tone), topics=topics, provinces=provinces, feedback=feedback)
        add(found, place, one, said, at, flagged)
    return found


def add(found: dict[str, list[Any]], place: int, one: Any, said: Assessment, at: datetime, flagged: bool) -> None:
    values = rows.document_values(one) | {"judged_model": "m1"}
    id_, story = values["id"], f"s-{place // 40 if place % 5 == 0 else 10**7 + place}"
    decision = "urgent" if flagged else "daily"
    common = {
        "judged_at": at,
        "relevance": 2,
        "spam": False,
        "decision": decision,
        "story": story,
        "near_duplicate_of": None,
    }
    found["documents"].append(values)
    found["assessments"].append(
        common | {"id": place + 1, "document_id": id_, "model": "m1", "version": 1, "answer": rows.dump(Assessment, said),
                  "reason_code": "x", "reason_text": "Tin về chính sách."}
    )  # fmt: skip
    found["judged"].append(
        common | {"document_id": id_, "assessment_id": place + 1, "outlet": one.outlet, "kind": "press", "commits": flagged,
                  "contradicted": place % 500 == 0, "sentiment": said.sentiment, "target": said.target,
                  "feedback": said.feedback, "told_on": "2026-01-01"}
    )  # fmt: skip
    tags = [("topic", topic) for topic in said.topics] + [("province", name) for name in said.provinces]
    tags += [("act", "3c:commits"), ("clause", "3c"), ("mode", "commits")] if flagged else []
    tags += [("correction", "yes")] if place % 500 == 0 else []
    found["tags"] += [{"task": task, "value": value, "document_id": id_} for task, value in tags]
    if place % 5 or place % 40 == 0:
        size = 1 if place % 5 else 8
        found["stories"].append(
            {"id": story, "headline": one.title, "first_at": at, "last_at": at, "documents": size, "outlets": size}
        )
    if flagged:
        status = "new" if place % 400 else "dismissed"
        found["cases"].append({"document_id": id_, "status": status, "detected_at": at, "note": ""})
        found["case_steps"].append({"document_id": id_, "status": status, "at": at, "note": ""})
    found["search"].append((id_, index_words(one.title, one.lead, one.body)))


def fill(url: str, number: int) -> None:
    chance, database = random.Random(5), Database(url)
    metadata = tables.metadata.tables | tables_work.metadata.tables
    for first in range(0, number, BATCH):
        found = batch(first, min(first + BATCH, number), number, chance)
        with database.write() as connection:
            if database.sqlite:
                for name in TABLES:
                    if found[name]:
                        connection.execute(insert(metadata[name]), found[name])
                words = [(id_, " ".join(some)) for id_, some in found["search"]]
                connection.exec_driver_sql("INSERT INTO search (rowid, words) VALUES (?, ?)", words)
            else:
                raw = connection.connection.driver_connection
                assert isinstance(raw, psycopg.Connection)
                for name in TABLES:
                    copy(raw, name, found[name])
                copy(raw, "search", [{"id": id_, "words": vector(some)} for id_, some in found["search"]])
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
        if not database.sqlite:
            connection.exec_driver_sql("SELECT setval('assessments_id_seq', (SELECT max(id) FROM assessments))")
    database.close()


def copy(raw: psycopg.Connection[Any], name: str, found: list[dict[str, Any]]) -> None:
    if not found:
        return
    names = list(found[0])
    with raw.cursor() as cursor, cursor.copy(f"COPY {name} ({', '.join(names)}) FROM STDIN") as target:  # type: ignore[arg-type]
        for row in found:
            target.write_row([row[key] for key in names])


def vector(words: Sequence[str]) -> str:
    from store.search import _vector

    return _vector(words)


def officers(kept: store.Store) -> None:
    hashed = passwords.make(PASSWORD)
    for role in ROLES:
        kept.officers.add(
            Officer(role, f"Người {role}", f"{role}@x.example", (role,), "Huế" if role == "province" else None), hashed
        )


# ---------------------------------------------------------------- the desk


@contextmanager
def desk(url: str, work: Path) -> Iterator[str]:
    """The address of a desk of its own process over the store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = work / "do.toml"
    file.write_text(
        f'database = {json.dumps(url)}\ndata_dir = {json.dumps(str(work))}\npublic_url = "http://127.0.0.1:{port}"\n'
        f'author_key = "{"a" * 40}"\ndesk_key = "{"d" * 40}"\nvault_key = "{"v" * 40}"\n[desk]\nsecure_cookies = false\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pipeline.desk_process", "127.0.0.1", str(port)]
    environment = config.environment(file) | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/khoe", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def pages(chance: random.Random, kept: store.Store) -> dict[str, list[str]]:
    """A kind of page -> addresses of it, each another one where that is possible."""
    word = lambda: chance.choice(WORDS)  # noqa: E731
    some = [one.document.key for one in kept.judged.page(store.Filter(), 40)]
    old = [one.document.key for one in kept.judged.page(store.Filter(end=FIRST + timedelta(days=300)), 40)]
    stories = [one.story.id for one in kept.judged.page(store.Filter(), 400) if one.story and one.story.documents > 1]
    return {
        "hộp việc /": ["/"],
        "danh sách, trang 1": ["/tin"],
        "danh sách, trang 2-20": [f"/tin?trang={n}" for n in range(2, 21)],
        "lọc sắc thái": ["/tin?sac_thai=negative", "/tin?sac_thai=positive"],
        "lọc tỉnh": [f"/tin?tinh={name}" for name in PROVINCES],
        "lọc chủ đề": [f"/tin?chu_de={name}" for name in TOPICS],
        "lọc đối tượng": ["/tin?doi_tuong=agency_policy"],
        "lọc cơ quan": [f"/tin?co_quan=Báo {n}" for n in range(40)],
        "lọc ngày": [
            f"/tin?tu={(FIRST + timedelta(days=n)).date()}&den={(FIRST + timedelta(days=n + 6)).date()}"
            for n in range(0, 700, 20)
        ],
        "lọc hành vi, vụ việc": ["/tin?xem=vi_pham&vu_viec=open", "/tin?dieu=3c", "/tin?xem=dinh_chinh"],
        "lọc phản ánh": ["/tin?phan_anh=any", "/tin?phan_anh=complaint"],
        "lọc ghép": [
            f"/tin?sac_thai=negative&tinh={name}&chu_de={topic}" for name, topic in zip(PROVINCES, TOPICS, strict=False)
        ],
        "tìm một từ (2/3 kho)": ["/tin?q=BHXH"],
        "tìm hai từ": [f"/tin?q={word()} {word()}" for _ in range(40)],
        "tìm có loại trừ": [f"/tin?q=BHXH -{word()}" for _ in range(20)],
        "tìm cụm từ": [f'/tin?q="{word()} {word()}"' for _ in range(40)],
        "tìm cụm từ, lọc sắc thái": [f'/tin?q="{word()} {word()}"&sac_thai=negative' for _ in range(40)],
        "một tin": [f"/tin/{store.short_id(key)}" for key in (*some, *old)],
        "câu chuyện": [f"/dien-bien/{story}" for story in stories[:40]],
        "tổng quan 7 ngày": ["/tong-quan?ngay=7"],
        "tổng quan 90 ngày": ["/tong-quan?ngay=90"],
    }


def signed_in(base: str, login: str) -> httpx.Client:
    client = httpx.Client(base_url=base, timeout=60)
    assert client.post("/dang-nhap", data={"login": login, "password": PASSWORD}).status_code == 303
    return client


def one_visitor(base: str, asked: dict[str, list[str]], times: int) -> None:
    print("\none visitor: until the whole answer is there")
    with closing(signed_in(base, "duty_officer")) as client:
        for kind, addresses in asked.items():
            spent = []
            for n in range(times):
                begin = time.perf_counter()
                answered = client.get(addresses[n % len(addresses)])
                spent.append(1000 * (time.perf_counter() - begin))
                assert answered.status_code == 200, (kind, answered.status_code)
            print(f"  {kind:28} p50 {quantile(spent, 0.5):8.1f} ms   p95 {quantile(spent, 0.95):8.1f} ms")


async def crowd(base: str, asked: dict[str, list[str]], users: int, seconds: float, think: float) -> None:
    """So many browsers at once; a day's mix: mostly items and lists, some searches, now and then the dashboard."""
    mix = [("một tin", 40), ("danh sách, trang 1", 12), ("lọc sắc thái", 8), ("lọc tỉnh", 8), ("lọc chủ đề", 6), ("hộp việc /", 10),
           ("tìm hai từ", 6), ("tìm cụm từ", 4), ("câu chuyện", 4), ("tổng quan 7 ngày", 2)]  # fmt: skip
    spent: list[float] = []
    wrong = 0
    sessions = []
    for number in range(users):
        with closing(signed_in(base, ("duty_officer", "analyst", "leader")[number % 3])) as door:
            sessions.append(dict(door.cookies))

    async def user(number: int) -> None:
        nonlocal wrong
        chance, cookies = random.Random(number), sessions[number]
        async with httpx.AsyncClient(base_url=base, cookies=cookies, timeout=60) as client:
            await asyncio.sleep(chance.random() * think)
            while time.perf_counter() < end:
                kind = chance.choices([name for name, _ in mix], [weight for _, weight in mix])[0]
                begin = time.perf_counter()
                try:
                    good = (await client.get(chance.choice(asked[kind]))).status_code == 200
                except httpx.TransportError:
                    good = False
                spent.append(1000 * (time.perf_counter() - begin))
                wrong += not good
                await asyncio.sleep(chance.expovariate(1 / think))

    end = time.perf_counter() + seconds
    begin = time.perf_counter()
    await asyncio.gather(*(user(number) for number in range(users)))
    rate = len(spent) / (time.perf_counter() - begin)
    print(
        f"\n{users} users at once, {think:g} s of reading on average: {len(spent)} pages, {rate:.1f}/s, {wrong} errors"
    )
    parts = [
        f"{name} {quantile(spent, part):.0f} ms"
        for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1))
    ]
    print("  " + "   ".join(parts))


def quantile(spent: list[float], part: float) -> float:
    return sorted(spent)[min(len(spent) - 1, int(len(spent) * part))]


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
        begin = time.perf_counter()
        database = Database(url)
        with database.write() as connection:
            for n in range(95):
                day = (NOW + timedelta(hours=7) - timedelta(days=n)).date().isoformat()
                connection.exec_driver_sql(f"INSERT INTO stale_days (day, changes) VALUES ('{day}', 1)")
        database.close()
        while kept.tallies.recount(NOW):
            pass
        print(f"95 days counted in {time.perf_counter() - begin:.0f} s")
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    asked = pages(random.Random(7), kept)
    with desk(url, work) as base:
        one_visitor(base, asked, chosen.times)
        asyncio.run(crowd(base, asked, chosen.users, chosen.seconds, chosen.think))
    kept.close()


def arguments(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--database", help="measure over this store, filled before")
    parser.add_argument("--work", type=Path, help="keep the SQLite database here, and use what is there")
    return parser


def over_a_store(chosen: argparse.Namespace, name: str, measure: Callable[..., None]) -> None:
    """Measures over the store that was asked for: one filled before, one of a PostgreSQL server of its own, or a file."""
    with tempfile.TemporaryDirectory(prefix=f"langnghe-{name}-") as temporary:
        work = chosen.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        if chosen.database:
            measure(chosen.database, work, chosen, fresh=False)
        elif chosen.postgresql:
            programs = binaries()
            assert programs, "needs a PostgreSQL server (package postgresql)"
            cluster = Cluster(programs)
            try:
                measure(cluster.new(), work, chosen, fresh=True)
            finally:
                cluster.remove()
        else:
            file = work / f"{name}.db"
            measure(f"sqlite:///{file}", work, chosen, fresh=not file.exists())


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=2.0)
    over_a_store(parser.parse_args(), "desk", measure)


if __name__ == "__main__":
    main()
