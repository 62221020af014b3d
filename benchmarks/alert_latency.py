"""How long an alert takes from the judgement to the server's "250", and how fast a full outbox drains.

    python -m benchmarks.alert_latency [--items 20] [--recipients 50] [--mails 500] [--wait 0.02 0.1] [--database sqlite]

First part: urgent items are judged at random moments while the product looks for mail to send every `schedule.send`
seconds (its default); each goes to all recipients. Second part: so many mails wait, one process sends them, looks included.
`wait`: seconds the mail server takes for each of its answers; two are given in the last step, which one mail at a time takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import store
from benchmarks.alert_rig import database, judge, keep, product, sink
from pipeline import sending
from pipeline.doors import Rooms
from records import Message


async def looking(rooms: Rooms, until: asyncio.Event) -> None:
    """As the timetable does it: a look every `schedule.send` seconds, none while one is under way."""
    while not until.is_set() or rooms.store.outbox.counts().keys() & {"queued", "sending"}:
        began = time.monotonic()
        await sending.send(rooms)
        await asyncio.sleep(max(0.0, rooms.settings.schedule.send - (time.monotonic() - began)))


async def judging(rooms: Rooms, seed: int, over: asyncio.Event) -> dict[str, float]:
    """Document -> when its judgement was settled (seconds since the epoch)."""
    dice, settled = random.Random(seed), {}
    for document in rooms.store.documents.unassessed("thử", 10**6):
        await asyncio.sleep(dice.uniform(2, 8))
        await asyncio.to_thread(judge, rooms, [document])
        settled[document.key] = datetime.now(UTC).timestamp()
    over.set()
    return settled


def latency(kind: str, items: int, recipients: int, wait: float, seed: int = 3) -> dict[str, Any]:
    """The first part."""
    people = tuple(f"can-bo-{place}@bhxh.example" for place in range(recipients))
    with database(kind) as (url, home), sink(wait) as taking:
        kept = store.open(url)
        keep(kept, items, seed, datetime.now(UTC))
        kept.close()
        with product(url, home, taking.port, people, timedelta(0)) as rooms:

            async def run() -> dict[str, float]:
                over = asyncio.Event()
                settled, _ = await asyncio.gather(judging(rooms, seed, over), looking(rooms, over))
                return settled

            settled = asyncio.run(run())
            about = {one.id: one.documents[0] for one in rooms.store.outbox.list(10**6, kind="urgent")}
        took = sorted(at - settled[about[name]] for name, _, at in taking.lines())
    assert len(took) == items * recipients
    return {
        "database": kind, "items": items, "recipients": recipients, "answer_seconds": wait, "mails": len(took),
        "p50": round(statistics.median(took), 2), "p95": round(took[int(0.95 * len(took))], 2), "max": round(took[-1], 2),
    }  # fmt: skip


def drain(kind: str, mails: int, wait: float) -> dict[str, Any]:
    """The second part."""
    with database(kind) as (url, home), sink(wait) as taking:
        now = datetime.now(UTC)
        with product(url, home, taking.port, (), timedelta(0)) as rooms:
            rooms.store.outbox.add(
                [
                    Message(
                        f"{place}@langnghe.example",
                        "daily",
                        f"can-bo-{place}@bhxh.example",
                        "Bản tin",
                        "chữ",
                        "<p>chữ</p>" * 2000,
                        now,
                    )
                    for place in range(mails)
                ]
            )
            over = asyncio.Event()
            over.set()
            began = time.monotonic()
            asyncio.run(looking(rooms, over))
        last = max(at for _, _, at in taking.lines()) - now.timestamp()
        assert len(taking.lines()) == mails
    return {
        "database": kind,
        "mails": mails,
        "answer_seconds": wait,
        "seconds": round(last, 1),
        "ended": round(time.monotonic() - began, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--recipients", type=int, default=50)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--wait", type=float, nargs="+", default=[0.02, 0.1])
    parser.add_argument("--database", default="sqlite")
    a = parser.parse_args()
    for wait in a.wait:
        print(json.dumps(latency(a.database, a.items, a.recipients, wait)), flush=True)
        print(json.dumps(drain(a.database, a.mails, wait)), flush=True)


if __name__ == "__main__":
    main()
