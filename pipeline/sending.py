"""From the outbox to the recipient: each queued mail by the first server that takes it, and what came of it written down.

A refused or slow recipient delays nobody else. What is refused for good is parked, and the operator hears of it by the
second channel and by mail. Decides no telling; speaks no SMTP itself (alerts.mail does).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import timedelta

import structlog

import alerts.buttons
import alerts.mail
from pipeline import paging
from pipeline.doors import Rooms
from records import MailRefused, MailUnavailable, Message, StoreError

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
"""how long what a dead sender had claimed waits; a living one renews its claims"""
RENEW = 20.0
"""seconds between two renewals"""
TOGETHER, MOST = 10, 200
"""mails sent at once; mails begun in one look"""
TURN = 2.0
"""seconds a mail waits for its turn in the last step"""
TICK = 1.0
"""seconds after which new mails are looked for though none of the running ones has ended"""


async def send(rooms: Rooms) -> int:
    """Sends what is queued, a few at once, so that a server that hangs on one mail holds no other back; tells the operator
    what was refused. Returns how many mails went out."""
    running: dict[asyncio.Task[bool], Message] = {}
    door = asyncio.Lock()
    sent, begun, renewed = 0, 0, time.monotonic()
    try:
        while True:
            free = min(TOGETHER - len(running), MOST - begun)
            if free >= TOGETHER // 2 or not running:
                claimed = await asyncio.to_thread(rooms.store.outbox.claim, rooms.clock(), LEASE, free) if free else []
                running |= {asyncio.create_task(deliver(rooms, message, door)): message for message in claimed}
                begun += len(claimed)
            if not running:
                break
            ended, _ = await asyncio.wait(running, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
            sent += sum(task.result() for task in ended)
            running = {task: message for task, message in running.items() if task not in ended}
            if running and time.monotonic() - renewed >= RENEW:
                await asyncio.to_thread(rooms.store.outbox.renew, list(running.values()), rooms.clock() + LEASE)
                renewed = time.monotonic()
            rooms.got_on("send")
    finally:
        await asyncio.gather(*running, return_exceptions=True)
    await paging.parked(rooms)
    return sent


class Turn:
    """The last step of one mail, from the moment it is handed over until it is written down as sent. One mail at a time is
    in it, so a process that is killed leaves one copy at most; where a server is slow in it, nobody waits longer than
    TURN."""

    def __init__(self, rooms: Rooms, message: Message, door: asyncio.Lock) -> None:
        self._rooms, self._message, self._door, self._inside = rooms, message, door, False

    async def begin(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TURN):
                self._inside = self._inside or await self._door.acquire()

    async def end(self, reply: str) -> None:
        """Raises StoreError: the server has the mail, and will get it again under the same Message-ID."""
        await asyncio.to_thread(self._rooms.store.outbox.sent, self._message, self._rooms.clock(), reply)
        self.leave()

    def leave(self) -> None:
        if self._inside:
            self._door.release()
        self._inside = False


async def deliver(rooms: Rooms, message: Message, door: asyncio.Lock) -> bool:
    """Whether the mail went out; what became of it is written down either way."""
    outbox, now, turn = rooms.store.outbox, rooms.clock, Turn(rooms, message, door)
    try:
        linked = alerts.buttons.with_links(message, rooms.settings.public_url, rooms.desk_key)
        await hand_over(rooms, linked, turn)
    except MailUnavailable as error:
        again = alerts.mail.retry_at(message.attempts, now())
        await asyncio.to_thread(outbox.failed, message, now(), str(error), again)
        await noted(rooms, f"{rooms.server.host}:{rooms.server.port}", f"chưa gửi được, sẽ gửi lại: {error}")
    except MailRefused as error:
        await asyncio.to_thread(outbox.failed, message, now(), str(error), None)
        await noted(rooms, message.recipient, f"máy chủ thư từ chối: {error}")
    except StoreError:
        raise
    except Exception as error:  # a mail that cannot be built stops at itself
        log.exception("mail_broken", id=message.id)
        await asyncio.to_thread(outbox.failed, message, now(), f"{type(error).__name__}: {error}", None)
        await noted(rooms, message.recipient, f"thư không dựng được: {type(error).__name__}: {error}")
    else:
        return True
    finally:
        turn.leave()
    return False


async def hand_over(rooms: Rooms, message: Message, turn: Turn) -> None:
    """To the first server that takes the mail; raises the error of the last where none does."""
    *others, last = rooms.relays
    for server in others:
        try:
            await alerts.mail.send(message, server, turn)
            return
        except MailUnavailable as error:
            turn.leave()
            await noted(rooms, f"{server.host}:{server.port}", f"chuyển sang máy chủ thư dự phòng: {error}")
    await alerts.mail.send(message, last, turn)


async def noted(rooms: Rooms, where: str, text: str) -> None:
    await asyncio.to_thread(rooms.store.runs.note_problem, "mail", where, text, rooms.clock())
