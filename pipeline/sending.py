"""From the outbox to the recipient: each queued mail by the first server that takes it, and what came of it written down.

A refused or slow recipient delays nobody else. What is refused for good is parked, and the operator hears of it by the
second channel and by mail. Decides no telling; speaks no SMTP itself (alerts.mail does).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import structlog

import alerts.mail
from pipeline import paging
from pipeline.doors import Rooms
from records import MailRefused, MailUnavailable, Message, StoreError

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
"""how long what a dead sender had claimed waits; a living one renews its claims"""
RENEW = 20.0
"""seconds between two renewals"""
TOGETHER, ROUNDS = 10, 20
"""mails sent at once, rounds of them in one look"""


async def send(rooms: Rooms) -> int:
    """Sends what is queued, a few at once; tells the operator what was refused. Returns how many mails went out."""
    sent = 0
    for _ in range(ROUNDS):
        claimed = await asyncio.to_thread(rooms.store.outbox.claim, rooms.clock(), LEASE, TOGETHER)
        if not claimed:
            break
        async with held(rooms, claimed):
            sent += sum(await asyncio.gather(*(deliver(rooms, message) for message in claimed)))
    await paging.parked(rooms)
    return sent


@contextlib.asynccontextmanager
async def held(rooms: Rooms, claimed: Sequence[Message]) -> AsyncIterator[None]:
    """Keeps the claims ours for as long as the block takes."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW)
            await asyncio.to_thread(rooms.store.outbox.renew, claimed, rooms.clock() + LEASE)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError, StoreError):
            await renewing


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
