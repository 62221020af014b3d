"""kill -9 at any moment of settling and of sending: nothing lost, nothing doubled, the database sound."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from store_support import NOW

import store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS, MAILS, KILLS = 60, 150, 12

SETTLE = """
import sys
sys.path[:0] = [{root!r}, {root!r} + "/tests"]
from store_support import *
kept = store.open({address!r}, KEY)
print("ready", flush=True)
for place in range({documents}):
    one = document(f"k{{place}}", outlet=f"O{{place % 3}}")
    kept.documents.keep(one)
while due := kept.documents.unassessed("m1", 5):
    for one in due:
        placed = r.Placement(f"s{{int(one.key[1:]) % 7}}", None, signature(int(one.key[1:])))
        mails = [message(f"<{{one.key}}@x>", who) for who in ("a@x", "b@x")]
        kept.settle(one, assessment(one, acts=(act(),)), placed, URGENT, mails, NOW)
print("done", flush=True)
"""

SEND = """
import sys, time
sys.path[:0] = [{root!r}, {root!r} + "/tests"]
from store_support import *
from datetime import datetime, UTC
kept = store.open({address!r})
print("ready", flush=True)
while True:
    now = datetime.now(UTC)
    for mail in kept.outbox.claim(now, timedelta(milliseconds=400), 5):
        with open({ledger!r}, "a") as ledger:
            ledger.write(mail.id + "\\n")
        kept.outbox.sent(mail, now)
    counts = kept.outbox.counts()
    if counts.get("sent", 0) == {mails}:
        break
print("done", flush=True)
"""


def start(code: str, **values: object) -> subprocess.Popen[str]:
    code = code.format(root=str(ROOT), **values)
    made = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert made.stdout is not None and made.stdout.readline() == "ready\n"
    return made


def killed(worker: subprocess.Popen[str], after: float) -> bool:
    """Kills it after so many seconds, unless it was done before."""
    try:
        worker.wait(after)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    assert worker.stdout is not None
    done = worker.stdout.read() == "done\n"
    worker.stdout.close()
    return not done


def sound(address: str) -> None:
    if address.startswith("sqlite"):
        engine = create_engine(address)
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).first() is None
        engine.dispose()


def test_settling_survives_kills(kept: store.Store, address: str) -> None:
    chance = random.Random(11)
    kills = sum(
        killed(start(SETTLE, address=address, documents=DOCUMENTS), chance.uniform(0.0, 0.35)) for _ in range(KILLS)
    )
    assert kills >= 3
    sound(address)
    begun = kept.judged.count(store.Filter())
    assert kept.outbox.counts().get("queued", 0) == 2 * begun and len(kept.cases.open(999)) == begun
    assert not killed(start(SETTLE, address=address, documents=DOCUMENTS), 120)
    assert kept.judged.count(store.Filter()) == kept.documents.count() == len(kept.cases.open(999)) == DOCUMENTS
    assert kept.outbox.counts() == {"queued": 2 * DOCUMENTS}
    found = [kept.stories.get(f"s{place}") for place in range(7)]
    assert sum(story.documents for story in found) == DOCUMENTS and {story.outlets for story in found} == {3}
    with kept._database.read() as connection:
        for table in ("assessments", "signatures", "judged"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == DOCUMENTS


def test_sending_survives_kills(kept: store.Store, address: str, tmp_path: Path) -> None:
    from store_support import message

    kept.outbox.add([message(f"<{place}@x>", created_at=NOW - timedelta(days=3000)) for place in range(MAILS)])
    chance, ledger, kills = random.Random(7), tmp_path / "ledger", 0
    values = {"address": address, "mails": MAILS, "ledger": str(ledger)}
    for _ in range(KILLS):
        pair = [start(SEND, **values) for _ in range(2)]
        time.sleep(chance.uniform(0.0, 0.3))
        for worker in pair:
            kills += killed(worker, 0)
    for worker in [start(SEND, **values) for _ in range(3)]:
        assert not killed(worker, 120)
    sound(address)
    assert kept.outbox.counts() == {"sent": MAILS}
    told = Counter(ledger.read_text().split())
    assert len(told) == MAILS and sum(told.values()) - MAILS <= kills
