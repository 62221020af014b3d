"""Answers given in bad faith, through the desk as any analyst gives them: they are caught, or they do no harm."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import nlp.judge
import store
from desk import app
from nlp.examples import Example
from pipeline import clock, requests
from pipeline.doors import Rooms
from records import Officer
from tests.desk_support import HASH, PASSWORD, token
from tests.learning_support import NEW, NOW, OLD, answered, published, school, texts, weighed  # noqa: F401

pytestmark = pytest.mark.slow

TAUGHT, SAMPLE = list(texts(120, NEW, 40)), list(texts(66, NEW, 41))
UNSEEN = [*texts(90, NEW, 42), *texts(90, OLD, 43)]
OTHER = {"negative": "positive", "neutral": "negative", "positive": "neutral"}


@pytest.fixture
def hand() -> clock.Hand:
    return clock.Hand(NOW)


@pytest.fixture
def rooms(tmp_path: Path, weighed: Path, monkeypatch: pytest.MonkeyPatch, hand: clock.Hand) -> Iterator[Rooms]:  # noqa: F811
    with school(tmp_path, weighed, monkeypatch, hand) as opened:
        for login in ("that-tha", "pha-hoai"):
            opened.store.officers.add(Officer(login, login, f"{login}@thu.example", ("analyst",), None), HASH)
        published(opened, [*TAUGHT, *SAMPLE])
        answered(opened.store, SAMPLE, origin="random")
        yield opened


class Analyst:
    """A signed-in browser."""

    def __init__(self, rooms: Rooms, login: str) -> None:
        self.rooms = rooms
        desk = app.create(rooms.settings, rooms.store, rooms.knowledge, rooms.clock)
        self.client = TestClient(desk, base_url=rooms.settings.public_url, follow_redirects=False)
        assert self.client.post("/dang-nhap", data={"login": login, "password": PASSWORD}).status_code == 303
        self.token = token(self.client.get("/may-da-hoc").text)

    def say(self, found: Sequence[Example], **other: str) -> None:
        """The true tone of each, or another."""
        for example in found:
            address = f"/tin/{store.short_id(f'https://bao.example/{example.text.id}')}/nhan"
            form = {
                "task": "sentiment",
                "new": other.get(tone := example.answers["sentiment"], tone),
                "token": self.token,
            }
            assert self.client.post(address, data=form).status_code == 303

    def learn(self) -> str:
        """What came of a learning asked for on the page."""
        assert self.client.post("/may-da-hoc/hoc", data={"token": self.token}).status_code == 303
        asyncio.run(requests.answer(self.rooms))
        return str((self.rooms.store.requests.list()[0].result or {})["text"])

    def page(self) -> str:
        return self.client.get("/may-da-hoc").text


def right(rooms: Rooms, found: Sequence[Example] = UNSEEN) -> float:
    """Share of unseen items whose tone the weights in force read rightly."""
    judge = nlp.judge.load(rooms.knowledge, rooms.weights.directory, digest=rooms.weights.digest)
    said = judge.assess([example.text for example in found])
    return sum(a.sentiment == e.answers["sentiment"] for a, e in zip(said, found, strict=True)) / len(found)


def test_one_account_that_flips_five_in_a_hundred_does_no_harm(rooms: Rooms, hand: clock.Hand) -> None:
    before = right(rooms)
    Analyst(rooms, "that-tha").say(TAUGHT)
    hand.set(hand() + timedelta(minutes=5))
    Analyst(rooms, "pha-hoai").say(TAUGHT[::20], **OTHER)
    said = Analyst(rooms, "that-tha").learn()
    assert "từ nay dùng mô hình" in said and before < 0.7 < 0.95 < right(rooms)


def test_five_in_a_hundred_all_of_one_class_do_no_harm(rooms: Rooms, hand: clock.Hand) -> None:
    Analyst(rooms, "that-tha").say(TAUGHT)
    hand.set(hand() + timedelta(minutes=5))
    Analyst(rooms, "pha-hoai").say([e for e in TAUGHT if e.answers["sentiment"] == "negative"][:6], negative="positive")
    Analyst(rooms, "that-tha").learn()
    assert right(rooms) > 0.95


def test_an_account_that_flips_most_is_caught_and_shown(rooms: Rooms, hand: clock.Hand) -> None:
    """The knob turned all the way: were the gate not there, this model would judge."""
    before = right(rooms)
    poisoner = Analyst(rooms, "pha-hoai")
    poisoner.say(TAUGHT, **OTHER)
    said = poisoner.learn()
    assert "không dùng mô hình" in said and "sắc thái trên mẫu ngẫu nhiên giảm" in said
    assert right(rooms) == before and rooms.store.models.list()[0].state == "aside"
    assert "kém đi" in poisoner.page() and "để riêng" in poisoner.page()


def test_a_class_that_vanishes_is_caught(rooms: Rooms) -> None:
    """Everything negative is relabelled neutral, also what the machine reads rightly."""
    old = [e for e in UNSEEN[90:] if e.answers["sentiment"] == "negative"]
    found = [*texts(90, OLD, 45)]
    published(rooms, found)
    before = right(rooms, old)
    poisoner = Analyst(rooms, "pha-hoai")
    poisoner.say([*found, *TAUGHT], negative="neutral")
    assert "không dùng mô hình" in poisoner.learn()
    assert right(rooms, old) == before == 1


def test_the_measure_cannot_be_bent_by_correcting_what_chance_chose(rooms: Rooms, hand: clock.Hand) -> None:
    before = right(rooms)
    poisoner = Analyst(rooms, "pha-hoai")
    hand.set(hand() + timedelta(minutes=5))
    poisoner.say([*TAUGHT, *SAMPLE], **OTHER)
    assert "không dùng mô hình" in poisoner.learn() and right(rooms) == before


def test_saying_the_same_many_times_teaches_nothing_more(rooms: Rooms, hand: clock.Hand) -> None:
    honest = Analyst(rooms, "that-tha")
    honest.say(TAUGHT)
    honest.learn()
    model, share = rooms.model, right(rooms)
    poisoner = Analyst(rooms, "pha-hoai")
    for _ in range(20):
        hand.set(hand() + timedelta(seconds=10))
        poisoner.say(TAUGHT[:2])
    assert "không có nhãn mới" in honest.learn() and (rooms.model, right(rooms)) == (model, share)


def test_a_false_answer_in_forty_copies_weighs_as_one(rooms: Rooms, hand: clock.Hand) -> None:
    copies = [replace(TAUGHT[0], text=replace(TAUGHT[0].text, id=f"bản-{n}")) for n in range(40)]
    published(rooms, copies)
    Analyst(rooms, "that-tha").say(TAUGHT)
    Analyst(rooms, "pha-hoai").say(copies, **OTHER)
    Analyst(rooms, "that-tha").learn()
    assert rooms.store.models.list()[0].measured["taught"]["sentiment"] <= len(TAUGHT) + 1 and right(rooms) > 0.95
