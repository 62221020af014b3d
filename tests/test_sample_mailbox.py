"""The embedded SMTP receiver: what it says it has taken is on the disk, once."""

import smtplib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sample.mailbox import Mailbox, file_name, keep

MAIL = "Message-ID: <{}@mau.example>\r\nSubject: =?utf-8?q?B=E1=BA=A3n_tin?=\r\nTo: a@mau.example\r\n\r\nXin chào\r\n"


def send(box: Mailbox, number: str, recipients: list[str]) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(box.host, box.port, timeout=10) as server:
        return server.sendmail("x@mau.example", recipients, MAIL.format(number).encode())


def test_keeps_each_mail_once(tmp_path: Path) -> None:
    with Mailbox(tmp_path / "thu") as box:
        send(box, "mot", ["a@mau.example"])
        first = box.files()[0].read_bytes()
        send(box, "mot", ["a@mau.example"])
        send(box, "mot", ["b@mau.example"])
        send(box, "hai", ["a@mau.example"])
    assert len(box.files()) == 3 and len(box.repeats) == 1
    assert first == MAIL.format("mot").encode()
    assert {str(mail["Subject"]) for mail in box.messages()} == {"Bản tin"}
    assert {path.suffix for path in (tmp_path / "thu").iterdir()} == {".eml"}


def test_names_do_not_depend_on_the_run(tmp_path: Path) -> None:
    for directory in (tmp_path / "1", tmp_path / "2"):
        with Mailbox(directory) as box:
            send(box, "mot", ["a@mau.example"])
    assert [f.name for f in (tmp_path / "1").iterdir()] == [f.name for f in (tmp_path / "2").iterdir()]


def test_a_refused_recipient_holds_up_nobody_else(tmp_path: Path) -> None:
    with Mailbox(tmp_path, refused=frozenset({"day@mau.example"})) as box:
        refused = send(box, "mot", ["day@mau.example", "a@mau.example"])
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(box, "hai", ["day@mau.example"])
    assert refused["day@mau.example"][0] == 550 and len(box.files()) == 1


def test_a_mail_without_message_id_is_known_by_its_bytes(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as box, smtplib.SMTP(box.host, box.port, timeout=10) as server:
        for _ in range(2):
            server.sendmail("x@mau.example", ["a@mau.example"], b"Subject: x\r\n\r\ny\r\n")
    assert len(box.files()) == 1 and len(box.repeats) == 1


def test_a_disk_that_fails_is_not_answered_with_250(tmp_path: Path) -> None:
    with Mailbox(tmp_path / "thu") as box:
        (tmp_path / "thu").rmdir()
        with pytest.raises(smtplib.SMTPDataError) as failed:
            send(box, "mot", ["a@mau.example"])
    assert failed.value.smtp_code == 500


def test_stopped_mailbox_has_no_port(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _ = Mailbox(tmp_path).port


@given(st.text(min_size=1, max_size=300), st.lists(st.text(max_size=40), max_size=3))
def test_names_are_safe(message_id: str, recipients: list[str]) -> None:
    name = file_name(message_id, recipients)
    assert Path(name).name == name and name.isascii() and not name.startswith((".", "-")) and len(name) < 70
    assert name == file_name(message_id, list(reversed(recipients)))


def test_keep_is_all_or_nothing(tmp_path: Path) -> None:
    assert keep(tmp_path, "a.eml", b"1") and not keep(tmp_path, "a.eml", b"2")
    assert [(f.name, f.read_bytes()) for f in tmp_path.iterdir()] == [("a.eml", b"1")]
