"""The scenarios of Prometheus Alertmanager's acceptance tests, by their names, on the whole way from a judged document to a
mail taken by the server: exactly these mails, in exactly these windows. The clock is handed in; the server is a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from pipeline import clock
from records import MailRefused, MailUnavailable, Message
from tests.alerts_world import AN, HEAD, MAILBOX, NOW, World, with_people, world_at


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    yield from world_at(tmp_path, monkeypatch, clock.Hand(NOW))


def test_merge(world: World) -> None:
    """Copies by other outlets belong to the story that rang: one mail."""
    world.article(1, "Báo A")
    world.article(2, "Báo B")
    world.run(20)
    assert world.mails == [(0, "urgent", MAILBOX)]


@pytest.mark.slow
def test_repeat(world: World) -> None:
    """Nobody answers: the head after half an hour; all of the chain every four hours from then on."""
    with_people(world)
    world.article(1)
    world.run(9 * 60, every=1)
    assert world.mails == [
        (0, "urgent", MAILBOX),
        (30, "escalation", HEAD),
        (270, "escalation", MAILBOX),
        (270, "escalation", HEAD),
        (510, "escalation", MAILBOX),
        (510, "escalation", HEAD),
    ]


def test_retry(world: World) -> None:
    """The server says "later" for five minutes: once, at the first try after it recovers, under the same id."""

    def greylist(_message: Message) -> None:
        if world.minutes() < 5:
            raise MailUnavailable("450 thử lại sau")

    world.server = greylist
    world.article(1)
    (queued,) = world.rooms.store.outbox.list()
    world.run(20)
    assert world.mails == [(7, "urgent", MAILBOX)], "tried at 0, 1, 3 and 7 minutes"
    assert world.taken[0].id == queued.id
    assert world.rooms.store.outbox.get(queued.id) is not None
    assert world.rooms.store.outbox.get(queued.id).reply == "250 kept"  # type: ignore[union-attr]


@pytest.mark.slow
def test_batching(world: World) -> None:
    """Five hundred near-identical articles of thirty outlets in a minute: one urgent mail, one follow-up, all reachable."""
    for number in range(500):
        world.article(number, f"Báo {number % 30}")
        world.hand.set(NOW + timedelta(seconds=60 * (number + 1) / 500))
    world.run(28)
    assert [kind for _, kind, _ in world.mails] == ["urgent"]
    world.run(300, every=1)
    told = [(at, kind) for at, kind, _ in world.mails if kind != "escalation"]
    assert told == [(1, "urgent"), (30, "followup")]
    assert "30 nguồn đăng (500 bài)" in world.taken[1].text
    judged = world.rooms.store.judged.get(world.taken[0].documents[0])
    assert judged and judged.story and len(world.rooms.store.stories.members(judged.story.id)) == 500


@pytest.mark.slow
def test_resolved(world: World) -> None:
    """Acknowledged by anybody, the call ends; the removal of the page is told once."""
    with_people(world)
    found = world.article(1)
    world.run(10)
    world.rooms.store.cases.decide(found.key, "acknowledged", "an", world.hand())
    world.run(100)
    world.rooms.store.documents.mark_gone(found.key, world.hand(), 404)
    world.run(100)
    assert world.mails == [(0, "urgent", MAILBOX), (110, "followup", MAILBOX)]
    assert "gỡ khỏi nguồn" in world.taken[1].text


def test_cold_start(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product dies between the decision and the mail: after the start it goes out once."""
    world.article(1)
    later = clock.Hand(NOW + timedelta(minutes=6))
    for again in world_at(tmp_path, monkeypatch, later):
        again.run(2)
        assert again.mails == [(6, "urgent", MAILBOX)]
    assert world.mails == []


def test_reload(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other recipients after a change of settings: what was told is not told again; they hear what is new."""
    world.article(1)
    world.run(1)
    for again in world_at(tmp_path, monkeypatch, clock.Hand(NOW + timedelta(minutes=5)), alarm_to=(AN,)):
        again.run(20)
        assert again.mails == []
        again.run(10)
        assert again.mails == [(30, "escalation", AN)]


@pytest.mark.slow
def test_sink_timeout(world: World) -> None:
    """The server hangs for four hours: the second channel after ten minutes, once; the mail within a quarter of an hour of
    its return, once."""
    tries = []

    def hang(_message: Message) -> None:
        if world.minutes() < 240:
            tries.append(world.minutes())
            raise MailUnavailable("không trả lời kịp thời gian")

    world.server = hang
    world.article(1)
    world.run(260, every=1)
    assert world.paged == [10]
    (at, kind, recipient), *later = world.mails
    assert (kind, recipient) == ("urgent", MAILBOX) and 240 <= at <= 255
    assert all(kind == "escalation" for _, kind, _ in later)
    assert len(tries) <= 20 * 4


def test_silence(world: World) -> None:
    """No mail while it lasts, at most one look after its end; ended early it rings early; old news stays quiet."""
    silences = world.rooms.store.silences
    hour = timedelta(hours=1)
    id_ = silences.add("outlet", "Báo A", "đang xử lý", "an", NOW, NOW + 9 * hour, NOW)
    world.article(1)
    world.run(120, every=1)
    assert world.mails == []
    silences.end(id_, "an", world.hand())
    world.run(5)
    assert world.mails == [(120, "urgent", MAILBOX)]
    silences.add("clause", "4", "đang xử lý", "an", world.hand(), world.hand() + 30 * hour, world.hand())
    world.article(2, "Báo C", "Nhân viên dọa đuổi việc nếu còn hỏi về sổ bảo hiểm của mình tại công ty may.", "4")
    world.hand.set(world.hand() + 31 * hour)
    world.run(5)
    assert [kind for _, kind, _ in world.mails if kind == "urgent"] == ["urgent"], "31 hours later it is no news"
    assert world.rooms.store.audit_intact()


def test_inhibit(world: World) -> None:
    """What is told holds its copies back, also under other clauses' rank; another act in the story is told as news."""
    world.article(1, "Báo A")
    world.run(40)
    world.article(2, "Báo B", clause="3c")
    world.run(5)
    kinds = [kind for _, kind, _ in world.mails if kind != "escalation"]
    assert kinds == ["urgent", "followup"]
    assert "hành vi khác" in world.taken[-1].text or "hành vi khác" in world.taken[-2].text
    world.article(3, "Báo C")
    world.run(5)
    assert [kind for _, kind, _ in world.mails if kind != "escalation"] == kinds


@pytest.mark.slow
def test_the_eleventh_of_a_day_waits_for_the_bundle_but_a_threat_does_not(world: World) -> None:
    chance = Random(1)
    starts = (*"bcdghklmnprstvx", "ng", "nh", "ph", "qu", "th", "tr")
    words = [
        start + end for start in starts for end in ("an", "inh", "ong", "uy", "iem", "oat", "ua", "eo", "ich", "up")
    ]

    def some(number: int) -> str:
        return " ".join(f"{word}{chance.randrange(10**6)}" for word in chance.sample(words, number))

    for number in range(14):
        world.article(100 + number, f"Báo {number}", some(40), "3c" if number < 13 else "4", some(8))
        world.run(1)
    told = [kind for _, kind, _ in world.mails if kind != "escalation"]
    assert told == ["urgent"] * 11, "ten, and the threat"
    world.run(58)
    (bundle,) = [mail for mail in world.taken if mail.kind == "bundle"]
    assert len(bundle.documents) == 3
    assert world.rooms.store.outbox.counts().get("held") is None
    world.hand.set(NOW + timedelta(hours=16))  # another day
    world.article(200, "Báo Z", some(40), "3c", some(8))
    world.look()
    assert "https://bao.example/200" in [mail.documents[0] for mail in world.taken if mail.kind == "urgent"]


def test_a_refused_recipient_is_parked_and_the_operator_hears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for world in world_at(tmp_path, monkeypatch, clock.Hand(NOW), alarm_to=(AN,)):

        def refuse(message: Message, world: World = world) -> None:
            if message.recipient == MAILBOX:
                raise MailRefused("550 không có hộp thư này")

        world.server = refuse
        world.article(1)
        world.run(1)
        assert (world.paged == [0] and world.mails == [(0, "alarm", AN)]) or world.mails == [(0.5, "alarm", AN)]
        assert world.rooms.store.outbox.counts()["dead"] == 1
