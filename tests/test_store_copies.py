"""One answer for an item and its near-copies, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import store
from records import BadInput, Label, Placement, Reason, Signature
from tests.desk_support import NOW, assessment, document

COPIES, OTHERS = range(10, 40), range(40, 43)


@pytest.fixture
def told(tmp_path: Path) -> store.Store:
    """A story of 30 near-copies and three other reports of the same event."""
    url = f"sqlite:///{tmp_path}/a.db"
    store.create(url)
    kept = store.open(url)
    for number in (*COPIES, *OTHERS):
        one = document(number)
        near = document(number - 1).key if number in COPIES and number > COPIES[0] else None
        placement = Placement("s-1", near, Signature((number,), (1, 2, 3), {"bảo hiểm": 1.0}))
        kept.documents.keep(one)
        assert kept.settle(one, assessment(one.key), placement, Reason("daily", "test", "Lý do."), [], NOW)
    return kept


def tones(kept: store.Store) -> dict[str, int]:
    every = {tone: kept.judged.count(store.Filter(sentiment=tone)) for tone in ("negative", "neutral", "positive")}
    return {tone: count for tone, count in every.items() if count}


def test_an_answer_reaches_thirty_copies_and_is_taken_back(told: store.Store) -> None:
    key = document(COPIES[15]).key
    before = {n: told.judged.get(document(n).key) for n in (*COPIES, *OTHERS)}
    reached = [key, *told.labels.copies(key)]
    assert sorted(reached) == sorted(document(n).key for n in COPIES)
    label = Label(key, "sentiment", "neutral", "negative", "analyst", NOW)
    batch = told.labels.add_all([replace(label, document=one) for one in reached])
    assert tones(told) == {"negative": 30, "neutral": 3}
    with pytest.raises(BadInput, match="hoàn tác"):
        told.labels.withdraw(batch, "another", NOW)
    assert told.labels.withdraw(batch, "analyst", NOW + timedelta(minutes=1)) == 30
    assert tones(told) == {"neutral": 33}
    assert {n: told.judged.get(document(n).key) for n in before} == before
    with pytest.raises(BadInput, match="hoàn tác"):
        told.labels.withdraw(batch, "analyst", NOW)


def test_what_stood_before_stands_again(told: store.Store) -> None:
    key = document(COPIES[0]).key
    first = Label(key, "sentiment", "neutral", "positive", "analyst", NOW)
    told.labels.add(first)
    batch = told.labels.add_all([replace(first, old="positive", new="negative", at=NOW + timedelta(minutes=1))])
    told.labels.withdraw(batch, "analyst", NOW + timedelta(minutes=2))
    judged = told.judged.get(key)
    assert judged is not None and judged.labels == {"sentiment": "positive"} and told.labels.of(key) == [first]


def test_an_answer_for_many_is_all_or_nothing(told: store.Store) -> None:
    good = Label(document(COPIES[0]).key, "sentiment", "neutral", "negative", "analyst", NOW)
    with pytest.raises(BadInput, match="không có tài liệu"):
        told.labels.add_all([good, replace(good, document="https://khong.example/co")])
    assert tones(told) == {"neutral": 33} and told.labels.all() == []
