"""The second channel: urgent mails no server takes, dead letters. What is due is asked of the store, so a crash between a
fault and its notice only delays the notice; many faults make one notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import alerts.channels
import alerts.mail
from pipeline import people
from pipeline.doors import Rooms
from records import LangNgheError, Message, Told

UNHEARD = "second"
"""name of the notices about urgent mails among the runs"""
REST = timedelta(minutes=3)
"""between two notices about urgent mails, whether or not the channel took the first: at most twenty an hour"""
NAMED = 8
"""dead letters named in one alarm"""


async def unheard(rooms: Rooms, late: Sequence[Told]) -> None:
    """One notice for all the urgent mails no server has taken in time. What the channel does not take is told at the next
    try; where no channel is set up, that is noted, once a mail."""
    if not late or not await asyncio.to_thread(_rested, rooms):
        return
    minutes = rooms.settings.alerts.patience_minutes
    text = f"{len(late)} thư khẩn chưa đến được người trực: máy chủ thư chưa nhận sau {minutes:g} phút."
    run = await asyncio.to_thread(rooms.store.runs.start, UNHEARD, rooms.clock())
    went = await page(rooms, "[Lắng Nghe] Tin khẩn chưa gửi được qua thư", f"{text} Mở {rooms.settings.public_url}.")
    await asyncio.to_thread(rooms.store.runs.end, run, rooms.clock(), went, text)
    if went or not rooms.second:
        told = [(one.message_id, one.recipient) for one in late]
        await asyncio.to_thread(rooms.store.outbox.seconded, told, rooms.clock())


def _rested(rooms: Rooms) -> bool:
    last = rooms.store.runs.last(UNHEARD)
    return last is None or not timedelta(0) <= rooms.clock() - last.started_at < REST


async def parked(rooms: Rooms) -> int:
    """The operator hears of mails that will not go out: by the second channel, and by mail to those who get alarms (but of
    an alarm by the second channel only). Returns how many mails it was about."""
    dead: list[Message] = await asyncio.to_thread(rooms.store.outbox.parked)
    if not dead:
        return 0
    title = f"[Lắng Nghe] Cảnh báo vận hành: {len(dead)} thư không gửi được"
    mails = await asyncio.to_thread(_alarms, rooms, title, [one for one in dead if one.kind != "alarm"])
    if not await asyncio.to_thread(rooms.store.outbox.alarm, mails, dead, rooms.clock()):
        return 0
    if rooms.second:
        text = f"{len(dead)} thư bị máy chủ từ chối. Xem mục Thư trên bàn làm việc: {rooms.settings.public_url}."
        await page(rooms, title, text)
    return len(dead)


def _alarms(rooms: Rooms, title: str, dead: Sequence[Message]) -> list[Message]:
    if not dead:
        return []
    refused = {one.recipient for one in dead}
    named = people.recipients(rooms.store, "admin", rooms.settings.mail.alarm_to, "alarm")
    lines = [f"“{one.subject}” tới {one.recipient}: {one.error}." for one in dead[:NAMED]]
    more = f" Và {len(dead) - NAMED} thư khác." if len(dead) > NAMED else ""
    text = f"Không gửi được: {' '.join(lines)}{more} Xem mục Thư trên bàn làm việc để gửi lại."
    about = ("parked", *(f"{one.id} {one.recipient}" for one in dead))
    return alerts.mail.alarms(
        title, text, [one for one in named if one not in refused], about, rooms.domain, rooms.clock()
    )


async def page(rooms: Rooms, title: str, text: str) -> bool:
    """Whether the second channel took it; a fault of it is noted and stops nothing."""
    try:
        await alerts.channels.notify(rooms.second, title, text)
    except LangNgheError as error:
        trouble = str(error)
    except Exception as error:  # a channel's own library broke
        trouble = f"kênh thứ hai gặp lỗi: {type(error).__name__}"
    else:
        return True
    await asyncio.to_thread(rooms.store.runs.note_problem, "mail", "kênh thứ hai", trouble, rooms.clock())
    return False
