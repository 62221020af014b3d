"""The engine's pure half: the next step of a call, follow-ups, silences, the roster, quiet hours; over all clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import roster
from alerts import escalation, followups, quiet, rules
from alerts.escalation import PATIENCE, REPEAT, WAIT, Step
from records import Officer, Preferences, Shift, Silence, Telling, Told
from tests.alerts_support import NOW, act, assessment, document, facts, story

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CHAIN = ("chung@bhxh.example", "an@bhxh.example", "binh@bhxh.example", "truong@bhxh.example")


def told(
    recipient: str = CHAIN[0], queued: datetime = NOW, after: timedelta | None = MINUTE, **changes: object
) -> Told:
    accepted = None if after is None else queued + after
    return replace(Told(recipient, queued, accepted, None, f"id-{recipient}"), **changes)  # type: ignore[arg-type]


def step(*mails: Told, at: timedelta) -> Step | None:
    return escalation.step(mails, CHAIN, NOW + at)


# ---------------------------------------------------------------- the call goes on


def test_the_clock_starts_when_the_server_said_250() -> None:
    late = told(after=9 * MINUTE)
    assert step(late, at=WAIT + 8 * MINUTE) is None
    assert step(late, at=WAIT + 9 * MINUTE) == Step("next", (CHAIN[1],), number=1, minutes=30)


def test_what_the_server_has_not_taken_goes_by_the_second_channel_once() -> None:
    waiting = told(after=None)
    assert escalation.unheard([waiting], NOW + PATIENCE - MINUTE) == ()
    assert escalation.unheard([waiting, told()], NOW + PATIENCE) == (waiting,)
    seconded = replace(waiting, second_at=NOW + PATIENCE)
    assert escalation.unheard([seconded], NOW + PATIENCE) == ()
    assert step(seconded, at=PATIENCE + MINUTE) is None
    assert step(seconded, at=PATIENCE + WAIT) == Step("next", (CHAIN[1],), number=1, minutes=30)


def test_two_dead_channels_stop_no_call() -> None:
    waiting = told(after=None)
    assert step(waiting, at=PATIENCE + WAIT - MINUTE) is None
    assert step(waiting, at=PATIENCE + WAIT) == Step("next", (CHAIN[1],), number=1, minutes=30)
    assert escalation.unheard([waiting], NOW + PATIENCE + WAIT) == (waiting,), "and the second channel is still tried"


def test_nobody_waits_for_who_is_asleep_and_their_mail_is_not_late() -> None:
    asleep = told(CHAIN[1], after=None, planned_at=NOW + 8 * HOUR)
    assert escalation.unheard([asleep], NOW + 7 * HOUR) == ()
    assert escalation.unheard([asleep], NOW + 8 * HOUR + PATIENCE) == (asleep,)
    assert step(told(), asleep, at=WAIT + MINUTE) == Step("next", (CHAIN[2],), number=1, minutes=30)
    assert step(asleep, at=WAIT) == Step("next", (CHAIN[0],), number=1, minutes=30), "all are asleep: somebody is woken"


def test_what_waits_for_the_bundle_is_neither_late_nor_called() -> None:
    held = told(after=None, held=True)
    assert escalation.unheard([held], NOW + HOUR) == ()
    assert step(held, at=HOUR) is None


def test_the_whole_chain_is_called_and_then_again() -> None:
    mails = [told(address, NOW + number * WAIT) for number, address in enumerate(CHAIN)]
    last = 3 * WAIT + MINUTE
    assert step(*mails, at=last + REPEAT - MINUTE) is None
    assert step(*mails, at=last + REPEAT) == Step("repeat", CHAIN, number=4, minutes=240)


@pytest.mark.parametrize("jump", [-HOUR, HOUR, timedelta(days=3653)])
def test_a_clock_that_jumps_causes_no_storm_and_no_silence(jump: timedelta) -> None:
    """The clock jumps after the first mail; whatever it says, each person is called once, and the call goes on."""
    mails, now, calls = [told()], NOW + 5 * MINUTE + jump, 0
    for _ in range(6 * 60):
        found = escalation.step(mails, CHAIN, now)
        if found and found.action == "next":
            calls += 1
            mails.append(told(found.recipients[0], now, timedelta(0)))
        now += MINUTE
    assert {mail.recipient for mail in mails} == set(CHAIN)
    assert calls == len(CHAIN) - 1


class Incident:
    """One incident on a clock of its own: a mail server and a second channel that fail at random, quiet hours, bundles,
    restarts, jumps of the clock, and maybe an answer."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.now = NOW
        self.answer = self.chance.choice([None, self.chance.randrange(1, 400)])
        self.down = self.chance.choice([0.0, 0.0, 0.5, 0.95, 1.0])
        self.second_down = self.chance.choice([0.0, 0.0, 0.9, 1.0])
        held, asleep = self.chance.random() < 0.1, self.chance.random() < 0.1
        planned = NOW + 2 * HOUR if asleep else None
        self.mails = [told(after=None, held=held, planned_at=planned)]
        self.calls: list[tuple[datetime, Step]] = []

    def minute(self, number: int) -> bool:
        """Whether the incident is still nobody's."""
        jump = self.chance.random()
        self.now += MINUTE + (timedelta(hours=self.chance.choice([-1, 1])) if jump < 0.002 else timedelta(0))
        if self.chance.random() < 0.1:  # the process was down for this minute
            return True
        self.mails = [self._sent(mail, number) for mail in self.mails]
        heard = any(mail.accepted_at or mail.second_at for mail in self.mails)
        if self.answer is not None and number >= self.answer and heard:
            return False
        late = escalation.unheard(self.mails, self.now)
        if late and self.chance.random() > self.second_down:
            self.mails = [replace(mail, second_at=self.now) if mail in late else mail for mail in self.mails]
        found = escalation.step(self.mails, CHAIN, self.now)
        if found is not None:
            self.calls.append((self.now, found))
            self.mails += [told(address, self.now, None) for address in found.recipients]
        return True

    def _sent(self, mail: Told, number: int) -> Told:
        mail = replace(mail, held=mail.held and number < 60)
        due = not mail.held and (mail.planned_at is None or mail.planned_at <= self.now)
        goes = mail.accepted_at is None and due and self.chance.random() > self.down
        return replace(mail, accepted_at=self.now) if goes else mail


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_incidents_end_acknowledged_or_with_everybody_called(number: int) -> None:
    """None ends unacknowledged and unescalated: all of the chain was called, and heard it where any channel works."""
    lost, unheard, calls = [], [], 0
    for seed in range(number):
        incident = Incident(seed)
        if not all(incident.minute(number) for number in range(8 * 60)):
            continue
        calls += len(incident.calls)
        if {mail.recipient for mail in incident.mails} < set(CHAIN):
            lost.append(seed)
        reached = {mail.recipient for mail in incident.mails if mail.accepted_at or mail.second_at}
        if (incident.down < 1 or incident.second_down < 1) and not set(CHAIN) <= reached:
            unheard.append(seed)
    assert (lost, unheard) == ([], [])
    assert calls > number, "the incidents do escalate"


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=10_000))
def test_nobody_is_called_twice_within_the_wait(seed: int) -> None:
    incident = Incident(seed)
    for number in range(600):
        if not incident.minute(number):
            break
    calls = [found.recipients for _, found in incident.calls if found.action == "next"]
    assert len(set(calls)) == len(calls)


# ---------------------------------------------------------------- follow-ups


LAST = Telling("s", NOW, 0, 1, 1, ("1e",))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Telling("s", NOW + HOUR, -1, 1, 2, ("1e", "4")), "hành vi khác"),
        (Telling("s", NOW + HOUR, -1, 3, 9, ("1e",)), "có 3 nguồn đăng (9 bài), lần báo trước là 1 nguồn"),
        (Telling("s", NOW + HOUR, -1, 1, 2, ("1e",), corrected=True), "bác bỏ hoặc đính chính"),
        (Telling("s", NOW + HOUR, -1, 1, 1, ("1e",), gone=True), "gỡ khỏi nguồn"),
    ],
)
def test_a_story_is_told_again_when_something_material_changed(state: Telling, words: str) -> None:
    reason = followups.changed(LAST, state, facts())
    assert reason is not None
    assert words in reason.text
    after = followups.told(LAST, state)
    assert followups.changed(after, replace(state, at=state.at + timedelta(days=2)), facts()) is None, "and only once"


@pytest.mark.parametrize(
    "state",
    [
        Telling("s", NOW + HOUR, -1, 1, 9, ("1e",)),
        Telling("s", NOW + HOUR, -1, 2, 9, ("1e",)),
        Telling("s", NOW + 29 * MINUTE, -1, 30, 500, ("1e", "4")),
    ],
)
def test_reprints_and_haste_are_no_news(state: Telling) -> None:
    assert followups.changed(LAST, state, facts()) is None


# ---------------------------------------------------------------- silences


def silence(scope: str, value: str, **changes: object) -> Silence:
    made = Silence(1, scope, value, "đã nắm, đang xử lý", "lan", NOW - HOUR, NOW + HOUR)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "held",
    [
        silence("outlet", "Báo Mẫu"), silence("clause", "1e"), silence("story", "s1"), silence("topic", "luong_huu"),
        silence("province", "Huế"),
    ],
)  # fmt: skip
def test_a_silence_holds_a_ring_back_and_says_who_why_and_until_when(held: Silence) -> None:
    judged = assessment(acts=(act(),), topics=("luong_huu",), provinces=("Huế",))
    of = story(id="s1")
    reason = rules.decide(document(), judged, of, None, NOW, facts(), silences=[held])
    assert (reason.decision, reason.code) == ("daily", "silenced")
    assert "08:00 26/11/2026" in reason.text and "đang xử lý (lan)" in reason.text
    for other in (
        replace(held, ended_by="lan"),
        replace(held, end=NOW),
        replace(held, start=NOW + MINUTE),
        replace(held, value="khác"),
    ):
        assert rules.decide(document(), judged, of, None, NOW, facts(), silences=[other]).decision == "urgent"


# ---------------------------------------------------------------- people


AN, BINH, CHI = (
    Officer(name, name.title(), f"{name}@bhxh.example", ("duty_officer",)) for name in ("an", "binh", "chi")
)
HEAD = Officer("truong", "Trưởng", "truong@bhxh.example", ("leader",))


def shift(login: str, start: int, end: int, kind: str = "duty", substitute: str | None = None) -> Shift:
    return Shift(0, login, kind, NOW + start * HOUR, NOW + end * HOUR, substitute, "quan")  # type: ignore[arg-type]


def names(officers: list[Officer]) -> list[str]:
    return [officer.login for officer in officers]


def test_who_is_on_duty() -> None:
    team = [AN, BINH, CHI]
    assert names(roster.on_duty([], team, NOW)) == ["an", "binh", "chi"], "an hour without a shift is everybody's"
    assert names(roster.on_duty([shift("binh", -1, 1)], team, NOW)) == ["binh"]
    away = [shift("binh", -1, 1), shift("binh", -9, 9, "leave", "chi")]
    assert names(roster.on_duty(away, team, NOW)) == ["chi"]
    assert names(roster.on_duty([shift("binh", -1, 1), shift("binh", -9, 9, "leave")], team, NOW)) == ["an", "chi"]
    circle = [shift("an", -1, 1), shift("an", -9, 9, "leave", "binh"), shift("binh", -9, 9, "leave", "an")]
    assert names(roster.on_duty(circle, team, NOW)) == ["chi"]
    everyone = [shift(login, -9, 9, "leave") for login in ("an", "binh", "chi")]
    assert names(roster.on_duty(everyone, team, NOW)) == ["an", "binh", "chi"], "somebody must hear it"


def test_the_order_of_a_call() -> None:
    away = [shift("binh", -1, 1), shift("an", -9, 9, "leave")]
    assert names(roster.chain(away, [AN, BINH, CHI], [HEAD], NOW)) == ["binh", "chi", "truong"]
    assert names(roster.chain([], [], [HEAD], NOW)) == ["truong"]


def test_hours_nobody_covers() -> None:
    day = (NOW + 7 * HOUR).date()  # 26/11 in Viet Nam begins at NOW - 7 h
    covered = [shift("an", -7, 1), shift("binh", 3, 17)]
    assert list(roster.gaps(covered, day, 1)) == [(NOW + HOUR, NOW + 3 * HOUR)]
    assert list(roster.gaps([*covered, shift("binh", 0, 17, "leave")], day, 1)) == [(NOW + HOUR, NOW + 17 * HOUR)]
    assert list(roster.gaps([*covered, shift("binh", 0, 17, "leave", "chi")], day, 1)) == [(NOW + HOUR, NOW + 3 * HOUR)]


def test_quiet_hours_end_in_the_morning_and_hold_no_threat_back() -> None:
    wish = Preferences("an@bhxh.example", quiet_from="22:00", quiet_to="06:30")
    evening = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)  # 23:00 in Viet Nam
    morning = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert quiet.due(evening, wish, urgent=False) == morning
    assert quiet.due(evening + 4 * HOUR, wish, urgent=False) == morning
    assert quiet.due(morning, wish, urgent=False) == morning
    assert quiet.due(evening, wish, urgent=True) == evening
    assert quiet.due(evening, None, urgent=False) == evening
    assert quiet.always([act("4")]) and quiet.always([act("1e")])
    assert not quiet.always([act("3a"), act("4", mode="reports")])


def test_one_bundle_an_hour() -> None:
    assert not quiet.bundle_due(None, NOW, NOW + 59 * MINUTE)
    assert quiet.bundle_due(None, NOW, NOW + HOUR)
    assert not quiet.bundle_due(NOW + 30 * MINUTE, NOW, NOW + 89 * MINUTE)
    assert quiet.bundle_due(NOW + 30 * MINUTE, NOW, NOW + 90 * MINUTE)
    assert quiet.bundle_due(NOW + timedelta(days=3653), NOW - HOUR, NOW), "stamped by a clock that ran ahead"
