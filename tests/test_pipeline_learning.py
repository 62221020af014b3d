"""The loop of learning: answers of people become a candidate, which judges only where nothing is lost, and can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from nlp import promotion, weights
from nlp.examples import Example
from nlp.promotion import Answered
from pipeline import clock, jobs, lessons, requests, retraining, shelf
from pipeline.doors import Rooms
from records import Assessment, BadInput, Label, Text
from tests.learning_support import FOREIGN, NEW, NOW, OLD, answered, published, school, texts, weighed, written  # noqa: F401

DAY = timedelta(days=1)
TAUGHT, SAMPLE = list(texts(60, NEW, 30)), list(texts(66, NEW, 31))


@pytest.fixture
def hand() -> clock.Hand:
    return clock.Hand(NOW)


@pytest.fixture
def rooms(tmp_path: Path, weighed: Path, monkeypatch: pytest.MonkeyPatch, hand: clock.Hand) -> Iterator[Rooms]:  # noqa: F811
    with school(tmp_path, weighed, monkeypatch, hand) as opened:
        yield opened


def taught(rooms: Rooms, sample: int = 66) -> str:
    """Sixty answers that teach, so many that measure; what the learning said."""
    published(rooms, [*TAUGHT, *SAMPLE[:sample]])
    answered(rooms.store, TAUGHT)
    answered(rooms.store, SAMPLE[:sample], origin="random")
    return retraining.retrain(rooms, "phan-tich")


def right(rooms: Rooms) -> float:
    """Share of the sample whose tone stands right in the store."""
    keys = {f"https://bao.example/{example.text.id}": example.answers["sentiment"] for example in SAMPLE}
    found = rooms.store.judged.many(keys)
    return sum(one.assessment.sentiment == keys[key] for key, one in found.items()) / len(found)


def test_answers_make_a_better_model_that_judges_from_then_on(rooms: Rooms, hand: clock.Hand) -> None:
    published(rooms, list(texts(9, NEW, 34)))  # of these nobody says anything
    said = taught(rooms)
    assert "từ nay dùng mô hình" in said and "sắc thái" in said
    (row,) = rooms.store.models.pile()
    assert (row.state, row.by, row.base) == ("in force", "phan-tich", weights.version_of(rooms.settings.judging.models))
    assert row.code == retraining.code() and len(row.data) == 64 and row.measured["taught"]["sentiment"] == 60
    assert weights.digest_of(shelf.home(rooms.settings) / row.version) == row.digest
    before = right(rooms)
    figures = rooms.store.figures(NOW - DAY, NOW + DAY, NOW, {})
    rooms.store.reports.freeze("2026-W37", figures, {"bao-cao.html": b"x"}, NOW)
    issued = rooms.store.reports.get("2026-W37")
    figure = next(f for f in row.measured["figures"] if f["what"] == "sentiment" and f["where"] == "sample")
    assert figure["change"]["before"] < 0.7 < 0.9 < figure["change"]["after"] and figure["change"]["low"] > 0
    hand.set(hand() + timedelta(minutes=5))
    assert rooms.model == row.version and jobs.digest(rooms) == 135, "recent documents are judged again"
    assert before < 0.7 < 0.9 < right(rooms)
    assert rooms.store.outbox.list() == [], "a new model sends nothing by itself"
    assert issued and rooms.store.reports.get("2026-W37") == issued, "what was issued stays as it was"
    assert rooms.store.figures(NOW - DAY, NOW + DAY, rooms.clock(), {}).groups != figures.groups, (
        "what is counted now does not"
    )
    assert rooms.store.judged.many([f"https://bao.example/{SAMPLE[0].text.id}"]), "and the answers of people stand"


@pytest.mark.slow
def test_the_same_answers_are_not_learnt_twice(rooms: Rooms) -> None:
    taught(rooms)
    assert "không có nhãn mới" in retraining.retrain(rooms, "phan-tich")
    assert len(rooms.store.models.list()) == 1


@pytest.mark.slow
def test_below_enough_of_the_sample_a_named_person_decides(rooms: Rooms) -> None:
    said = taught(rooms, 57)
    assert "chờ quản trị quyết định" in said and "mới có 5" in said
    (row,) = rooms.store.models.list()
    assert row.state == "candidate" and rooms.weights == shelf.base(rooms.settings)
    rooms.store.models.accept(row.version, "quan-tri", NOW, "đã đọc thử 40 tin")
    assert rooms.weights.directory == shelf.home(rooms.settings) / row.version


@pytest.mark.slow
def test_more_of_the_sample_measures_the_waiting_candidate_anew(rooms: Rooms) -> None:
    taught(rooms, 57)
    published(rooms, SAMPLE[57:])
    answered(rooms.store, SAMPLE[57:], origin="random")
    assert "từ nay dùng" in retraining.retrain(rooms, "phan-tich")
    (row,) = rooms.store.models.list()
    assert row.state == "in force" and row.measured["sample"] > 60


@pytest.mark.slow
def test_what_loses_on_the_challenge_set_stays_aside(rooms: Rooms) -> None:
    written(promotion.CHALLENGE, list(texts(60, NEW, 33, sentiment="neutral", topics=("khac",))))
    said = taught(rooms)
    (row,) = rooms.store.models.list()
    assert row.state == "aside" and "sắc thái trên bộ thử thách giảm" in row.reason and row.reason in said
    with pytest.raises(BadInput, match="không chờ"):
        rooms.store.models.accept(row.version, "quan-tri", NOW, "cứ dùng")
    assert rooms.weights == shelf.base(rooms.settings)


@pytest.mark.slow
def test_only_the_part_that_loses_stays_as_it_was(rooms: Rooms) -> None:
    written(promotion.CHALLENGE, list(texts(60, NEW, 33, sentiment="neutral")))
    said = taught(rooms)
    (row,) = rooms.store.models.pile()
    assert "topic" in row.measured["taught"] and set(row.measured["left"]) == {"sentiment"}
    assert "sắc thái trên bộ thử thách giảm" in row.measured["left"]["sentiment"] and "giữ như cũ: sắc thái" in said
    base, learnt = (weights.load(one.directory).heads for one in (shelf.base(rooms.settings), rooms.weights))
    assert np.array_equal(base["sentiment"].weights, learnt["sentiment"].weights)
    assert not np.array_equal(base["topic"].weights, learnt["topic"].weights)
    change = {f["what"]: f["change"] for f in row.measured["figures"] if f["where"] == "sample"}
    assert change["sentiment"]["before"] == change["sentiment"]["after"] and change["topic"]["low"] > 0


@pytest.mark.slow
def test_taking_back_judges_by_the_model_below(rooms: Rooms, hand: clock.Hand) -> None:
    taught(rooms)
    jobs.digest(rooms)
    (row,) = rooms.store.models.pile()
    assert rooms.store.models.take_back(row.version, "quan-tri", NOW, "đọc nhầm") == ""
    hand.set(hand() + timedelta(minutes=5))
    assert rooms.model == row.base and jobs.digest(rooms) == 126 and right(rooms) < 0.7
    assert "không có nhãn mới" in retraining.retrain(rooms, "phan-tich"), "it does not come back by itself"
    assert rooms.store.models.get(row.version).state == "rolled back"  # type: ignore[union-attr]


def test_nothing_to_learn_from_is_said(rooms: Rooms) -> None:
    published(rooms, SAMPLE[:3])
    answered(rooms.store, SAMPLE[:3], origin="random")
    with pytest.raises(BadInput, match="chưa có nhãn"):
        retraining.retrain(rooms, "phan-tich")
    published(rooms, TAUGHT[:5])
    answered(rooms.store, TAUGHT[:5])
    assert "giữ mô hình cũ" in retraining.retrain(rooms, "phan-tich") and not rooms.store.models.list()


# ---------------------------------------------------------------- what teaches, what measures


def test_the_sample_and_its_stories_never_teach(rooms: Rooms) -> None:
    published(rooms, [*TAUGHT[:4], *SAMPLE[:2]])
    copy = replace(SAMPLE[0], text=replace(SAMPLE[0].text, id="bản-sao"))
    published(rooms, [copy])
    answered(rooms.store, [*TAUGHT[:4], copy])
    answered(rooms.store, SAMPLE[:2], origin="random")
    found = lessons.gather(rooms)
    assert {e.text.id.rsplit("/", 1)[1] for e in found.taught} == {e.text.id for e in TAUGHT[:4]}
    assert {e.text.id.rsplit("/", 1)[1] for e in found.sample} == {e.text.id for e in SAMPLE[:2]}


def test_a_later_correction_changes_no_measure_a_settled_disagreement_does(rooms: Rooms) -> None:
    published(rooms, SAMPLE[:2])
    answered(rooms.store, SAMPLE[:2], origin="random")
    one, other = (f"https://bao.example/{e.text.id}" for e in SAMPLE[:2])
    for key, origin in ((one, "correction"), (other, "decision")):
        rooms.store.labels.add_all([Label(key, "sentiment", "", "positive", "a", NOW + DAY, "", origin)])  # type: ignore[arg-type]
    found = {e.text.id: e.answers["sentiment"] for e in lessons.gather(rooms).sample}
    assert found == {one: SAMPLE[0].answers["sentiment"], other: "positive"} and found[one] != "positive"


def test_each_of_the_sample_stands_for_the_items_it_was_drawn_from(rooms: Rooms) -> None:
    foreign = [replace(e, answers=e.answers | {"relevance": 0}) for e in texts(10, FOREIGN, 32)]
    published(rooms, [*SAMPLE[:8], *foreign])
    assert rooms.store.queues.draw("2026-W37", NOW - DAY, NOW + DAY, "hạt", (4, 2), NOW) == 6
    stand = rooms.store.queues.stand_for()
    answered(
        rooms.store, [e for e in (*SAMPLE, *foreign) if f"https://bao.example/{e.text.id}" in stand], origin="random"
    )
    found = lessons.gather(rooms)
    assert sorted(found.stand) == [2.0] * 4 + [5.0] * 2
    assert {e.answers["relevance"] for e, n in zip(found.sample, found.stand, strict=True) if n == 5} == {0}


def test_errors_told_to_the_reports_are_those_of_the_stream_not_of_the_draw() -> None:
    def read(truth: int, said: int, stands: float) -> Answered:
        given = Assessment("x", "m", said, 0.9)  # type: ignore[arg-type]
        return Answered(Example(Text("x", None, "x", None), {"relevance": truth}, ""), given, given, stands)

    found = [read(2, 2, 1.0)] * 60 + [read(0, 0, 5.0)] * 10 + [read(2, 0, 5.0)] * 10
    assert retraining.errors(found) == {"relevance": {"0": {"0": 25}, "2": {"0": 25, "2": 30}}}


def test_an_answer_that_reached_thirty_copies_counts_once(rooms: Rooms) -> None:
    copies = [replace(TAUGHT[0], text=replace(TAUGHT[0].text, id=f"bản-{n}")) for n in range(30)]
    published(rooms, [*copies, TAUGHT[1]])
    answered(rooms.store, [*copies, TAUGHT[1]])
    answered(rooms.store, copies, by="người-khác", at=NOW + DAY)
    assert len(lessons.gather(rooms).taught) == 2


def test_only_what_a_person_answered_teaches_and_the_last_answer_stands(rooms: Rooms) -> None:
    published(rooms, TAUGHT[:3])
    first, second, third = (f"https://bao.example/{e.text.id}" for e in TAUGHT[:3])

    def say(key: str, task: str, new: str, origin: str = "correction", hours: int = 0) -> str:
        label = Label(key, task, "", new, "a", NOW + timedelta(hours=hours), "", origin)  # type: ignore[arg-type]
        return rooms.store.labels.add_all([label])

    say(first, "sentiment", "negative")
    say(first, "sentiment", "positive", hours=1)
    say(first, "sentiment", "neutral", "second", hours=2)
    say(second, "relevance", "0")
    say(second, "sentiment", "negative")
    rooms.store.labels.withdraw(say(third, "feedback", "praise"), "a", NOW)
    say(third, "acts", "3c:reports:text:0:4;1e:commits")
    found = {e.text.id: dict(e.answers) for e in lessons.gather(rooms).taught}
    assert found[first] == {"sentiment": "positive"}
    assert found[second] == {"relevance": 0, "acts": (), "clauses": ()}
    assert found[third]["clauses"] == (("3c", "reports"), ("1e", "commits")) and "feedback" not in found[third]


# ---------------------------------------------------------------- by night and by request


def test_by_night_it_learns_once_a_day_where_there_is_something_new(rooms: Rooms, hand: clock.Hand) -> None:
    hand.set(NOW.replace(hour=18, minute=30))  # 01:30 in Viet Nam
    assert retraining.nightly(rooms) == ""
    hand.set(hand() + timedelta(hours=1))
    assert "chưa có nhãn" in retraining.nightly(rooms) and retraining.nightly(rooms) == ""
    published(rooms, TAUGHT[:45])
    answered(rooms.store, TAUGHT[:45])
    hand.set(hand() + DAY)
    assert "Học từ 4" in retraining.nightly(rooms)
    assert rooms.store.models.list()[0].by == "tự động"
    hand.set(hand() + DAY)
    assert "không có nhãn mới" in retraining.nightly(rooms)


def test_a_request_of_the_desk_learns_and_says_how_far_it_is(rooms: Rooms) -> None:
    published(rooms, TAUGHT)
    answered(rooms.store, TAUGHT)
    id_ = rooms.store.requests.add("train", {"what": ""}, "phan-tich", NOW)
    asyncio.run(requests.answer(rooms))
    done = rooms.store.requests.get(id_)
    assert done and done.state == "done" and "Học từ 5" in (done.result or {})["text"] and done.progress
    assert rooms.store.models.list()[0].by == "phan-tich"


def test_two_do_not_learn_at_once(rooms: Rooms) -> None:
    with rooms.store.leases.hold("train") as held:
        assert held
        with pytest.raises(BadInput, match="đang huấn luyện"):
            retraining.retrain(rooms, "phan-tich")


@pytest.mark.slow
def test_files_of_no_model_go_those_in_force_stay(rooms: Rooms) -> None:
    stale = shelf.home(rooms.settings) / "lang-nghe-cu"
    stale.mkdir(parents=True)
    taught(rooms)
    assert [place.name for place in shelf.home(rooms.settings).iterdir()] == [rooms.store.models.pile()[0].version]


def test_stories_that_become_one_are_no_news_of_people(rooms: Rooms) -> None:
    published(rooms, TAUGHT)
    answered(rooms.store, TAUGHT)
    found = lessons.gather(rooms)
    assert replace(found, taught=found.taught[1:]).digest() == found.digest()
    assert replace(found, answered=found.answered[1:]).digest() != found.digest()
