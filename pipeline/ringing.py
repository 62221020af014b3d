"""Urgent mails after the first: the next person while nobody acknowledges, follow-ups, bundles, rings after a silence.

Each looks at what the store says is due, asks a pure function of alerts/, and queues what it answers; the ids of mails are
computed, so a look that is repeated after a crash queues nothing twice.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta

import alerts.bundle
import alerts.escalation
import alerts.followups
import alerts.quiet
import alerts.rules
import alerts.urgent
from pipeline import people, sending
from pipeline.doors import Rooms
from records import Judged, Message, Reason, Ringing, Telling


async def escalate(rooms: Rooms) -> int:
    """Goes on with every urgent item nobody has acknowledged; returns how many mails were queued."""
    with rooms.store.leases.hold("escalate") as held:
        queued, after = 0, 0
        chain = await asyncio.to_thread(people.chain, rooms) if held else []
        while held:
            waiting, after = await asyncio.to_thread(rooms.store.tellings.ringing, after)
            for one in waiting:
                queued += await called(rooms, one, chain)
            if not after:
                break
        return queued


async def called(rooms: Rooms, ringing: Ringing, chain: list[str]) -> int:
    """One step about one item."""
    times, now = rooms.settings.alerts, rooms.clock()
    step = alerts.escalation.step(
        ringing.told, chain, now,
        alerts.escalation.Times(
            timedelta(minutes=times.escalate_minutes), timedelta(minutes=times.patience_minutes),
            timedelta(hours=times.repeat_hours),
        ),
    )  # fmt: skip
    if step is None:
        return 0
    if step.told:
        text = f"Một tin khẩn chưa đến được người trực: máy chủ thư chưa nhận sau {times.patience_minutes:g} phút."
        await sending.page(
            rooms, "[Lắng Nghe] Tin khẩn chưa gửi được qua thư", f"{text} Mở {rooms.settings.public_url}."
        )
        told = step.told
        await asyncio.to_thread(rooms.store.outbox.seconded, told.message_id, told.recipient, now)
        return 0
    judged = await asyncio.to_thread(rooms.store.judged.get, ringing.document)
    if judged is None:
        return 0
    address, unit = rooms.settings.public_url, rooms.settings.unit.name
    mails = alerts.escalation.messages(judged, step, address, unit, now, rooms.knowledge)
    return await asyncio.to_thread(rooms.store.outbox.add, mails)


def follow_up(rooms: Rooms) -> int:
    """Tells a told story again where something material changed; returns how many mails were queued."""
    queued, now = 0, rooms.clock()
    with rooms.store.leases.hold("follow_up") as held:
        for last in rooms.store.tellings.last(now - alerts.followups.WATCHED) if held else ():
            state = rooms.store.tellings.state(last.story, now)
            gap = timedelta(minutes=rooms.settings.alerts.gap_minutes)
            reason = alerts.followups.changed(last, state, rooms.knowledge, gap) if state else None
            main = rooms.store.tellings.main(last.story) if reason else None
            judged = rooms.store.judged.get(main) if main else None
            if state and reason and judged and not over(judged):
                queued += told_again(rooms, judged, last, state, reason.text)
    return queued


def over(judged: Judged) -> bool:
    """A person has dismissed or closed it: nobody wants to hear more."""
    return judged.case is not None and judged.case.status in ("dismissed", "closed")


def told_again(rooms: Rooms, judged: Judged, last: Telling, state: Telling, why: str) -> int:
    told = alerts.followups.told(last, state)
    to = people.urgent(rooms, judged.assessment)
    mails = alerts.urgent.followup(
        judged, why, told.number, to, rooms.settings.public_url, rooms.settings.unit.name, state.at, rooms.knowledge
    )
    return len(mails) if rooms.store.tellings.follow(told, people.timed(rooms, mails, judged)) else 0


def bundle(rooms: Rooms) -> int:
    """The hourly bundle of each recipient whose day has had ten urgent mails; returns how many were queued."""
    queued, now = 0, rooms.clock()
    waiting: dict[str, list[Message]] = defaultdict(list)
    with rooms.store.leases.hold("bundle") as held:
        for message in rooms.store.outbox.held() if held else ():
            waiting[message.recipient].append(message)
        for recipient, mails in waiting.items():
            last = rooms.store.outbox.last_bundle(recipient)
            if not alerts.quiet.bundle_due(last, mails[0].created_at, now):
                continue
            items = [judged for one in mails for key in one.documents if (judged := rooms.store.judged.get(key))]
            address, unit = rooms.settings.public_url, rooms.settings.unit.name
            message = alerts.bundle.message(mails, items, recipient, address, unit, now, rooms.knowledge)
            queued += rooms.store.outbox.bundle(message, mails)
    return queued


def unsilence(rooms: Rooms) -> int:
    """What a silence held back rings when it is over, if it is still new and nobody has acknowledged it."""
    queued, now = 0, rooms.clock()
    with rooms.store.leases.hold("unsilence") as held:
        keys = rooms.store.tellings.silenced(now - alerts.rules.FRESH) if held else []
        active = rooms.store.silences.list(now) if keys else []
        for key in keys:
            judged = rooms.store.judged.get(key)
            if judged is None:
                continue
            near = judged.near_duplicate_of
            reason = alerts.rules.decide(
                judged.document, judged.assessment, judged.story, near, now, rooms.knowledge, silences=active
            )
            if reason.decision == "urgent":
                queued += rung(rooms, judged, reason)
    return queued


def rung(rooms: Rooms, judged: Judged, reason: Reason) -> int:
    """Queues the first urgent mails of an item after its silence."""
    story = judged.story
    clauses = tuple(sorted({act.clause for act in alerts.rules.commits(judged.assessment)}))
    outlets, documents = (story.outlets, story.documents) if story else (1, 1)
    at = rooms.clock()
    telling = Telling(story.id if story else judged.document.key, at, 0, outlets, documents, clauses)
    to = people.urgent(rooms, judged.assessment)
    address, unit = rooms.settings.public_url, rooms.settings.unit.name
    mails = alerts.urgent.messages(judged, to, address, unit, at, rooms.knowledge)
    new = people.timed(rooms, mails, judged)
    return len(new) if rooms.store.tellings.ring(judged.document.key, reason, telling, new, at) else 0
