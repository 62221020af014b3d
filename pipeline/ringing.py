"""Urgent mails after the first: the next person while nobody acknowledges, follow-ups, bundles, rings after a silence.

Each looks at what the store says is due, asks a pure function of alerts/, and queues what it answers; the ids of mails are
computed, so a look that is repeated after a crash queues nothing twice.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ParamSpec

import structlog

import alerts.bundle
import alerts.escalation
import alerts.followups
import alerts.quiet
import alerts.rules
import alerts.urgent
from pipeline import paging, people
from pipeline.doors import Rooms
from records import Judged, Message, Reason, Ringing, Silence, StoreError, Telling, Told

log = structlog.get_logger()
P = ParamSpec("P")


async def escalate(rooms: Rooms) -> int:
    """Goes on with every urgent item nobody has acknowledged; returns how many mails were queued."""
    with rooms.store.leases.hold("escalate") as held:
        queued, after = 0, 0
        unheard: list[Told] = []
        chain = await asyncio.to_thread(people.chain, rooms) if held else []
        while held:
            waiting, after = await asyncio.to_thread(rooms.store.tellings.ringing, after)
            for one in waiting:
                unheard += alerts.escalation.unheard(one.told, rooms.clock(), times(rooms))
                queued += await asyncio.to_thread(safely, rooms, "escalate", one.document, called, rooms, one, chain)
            if not after:
                break
        await paging.unheard(rooms, unheard)
        return queued


def times(rooms: Rooms) -> alerts.escalation.Times:
    said = rooms.settings.alerts
    return alerts.escalation.Times(
        timedelta(minutes=said.escalate_minutes), timedelta(minutes=said.patience_minutes),
        timedelta(hours=said.repeat_hours),
    )  # fmt: skip


def called(rooms: Rooms, ringing: Ringing, chain: list[str]) -> int:
    """The next call about one item, if one is due."""
    now = rooms.clock()
    step = alerts.escalation.step(ringing.told, chain, now, times(rooms))
    judged = rooms.store.judged.get(ringing.document) if step else None
    if step is None or judged is None:
        return 0
    address, unit = rooms.settings.public_url, rooms.settings.unit.name
    return rooms.store.outbox.add(alerts.escalation.messages(judged, step, address, unit, now, rooms.knowledge))


def safely(rooms: Rooms, job: str, about: str, work: Callable[P, int], *given: P.args, **named: P.kwargs) -> int:
    """What one item's work gives; an item on which it breaks is noted, and those behind it do not wait."""
    try:
        return work(*given, **named)
    except StoreError:
        raise
    except Exception as error:
        log.exception("item_broken", job=job, about=about)
        rooms.store.runs.note_problem(
            "mail", about, f"lỗi chương trình: {type(error).__name__}: {error}", rooms.clock()
        )
        return 0


def follow_up(rooms: Rooms) -> int:
    """Tells a told story again where something material changed; returns how many mails were queued."""
    with rooms.store.leases.hold("follow_up") as held:
        told = rooms.store.tellings.last(rooms.clock() - alerts.followups.WATCHED) if held else []
        return sum(safely(rooms, "follow_up", last.story, followed, rooms, last) for last in told)


def followed(rooms: Rooms, last: Telling) -> int:
    """One story."""
    state = rooms.store.tellings.state(last.story, rooms.clock())
    gap = timedelta(minutes=rooms.settings.alerts.gap_minutes)
    reason = alerts.followups.changed(last, state, rooms.knowledge, gap) if state else None
    main = rooms.store.tellings.main(last.story) if reason else None
    judged = rooms.store.judged.get(main) if main else None
    if state is None or reason is None or judged is None or over(judged):
        return 0
    return told_again(rooms, judged, last, state, reason.text)


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
    waiting: dict[str, list[Message]] = defaultdict(list)
    with rooms.store.leases.hold("bundle") as held:
        for message in rooms.store.outbox.held() if held else ():
            waiting[message.recipient].append(message)
        return sum(safely(rooms, "bundle", to, bundled, rooms, to, mails) for to, mails in waiting.items())


def bundled(rooms: Rooms, recipient: str, mails: list[Message]) -> int:
    """One recipient's."""
    now = rooms.clock()
    if not alerts.quiet.bundle_due(rooms.store.outbox.last_bundle(recipient), mails[0].created_at, now):
        return 0
    items = [judged for one in mails for key in one.documents if (judged := rooms.store.judged.get(key))]
    address, unit = rooms.settings.public_url, rooms.settings.unit.name
    message = alerts.bundle.message(mails, items, recipient, address, unit, now, rooms.knowledge)
    return int(rooms.store.outbox.bundle(message, mails))


def unsilence(rooms: Rooms) -> int:
    """What a silence held back rings when it is over, if it is still new and nobody has acknowledged it."""
    now = rooms.clock()
    with rooms.store.leases.hold("unsilence") as held:
        keys = rooms.store.tellings.silenced(now - alerts.rules.FRESH) if held else []
        active = rooms.store.silences.list(now) if keys else []
        return sum(safely(rooms, "unsilence", key, heard, rooms, key, active) for key in keys)


def heard(rooms: Rooms, key: str, active: Sequence[Silence]) -> int:
    """One item, under the silences that still hold."""
    judged = rooms.store.judged.get(key)
    if judged is None:
        return 0
    near, now = judged.near_duplicate_of, rooms.clock()
    reason = alerts.rules.decide(
        judged.document, judged.assessment, judged.story, near, now, rooms.knowledge, silences=active
    )
    return rung(rooms, judged, reason) if reason.decision == "urgent" else 0


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
