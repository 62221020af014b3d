"""Officers, sessions, requests and the log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import records as r
import store
from tests.store_support import NOW

AN = r.Officer("an", "Nguyễn An", "an@bhxh.example", ("duty_officer", "analyst"), "Huế", "TTTT")
IDLE, LONGEST = timedelta(minutes=60), timedelta(hours=12)
MINUTE = timedelta(minutes=1)


def test_officers(kept: store.Store) -> None:
    kept.officers.add(AN, "hash-1")
    kept.officers.add(replace(AN, login="binh", roles=("viewer",)), "hash-2")
    with pytest.raises(r.BadInput):
        kept.officers.add(AN, "hash-3")
    assert kept.officers.get("an") == AN and kept.officers.get("ai") is None
    assert [each.login for each in kept.officers.all()] == ["an", "binh"]
    assert [each.login for each in kept.officers.with_role("analyst")] == ["an"]
    assert kept.officers.with_role("anal") == []
    assert kept.officers.password_hash("an") == "hash-1" and kept.officers.password_hash("ai") is None
    kept.officers.set_password("an", "hash-4")
    kept.officers.change(replace(AN, name="An"))
    assert (kept.officers.password_hash("an"), kept.officers.get("an").name) == ("hash-4", "An")
    kept.officers.disable("an")
    assert kept.officers.password_hash("an") is None and kept.officers.with_role("analyst") == []
    assert not kept.officers.get("an").active
    with pytest.raises(r.BadInput):
        kept.officers.disable("ai")


def test_a_session_lives_until_idle_expired_or_ended(kept: store.Store) -> None:
    kept.officers.add(AN, "hash")
    token = kept.sessions.start("an", NOW, IDLE, LONGEST)
    assert kept.sessions.get(token, NOW) == AN
    assert kept.sessions.get(token + "x", NOW) is None and kept.sessions.get("", NOW) is None
    now = NOW
    while now < NOW + LONGEST - 50 * MINUTE:
        now += 50 * MINUTE
        assert kept.sessions.get(token, now) == AN
    assert kept.sessions.get(token, NOW + LONGEST) is None
    token = kept.sessions.start("an", NOW, IDLE, LONGEST)
    assert kept.sessions.get(token, NOW + 60 * MINUTE) is None
    one, two = (kept.sessions.start("an", NOW, IDLE, LONGEST) for _ in range(2))
    assert one != two
    kept.sessions.end(one)
    assert kept.sessions.get(one, NOW) is None and kept.sessions.get(two, NOW) == AN
    assert kept.sessions.end_all("an") == 3
    assert kept.sessions.get(two, NOW) is None


@pytest.mark.parametrize("what", ["disable", "password", "inactive"])
def test_sessions_end_with_the_account_and_the_password(kept: store.Store, what: str) -> None:
    kept.officers.add(AN, "hash")
    token = kept.sessions.start("an", NOW, IDLE, LONGEST)
    if what == "disable":
        kept.officers.disable("an")
    elif what == "password":
        kept.officers.set_password("an", "new")
    else:
        kept.officers.change(replace(AN, active=False))
    kept.officers.change(AN)
    assert kept.sessions.get(token, NOW) is None


def test_tokens_are_not_in_the_database(kept: store.Store, store_url: str) -> None:
    kept.officers.add(AN, "hash")
    token = kept.sessions.start("an", NOW, IDLE, LONGEST)
    if store_url.startswith("sqlite"):
        kept.close()
        assert token.encode() not in Path(store_url.removeprefix("sqlite:///")).read_bytes()


def test_requests_are_taken_once_and_again_after_a_death(kept: store.Store) -> None:
    one = kept.requests.add("train", {"data": "x"}, "an", NOW)
    two = kept.requests.add("evidence", {"key": "k"}, "an", NOW + MINUTE)
    taken = kept.requests.take(NOW + MINUTE)
    assert (taken.id, taken.kind, taken.arguments, taken.state) == (one, "train", {"data": "x"}, "running")
    assert kept.requests.take(NOW + MINUTE).id == two and kept.requests.take(NOW + MINUTE) is None
    kept.requests.progress(one, "50 %", NOW + 9 * MINUTE)
    assert kept.requests.take(NOW + 12 * MINUTE).id == two  # its taker said nothing for ten minutes
    kept.requests.finish(one, {"f1": 0.9})
    kept.requests.finish(two, {"error": "hỏng"}, failed=True)
    done = kept.requests.get(one)
    assert (done.state, done.progress, done.result) == ("done", "50 %", {"f1": 0.9})
    assert [(each.id, each.state) for each in kept.requests.list()] == [(two, "failed"), (one, "done")]
    assert kept.requests.take(NOW + timedelta(days=9)) is None and kept.requests.get("x") is None


def test_requests_taken_by_many(kept: store.Store) -> None:
    for place in range(20):
        kept.requests.add("train", {"n": place}, "an", NOW)
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: kept.requests.take(NOW), range(24)))
    ids = [each.id for each in taken if each]
    assert len(ids) == len(set(ids)) == 20


def test_the_log_is_one_chain_whoever_writes(kept: store.Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda place: kept.audit("an", "đăng nhập", f"s{place}", NOW, "\x00"), range(12)))
    assert len(kept.audit_log()) == 12 and kept.audit_intact()
    assert [line.subject for line in kept.audit_log(2, 1)] == [line.subject for line in kept.audit_log()][1:3]
    assert (kept.audit_chain().lines, len(kept.audit_chain().hash)) == (12, 64)


TAMPERING = {
    "a line edited": "UPDATE audit_log SET who = 'binh' WHERE id = 5",
    "a moment moved": "UPDATE audit_log SET at = '2020-01-01 00:00:00' WHERE id = 7",
    "a line taken out": "DELETE FROM audit_log WHERE id = 5",
    "the first taken out": "DELETE FROM audit_log WHERE id = 1",
    "the last edited": "UPDATE audit_log SET detail = 'khác' WHERE id = 9",
    "the last taken out": "DELETE FROM audit_log WHERE id = 9",
    "the end cut off": "DELETE FROM audit_log WHERE id > 4",
    "everything taken out": "DELETE FROM audit_log",
    "the head taken out": "DELETE FROM audit_head",
    "the head set back": "UPDATE audit_head SET lines = 8",
    "two changed places": "UPDATE audit_log SET id = CASE id WHEN 3 THEN 103 ELSE 104 END WHERE id IN (3, 4)",
}


@pytest.mark.parametrize("change", TAMPERING.values(), ids=TAMPERING.keys())
def test_the_log_shows_tampering(kept: store.Store, store_url: str, change: str) -> None:
    """At once, and still after more was written."""
    for place in range(9):
        kept.audit("an", "đăng nhập", f"s{place}", NOW)
    assert kept.audit_intact()
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    assert not kept.audit_intact()
    kept.audit("an", "đăng xuất", "s", NOW)
    assert not kept.audit_intact()
