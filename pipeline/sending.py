"""From the outbox to the recipient: each queued mail by the first server that takes it, and what came of it written down.

A refused or slow recipient delays nobody else. What is refused for good is parked, and the operator hears of it by the
second channel and by mail. Decides no telling; speaks no SMTP itself (alerts.mail does).
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import structlog

import alerts.mail
from pipeline import paging
from pipeline.doors import Rooms
from records import MailRefused, MailUnavailable, Message

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
"""how long what a dead sender had claimed waits; a living one renews its claims"""
RENEW = 20.0
"""seconds between two renewals"""
TOGETHER, MOST = 10, 200
"""mails sent at once; mails begun in one look"""
TICK = 1.0
"""seconds after which new mails are looked for though none of the running ones has ended"""


async def send(rooms: Rooms) -> int:
    """Sends what is queued, a few at once, so that a server that hangs on one mail holds no other back; tells the operator
    what was refused. Returns how many mails went out."""
    running: dict[asyncio.Task[bool], Message] = {}
    sent, begun, renewed = 0, 0, time.monotonic()
    try:
        while True:
            free = min(TOGETHER - len(running), MOST - begun)
            if free >= TOGETHER // 2 or not running:
                claimed = await asyncio.to_thread(rooms.store.outbox.claim, rooms.clock(), LEASE, free) if free else []
                running |= {asyncio.create_task(deliver(rooms, message)): message for message in claimed}
                begun += len(claimed)
            if not running:
                break
            ended, _ = await asyncio.wait(running, timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
            sent += sum(task.result() for task in ended)
            running = {task: message for task, message in running.items() if task not in ended}
            if running and time.monotonic() - renewed >= RENEW:
                await asyncio.to_thread(rooms.store.outbox.renew, list(running.values()), rooms.clock() + LEASE)
                renewed = time.monotonic()
            rooms.ended["send"] = time.monotonic()
    finally:
        await asyncio.gather(*running, return_exceptions=True)
    await paging.parked(rooms)
    return sent


async def deliver(rooms: Rooms, message: Message) -> bool:
    """Whether the mail went out; what became of it is written down either way."""
    outbox, now = rooms.store.outbox, rooms.clock
    try:
        reply = await handed(rooms, message)
    except MailUnavailable as error:
        again = alerts.mail.retry_at(message.attempts, now())
        await asyncio.to_thread(outbox.failed, message, now(), str(error), again)
        await noted(rooms, f"{rooms.server.host}:{rooms.server.port}", f"chưa gửi được, sẽ gửi lại: {error}")
    except MailRefused as error:
        await asyncio.to_thread(outbox.failed, message, now(), str(error), None)
        await noted(rooms, message.recipient, f"máy chủ thư từ chối: {error}")
    except Exception as error:  # a mail that cannot be built stops at itself
        log.exception("mail_broken", id=message.id)
        await asyncio.to_thread(outbox.failed, message, now(), f"{type(error).__name__}: {error}", None)
        await noted(rooms, message.recipient, f"thư không dựng được: {type(error).__name__}: {error}")
    else:
        await asyncio.to_thread(outbox.sent, message, now(), reply)
        return True
    return False


async def handed(rooms: Rooms, message: Message) -> str:
    """The last line of the first server that takes the mail; the error of the last where none does."""
    *others, last = rooms.relays
    for server in others:
        try:
            return await alerts.mail.send(message, server)
        except MailUnavailable as error:
            await noted(rooms, f"{server.host}:{server.port}", f"chuyển sang máy chủ thư dự phòng: {error}")
    return await alerts.mail.send(message, last)


async def noted(rooms: Rooms, where: str, text: str) -> None:
    await asyncio.to_thread(rooms.store.runs.note_problem, "mail", where, text, rooms.clock())
