"""Every fault a mail server can make, on the whole way from a queued mail to what became of it: what may pass is delivered
once when it has passed, soon and without a spin; what is refused for good is parked and the operator hears of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

import alerts.mail
import config
from pipeline import clock, sending
from pipeline.doors import Rooms, open_all
from records import MailUnavailable
from tests.alerts_smtp import GOOD, half, hang, playing, receiver, reset, scripted, server
from tests.alerts_support import message
from tests.test_crawlers_tls import certificate

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
OFFICER, OPERATOR = "truc-ban@bhxh.example", "quan-tri@bhxh.example"
MAIL = message(kind="urgent", recipient=OFFICER, created_at=NOW)
STEPS = ("banner", "EHLO", "MAIL", "RCPT", "DATA", "dot")
PASSING: dict[str, dict[str, Any]] = {
    "421 banner": {"banner": "421 too busy"},
    "554 banner": {"banner": "554 not you"},
    "450 greylist": {"RCPT": "450 greylisted"},
    "451 after DATA": {"DATA": "451 later"},
    "451 after the dot": {"dot": "451 later"},
    "452 no space": {"RCPT": "452 no space"},
    "half a reply": {"dot": half},
    "a 10 kB line": {"dot": b"250 " + b"x" * 10_000 + b"\r\n"},
    "an endless greeting": {"banner": b"220 " + b"x" * 100_000},
    **{f"hang at {step}": {step: hang} for step in STEPS},
    **{f"reset at {step}": {step: reset} for step in STEPS},
}
FINAL: dict[str, dict[str, Any]] = {
    "550 recipient": {"RCPT": "550 no such user"},
    "552 size at MAIL": {"MAIL": "552 too large"},
    "552 size after the dot": {"dot": "552 too large"},
    "554 content": {"dot": "554 refused"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("smtp")


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    told: list[str] = []

    async def notify(_addresses: object, title: str, _text: str) -> None:
        told.append(title)

    monkeypatch.setattr("alerts.channels.notify", notify)
    yield told


@asynccontextmanager
async def product(tmp_path: Path, *servers: alerts.mail.Server) -> AsyncIterator[tuple[Rooms, clock.Hand]]:
    """The product with these mail servers, in order."""
    first, *others = servers
    relays = tuple(config.Relay(host=one.host, port=one.port, security="none") for one in others)
    settings = config.Settings(
        data_dir=tmp_path, judging=config.Judging(workers=0),
        mail=config.Mail(host=first.host, port=first.port, security="none", timeout=0.3, relays=relays, alarm_to=(OPERATOR,)),
        alerts=config.Alerts(second=("json://127.0.0.1/x",)),  # type: ignore[arg-type]
    )  # fmt: skip
    hand = clock.Hand(NOW)
    with open_all(settings, hand) as rooms:
        yield rooms, hand


async def minutes(rooms: Rooms, hand: clock.Hand, number: int) -> None:
    for _ in range(number):
        await sending.send(rooms)
        hand.set(hand() + timedelta(minutes=1))


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_delivered_once_when_it_has_passed(tmp_path: Path, paged: list[str], fault: str) -> None:
    """Out of order for five minutes: tries after 0, 1 and 3 minutes, delivered with the next, at most four minutes later."""

    async def run() -> None:
        async with playing(**PASSING[fault]) as play:
            assert play.server
            async with product(tmp_path, play.server) as (rooms, hand):
                rooms.store.outbox.add([MAIL])
                await minutes(rooms, hand, 5)
                waiting = rooms.store.outbox.get(MAIL.id)
                assert waiting and (waiting.state, waiting.attempts) == ("queued", 3), waiting
                before = len(play.taken)
                play.answers.update(GOOD)
                await minutes(rooms, hand, 3)
                sent = rooms.store.outbox.get(MAIL.id)
                assert sent and (sent.state, sent.attempts) == ("sent", 4), sent
                assert sent.reply and sent.reply.endswith("kept"), "the server's last line is in the log"
                assert play.taken[before:] == [MAIL.id]
                await minutes(rooms, hand, 30)
                assert len(play.taken) == before + 1, "and never again"
                assert set(play.taken) == {MAIL.id}
        assert paged == []

    asyncio.run(run())


@pytest.mark.parametrize("fault", FINAL)
def test_what_is_refused_for_good_is_parked_and_told(tmp_path: Path, paged: list[str], fault: str) -> None:
    async def run() -> None:
        script = FINAL[fault]
        # the operator's own mailbox takes what is refused for the officer
        named = {OFFICER: script["RCPT"]} if "RCPT" in script else {}
        async with playing(**(script if not named else {}), **named) as play:
            assert play.server
            async with product(tmp_path, play.server) as (rooms, hand):
                rooms.store.outbox.add([MAIL, replace(MAIL, recipient="khac@bhxh.example", id="b@x.example")])
                await minutes(rooms, hand, 1)
                dead = rooms.store.outbox.get(MAIL.id)
                assert dead and dead.state == "dead" and dead.error and "trả lời 55" in dead.error
                (told,) = paged  # in the same look
                assert "thư không gửi được" in told
                if named:
                    assert play.taken == ["b@x.example"], "who is refused delays nobody else"
                await minutes(rooms, hand, 1)
                (alarm,) = rooms.store.outbox.list(kind="alarm")
                assert alarm.recipient == OPERATOR and OFFICER in alarm.text
                await minutes(rooms, hand, 60)
                tries = play.seen.count("MAIL")
                assert tries <= 3, "what is parked is not tried again"

    asyncio.run(run())


@pytest.mark.slow
def test_a_mail_that_waits_for_days_is_never_spun_and_then_parked(tmp_path: Path, paged: list[str]) -> None:
    async def run() -> None:
        async with playing(banner="421 no") as play:
            assert play.server
            async with product(tmp_path, play.server) as (rooms, hand):
                rooms.store.outbox.add([MAIL])
                tries: list[datetime] = []
                for _ in range(6 * 24 * 4):
                    now = rooms.store.outbox.get(MAIL.id)
                    await sending.send(rooms)
                    after = rooms.store.outbox.get(MAIL.id)
                    tries += [hand()] if now and after and after.attempts > now.attempts else []
                    hand.set(hand() + timedelta(minutes=15))
                dead = rooms.store.outbox.get(MAIL.id)
                assert dead and dead.state == "dead"
                assert max(sum(start <= at < start + timedelta(hours=1) for at in tries) for start in tries) <= 20
                assert paged == ["[Lắng Nghe] Cảnh báo vận hành: 1 thư không gửi được"]

    asyncio.run(run())


def test_the_second_relay_takes_what_the_first_does_not(tmp_path: Path, paged: list[str]) -> None:
    async def run() -> None:
        async with playing(banner="421 no") as first, playing() as second:
            assert first.server and second.server
            async with product(tmp_path, first.server, second.server) as (rooms, hand):
                rooms.store.outbox.add([MAIL])
                await minutes(rooms, hand, 1)
                sent = rooms.store.outbox.get(MAIL.id)
                assert sent and sent.state == "sent" and sent.reply
                assert f":{second.server.port} " in sent.reply and second.taken == [MAIL.id]

    asyncio.run(run())


def test_a_relay_that_refuses_for_good_is_believed(tmp_path: Path, paged: list[str]) -> None:
    """A recipient one relay does not know is not shopped around."""

    async def run() -> None:
        async with playing(RCPT="550 no such user") as first, playing() as second:
            assert first.server and second.server
            async with product(tmp_path, first.server, second.server) as (rooms, hand):
                rooms.store.outbox.add([MAIL])
                await minutes(rooms, hand, 1)
                assert second.taken == [] and rooms.store.outbox.counts()["dead"] == 1

    asyncio.run(run())


# ---------------------------------------------------------------- TLS and AUTH


def contexts(place: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's, one that trusts it)."""
    chain, key = certificate(place, name)
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    of_server.load_cert_chain(chain, key)
    return of_server, ssl.create_default_context(cafile=str(chain))


async def give(to: alerts.mail.Server) -> str:
    """Sends MAIL; the loop lives on for a moment, in which the connection closes."""
    try:
        return await alerts.mail.send(MAIL, to)
    finally:
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "trusted", "takes"),
    [("localhost", True, True), ("localhost", False, False), ("khac.example", True, False)],
)
def test_certificates_are_checked(place: Path, security: str, name: str, trusted: bool, takes: bool) -> None:
    of_server, trusting = contexts(place, name)
    options = {"ssl_context": of_server} if security == "tls" else {"tls_context": of_server, "require_starttls": True}
    with receiver(**options) as (kept, to):
        to = replace(to, host="localhost", security=security, tls=trusting if trusted else None)
        if takes:
            assert "OK" in asyncio.run(give(to))
        else:
            with pytest.raises(MailUnavailable, match="máy chủ thư localhost"):
                asyncio.run(give(to))
        assert len(kept.mails) == takes


@pytest.mark.parametrize(("password", "takes"), [("đúng", True), ("sai", False)])
def test_a_password_goes_over_tls_only_and_a_wrong_one_kills_no_mail(place: Path, password: str, takes: bool) -> None:
    of_server, trusting = contexts(place, "localhost")

    def check(_server: object, _session: object, _envelope: object, _way: object, said: Any) -> AuthResult:
        return AuthResult(success=said.password == "đúng".encode(), handled=False)

    options = {"tls_context": of_server, "require_starttls": True, "auth_required": True, "authenticator": check}
    with receiver(**options) as (kept, to):
        to = replace(to, host="localhost", security="starttls", tls=trusting, username="may", password=password)
        if takes:
            asyncio.run(give(to))
        else:
            with pytest.raises(MailUnavailable, match="535"):
                asyncio.run(give(to))
        assert len(kept.mails) == takes


def test_a_tls_handshake_that_fails_may_pass() -> None:
    async def run() -> None:
        async with scripted(EHLO=b"250-hello\r\n250 STARTTLS\r\n", STARTTLS="220 go") as (seen, to):
            with pytest.raises(MailUnavailable):
                await give(replace(to, security="starttls"))
            assert "MAIL" not in seen

    asyncio.run(run())


def test_nobody_listens_on_the_port(tmp_path: Path, paged: list[str]) -> None:
    async def run() -> None:
        async with product(tmp_path, server(9)) as (rooms, hand):
            rooms.store.outbox.add([MAIL])
            await minutes(rooms, hand, 4)
            waiting = rooms.store.outbox.get(MAIL.id)
            assert waiting and (waiting.state, waiting.attempts) == ("queued", 3)

    asyncio.run(run())
