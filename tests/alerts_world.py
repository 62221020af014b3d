"""A product on a clock of its own with a mail server that is a list: what the tests of ringing, calling and time stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import alerts.mail
import config
from nlp import stories
from pipeline import clock, ringing, sending, settling
from pipeline.doors import Rooms, open_all
from records import Document, Message, Officer, Text
from tests.alerts_support import act, assessment

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # Thursday, 09:00 in Viet Nam
MAILBOX, AN, HEAD = "chung@bhxh.example", "an@bhxh.example", "truong@bhxh.example"
TEXT = (
    "Người dân cần tải ngay ứng dụng VssID 4.0 tại địa chỉ lạ để được nhận tiền hỗ trợ trước ngày 30 tháng 11, ai chậm sẽ"
    " bị khóa tài khoản và phải nộp phí mở lại; thông báo có đóng dấu đỏ nhưng không ghi số văn bản nào cả."
)


@dataclass
class World:
    """A product on a clock of its own. `mails`: (minutes since the beginning, kind, recipient), as the server took them."""

    rooms: Rooms
    hand: clock.Hand
    mails: list[tuple[float, str, str]] = field(default_factory=list)
    taken: list[Message] = field(default_factory=list)
    server: Callable[[Message], None] = lambda _message: None
    paged: list[float] = field(default_factory=list)

    def minutes(self) -> float:
        return round((self.hand() - NOW) / timedelta(minutes=1), 1)

    async def take(self, message: Message, _server: alerts.mail.Server, last_step: alerts.mail.LastStep) -> None:
        self.server(message)
        self.mails.append((self.minutes(), message.kind, message.recipient))
        self.taken.append(message)
        await last_step.end("250 kept")

    async def page(self, _addresses: object, _title: str, _text: str) -> None:
        self.paged.append(self.minutes())

    def article(
        self,
        number: int,
        outlet: str = "Báo A",
        text: str = TEXT,
        clause: str = "1e",
        title: str = "Thông báo tải VssID",
    ) -> Document:
        """An article of now, judged and settled."""
        key, now = f"https://bao.example/{number}", self.hand()
        found = Document(key, "post", "bao", outlet, key, title, None, text, now, now)
        self.rooms.store.documents.keep(found)
        said = assessment(acts=(act(clause, rule=f"{clause}.commits"),), relevance=2)
        signature = stories.signature(Text(key, found.title, found.text, now.date(), "post"))
        settling.settle(self.rooms, found, replace(said, id=key), signature)
        return found

    def run(self, minutes: float, every: float = 0.5) -> None:
        """Let time pass, the jobs looking every half minute."""
        end = self.hand() + timedelta(minutes=minutes)
        while self.hand() < end:
            self.look()
            self.hand.set(min(self.hand() + timedelta(minutes=every), end))
        self.look()

    def look(self) -> None:
        asyncio.run(ringing.escalate(self.rooms))
        for job in (ringing.follow_up, ringing.bundle, ringing.unsilence):
            job(self.rooms)
        asyncio.run(sending.send(self.rooms))


def world_at(directory: Path, monkeypatch: pytest.MonkeyPatch, hand: clock.Hand, **mail: object) -> Iterator[World]:
    settings = config.Settings(
        data_dir=directory, judging=config.Judging(workers=0), mail=config.Mail(urgent_to=(MAILBOX,), **mail),  # type: ignore[arg-type]
        alerts=config.Alerts(second=("json://127.0.0.1/x",)),  # type: ignore[arg-type]
    )  # fmt: skip
    with open_all(settings, hand) as rooms:
        made = World(rooms, hand)
        monkeypatch.setattr(alerts.mail, "send", made.take)
        monkeypatch.setattr("alerts.channels.notify", made.page)
        yield made


def with_people(world: World) -> None:
    world.rooms.store.officers.add(Officer("truong", "Trưởng", HEAD, ("leader",)), "x")
