"""Pages that go and come back, and corrections, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import records as r
import store
from tests.store_support import NOW, act, document, settled

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def flagged(kept: store.Store, key: str = "https://bao.example/1", **values: object) -> r.Document:
    return settled(kept, document(key, **values), acts=(act(),))


def test_one_look_removes_nothing_and_a_second_one_hours_later_does(kept: store.Store) -> None:
    key = flagged(kept).key
    assert not kept.documents.missing(key, NOW + DAY, 404) and kept.documents.gone(key) is None
    kept.documents.followed(key, NOW + DAY)
    assert kept.documents.follow_due(NOW + DAY + 6 * HOUR - timedelta(seconds=1), 5) == []
    assert [one.key for one in kept.documents.follow_due(NOW + DAY + 6 * HOUR, 5)] == [key]
    assert not kept.documents.missing(key, NOW + DAY + 5 * HOUR, 410), "too soon"
    assert kept.documents.missing(key, NOW + DAY + 6 * HOUR, 410)
    assert not kept.documents.missing(key, NOW + DAY + 7 * HOUR, 410), "once"
    assert kept.documents.gone(key) == (NOW + DAY, 410)
    (absence,) = kept.documents.absences(key)
    assert absence == r.Absence(404, NOW + DAY, NOW + DAY + 6 * HOUR)


def test_what_is_gone_is_looked_at_again_and_may_come_back(kept: store.Store) -> None:
    one = flagged(kept)
    for hours in (24, 30):
        kept.documents.missing(one.key, NOW + hours * HOUR, 404)
        kept.documents.followed(one.key, NOW + hours * HOUR)
    assert [due.key for due in kept.documents.follow_due(NOW + 7 * DAY, 5)] == [one.key]
    kept.documents.keep(document(one.key, first_seen=NOW + 7 * DAY))
    assert kept.documents.gone(one.key) is None
    assert kept.documents.absences(one.key) == [r.Absence(404, NOW + DAY, NOW + 30 * HOUR, NOW + 7 * DAY)]
    assert not kept.documents.missing(one.key, NOW + 8 * DAY, 404), "a new absence is confirmed anew"
    assert len(kept.documents.absences(one.key)) == 2


def test_a_stumble_of_the_server_is_forgotten_when_the_page_is_there(kept: store.Store) -> None:
    one = flagged(kept)
    kept.documents.missing(one.key, NOW + DAY, 404)
    kept.documents.keep(document(one.key, first_seen=NOW + DAY + 6 * HOUR))
    kept.documents.followed(one.key, NOW + DAY + 6 * HOUR)
    assert kept.documents.follow_due(NOW + 7 * DAY - HOUR, 5) == []
    (absence,) = kept.documents.absences(one.key)
    assert absence.confirmed_at is None and absence.back_at == NOW + DAY + 6 * HOUR


def test_a_second_look_that_gets_no_answer_is_tried_again_for_two_weeks(kept: store.Store) -> None:
    key, now, looks = flagged(kept).key, NOW + DAY, 0
    kept.documents.missing(key, now, 404)
    kept.documents.followed(key, now)
    for _ in range(400):
        now += 2 * HOUR
        if kept.documents.follow_due(now, 5):
            looks += 1
            kept.documents.followed(key, now)  # 503 each time
    assert 40 < looks < 70 and kept.documents.gone(key) is None


def test_relevant_posts_are_looked_at_again_and_other_items_are_not(kept: store.Store) -> None:
    settled(kept, document("dien-dan:post-1", kind="post"))
    settled(kept, document("dien-dan:post-2", kind="post"), relevance=0)
    settled(kept, document("bao"))
    settled(kept, document("sai"), claims=(r.Claim("x", "contradicted", "F1", None, None),))
    assert {one.key for one in kept.documents.follow_due(NOW + DAY, 9)} == {"dien-dan:post-1", "sai"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.lists(st.tuples(st.integers(1, 40), st.sampled_from([404, 410, 200, 503])), max_size=12))
def test_gone_means_two_looks_hours_apart_and_none_between_that_found_it(
    kept: store.Store, looks: list[tuple[int, int]]
) -> None:
    key, now = f"https://bao.example/{hash(tuple(looks))}", NOW
    kept.documents.keep(document(key))
    first: object = None
    for hours, status in looks:
        now += hours * HOUR
        if status == 200:
            kept.documents.keep(document(key, first_seen=now))
            first = None
        elif status in (404, 410):
            kept.documents.missing(key, now, status)
            first = first or now
            if now - first >= 6 * HOUR:  # type: ignore[operator]
                assert kept.documents.gone(key) and kept.documents.gone(key)[0] == first  # type: ignore[index]
        if first is None:
            assert kept.documents.gone(key) is None


def test_a_correction_is_tied_once_and_found_from_both_ends(kept: store.Store) -> None:
    one, two, three = (flagged(kept, f"https://bao.example/{n}") for n in (1, 2, 3))
    link = r.Correction(two.key, one.key, "title", NOW)
    assert kept.corrections.add(link) and not kept.corrections.add(r.Correction(two.key, three.key, "words", NOW))
    assert (
        kept.corrections.of(one.key) == kept.corrections.of(two.key) == [link] and kept.corrections.of(three.key) == []
    )
    assert not kept.corrections.add(r.Correction("unknown", one.key, "link", NOW))
    kept.documents.erase(one.key, by="an", at=NOW)
    assert kept.corrections.of(two.key) == []


def test_earlier_items_of_one_source(kept: store.Store) -> None:
    for days, source in ((1, "bao"), (5, "bao"), (70, "bao"), (2, "khac")):
        kept.documents.keep(
            document(f"{source}-{days}", source=source, published_at=NOW - days * DAY, title=f"T{days}")
        )
    kept.documents.keep(document("untitled", title=None))
    found = kept.documents.earlier("bao", NOW - 60 * DAY, NOW, 10)
    assert found == [("bao-1", "T1"), ("bao-5", "T5")]
    assert kept.documents.earlier("bao", NOW - 60 * DAY, NOW, 1) == [("bao-1", "T1")]


@pytest.mark.parametrize("status", [404, 410])
def test_what_the_source_itself_states_needs_no_second_look(kept: store.Store, status: int) -> None:
    one = flagged(kept)
    kept.documents.mark_gone(one.key, NOW + HOUR, status)
    assert kept.documents.gone(one.key) == (NOW + HOUR, status)
    assert kept.documents.absences(one.key) == [r.Absence(status, NOW + HOUR, NOW + HOUR)]


def test_a_look_without_an_answer_is_taken_again_and_ends_some_time(kept: store.Store) -> None:
    key, now, looks = flagged(kept).key, NOW + DAY, 0
    kept.documents.unanswered(key, now)
    assert kept.documents.follow_due(now + 6 * HOUR - timedelta(seconds=1), 5) == []
    while kept.documents.follow_due(now := now + 6 * HOUR, 5):
        kept.documents.unanswered(key, now)
        looks += 1
    assert now - NOW >= 28 * DAY and looks <= 4 * 28
    kept.documents.unanswered("https://bao.example/khong-co", NOW)
