"""Calls in bad company: sleepers, bundles, dead channels, items that break, clocks that are set; the whole way, on a clock of
its own. And all of it at random, as a state machine."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

import alerts.mail
from pipeline import clock, ringing, sending
from records import MailRefused, MailUnavailable, Message, Officer, Preferences
from tests.alerts_world import AN, HEAD, MAILBOX, NOW, World, with_people, world_at

HOUR = timedelta(hours=1)
THREAT = "Nhân viên dọa đuổi việc nếu còn hỏi về sổ bảo hiểm của mình tại công ty may ở huyện hôm qua, có ghi âm lại."
SYLLABLES = [start + end for start in "bchklmnpqstv" for end in ("an", "inh", "ong", "uy", "iem", "oat", "ua", "eo")]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    yield from world_at(tmp_path, monkeypatch, clock.Hand(NOW))


def down(_message: Message) -> None:
    raise MailUnavailable("421 quá tải")


def words(chance: Random, number: int) -> str:
    return " ".join("".join(chance.sample(SYLLABLES, 3)) for _ in range(number))


def several(world: World, number: int, clause: str = "3c") -> None:
    """So many stories of their own."""
    chance = Random(number)
    for place in range(number):
        world.article(1000 + place, f"Báo {place}", words(chance, 40), clause, words(chance, 8))


# ---------------------------------------------------------------- sleepers and bundles


@pytest.mark.slow
def test_a_mail_held_for_the_bundle_is_not_late(world: World) -> None:
    several(world, 12)
    for one in world.rooms.store.outbox.list():
        if one.state != "held":
            world.rooms.store.cases.decide(one.documents[0], "acknowledged", "an", world.hand())
    world.run(59)
    assert world.paged == []
    assert [kind for _, kind, _ in world.mails] == ["urgent"] * 10
    world.run(2)
    assert world.mails[-1] == (60, "bundle", MAILBOX)


def test_quiet_hours_are_quiet_and_end(world: World) -> None:
    world.rooms.store.wishes.set(Preferences(MAILBOX, quiet_from="08:00", quiet_to="09:20"), NOW)
    world.article(1, clause="3c")
    world.run(29)
    assert (world.mails, world.paged) == ([(20, "urgent", MAILBOX)], [])


def test_quiet_hours_hold_no_threat_back(world: World) -> None:
    world.rooms.store.wishes.set(Preferences(MAILBOX, quiet_from="08:00", quiet_to="09:20"), NOW)
    world.article(1, text=THREAT, clause="4")
    world.run(1)
    assert world.mails == [(0, "urgent", MAILBOX)]


def test_who_sleeps_stops_no_call(world: World) -> None:
    with_people(world)
    world.rooms.store.officers.add(Officer("an", "An", AN, ("duty_officer",)), "x")
    world.rooms.store.wishes.set(Preferences(AN, quiet_from="08:00", quiet_to="11:00"), NOW)
    world.article(1, clause="3c")
    world.run(31)
    assert world.mails == [(0, "urgent", MAILBOX), (30, "escalation", HEAD)]
    assert world.paged == []


# ---------------------------------------------------------------- dead channels


@pytest.mark.slow
def test_a_server_that_is_down_for_six_hours(world: World) -> None:
    """Ten recipients: one notice by the second channel after ten minutes, and each mail once when the server is back."""
    people = [f"o{place}@bhxh.example" for place in range(9)]
    for place, address in enumerate(people):
        world.rooms.store.officers.add(Officer(f"o{place}", "Cán bộ", address, ("duty_officer",)), "x")
    tries: dict[str, list[float]] = {}

    def six_hours(message: Message) -> None:
        tries.setdefault(f"{message.id} {message.recipient}", []).append(world.minutes())
        if world.minutes() < 360:
            raise MailUnavailable("máy chủ không trả lời")

    world.server = six_hours
    world.article(1)
    world.run(11)
    assert world.paged == [10]
    world.run(349 + 16, every=1)
    urgent = [(at, to) for at, kind, to in world.mails if kind == "urgent"]
    assert {to for _, to in urgent} == {MAILBOX, *people} and len(urgent) == 10
    assert all(360 <= at <= 375 for at, _ in urgent)
    for mail in tries.values():
        assert max(sum(1 for at in mail if start <= at < start + 60) for start in mail) <= 20, "never a spin"
    assert len(world.paged) <= 20 * 6


def test_a_second_channel_that_fails_is_tried_again_and_stops_no_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_people(world)
    tries: list[float] = []

    async def broken(*_: object) -> None:
        tries.append(world.minutes())
        raise RuntimeError("apprise")

    monkeypatch.setattr("alerts.channels.notify", broken)
    world.server = down
    world.article(1)
    world.run(60)
    assert tries[:3] == [10, 13, 16] and len(tries) <= 20
    called = [mail.recipient for mail in world.rooms.store.outbox.list(kind="escalation")]
    assert called == [HEAD], "ten minutes and half an hour"
    monkeypatch.setattr("alerts.channels.notify", world.page)
    world.run(5)
    assert len(world.paged) == 1


def test_dead_letters_make_one_alarm_whatever_dies_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for world in world_at(tmp_path, monkeypatch, clock.Hand(NOW), alarm_to=(AN,)):
        for place in range(20):
            world.rooms.store.officers.add(
                Officer(f"o{place}", "Cán bộ", f"o{place}@x.example", ("duty_officer",)), "x"
            )

        def refuse(message: Message) -> None:
            if message.recipient.startswith("o"):
                raise MailRefused("550 không có hộp thư này")

        world.server = refuse
        world.article(1)

        async def killed(_rooms: object) -> int:
            return 0

        with monkeypatch.context() as patched:  # the process dies after parking, before the alarm
            patched.setattr("pipeline.paging.parked", killed)
            asyncio.run(sending.send(world.rooms))
        assert world.rooms.store.outbox.counts()["dead"] == 20 and world.paged == []
        world.run(1)
        assert world.paged == [0], "one notice for all"
        (alarm,) = [mail for mail in world.taken if mail.kind == "alarm"]
        assert alarm.recipient == AN and "20 thư" in alarm.subject and "o0@x.example" in alarm.text
        assert (0, "urgent", MAILBOX) in world.mails, "who is refused delays nobody else"


def test_a_dead_alarm_goes_by_the_second_channel_and_makes_no_circle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for world in world_at(tmp_path, monkeypatch, clock.Hand(NOW), alarm_to=(AN,)):

        def refuse(_message: Message) -> None:
            raise MailRefused("550 không nhận")

        world.server = refuse
        world.article(1)
        world.run(5)
        assert len(world.paged) == 2, "the urgent mail, then the alarm about it"
        assert world.rooms.store.outbox.counts() == {"dead": 2}


# ---------------------------------------------------------------- items that break, clocks that are set


def test_one_item_that_breaks_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_people(world)
    world.article(1)
    world.article(2, "Báo B", THREAT, "4", "Chuyện khác hẳn ở một công ty may")
    world.run(1)
    get = world.rooms.store.judged.get

    def breaks(key: str) -> object:
        if key.endswith("/1"):
            raise ValueError("một tin hỏng")
        return get(key)

    monkeypatch.setattr(world.rooms.store.judged, "get", breaks)
    world.run(30)
    called = [mail.documents for mail in world.taken if mail.kind == "escalation"]
    assert called == [("https://bao.example/2",)]
    assert any("một tin hỏng" in one.detail for one in world.rooms.store.runs.problems(NOW))


@pytest.mark.parametrize("jump", [-HOUR, HOUR, timedelta(days=3653)])
def test_a_clock_that_is_set_delays_and_doubles_nothing(world: World, jump: timedelta) -> None:
    """Set between the decision and the sending, and set right again an hour later."""
    with_people(world)
    several(world, 5)
    world.hand.set(world.hand() + jump)
    world.look()
    assert [kind for _, kind, _ in world.mails].count("urgent") == 5, "at once, whatever the clock says"
    world.run(60, every=1)
    world.hand.set(world.hand() - jump)
    world.run(60, every=1)
    told = [(mail.id, mail.recipient) for mail in world.taken]
    assert len(told) == len(set(told)), "no mail twice"
    heard = Counter((mail.documents, mail.recipient) for mail in world.taken)
    assert {to for _, to in heard} == {MAILBOX, HEAD} and len(heard) == 10, "and the call went on"
    assert max(heard.values()) <= 2, "at most one repetition for a clock that was set"
    assert len(world.paged) <= 1


def test_a_jump_ten_years_ahead_and_back_while_a_mail_waits_for_its_retry(world: World) -> None:
    world.server = down
    world.article(1)
    world.run(2)
    world.hand.set(world.hand() + timedelta(days=3653))
    world.look()
    world.hand.set(NOW + timedelta(minutes=3))
    world.server = lambda _message: None
    world.run(15)
    kinds = [kind for _, kind, _ in world.mails]
    assert kinds.count("urgent") == 1 and kinds.count("escalation") <= 1


def test_a_long_mail_stays_ours_and_a_dead_senders_is_free_in_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five mails; the server hangs on one for a while: the others go out, and new ones too; the claim is renewed."""
    monkeypatch.setattr(sending, "RENEW", 0.01)
    monkeypatch.setattr(sending, "TICK", 0.01)
    several(world, 5)
    slow = world.rooms.store.outbox.list()[-1].id
    let_go = asyncio.Event()
    plain = world.take

    async def hangs(message: Message, server: alerts.mail.Server, last_step: alerts.mail.LastStep) -> None:
        if message.id == slow:
            world.hand.set(NOW + timedelta(seconds=50))
            await let_go.wait()
        await plain(message, server, last_step)

    monkeypatch.setattr(alerts.mail, "send", hangs)
    claim = world.rooms.store.outbox.claim

    async def run() -> None:
        look = asyncio.create_task(sending.send(world.rooms))
        while len(world.mails) < 4:
            await asyncio.sleep(0.01)
        world.article(7, text=THREAT, clause="4")
        while len(world.mails) < 5:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert claim(NOW + timedelta(seconds=109), sending.LEASE, 10) == [], "renewed at 50 s"
        (heir,) = claim(NOW + timedelta(seconds=111), sending.LEASE, 10)
        assert heir.id == slow
        let_go.set()
        await look
        assert world.rooms.store.outbox.get(slow).state == "sending", "a zombie's word counts no more"  # type: ignore[union-attr]
        assert world.rooms.store.outbox.sent(heir, world.hand())

    asyncio.run(run())


def test_more_than_one_page_of_unanswered_items_is_gone_through(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.telling.PAGE", 3)
    with_people(world)
    several(world, 8)
    world.look()
    world.hand.set(NOW + timedelta(minutes=31))
    asyncio.run(ringing.escalate(world.rooms))
    assert len(world.rooms.store.outbox.list(kind="escalation")) == 8
