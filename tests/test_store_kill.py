"""kill -9 at any moment of settling and of sending: nothing lost, nothing doubled, the database sound."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

import records as r
import store
from tests.store_support import KEY, NOW, URGENT, act, assessment, document, message, signature

pytestmark = pytest.mark.slow

DOCUMENTS, MAILS, KILLS = 60, 150, 20
FORK = multiprocessing.get_context("fork")


def keep_and_settle(store_url: str) -> None:
    kept = store.open(store_url, KEY)
    for place in range(DOCUMENTS):
        kept.documents.keep(document(f"k{place}", outlet=f"O{place % 3}"))
    while due := kept.documents.unassessed("m1", 5):
        for one in due:
            number = int(one.key[1:])
            placed = r.Placement(f"s{number % 7}", None, signature(number))
            mails = [message(f"<{one.key}@x>", who) for who in ("a@x", "b@x")]
            kept.settle(one, assessment(one, acts=(act(),)), placed, URGENT, mails, NOW)


def send(store_url: str, ledger: Path) -> None:
    kept = store.open(store_url)
    while kept.outbox.counts().get("sent", 0) < MAILS:
        now = datetime.now(UTC)
        for mail in kept.outbox.claim(now, timedelta(seconds=2), 5):
            with ledger.open("a") as accepted:
                accepted.write(mail.id + "\n")
            kept.outbox.sent(mail, now)


def run(work: Any, *arguments: Any, seconds: float, workers: int = 1) -> int:
    """How many of the workers had to be killed after that time."""
    started = [FORK.Process(target=work, args=arguments) for _ in range(workers)]
    for each in started:
        each.start()
    end = time.monotonic() + seconds
    for each in started:
        each.join(max(0.0, end - time.monotonic()))
        each.kill()
        each.join()
    killed = [each.exitcode for each in started]
    assert set(killed) <= {0, -9}
    return killed.count(-9)


def sound(store_url: str) -> None:
    if store_url.startswith("sqlite"):
        engine = create_engine(store_url)
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).first() is None
        engine.dispose()


def test_settling_survives_kills(store_url: str) -> None:
    chance = random.Random(11)
    kills = sum(run(keep_and_settle, store_url, seconds=chance.uniform(0.01, 0.4)) for _ in range(KILLS))
    assert kills >= 3
    sound(store_url)
    kept = store.open(store_url)
    begun = kept.judged.count(store.Filter())
    assert kept.outbox.counts().get("queued", 0) == 2 * begun and len(kept.cases.open(999)) == begun
    kept.close()
    assert run(keep_and_settle, store_url, seconds=120) == 0
    kept = store.open(store_url)
    assert kept.judged.count(store.Filter()) == kept.documents.count() == len(kept.cases.open(999)) == DOCUMENTS
    assert kept.outbox.counts() == {"queued": 2 * DOCUMENTS}
    found = [kept.stories.get(f"s{place}") for place in range(7)]
    assert sum(story.documents for story in found) == DOCUMENTS and {story.outlets for story in found} == {3}
    with kept._database.read() as connection:
        for table in ("assessments", "signatures", "judged"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == DOCUMENTS
    kept.close()


def test_sending_survives_kills(store_url: str, tmp_path: Path) -> None:
    kept = store.open(store_url)
    kept.outbox.add([message(f"<{place}@x>", created_at=NOW - timedelta(days=3000)) for place in range(MAILS)])
    kept.close()
    chance, ledger = random.Random(7), tmp_path / "ledger"
    kills = sum(run(send, store_url, ledger, seconds=chance.uniform(0.01, 0.4), workers=2) for _ in range(KILLS // 2))
    assert run(send, store_url, ledger, seconds=120, workers=3) == 0
    sound(store_url)
    kept = store.open(store_url)
    assert kept.outbox.counts() == {"sent": MAILS}
    kept.close()
    told = Counter(ledger.read_text().split())
    assert len(told) == MAILS and sum(told.values()) - MAILS <= kills
