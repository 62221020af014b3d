"""From the outbox to the recipient: each queued mail by the first server that takes it, and what came of it written down.

A refused or slow recipient delays nobody else. What is refused for good is parked, and the operator hears of it by the
second channel and by mail. Decides no telling; speaks no SMTP itself (alerts.mail does).
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

import alerts.channels
import alerts.mail
from pipeline import people
from pipeline.doors import Rooms
from records import LangNgheError, MailRefused, MailUnavailable, Message

log = structlog.get_logger()

MARGIN = timedelta(minutes=1)
"""how much longer a claimed mail is ours than its sending can take"""
TOGETHER, ROUNDS = 10, 20
"""mails sent at once, rounds of them in one look"""


async def send(rooms: Rooms) -> int:
    """Sends what is queued, a few at once. Returns how many went out."""
    longest = alerts.mail.SESSION * rooms.server.timeout * len(rooms.relays)
    sent, lease = 0, timedelta(seconds=longest) + MARGIN
    for _ in range(ROUNDS):
        claimed = await asyncio.to_thread(rooms.store.outbox.claim, rooms.clock(), lease, TOGETHER)
        if not claimed:
            break
        sent += sum(await asyncio.gather(*(deliver(rooms, message) for message in claimed)))
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
        if again is None:
            await parked(rooms, message, str(error))
    except MailRefused as error:
        await asyncio.to_thread(outbox.failed, message, now(), str(error), None)
        await noted(rooms, message.recipient, f"máy chủ thư từ chối: {error}")
        await parked(rooms, message, str(error))
    except Exception as error:  # a mail that cannot be built stops at itself
        log.exception("mail_broken", id=message.id)
        await asyncio.to_thread(outbox.failed, message, now(), f"{type(error).__name__}: {error}", None)
        await noted(rooms, message.recipient, f"thư không dựng được: {type(error).__name__}: {error}")
        await parked(rooms, message, f"thư không dựng được: {type(error).__name__}")
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


async def parked(rooms: Rooms, message: Message, why: str) -> None:
    """The operator hears of a mail that will not go out: by the second channel, and by mail to those who get alarms. An
    alarm that is refused itself is only noted."""
    if message.kind == "alarm":
        return
    title = "[Lắng Nghe] Cảnh báo vận hành: một thư không gửi được"
    text = (
        f"Thư “{message.subject}” tới {message.recipient} bị từ chối: {why}. Xem mục Thư trên bàn làm việc để gửi lại."
    )
    to = [
        one for one in people.recipients(rooms.store, "admin", rooms.settings.mail.alarm_to) if one != message.recipient
    ]
    mails = alerts.mail.alarms(title, text, to, (message.id, message.recipient), rooms.domain, rooms.clock())
    await asyncio.to_thread(rooms.store.outbox.add, mails)
    if rooms.second:
        await page(rooms, title, f"Một thư {message.kind} bị máy chủ từ chối. Xem mục Thư trên bàn làm việc.")


async def page(rooms: Rooms, title: str, text: str) -> bool:
    """Whether the second channel took it; a fault of it is noted and stops nothing."""
    try:
        await alerts.channels.notify(rooms.second, title, text)
    except LangNgheError as error:
        await noted(rooms, "kênh thứ hai", str(error))
        return False
    return True


async def noted(rooms: Rooms, where: str, text: str) -> None:
    await asyncio.to_thread(rooms.store.runs.note_problem, "mail", where, text, rooms.clock())
