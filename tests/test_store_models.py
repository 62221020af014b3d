"""The pile of models: what judges, what lies below, who may change it, and what the log says of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

import records as r
import store
from store.models import State
from tests.store_support import NOW, document, settled

HOUR = timedelta(hours=1)
PLAIN = store.Model(
    "lang-nghe-1", "lang-nghe-0", "d1", "0.1+c", "f" * 64, "an", NOW, {"figures": [{"what": "sentiment"}], "sample": 210},
    "in force", "không mặt nào kém đi", "an", NOW,
)  # fmt: skip


def model(number: int, state: State = "in force", hours: int = 0) -> store.Model:
    at = NOW + hours * HOUR
    return replace(PLAIN, version=f"lang-nghe-{number}", data=f"d{number}", at=at, decided_at=at, state=state)


def pile(kept: store.Store) -> list[str]:
    return [one.version for one in kept.models.pile()]


def test_a_model_is_kept_whole_and_once(kept: store.Store) -> None:
    assert kept.models.add(PLAIN) and not kept.models.add(replace(PLAIN, by="binh"))
    assert kept.models.get("lang-nghe-1") == PLAIN == kept.models.made_of("d1")
    assert kept.models.made_of("d2") is None and kept.models.get("lang-nghe-9") is None
    assert [line.what for line in kept.audit_log()] == ["dùng mô hình"]


def test_taking_back_uncovers_what_lies_below(kept: store.Store) -> None:
    for number in (1, 2, 3):
        kept.models.add(model(number, hours=number))
    assert pile(kept) == ["lang-nghe-3", "lang-nghe-2", "lang-nghe-1"]
    assert kept.models.take_back("lang-nghe-3", "quan-tri", NOW + 9 * HOUR, "đọc nhầm nhiều") == "lang-nghe-2"
    assert kept.models.take_back("lang-nghe-1", "quan-tri", NOW + 9 * HOUR, "về bộ gốc") == ""
    assert pile(kept) == []
    back = kept.models.get("lang-nghe-2")
    assert back and (back.state, back.reason, back.decided_by) == ("rolled back", "về bộ gốc", "quan-tri")
    with pytest.raises(r.BadInput, match="không được dùng"):
        kept.models.take_back("lang-nghe-1", "quan-tri", NOW, "")
    assert [line.what for line in kept.audit_log()].count("bỏ mô hình") == 3


def test_a_person_accepts_a_candidate_with_a_reason(kept: store.Store) -> None:
    kept.models.add(model(1))
    kept.models.add(model(2, "candidate", 1))
    with pytest.raises(r.BadInput, match="lý do"):
        kept.models.accept("lang-nghe-2", "quan-tri", NOW + 2 * HOUR, "  ")
    kept.models.accept("lang-nghe-2", "quan-tri", NOW + 2 * HOUR, "đã đọc 50 tin")
    assert pile(kept) == ["lang-nghe-2", "lang-nghe-1"]
    line = kept.audit_log()[0]
    assert (line.who, line.what, line.subject, line.detail) == (
        "quan-tri",
        "dùng mô hình",
        "lang-nghe-2",
        "đã đọc 50 tin",
    )


def test_what_was_put_aside_stays_aside_what_was_taken_back_may_return(kept: store.Store) -> None:
    kept.models.add(model(1, "aside"))
    kept.models.add(model(2, hours=1))
    for wrong in ("lang-nghe-1", "lang-nghe-2", "lang-nghe-7"):
        with pytest.raises(r.BadInput, match="không chờ"):
            kept.models.accept(wrong, "quan-tri", NOW, "thử")
    kept.models.take_back("lang-nghe-2", "quan-tri", NOW, "nhầm")
    kept.models.accept("lang-nghe-2", "quan-tri", NOW, "bấm nhầm")
    assert pile(kept) == ["lang-nghe-2"]


def test_a_later_model_ends_the_wait_of_an_earlier_candidate(kept: store.Store) -> None:
    kept.models.add(model(1, "candidate"))
    kept.models.add(model(2, "candidate", 1))
    first = kept.models.get("lang-nghe-1")
    assert first and first.state == "aside" and "lang-nghe-2" in first.reason
    assert [one.version for one in kept.models.list(1)] == ["lang-nghe-2"]


def test_a_candidate_measured_anew_may_be_promoted(kept: store.Store) -> None:
    kept.models.add(model(1, "candidate"))
    assert kept.models.add(replace(model(1, "in force", 3), data="thêm mẫu"))
    assert pile(kept) == ["lang-nghe-1"] and len(kept.models.list()) == 1


def test_two_who_take_back_at_once_take_one_step_each(kept: store.Store) -> None:
    for number in range(4):
        kept.models.add(model(number, hours=number))

    def back(_: int) -> str:
        try:
            return kept.models.take_back("lang-nghe-3", "quan-tri", NOW, "x")
        except r.BadInput:
            return "trễ"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(back, range(4))) == ["lang-nghe-2", "trễ", "trễ", "trễ"]


def test_changed_answers_are_counted_by_item_and_person(kept: store.Store) -> None:
    for number in range(4):
        settled(kept, document(f"k{number}"))

    def say(key: str, by: str, old: str, new: str, origin: str = "correction", hours: int = 0) -> str:
        label = r.Label(key, "sentiment", old, new, by, NOW + hours * HOUR, "", origin)  # type: ignore[arg-type]
        return kept.labels.add_all([label])

    say("k0", "an", "negative", "neutral")
    say("k1", "an", "negative", "neutral")
    say("k1", "binh", "negative", "neutral", hours=1)
    say("k2", "an", "negative", "positive")
    say("k3", "an", "negative", "negative")
    say("k3", "an", "negative", "positive", "second")
    kept.labels.withdraw(say("k3", "an", "negative", "positive"), "an", NOW)
    found = [(turn.old, turn.new, turn.items, turn.people) for turn in kept.labels.turns(NOW)]
    assert found == [("negative", "neutral", 2, 2), ("negative", "positive", 1, 1)]
    assert [turn.items for turn in kept.labels.turns(NOW + HOUR)] == [1]
    assert {label.by for label in kept.labels.all(since=NOW + HOUR)} == {"binh"}
    assert len(kept.labels.all(origin="second")) == 1 and len(kept.labels.all()) == 6
