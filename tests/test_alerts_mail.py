"""alerts.mail against real sockets: what is sent, what a server may answer, when it is tried again."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts import mail
from alerts.plain import one_line
from records import Attachment, MailRefused, MailUnavailable
from tests.alerts_smtp import close, half, hang, receiver, reset, scripted, server
from tests.alerts_support import NOW, message

OURS = {
    "from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress", "mime-version",
    "content-type",
}  # fmt: skip


def parsed(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_mail_arrives_as_it_was_written() -> None:
    report = Attachment("Báo cáo tuần.docx", "application/vnd.openxmlformats", b"PK\x03\x04")
    with receiver() as (kept, to):
        asyncio.run(mail.send(replace(message(), attachments=(report,)), to))
    (got,) = (parsed(one.as_bytes()) for one in kept.mails)
    assert got["Subject"] == "Bản tin ngày 26/11/2026"
    assert got["Message-ID"] == "<8f14e45f-ceea-567f-a830-0d9d2e7b0001@langnghe.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["From"].addresses[0].addr_spec == "lang-nghe@bhxh.example"
    assert got.get_body(("plain",)).get_content().splitlines() == ["Xin chào", ".", "Dòng có dấu chấm"]
    assert got.get_body(("html",)).get_content().strip() == "<p>Xin chào</p>"
    (file,) = got.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Báo cáo tuần.docx", b"PK\x03\x04")


def test_a_retry_is_the_same_bytes() -> None:
    first, second = (mail.build(message(), "a@b.example").as_bytes() for _ in range(2))
    assert first == second


@given(st.text(max_size=400), st.text(max_size=40))
def test_no_text_can_add_a_header_or_a_long_line(subject: str, name: str) -> None:
    attachment = Attachment(name or "x", "text/plain", b"x")
    raw = mail.build(replace(message(), subject=subject, attachments=(attachment,)), "a@b.example").as_bytes()
    got = parsed(raw)
    assert {key.lower() for key in got} == OURS
    assert len(got.get_all("subject")) == 1
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@given(st.lists(st.sampled_from(["chữ", "ký", "(văn", "bản,", "BHXH", "of", "x" * 60, "127.0.0.1:25"]), max_size=24))
@example(["BHXH", "BHXH", "x" * 60])
def test_a_subject_keeps_its_spaces(words: list[str]) -> None:
    """Wherever it is folded, and for readers that decode one encoded word after the other."""
    written = mail.build(replace(message(), subject=" ".join(words)), "a@b.example")
    raw = written.as_bytes()
    assert parsed(raw)["Subject"] == written["Subject"]
    assert str(make_header(decode_header(email.message_from_bytes(raw)["Subject"]))) == written["Subject"]
    assert written["Subject"] == one_line(" ".join(words), mail.SUBJECT)
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: x@y.example", "\u2028X: y", "\x85X: y", "\x00", "\u202egnp.exe", "🔥\ufe0f", "ạ" * 5000]
)
def test_hostile_subjects_become_one_bounded_line(evil: str) -> None:
    got = parsed(mail.build(replace(message(), subject=f"Tin {evil}"), "a@b.example").as_bytes())
    assert {key.lower() for key in got} == OURS - {"x"}
    assert len(got["subject"]) <= mail.SUBJECT
    assert not set(got["subject"]) & set("\r\n\x00\u2028\x85\u202e")


@pytest.mark.parametrize(
    "address", ["", "khong-phai", "a@b\r\nBcc: c@d", "a b@c.example", "ngườitrực@bhxh.example", "a@b\n"]
)
def test_an_impossible_address_is_refused_before_any_connection(address: str) -> None:
    with pytest.raises(MailRefused):
        asyncio.run(mail.send(replace(message(), recipient=address), server(9)))


def test_one_refused_recipient_delays_nobody_else() -> None:
    with receiver(refuse={"nghi@bhxh.example": "550 no such user"}) as (kept, to):
        with pytest.raises(MailRefused, match="550 no such user"):
            asyncio.run(mail.send(replace(message(), recipient="nghi@bhxh.example"), to))
        asyncio.run(mail.send(message(), to))
    assert [one["To"] for one in kept.mails] == ["truc-ban@bhxh.example"]


FAULTS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"banner": "421 too busy"}, MailUnavailable),
    ({"banner": "554 not you"}, MailUnavailable),
    ({"banner": hang}, MailUnavailable),
    ({"banner": reset}, MailUnavailable),
    ({"EHLO": "421 closing", "HELO": "421 closing"}, MailUnavailable),
    ({"EHLO": reset}, MailUnavailable),
    ({"MAIL": "451 later"}, MailUnavailable),
    ({"MAIL": "550 sender unknown"}, MailUnavailable),
    ({"MAIL": "552 too large"}, MailRefused),
    ({"MAIL": reset}, MailUnavailable),
    ({"RCPT": "450 greylisted"}, MailUnavailable),
    ({"RCPT": "452 no space"}, MailUnavailable),
    ({"RCPT": "550 no such user"}, MailRefused),
    ({"RCPT": hang}, MailUnavailable),
    ({"RCPT": reset}, MailUnavailable),
    ({"DATA": "451 later"}, MailUnavailable),
    ({"DATA": "554 no"}, MailRefused),
    ({"DATA": hang}, MailUnavailable),
    ({"dot": "451 later"}, MailUnavailable),
    ({"dot": "552 too large"}, MailRefused),
    ({"dot": "554 spam"}, MailRefused),
    ({"dot": hang}, MailUnavailable),
    ({"dot": reset}, MailUnavailable),
    ({"dot": half}, MailUnavailable),
    ({"dot": b"250 " + b"x" * 10_000 + b"\r\n"}, MailUnavailable),
    ({"dot": b"no number\r\n"}, MailUnavailable),
]


@pytest.mark.parametrize(("script", "error"), FAULTS, ids=[f"{next(iter(s))}-{i}" for i, (s, _) in enumerate(FAULTS)])
def test_every_fault_gets_its_verdict(script: dict[str, Any], error: type[Exception]) -> None:
    async def run() -> None:
        async with scripted(**script) as (_, to):
            with pytest.raises(error, match="máy chủ thư 127"):
                await mail.send(message(), to)

    asyncio.run(run())


@pytest.mark.parametrize("goodbye", ["500 no", reset, close, half])
def test_after_acceptance_nothing_counts_any_more(goodbye: Any) -> None:
    async def run() -> list[str]:
        async with scripted(QUIT=goodbye) as (seen, to):
            await mail.send(message(), to)
            return seen

    assert "." in asyncio.run(run())


def test_nobody_listens() -> None:
    with pytest.raises(MailUnavailable):
        asyncio.run(mail.send(message(), server(9)))


def test_starttls_is_demanded_not_hoped_for() -> None:
    async def run() -> list[str]:
        async with scripted() as (seen, to):
            with pytest.raises(MailUnavailable):
                await mail.send(message(), replace(to, security="starttls"))
            return seen

    assert "MAIL" not in asyncio.run(run())


def test_a_wrong_password_refuses_no_mail_for_good() -> None:
    async def run() -> None:
        async with scripted(EHLO=b"250-hello\r\n250 AUTH PLAIN\r\n", AUTH="535 bad") as (_, to):
            with pytest.raises(MailUnavailable, match="535"):
                await mail.send(message(), replace(to, username="u", password="p"))

    asyncio.run(run())


def test_the_same_parts_give_the_same_id() -> None:
    one = mail.message_id("daily", "2026-11-26", "a@b.example", domain="d.example")
    assert one == mail.message_id("daily", "2026-11-26", "a@b.example", domain="d.example")
    assert one != mail.message_id("daily", "2026-11-2", "6a@b.example", domain="d.example")
    assert one.endswith("@d.example")


def test_back_off_is_soon_then_bounded_then_ends() -> None:
    delays = []
    attempts = 1
    while (at := mail.retry_at(attempts, NOW)) is not None:
        delays.append(at - NOW)
        attempts += 1
    assert delays[:6] == [timedelta(minutes=m) for m in (1, 2, 4, 8, 15, 15)]
    assert all(later >= earlier for earlier, later in pairwise(delays))
    assert delays[-1] == timedelta(hours=1)
    assert timedelta(days=4, hours=22) < sum(delays, timedelta()) <= timedelta(days=5)
    assert mail.retry_at(10_000, NOW) is None
    assert mail.retry_at(0, NOW) == mail.retry_at(1, NOW)
