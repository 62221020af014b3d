"""The daily mail: which edition is due, what stands in it, who gets it. Each edition is made once, after downtime too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import alerts.daily
import vietnamese
from alerts.daily import Edition
from alerts.standing import NONE, Standing
from pipeline import catalogue, people, watching
from pipeline.doors import Rooms
from records import Judged, Message
from store import Filter

ALL = 100_000
"""an edition tells everything that waits; this bounds memory only"""
DEAD = timedelta(days=7)
"""a mail that was given up is named in the editions of so many days"""
SILENT, NAMED = timedelta(hours=24), 8
"""a source unread for so long is named, so many by name"""
STANDING = 8
"""items named in each of the lists of what still stands"""


def tell(rooms: Rooms) -> int:
    """Makes each edition of today whose hour has come and that is not made; returns the number of mails queued."""
    return sum(made(rooms, edition) for edition in due(rooms))


def due(rooms: Rooms) -> list[Edition]:
    """The editions of today whose hour has come, the morning's first."""
    here, said = rooms.clock().astimezone(vietnamese.HO_CHI_MINH), rooms.settings.mail
    hours = ((said.daily_at, False), (said.afternoon_at, True))
    return [Edition(here.date(), late) for at, late in hours if at and here.time() >= time.fromisoformat(at)]


def made(rooms: Rooms, edition: Edition) -> int:
    """One edition for the Centre, and for each provincial office and unit what concerns them."""
    now, outbox = rooms.clock(), rooms.store.outbox
    if outbox.digest_done(edition.name):
        return 0
    with rooms.store.leases.hold("tell") as held:
        to = people.recipients(rooms.store, "duty_officer", rooms.settings.mail.daily_to, "daily")
        if not held or not to:
            return 0
        waiting = rooms.store.judged.undigested(ALL)
        stands = standing(rooms, waiting, now)
        messages = mails(rooms, edition, waiting, people.willing(rooms, to, edition), now, notes(rooms), stands)
        for officer, mine in people.offices(rooms, waiting):
            if officer.email not in to and people.willing(rooms, [officer.email], edition, somebody=False):
                messages += mails(rooms, edition, mine, [officer.email], now)
        keys = [judged.document.key for judged in waiting]
        return len(messages) if outbox.add_digest(edition.name, messages, keys, now) else 0


def mails(
    rooms: Rooms,
    edition: Edition,
    judged: Sequence[Judged],
    to: Sequence[str],
    now: datetime,
    notes: Sequence[str] = (),
    stands: Standing = NONE,
) -> list[Message]:
    unit, address = rooms.settings.unit.name, rooms.settings.public_url
    return alerts.daily.messages(edition, judged, to, address, unit, now, rooms.knowledge, notes, stands)


def standing(rooms: Rooms, waiting: Sequence[Judged], now: datetime) -> Standing:
    """What was told before and is still open, the running clocks, and what happened since the last edition (a week ago at
    most)."""
    kept, fresh = rooms.store, {one.document.key for one in waiting}
    undecided = Filter(case="new", relevance=(0, 1, 2), spam=None)
    before = [one for one in kept.judged.page(undecided, STANDING + len(fresh)) if one.document.key not in fresh]
    new = sum(1 for one in waiting if one.case and one.case.status == "new")
    running = [case.document for case in kept.cases.clocks(STANDING)]
    found = kept.judged.many(running)
    last = max(kept.outbox.last_digest() or now - timedelta(days=1), now - timedelta(days=7))
    return Standing(
        before[:STANDING],
        max(kept.judged.count(undecided) - new, len(before[:STANDING])),
        [found[key] for key in running if key in found],
        kept.cases.changes(last, now, STANDING),
    )


def notes(rooms: Rooms) -> list[str]:
    """What an edition says about the product itself: sources that cannot be read, and since when; mails that are dead."""
    sources, now = catalogue.read(rooms), rooms.clock()
    names = {source.id: source.name for source in sources}
    silent = [
        f"{names[state.source]} (từ {vietnamese.time_text(state.success_at) if state.success_at else 'đầu'})"
        for state in rooms.store.sources.health()
        if state.source in names and state.failures and (state.success_at is None or now - state.success_at > SILENT)
    ]
    more = f" và {len(silent) - NAMED} nguồn khác" if len(silent) > NAMED else ""
    findings = watching.look(rooms.store, sources, now)
    lines = watching.told(findings, names, NAMED)
    if silent and not any(one.kind == "network" for one in findings):
        lines.insert(0, f"Nguồn không đọc được: {'; '.join(silent[:NAMED])}{more}.")
    if dead := {one.recipient for one in rooms.store.outbox.list(1000, state="dead") if now - one.created_at < DEAD}:
        named = ", ".join(sorted(dead)[:NAMED])
        lines.append(f"Thư tới {named} không gửi được trong 7 ngày qua; xem mục Thư trên bàn làm việc.")
    return lines
