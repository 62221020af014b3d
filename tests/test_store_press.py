"""The press register and the versions of a case, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

import records as r
import store
from tests.store_support import NOW, document

DAY = timedelta(days=1)


def line(kind: str, at=NOW, **given) -> r.PressEntry:
    return r.PressEntry(kind, at, "Việc", "an", at, **given)  # type: ignore[arg-type]


def test_the_register_gives_back_what_was_written(kept: store.Store) -> None:
    wrote = line("request", party="Báo Thử", text="Hỏi\x00", document="a", deadline="x", due_at=NOW + DAY)
    number = kept.press.add(wrote)
    (found,) = kept.press.of("a")
    assert found == replace(wrote, id=number, text="Hỏi\ufffd")
    assert kept.press.list(kind="reply") == [] and kept.press.running() == [found]
    done = kept.press.done(number, "binh", NOW + DAY, "đã trả lời")
    assert (done.done_by, done.done_note) == ("binh", "đã trả lời") and kept.press.running() == []
    with pytest.raises(r.Overtaken, match="binh"):
        kept.press.done(number, "an", NOW + DAY)
    with pytest.raises(r.BadInput):
        kept.press.done(number + 1, "an", NOW)


def test_the_six_indicators_are_counted(kept: store.Store) -> None:
    for key in "abc":
        kept.documents.keep(document(key))
    for kind in ("conference", "briefing", "briefing", "statement"):
        kept.press.add(line(kind))
    asked = [kept.press.add(line("request", due_at=NOW + 2 * DAY)) for _ in range(3)]
    kept.press.done(asked[0], "an", NOW + DAY)
    kept.press.done(asked[1], "an", NOW + 3 * DAY)
    kept.press.add(line("forwarded", due_at=NOW + 30 * DAY))
    letter = kept.press.add(line("correction", due_at=NOW + DAY))
    kept.press.add(line("reply"))
    kept.press.done(letter, "an", NOW + DAY)
    kept.press.add(line("briefing", NOW - 2 * DAY))
    kept.press.add(line("briefing", NOW + 20 * DAY))
    kept.cases.decide("a", "confirmed", "an", NOW)
    kept.cases.decide("a", "confirmed", "an", NOW)
    kept.cases.decide("c", "dismissed", "an", NOW)
    for key, late in (("a", 23), ("b", 25)):
        kept.cases.impact_confirmed(key, "an", NOW)
        kept.cases.first_statement(key, "an", NOW + timedelta(hours=late))
    kept.cases.impact_confirmed("c", "an", NOW)
    counted = kept.press.counts(NOW - DAY, NOW + 10 * DAY, NOW + 5 * DAY)
    assert counted == r.PressCounts(
        conferences=1, briefings=2, requests=4, requests_answered=2, requests_late=2, incidents=3, incidents_stated=2,
        incidents_on_time=1, wrong=1, letters=2, letters_answered=1,
    )  # fmt: skip
    early = kept.press.counts(NOW - DAY, NOW + 10 * DAY, NOW + timedelta(hours=24))
    assert (early.incidents_stated, early.requests_answered, early.requests_late) == (1, 1, 0)
    assert kept.press.counts(NOW + 40 * DAY, NOW + 41 * DAY, NOW + 41 * DAY) == r.PressCounts(*[0] * 11)


def test_of_many_at_once_one_decides(kept: store.Store) -> None:
    kept.documents.keep(document("a"))

    def decide(number: int) -> bool:
        try:
            kept.cases.decide("a", "confirmed", f"người {number}", NOW, seen=0)
        except r.Overtaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(decide, range(8))) == 1
    assert len(kept.cases.steps("a")) == 2 and kept.cases.get("a").version == 1


def test_who_acknowledges_later_undoes_nothing(kept: store.Store) -> None:
    kept.documents.keep(document("a"))
    assert kept.cases.acknowledge("a", "an", NOW).by == "an"
    assert kept.cases.acknowledge("a", "binh", NOW + DAY).by == "an"
    kept.cases.decide("a", "dismissed", "an", NOW)
    assert kept.cases.acknowledge("a", "binh", NOW + DAY).status == "dismissed"


def test_drafts_stay_with_their_case_and_go_with_its_item(kept: store.Store) -> None:
    kept.documents.keep(document("a"))
    number = kept.cases.file("a", "bao-cao-nhanh.docx", b"PK\x00", "an", NOW)
    assert [one.name for one in kept.cases.files("a")] == ["bao-cao-nhanh.docx"]
    assert kept.cases.content("a", number) == ("bao-cao-nhanh.docx", b"PK\x00")
    assert kept.cases.content("b", number) is None
    kept.documents.erase("a", by="an", at=NOW)
    assert kept.cases.content("a", number) is None
    with pytest.raises(r.BadInput):
        kept.cases.file("a", "x", b"", "an", NOW)
