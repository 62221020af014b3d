"""The product and its watchdog as the real processes, on a forum, mail servers and a dead-man service of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller

import config
from tests.alerts_smtp import Kept
from tests.crawlers_forum_support import post, thread
from tests.crawlers_support import Web, rss, web

PATIENCE, JOB, LATE, LOOK = 12.0, 9.0, 14.0, 0.5
"""seconds: the watchdog's patience with silence, with a job, with what waits; between two of its looks"""
DEADLINE = 120.0
"""seconds any wait may take on a busy machine"""
SCAMS = (
    (
        "Nhận làm thẻ BHYT giả giao tận nơi ở Cà Mau",
        "Bên em nhận làm giả thẻ bảo hiểm y tế, có tem và dấu đỏ như thật, bao quét mã ở bệnh viện huyện. "
        "Giá 2 triệu đồng, nhận hàng mới trả tiền. Ai cần nhắn Zalo.",
    ),
    (
        "Bán giấy chứng nhận nghỉ việc hưởng BHXH có dấu",
        "Cần giấy nghỉ ốm cứ nhắn em, bán giấy chứng nhận nghỉ việc hưởng bảo hiểm xã hội có chữ ký, con dấu phòng "
        "khám, giá 150 nghìn một ngày, không cần đi khám.",
    ),
    (
        "Cài ứng dụng VssID bản mới để nhận hỗ trợ",
        "Bảo hiểm xã hội thông báo người lao động bấm vào đường dẫn vssid-nhantien.top, cài ứng dụng VssID bản mới và "
        "nhập số thẻ ngân hàng, mã OTP để nhận 3 triệu đồng trước 24 giờ hôm nay.",
    ),
    (
        "Làm sổ bảo hiểm xã hội giả cho người thiếu năm đóng",
        "Nhận làm sổ bảo hiểm xã hội giả, ghi đủ hai mươi năm đóng, phôi chuẩn, chữ ký tươi. Chỉ cần gửi căn cước, ba "
        "ngày có sổ, phí 15 triệu.",
    ),
    (
        "Bán bệnh án, giấy ra viện khống",
        "Em bán giấy ra viện giả, bệnh án khống để thanh toán bảo hiểm y tế, đủ mộc đỏ của bệnh viện tuyến tỉnh, lấy "
        "trong ngày, giá 700 nghìn, ship toàn quốc.",
    ),
    (
        "Cần bán hồ sơ thai sản giả",
        "Dịch vụ làm giả hồ sơ hưởng thai sản bảo hiểm xã hội: giấy chứng sinh giả, giấy khám thai giả, bao duyệt. Phí "
        "4 triệu, ai lấy nhắn tin cho em.",
    ),
)
"""(title, text) of posts that ring, each a story of its own"""


class Sink(Kept):
    """A mail server whose answers can be held back: it listens and says nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = Event()
        self.answers.set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        while not self.answers.is_set():
            await asyncio.sleep(0.05)
        answer: str = await super().handle_DATA(server, session, envelope)
        return answer

    def subjects(self) -> list[str]:
        return [str(message_from_bytes(mail.as_bytes(), policy=default)["Subject"]) for mail in self.mails]

    def texts(self) -> list[str]:
        """The text part of each mail."""
        parts = (next(part for part in mail.walk() if part.get_content_type() == "text/plain") for mail in self.mails)
        return [part.get_payload(decode=True).decode() for part in parts]


@contextlib.contextmanager
def sink() -> Iterator[tuple[Sink, int]]:
    kept = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield kept, port
    finally:
        kept.answers.set()
        controller.stop()


def until(true: Callable[[], Any], what: str, deadline: float = DEADLINE) -> None:
    """Waits for `true`; fails naming what did not come."""
    last = time.monotonic() + deadline
    while not true():
        assert time.monotonic() < last, f"chưa thấy: {what}"
        time.sleep(0.05)


@dataclass
class Watched:
    """One installation. `told`: what the watchdog mailed; `taken`: what the product's own server took."""

    home: Path
    forum: Web
    told: Sink
    taken: Sink
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    troubles: int = 0
    """made so far"""

    def begin(self, name: str, *arguments: str) -> None:
        """A process in a group of its own."""
        log = (self.home / f"{name}.log").open("ab")
        environment = config.environment(self.home / "langnghe.toml") | {"PYTHONPATH": os.pathsep.join(sys.path)}
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=self.home, env=environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        log.close()

    def begin_product(self) -> None:
        self.begin("product", "pipeline", "run")

    def begin_watchdog(self) -> None:
        self.begin("watchdog", "pipeline.watchdog", str(self.home / "watchdog.toml"))

    def end(self, name: str) -> None:
        """kill -9 of the process and all it has started."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def signal(self, what: signal.Signals) -> None:
        """To the main process alone."""
        os.kill(self.processes["product"].pid, what)

    def worker(self) -> int:
        """The process that judges."""
        parent = self.processes["product"].pid
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                mother = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if mother == parent and b"spawn_main" in (entry / "cmdline").read_bytes():
                    return int(entry.name)
        raise AssertionError("the product has no worker")

    def publish(self, page: Callable[[Any], None] | None = None) -> str:
        """A new thread on the forum, told to ring; its title. `page`: answers in the place of its page."""
        number = len(self.published) + 1
        title, _ = SCAMS[number - 1]
        now = datetime.now(UTC)
        path = f"/t/rao-vat.{number}/"
        if page:
            self.forum.pages[path] = page
        else:
            self.forum.put(path, self.thread(number))
        self.published.append(title)
        items = [
            (f"{self.forum.base}/t/rao-vat.{n}/", name) for n, name in enumerate(self.published, 1)
        ]  # the date of all is the newest one's
        self.forum.put("/rss", rss(*reversed(items), date=format_datetime(now)))
        return title

    def thread(self, number: int) -> str:
        title, text = SCAMS[number - 1]
        return thread(post(number, text, at=datetime.now(UTC).isoformat(timespec="seconds")), title=title)

    def arrivals(self) -> Counter[str]:
        """Title -> urgent mails taken by the product's server."""
        return Counter(title for title in self.published for text in self.taken.texts() if title in text)

    def arrives(self, title: str) -> None:
        until(lambda: self.arrivals()[title], f"thư khẩn về “{title}”")

    def looks_well(self) -> int:
        """Looks of the watchdog so far at which all was well: each calls the dead-man service."""
        return len(self.forum.paths("/song"))

    def goes_well(self, looks: int = 1) -> None:
        """Waits until all was well at so many looks from now on."""
        wanted = self.looks_well() + looks
        until(lambda: self.looks_well() >= wanted, f"{looks} lượt canh chừng thấy mọi việc ổn")


def settings(home: Path, forum: Web, mail: int, database: str) -> str:
    board = (
        f'[[source]]\nid = "dien-dan"\nname = "Diễn đàn"\nhomepage = "{forum.base}/"\nkind = "post"\ntier = 1\n'
        f'grade = "C"\ninterval = 1\nfeeds = ["{forum.base}/rss"]\narticle = \'/t/[^/]+\\.\\d+\'\n'
    )
    (home / "nguon.toml").write_text(board, encoding="utf-8")
    return f"""data_dir = "var"
database = "{database}"
[crawl]
sources = "nguon.toml"
allow_loopback = ["{forum.host}:{forum.port}"]
delay = 0
timeout = 110
[mail]
port = {mail}
security = "none"
urgent_to = ["truc@langnghe.example"]
timeout = 110
[desk]
port = 0
[judging]
retrain_at = ""
[schedule]
collect = 0.5
digest = 0.5
send = 0.5
tell = 2
"""


def watching(forum: Web, mail: int) -> str:
    return f"""heartbeat = "var/heartbeat"
patience_minutes = {PATIENCE / 60}
job_minutes = {JOB / 60}
late_minutes = {LATE / 60}
look_seconds = {LOOK}
disk_percent = 100
ping = "{forum.base}/song"
[mail]
port = {mail}
security = "none"
sender = "canh-chung@langnghe.example"
alarm_to = ["may@langnghe.example"]
"""


@contextlib.contextmanager
def installation(home: Path, database: str) -> Iterator[Watched]:
    """A running product that has sent its first mail, and a watchdog that finds all well."""
    with web() as forum, sink() as (taken, mail), sink() as (told, alarm):
        forum.put("/song", "ok")
        (home / "langnghe.toml").write_text(settings(home, forum, mail, database), encoding="utf-8")
        (home / "watchdog.toml").write_text(watching(forum, alarm), encoding="utf-8")
        watched = Watched(home, forum, told, taken)
        try:
            first = watched.publish()
            watched.begin_product()
            watched.arrives(first)
            watched.begin_watchdog()
            watched.goes_well()
            yield watched
        finally:
            for name in list(watched.processes):
                watched.end(name)
