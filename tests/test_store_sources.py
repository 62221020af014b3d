"""Sources, runs, problems, leases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

import store
from records import StoreUnreachable
from tests.store_support import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVERY = {"a": 5 * MINUTE, "b": 60 * MINUTE, "c": 120 * MINUTE}
ROOT = Path(__file__).resolve().parents[1]


def test_validators(kept: store.Store) -> None:
    assert kept.sources.validators("a", "https://x/" + "y" * 3000) is None
    kept.sources.save_validators("a", "https://x/" + "y" * 3000, '"e1"', None)
    kept.sources.save_validators("a", "https://x/" + "y" * 3000, '"e2"', "Thu")
    assert kept.sources.validators("a", "https://x/" + "y" * 3000) == ('"e2"', "Thu")
    assert kept.sources.validators("b", "https://x/" + "y" * 3000) is None


def test_due_backs_off_but_never_gives_up(kept: store.Store) -> None:
    assert kept.sources.due(EVERY, NOW) == ["a", "b", "c"]
    for source in EVERY:
        kept.sources.polled(source, NOW, True, items=3, new=1)
    assert kept.sources.due(EVERY, NOW + 4 * MINUTE) == []
    assert kept.sources.due(EVERY, NOW + 61 * MINUTE) == ["a", "b"]
    now, waits = NOW, []
    for _ in range(8):
        kept.sources.polled("a", now, False, "timeout")
        wait = next(m for m in range(1, 999) if "a" in kept.sources.due({"a": EVERY["a"]}, now + m * MINUTE))
        waits.append(wait)
        now += wait * MINUTE
    assert waits == [10, 20, 40, 60, 60, 60, 60, 60]
    kept.sources.polled("c", NOW, False, "timeout")
    assert kept.sources.due({"c": EVERY["c"]}, NOW + 120 * MINUTE) == ["c"]
    states = {state.source: state for state in kept.sources.health()}
    assert (states["a"].failures, states["a"].error, states["a"].success_at) == (8, "timeout", NOW)
    kept.sources.polled("a", now, True)
    state = next(state for state in kept.sources.health() if state.source == "a")
    assert (state.failures, state.error, state.success_at, state.new_at) == (0, "", now, NOW)


def test_a_clock_set_back_stops_no_source(kept: store.Store) -> None:
    kept.sources.polled("a", NOW + timedelta(days=3650), True)
    assert kept.sources.due(EVERY, NOW)[:3] == ["a", "b", "c"]


def test_what_a_source_brought_is_counted(kept: store.Store) -> None:
    kept.sources.polled("a", NOW, True, items=30, new=4, failed=1, bare=2)
    kept.sources.polled("a", NOW + 3 * HOUR, False, "lỗi", trouble="http")
    kept.sources.polled("a", NOW + 30 * HOUR, True, items=30, new=7)
    assert kept.sources.paces(NOW) == {"a": store.Pace(31, 3, 1, 60, 11, 1, 2)}
    assert kept.sources.paces(NOW + HOUR) == {"a": store.Pace(28, 2, 1, 30, 7, 0, 0)}
    assert kept.sources.daily(NOW, NOW + 60 * HOUR) == {"a": [4, 7]}
    assert kept.sources.health()[0].trouble == ""


def test_what_a_server_asked_for_outlives_the_process(kept: store.Store, store_url: str) -> None:
    kept.sources.polled("a", NOW, True)
    kept.lists.asked("a", "https://a/rss", NOW, NOW + HOUR)
    kept.lists.asked("a", "https://a/map", NOW, NOW + 2 * HOUR, "http", "https://b/map")
    other = store.open(store_url)
    assert other.lists.resting("a", NOW + MINUTE) == {"https://a/rss", "https://a/map"}
    assert other.lists.resting("a", NOW + HOUR) == {"https://a/map"}
    assert other.lists.resting("a", NOW - MINUTE) == set(), "a clock set back delays nothing"
    assert other.sources.due({"a": 5 * MINUTE}, NOW + 59 * MINUTE) == []
    assert other.sources.due({"a": 5 * MINUTE}, NOW + HOUR) == ["a"]
    assert [(each.url, each.trouble, each.moved_to) for each in other.lists.all()] == [
        ("https://a/map", "http", "https://b/map"),
        ("https://a/rss", "", None),
    ]
    kept.lists.rest("a", NOW + HOUR + MINUTE)
    assert [each.not_before for each in other.lists.all()] == [NOW + 2 * HOUR, NOW + HOUR + MINUTE]
    kept.lists.asked("a", "https://a/map", NOW + HOUR, NOW + HOUR)
    assert other.lists.all()[0].trouble == "" and other.lists.all()[0].moved_to is None
    kept.sources.put_off("a", NOW + HOUR)
    assert other.sources.due({"a": 5 * MINUTE}, NOW + HOUR + MINUTE) == []
    other.close()


def test_a_network_that_is_down_puts_no_source_off(kept: store.Store) -> None:
    sources = {f"s{number}": 5 * MINUTE for number in range(6)}
    for source in sources:
        kept.sources.polled(source, NOW, True)
    now = NOW
    for _ in range(6 * 12):
        now += 5 * MINUTE
        for source in kept.sources.due(sources, now):
            kept.sources.polled(source, now, False, "mất mạng", trouble="network")
    assert {state.failures for state in kept.sources.health()} == {1}
    back = now + MINUTE
    assert set(kept.sources.due(sources, back + 10 * MINUTE)) == set(sources), "caught up within two intervals"
    kept.sources.polled("s0", back, True)
    for _ in range(3):
        kept.sources.polled("s1", back, False, "mất mạng", trouble="network")
    assert {state.source: state.failures for state in kept.sources.health()}["s1"] == 4, "now it is the source itself"


def test_other_names_of_documents(kept: store.Store) -> None:
    kept.lists.meet("a", ["x", "#123456"], NOW)
    kept.lists.meet("a", ["x"], NOW)
    assert kept.lists.met("a", ["x", "y", "#123456"]) == {"x", "#123456"}
    assert kept.lists.met("b", ["x"]) == set()


def test_runs(kept: store.Store) -> None:
    assert kept.runs.last("digest") is None
    one = kept.runs.start("digest", NOW)
    kept.runs.end(one, NOW + MINUTE, note="5")
    two = kept.runs.start("digest", NOW + MINUTE)
    assert kept.runs.last("digest") == store.Run(two, "digest", NOW + MINUTE, None, None, "")
    assert kept.runs.last("digest", ok=True) == store.Run(one, "digest", NOW, NOW + MINUTE, True, "5")
    kept.runs.end(two, NOW + MINUTE, ok=False, note="hỏng")
    assert kept.runs.last("digest", ok=False).note == "hỏng" and kept.runs.last("send") is None


def test_problems_are_counted_by_what_and_where(kept: store.Store) -> None:
    for hour in range(3):
        for _ in range(2):
            kept.runs.note_problem("date", "bao", f"lần {hour}", NOW + hour * timedelta(hours=1))
    kept.runs.note_problem("date", "x" * 5000, "y" * 5000, NOW)
    first, second = kept.runs.problems(NOW)
    assert first == store.Problem("date", "bao", 6, NOW + timedelta(hours=2), "lần 2")
    assert (second.count, len(second.where), len(second.detail)) == (1, 300, 1000)
    assert [each.count for each in kept.runs.problems(NOW + timedelta(hours=1))] == [4]


def test_a_lease_has_one_holder(kept: store.Store, store_url: str) -> None:
    other = store.open(store_url)
    with (
        kept.leases.hold("collect") as mine,
        other.leases.hold("collect") as theirs,
        kept.leases.hold("gửi thư/x") as free,
    ):
        assert (mine, theirs, free) == (True, False, True)
        with kept.leases.hold("collect") as again:
            assert not again
    with other.leases.hold("collect") as theirs:
        assert theirs
    other.close()


def test_a_dead_holders_lease_is_free_at_once(kept: store.Store, store_url: str) -> None:
    code = f"""
import store
kept = store.open({store_url!r})
with kept.leases.hold("digest") as held:
    print(held, flush=True)
    input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True, cwd=ROOT) as holder:
        assert holder.stdout.readline() == "True\n"
        with kept.leases.hold("digest") as held:
            assert not held
        holder.kill()
        holder.wait()
        assert any(_held(kept) for _ in range(200))


def test_a_lease_outlives_no_server_and_hides_no_error(new_store_url: Callable[[str], str]) -> None:
    """The server goes away while a lease is held: the work's own error comes through, and the lease is free."""
    url = new_store_url("postgresql")
    kept = store.open(url)
    with pytest.raises(StoreUnreachable), kept.leases.hold("seal") as held:
        assert held
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        raise StoreUnreachable("máy chủ vừa dừng")
    with kept.leases.hold("seal") as again:
        assert again
    kept.close()


def _held(kept: store.Store) -> bool:
    with kept.leases.hold("digest") as held:
        return held
