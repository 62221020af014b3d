"""Alerts under random kill -9 and with several senders: what is lost, what is sent twice.

    python -m benchmarks.alert_kills [--alerts 1000] [--kills 200] [--crowd 10000] [--seed 3] [--database sqlite postgresql]

First part: a process that judges and sends is killed (kill -9) at random moments anywhere between the judgement and the
server's "250", and started anew; then it ends in peace. The mails the server took must be those of the outbox and those
expected; a mail taken twice must have been in its last step at a kill, and bear the same Message-ID.
Second part: three senders, no kills: every mail once.

A killed sender's claims are free after sending.LEASE; the clock is put forward by it at each start instead of waiting.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import store
from benchmarks.alert_rig import FORK, database, keep, known, product, sent, sink, work
from pipeline import sending
from records import Message

RECIPIENT = "truc-ban@bhxh.example"
LONGEST = 0.5
"""seconds a child lives at most before a kill, counted from when it is at work"""


def killed(kind: str, alerts: int, kills: int, seed: int, wait: float = 0.004) -> dict[str, Any]:
    """The first part."""
    dice, done, ahead = random.Random(seed), 0, timedelta(0)
    doubtful: list[int] = []
    known()
    with database(kind) as (url, home), sink(wait) as taking:
        kept = store.open(url)
        keep(kept, alerts, seed, datetime.now(UTC))
        kept.close()
        began = time.monotonic()
        while True:
            here, there = FORK.Pipe()
            child = FORK.Process(target=work, args=(url, home, taking.port, (RECIPIENT,), ahead, there))
            child.start()
            here.recv()
            before = len(taking.lines())
            left = alerts - len({name for name, _, _ in taking.lines()})
            # as long as a child needs for its share of what is left, so that the kills last to the end
            share = 2.0 * left / max(1, kills - done)
            end = time.monotonic() + LONGEST if done < kills else float("inf")
            goal = before + dice.uniform(0, share)
            while child.is_alive() and time.monotonic() < end and (done >= kills or len(taking.lines()) < goal):
                time.sleep(0.002)
            time.sleep(dice.uniform(0, 0.02) if done < kills else 0)
            if not child.is_alive():
                assert child.exitcode == 0, "the product failed by itself"
                if done >= kills or not left:
                    break
                continue
            child.kill()
            child.join()
            done += 1
            ahead += sending.LEASE
            doubtful.append(in_doubt(url, taking.lines()[before:]))
        seconds = time.monotonic() - began
        kept = store.open(url)
        outbox, states = sent(kept), kept.outbox.counts()
        documents = {one.document.key for one in kept.judged.page(store.Filter(), limit=alerts + 1)}
        kept.close()
        return figures(alerts, outbox, taking.lines()) | {
            "database": kind, "kills": done, "judged": len(documents), "states": states,
            "most_in_doubt_at_a_kill": max(doubtful, default=0), "seconds": round(seconds, 1),
        }  # fmt: skip


def in_doubt(url: str, lines: list[tuple[str, str, float]]) -> int:
    """How many of the mails the server has just taken are not written down as sent: they will come again."""
    kept = store.open(url)
    found = [kept.outbox.get(name, recipient) for name, recipient in {(name, to) for name, to, _ in lines}]
    kept.close()
    return sum(one is not None and one.state != "sent" for one in found)


def figures(expected: int, outbox: set[tuple[str, str]], lines: list[tuple[str, str, float]]) -> dict[str, Any]:
    taken = Counter((name, recipient) for name, recipient, _ in lines)
    return {
        "expected": expected, "in_the_outbox": len(outbox), "message_ids_taken": len(taken),
        "lost": len(outbox - set(taken)), "strange": len(set(taken) - outbox),
        "copies_under_the_same_id": sum(taken.values()) - len(taken),
    }  # fmt: skip


def crowd(kind: str, alerts: int, senders: int = 3) -> dict[str, Any]:
    """The second part."""
    known()
    with database(kind) as (url, home), sink(0) as taking:
        kept, now = store.open(url), datetime.now(UTC)
        for start in range(0, alerts, 1000):
            kept.outbox.add(
                [
                    Message(f"{place}@langnghe.example", "urgent", RECIPIENT, "Tin thử", "chữ", "<p>chữ</p>", now)
                    for place in range(start, min(start + 1000, alerts))
                ]
            )
        kept.close()
        began = time.monotonic()
        crew = [FORK.Process(target=drain, args=(url, home, taking.port)) for _ in range(senders)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()
        seconds = time.monotonic() - began
        assert [one.exitcode for one in crew] == [0] * senders
        kept = store.open(url)
        found = figures(alerts, sent(kept), taking.lines()) | {"states": kept.outbox.counts()}
        kept.close()
        return found | {"database": kind, "senders": senders, "seconds": round(seconds, 1)}


def drain(url: str, home: Any, port: int) -> None:
    """A sender: ends when nothing is due."""
    import asyncio

    with product(url, home, port, (RECIPIENT,), timedelta(0)) as rooms:
        while asyncio.run(sending.send(rooms)):
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--crowd", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    a = parser.parse_args()
    for kind in a.database:
        print(json.dumps(killed(kind, a.alerts, a.kills, a.seed)), flush=True)
        print(json.dumps(crowd(kind, a.crowd)), flush=True)


if __name__ == "__main__":
    main()
