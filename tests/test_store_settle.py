"""Settling: one write with everything, once for each model and wording, and stories that keep their ids."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

import records as r
import store
from tests.store_support import DAILY, NONE, NOW, URGENT, act, assessment, document, message, settled, signature

HOUR = timedelta(hours=1)


def test_everything_is_written_once(kept: store.Store) -> None:
    one = document()
    kept.documents.keep(one)
    answer = assessment(one, acts=(act(),), claims=(r.Claim("q", "contradicted", "f1", "75", "Đ64"),))
    placed = r.Placement("s1", None, signature(1, 2**64 - 1, hưu=1.0))
    mails = [message("<1@x>", "a@x"), message("<1@x>", "b@x")]
    assert kept.settle(one, answer, placed, URGENT, mails, NOW, [r.Indicator("domain", "b.vn", "b…")])
    for again in (answer, replace(answer, sentiment="positive")):
        assert not kept.settle(one, again, placed, URGENT, mails, NOW + HOUR)
    found = kept.judged.get(one.key)
    assert found.assessment == answer and found.reason == URGENT and found.judged_at == NOW
    assert found.case == r.Case(one.key, "new", NOW)
    assert found.story == r.Story("s1", one.title, NOW, NOW, 1, 1, told_urgent_at=NOW)
    assert [mail.recipient for mail in kept.outbox.list()] == ["b@x", "a@x"]
    assert len(kept.cases.indicators(one.key, "an", NOW)) == 1


def test_a_failure_leaves_nothing_behind(kept: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one = document()
    kept.documents.keep(one)

    def broken(*_: object) -> int:
        raise OSError("power")

    with monkeypatch.context() as patched:
        patched.setattr("store.outbox.add", broken)
        with pytest.raises(OSError, match="power"):
            kept.settle(one, assessment(one, acts=(act(),)), r.Placement("s1", None, signature(1)), URGENT, [], NOW)
    assert kept.judged.get(one.key) is None and kept.stories.get("s1") is None and kept.cases.get(one.key) is None
    assert [d.key for d in kept.documents.unassessed("m1", 9)] == [one.key]


def test_a_fault_at_any_statement_leaves_all_or_nothing(kept: store.Store) -> None:
    """The n-th statement fails, for n = 1, 2, 3, ... until a run passes untouched."""
    one, placed = document(), r.Placement("s", None, signature(1, 2, hưu=1.0))
    kept.documents.keep(one)
    answer = assessment(one, acts=(act(),))
    engine, count, n = kept._database.engine, [0], 0

    def fail(*_: object) -> None:
        count[0] += 1
        if count[0] == n:
            raise RuntimeError("fault")

    done = False
    while not done:
        count[0], n = 0, n + 1
        event.listen(engine, "before_cursor_execute", fail)
        try:
            done = kept.settle(one, answer, placed, URGENT, [message()], NOW)
        except RuntimeError:
            done = False
        event.remove(engine, "before_cursor_execute", fail)
        whole = kept.judged.get(one.key) is not None
        assert whole == done == bool(kept.outbox.list()) == bool(kept.stories.get("s")) == bool(kept.cases.get(one.key))
        assert bool(kept.documents.unassessed("m1", 1)) != done
        assert done or n < 60
    assert n > 15


def test_words_that_changed_meanwhile_are_not_settled(kept: store.Store) -> None:
    one = document()
    kept.documents.keep(one)
    kept.documents.keep(replace(one, body="khác"))
    assert not kept.settle(one, assessment(one), None, DAILY, [message()], NOW)
    assert kept.outbox.list() == [] and kept.judged.get(one.key) is None
    assert not kept.settle(document("unknown"), assessment(one), None, DAILY, [message()], NOW)


def test_a_new_model_and_a_rolled_back_one(kept: store.Store) -> None:
    one = settled(kept, document(), model="m1")
    for place, (model, sentiment) in enumerate([("m2", "positive"), ("m1", "neutral")], 1):
        assert [d.key for d in kept.documents.unassessed(model, 9)] == [one.key]
        answer = assessment(one, model, sentiment=sentiment)
        assert kept.settle(one, answer, r.Placement(one.key, None, signature()), DAILY, [], NOW + place * HOUR)
        assert kept.judged.get(one.key).assessment.sentiment == sentiment
    assert kept.stories.get(one.key).documents == 1


def test_irrelevant_has_no_story(kept: store.Store) -> None:
    one = document()
    kept.documents.keep(one)
    empty = r.Assessment(one.key, "m1", 0, 0.01)
    assert kept.settle(one, empty, None, NONE, [], NOW)
    found = kept.judged.get(one.key)
    assert (found.story, found.case, found.assessment) == (None, None, empty)


def test_a_story_grows_and_counts_outlets(kept: store.Store) -> None:
    for place, outlet in enumerate(["A", "A", "B", "C"]):
        settled(kept, document(f"k{place}", outlet=outlet, first_seen=NOW + place * HOUR), story="s")
    found = kept.stories.get("s")
    assert (found.documents, found.outlets, found.first_at, found.last_at) == (4, 3, NOW, NOW + 3 * HOUR)
    assert {d.key for d in kept.stories.members("s")} == {"k0", "k1", "k2", "k3"}
    mover = kept.documents.get("k3")
    kept.settle(mover, assessment(mover, "m2"), r.Placement("t", None, signature()), DAILY, [], NOW)
    assert (kept.stories.get("s").documents, kept.stories.get("s").outlets) == (3, 2)
    assert kept.stories.get("t").documents == 1


def test_merging_keeps_the_told_id_and_leaves_an_alias(kept: store.Store) -> None:
    settled(kept, document("a", outlet="A"), story="new")
    settled(kept, document("b", outlet="B"), URGENT, "told", (message(),))
    settled(kept, document("c", outlet="C"), placement=r.Placement("new", "b", signature(), 0.8, ("told",)))
    found = kept.stories.get("new")
    assert found == kept.stories.get("told")
    assert (found.id, found.documents, found.outlets, found.told_urgent_at) == ("told", 3, 3, NOW)
    assert {d.key for d in kept.stories.members("new")} == {"a", "b", "c"}
    settled(kept, document("d"), story="new")
    settled(kept, document("e"), story="third")
    settled(kept, document("f"), placement=r.Placement("third", "d", signature(), 0.8, ("new",)))
    assert {kept.stories.get(id_).id for id_ in ("new", "told", "third")} == {"told"}
    assert kept.stories.get("third").documents == 6


def test_a_likeness_never_merges_a_story_that_rang_with_one_that_did_not(kept: store.Store) -> None:
    settled(kept, document("a"), URGENT, "rang", (message(),))
    for key in ("quiet", "calm"):
        settled(kept, document(f"first of {key}"), story=key)
    settled(kept, document("b"), placement=r.Placement("quiet", None, signature(), 0.2, ("rang", "calm")))
    assert kept.stories.get("quiet") == kept.stories.get("calm") and kept.stories.get("quiet").documents == 3
    assert kept.stories.get("quiet").told_urgent_at is None and kept.stories.get("rang").documents == 1


def test_a_merge_with_a_story_that_nobody_knows_does_no_harm(kept: store.Store) -> None:
    settled(kept, document("a"), placement=r.Placement("s", None, signature(), 0.8, ("nobody", "s")))
    assert kept.stories.get("s").documents == 1


def test_concurrent_settling_doubles_nothing(kept: store.Store) -> None:
    items = [document(f"k{place}", outlet=f"O{place % 3}") for place in range(12)]
    for one in items:
        kept.documents.keep(one)

    def settle(one: r.Document) -> bool:
        placed = r.Placement("s", None, signature(7))
        return kept.settle(one, assessment(one), placed, URGENT, [message(f"<{one.key}@x>")], NOW)

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(settle, items * 3))
    assert done.count(True) == 12
    assert (kept.stories.get("s").documents, kept.stories.get("s").outlets) == (12, 3)
    assert len(kept.outbox.list(100)) == 12


def test_candidates_share_a_band_or_a_heavy_term(kept: store.Store) -> None:
    marks = {
        "band": signature(1, 2),
        "both": signature(1, 3, lương=0.9),
        "term": signature(9, lương=1.0),
        "none": signature(8),
    }
    for place, (key, mark) in enumerate(marks.items()):
        placed = r.Placement(key, None, mark)
        settled(
            kept, document(key, first_seen=NOW + place * HOUR), placement=placed, provinces=("Huế",) if place else ()
        )
    found = kept.stories.candidates(signature(1, 3, lương=1.0), NOW - HOUR)
    assert [each.document for each in found] == ["both", "band", "term"]
    assert [each.signature for each in found] == [marks["both"], marks["band"], marks["term"]]
    assert [each.province for each in found] == ["Huế", None, "Huế"] and found[0].seen_at == NOW + HOUR
    assert [each.document for each in kept.stories.candidates(signature(1), NOW + HOUR)] == ["both"]
    assert [each.document for each in kept.stories.candidates(signature(1), NOW, limit=1)] == ["both"]
    assert kept.stories.candidates(signature(), NOW) == []


def test_a_candidate_names_the_story_in_force(kept: store.Store) -> None:
    settled(kept, document("a"), placement=r.Placement("s", None, signature(5)))
    settled(kept, document("b"), placement=r.Placement("t", None, signature(6), 0.9, ("s",)))
    assert [each.story for each in kept.stories.candidates(signature(5), NOW - HOUR)] == ["t"]
