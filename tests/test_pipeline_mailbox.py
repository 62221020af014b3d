"""The mailbox of reports, read from a real IMAP conversation on loopback."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

import config
import passwords
from pipeline import clock, mailbox
from pipeline.doors import Rooms, open_all
from records import Officer
from tests.test_pipeline_jobs import NOW, SOURCES
from tests.test_received import image


class Box(socketserver.ThreadingTCPServer):
    """As much of an IMAP server as one reader needs."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails: list[bytes] = []
        self.seen: set[int] = set()


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Any = self.server
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _, said = line.strip().partition(b" ")
            word, *rest = said.split(b" ")
            if word == b"CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif word == b"LOGIN" and b"sai" in said:
                self.wfile.write(tag + b" NO wrong password\r\n")
                continue
            elif word == b"SELECT":
                self.wfile.write(b"* %d EXISTS\r\n" % len(box.mails))
            elif word == b"SEARCH":
                new = [b"%d" % n for n in range(1, len(box.mails) + 1) if n not in box.seen]
                self.wfile.write(b"* SEARCH " + b" ".join(new) + b"\r\n")
            elif word == b"FETCH":
                mail = box.mails[int(rest[0]) - 1]
                self.wfile.write(b"* %s FETCH (BODY[]<0> {%d}\r\n%s)\r\n" % (rest[0], len(mail), mail))
            elif word == b"STORE":
                box.seen.add(int(rest[0]))
            self.wfile.write(tag + b" OK done\r\n")
            if word == b"LOGOUT":
                return


@pytest.fixture
def box() -> Iterator[Box]:
    with Box() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def opened(tmp_path: Path, port: int, password: str = "đúng") -> Any:
    (tmp_path / "nguon.toml").write_text(SOURCES, encoding="utf-8")
    settings = config.Settings(
        data_dir=tmp_path, crawl=config.Crawl(sources=tmp_path / "nguon.toml"), judging=config.Judging(workers=0),
        mailbox=config.Mailbox(host="127.0.0.1", port=port, security="none", username="bao-tin", password=password),
    )  # type: ignore[arg-type]  # fmt: skip
    return open_all(settings, clock.Hand(NOW))


@pytest.fixture
def rooms(tmp_path: Path, box: Box) -> Iterator[Rooms]:
    with opened(tmp_path, box.server_address[1], "dung") as found:
        hashed = passwords.make("mật khẩu đủ dài để thử")
        found.store.officers.add(Officer("hue", "Chị Huế", "Hue@tinh.example", ("province",), "Huế"), hashed)
        found.store.officers.add(Officer("xem", "Xem", "xem@tinh.example", ("viewer",)), hashed)
        yield found


def mail(sender: str = "Chị Huế <hue@tinh.example>", **changes: Any) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = sender, changes.get("subject", "Cuộc gọi lạ")
    made["Message-ID"] = changes.get("id", "<1@tinh.example>")
    made.set_content(changes.get("text", "Đòi nộp tiền giữ thẻ, số 0912345678."))
    if "picture" in changes:
        made.add_attachment(changes["picture"], maintype="image", subtype="png", filename="../x.png")
    return made.as_bytes()


def test_a_mail_of_a_province_becomes_a_report_once(rooms: Rooms, box: Box) -> None:
    box.mails = [mail(picture=image())]
    assert mailbox.receive(rooms) == 1 and box.seen == {1}
    (kept,) = rooms.store.documents.unassessed("m", 9)
    assert (kept.kind, kept.outlet, kept.title) == (
        "report",
        "BHXH Huế",
        "Cuộc gọi lạ",
    ) and "0912345678" not in kept.text
    intake = rooms.store.intakes.get(kept.key)
    assert intake and [name for _, name in intake.files] == ["anh-1.png"] and intake.login == "hue"
    box.seen.clear()  # the process died before the mail was marked
    assert mailbox.receive(rooms) == 0 and rooms.store.documents.count() == 1


@pytest.mark.parametrize(
    "refused",
    [
        mail("Kẻ lạ <la@xa.example>"),
        mail("xem@tinh.example"),
        mail(text=" "),
        mail(picture=b"MZ"),
        b"\xff\xfe rubbish",
        b"From: hue@tinh.example\r\nSubject: x\r\nContent-Type: text/plain; charset=la\r\n\r\nNoi dung\xff",
        b"",
    ],
)
def test_what_is_refused_is_said_and_holds_up_nobody(rooms: Rooms, box: Box, refused: bytes) -> None:
    box.mails = [refused, mail(id="<2@tinh.example>")]
    assert mailbox.receive(rooms) == 1 and box.seen == {1, 2}
    assert [one.what for one in rooms.store.runs.problems(NOW)] == ["mailbox"]


def test_a_mailbox_that_does_not_answer_is_said(tmp_path: Path, box: Box) -> None:
    with opened(tmp_path, box.server_address[1], "sai") as rooms:
        assert mailbox.receive(rooms) == 0
        (problem,) = rooms.store.runs.problems(NOW)
        assert "không đọc được hộp thư" in problem.detail


def test_without_a_mailbox_nothing_is_read(tmp_path: Path) -> None:
    with open_all(config.Settings(data_dir=tmp_path, judging=config.Judging(workers=0)), clock.Hand(NOW)) as rooms:
        assert mailbox.receive(rooms) == 0 and not rooms.store.runs.problems(NOW)
