"""The whole product on the recorded press stream, on the replay's own clock.

    python -m benchmarks.stream days --start 2025-11-17 --days 14 --speed 1200 --models DIR   completeness, digest, second run
    python -m benchmarks.stream latency --speed 20 --poll 60 --items 100                       live -> stored assessment, wall time
    python -m benchmarks.stream kills --kills 20 --speed 600                                   random kill -9 of everything

Each prints one JSON object of figures. Needs ../shared. The models for `days` are trained without the weeks replayed:

    python -m benchmarks.stream train --start 2025-11-17 --days 14 --models DIR
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import nlp.training
import store
from benchmarks.replay_rig import SHARED, Rig
from crawlers.address import canonical
from pipeline.sample.mailbox import Mailbox

SETTLE = 20.0
"""seconds of wall time the product gets after the last day to finish what it has begun"""


def days(rig: Rig, count: int) -> dict[str, Any]:
    """`count` recorded days; then the second run, which must fetch no known article."""
    with Mailbox(rig.home / "mail") as mailbox:
        rig.write_config(mailbox.port)
        replay = rig.start_replay()
        try:
            rig.start_product()
            time.sleep(max(0.0, count * 86400 / rig.speed - 1))
            live = rig.live()
            time.sleep(SETTLE)
            rig.stop_product()
            first = rig.article_requests()
            figures = completeness(rig, live) | told(rig, mailbox, live)
            figures["fetched_twice"] = sum(number - 1 for number in Counter(first).values())
            known = set(first)
            rig.start_product()
            time.sleep(SETTLE)
            rig.stop_product()
            again = rig.article_requests()[len(first) :]
            figures["second_run"] = {"fetched": len(again), "of_them_known": sum(url in known for url in again)}
        finally:
            replay.kill()
    return figures


def kept(rig: Rig) -> store.Store:
    return store.open(f"sqlite:///{rig.home / 'var' / 'langnghe.db'}")


def completeness(rig: Rig, live: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Of the items live for two polls before the end: how many are stored, and is any stored twice."""
    rows = list(live)
    last = max(row["live_at"] for row in rows)
    asked = [row for row in rows if row["live_at"] <= last - 2 * rig.interval / rig.speed]
    opened = kept(rig)
    try:
        known = opened.documents.known([canonical(row["url"]) for row in asked])
        missing = [row["url"] for row in asked if canonical(row["url"]) not in known]
    finally:
        opened.close()
    with sqlite3.connect(rig.home / "var" / "langnghe.db") as raw:
        documents, urls = raw.execute("select count(*), count(distinct url) from documents").fetchone()
        integrity = raw.execute("pragma integrity_check").fetchone()[0]
    return {
        "live": len(asked), "stored": len(asked) - len(missing), "share": round(1 - len(missing) / len(asked), 5),
        "missing": missing[:20], "documents": documents, "twice": documents - urls, "integrity_check": integrity,
    }  # fmt: skip


def told(rig: Rig, mailbox: Mailbox, live: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Every item labelled relevance 2: in a digest at the receiver, or accounted for by a stored Reason."""
    with (SHARED / "data" / "bhxh_labels.jsonl").open(encoding="utf-8") as lines:
        wanted = {row["id"] for row in map(json.loads, lines) if row["relevance"] == 2}
    urls = {row["id"]: row["url"] for row in live if row["id"] in wanted}
    bodies = [part for message in mailbox.messages() for part in texts(message)]
    opened, outcome, reasons = kept(rig), Counter[str](), Counter[str]()
    lost = []
    try:
        for identity, url in urls.items():
            judged = opened.judged.get(canonical(url))
            if any(url in body for body in bodies):
                outcome["in_mail"] += 1
            elif judged:
                outcome["accounted"] += 1
                reasons[f"{judged.reason.decision}:{judged.reason.code}"] += 1
            else:
                lost.append(identity)
    finally:
        opened.close()
    mails = Counter(str(message["Subject"])[:24] for message in mailbox.messages())
    return {
        "labelled_2": len(urls),
        **outcome,
        "reasons": dict(reasons),
        "lost": lost,
        "mails": dict(mails.most_common(8)),
    }


def texts(message: Any) -> list[str]:
    return [part.get_content() for part in message.walk() if part.get_content_type() in {"text/plain", "text/html"}]


def latency(rig: Rig, items: int, poll: float) -> dict[str, Any]:
    """Wall seconds from the moment an item went live to its stored assessment."""
    with Mailbox(rig.home / "mail") as mailbox:
        rig.write_config(mailbox.port)
        replay = rig.start_replay()
        try:
            rig.start_product()
            while len(rig.live()) < items * 1.2:
                time.sleep(5)
            live = rig.live()
            time.sleep(2 * poll + SETTLE)
            anchor = (rig.clock(), time.time())
            rig.stop_product()
        finally:
            replay.kill()
    opened, waits = kept(rig), []
    try:
        for row in live:
            judged = opened.judged.get(canonical(row["url"]))
            if judged:
                behind = (anchor[0] - judged.judged_at).total_seconds() / rig.speed
                waits.append(anchor[1] - behind - row["live_at"])
    finally:
        opened.close()
    waits.sort()
    return {
        "items": len(waits), "live": len(live), "p50": round(statistics.median(waits), 1),
        "p95": round(waits[int(len(waits) * 0.95)], 1), "max": round(waits[-1], 1),
        "unchanged_polls": rig.unchanged()[0], "of_them_304": rig.unchanged()[1],
    }  # fmt: skip


def kills(rig: Rig, count: int, seed: int) -> dict[str, Any]:
    """`count` random kill -9 of the whole process group; then a quiet end, and what is left."""
    dice = random.Random(seed)
    with Mailbox(rig.home / "mail") as mailbox:
        rig.write_config(mailbox.port)
        replay = rig.start_replay()
        try:
            for _ in range(count):
                rig.start_product()
                time.sleep(dice.uniform(4, 16))
                rig.stop_product(signal.SIGKILL)
            rig.start_product()
            time.sleep(2 * SETTLE)
            live = rig.live()
            time.sleep(2 * rig.interval / rig.speed + SETTLE)
            rig.stop_product()
        finally:
            replay.kill()
        identities = [str(message["Message-ID"]) for message in mailbox.messages()]
    figures = completeness(rig, live)
    opened = kept(rig)
    try:
        unjudged = len(opened.documents.unassessed("no such model", 10**6)) - opened.judged.count(
            store.Filter(relevance=(0, 1, 2), spam=None)
        )
        sent = {f"<{message.id}>" for message in opened.outbox.list(10**6) if message.state == "sent"}
    finally:
        opened.close()
    doubles = sum(number - 1 for number in Counter(identities).values())
    return figures | {
        "kills": count, "seed": seed, "unjudged": unjudged, "mails_sent": len(sent), "mails_lost": len(sent - set(identities)),
        "mail_ids_twice": doubles,
    }  # fmt: skip


def train(start: str, count: int, out: Path) -> dict[str, Any]:
    first = date.fromisoformat(start)
    return dict(nlp.training.train(SHARED / "data", out, hold_out=(first, first + timedelta(days=count))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("train", "days", "latency", "kills"))
    parser.add_argument("--start", default="2025-11-17")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--speed", type=float, default=1200)
    parser.add_argument("--poll", type=float, default=60, help="wall seconds between two polls (latency)")
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--home", type=Path)
    a = parser.parse_args()
    home = a.home or Path(tempfile.mkdtemp(prefix="langnghe-stream-"))
    if a.what == "train":
        print(json.dumps(train(a.start, a.days, a.models or home / "models"), ensure_ascii=False))
        return
    interval = int(a.poll * a.speed) if a.what == "latency" else 3600
    rig = Rig(home, a.start, a.speed, a.days * 86400 / a.speed + 600, interval, a.models)
    began = time.strftime("%Y-%m-%d %H:%M:%S")
    run = {
        "days": lambda: days(rig, a.days),
        "latency": lambda: latency(rig, a.items, a.poll),
        "kills": lambda: kills(rig, a.kills, a.seed),
    }
    figures = run[a.what]()
    print(json.dumps({"what": a.what, "began": began, "home": str(home), **figures}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
