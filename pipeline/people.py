"""Who receives what: the addresses of the settings and of the desk\'s lists, and the officers by role, duty, province, unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import alerts.quiet
import roster
import store
from alerts.daily import Edition
from pipeline.doors import Rooms
from records import Assessment, Judged, Message, Officer, Preferences, Role, Shift


def recipients(kept: store.Store, role: Role, named: Sequence[str], listed: store.MailList | None = None) -> list[str]:
    """Each address once: those named in the settings first, then those of the desk's list, then the officers who hold the
    role."""
    beside = kept.recipients.of(listed) if listed else []
    officers = [officer.email for officer in kept.officers.with_role(role) if officer.email]
    return list(dict.fromkeys([*named, *beside, *officers]))


def willing(rooms: Rooms, addresses: Sequence[str], edition: Edition, somebody: bool = True) -> list[str]:
    """Those who want this edition of the daily mail. Where nobody does and `somebody` must hear it: all of them."""
    wishes = rooms.store.wishes.all()
    wanting = [one for one in addresses if wanted(wishes.get(one), edition)]
    return wanting or (list(addresses) if somebody else [])


def wanted(wish: Preferences | None, edition: Edition) -> bool:
    return wish is None or (wish.afternoon if edition.afternoon else wish.morning)


def urgent(rooms: Rooms, assessment: Assessment) -> list[str]:
    """Who hears of an urgent item first: the Centre's shared mailbox, who is on duty, and the offices it concerns."""
    duty = roster.on_duty(_shifts(rooms), rooms.store.officers.with_role("duty_officer"), rooms.clock())
    listed = rooms.store.recipients.of("urgent")
    named = [*rooms.settings.mail.urgent_to, *listed, *(one.email for one in duty), *concerned(rooms, assessment)]
    return list(dict.fromkeys(address for address in named if address))


def chain(rooms: Rooms) -> list[str]:
    """In which order people are called while nobody acknowledges: on duty, other duty officers, heads, the operators."""
    kept = rooms.store.officers
    called = roster.chain(_shifts(rooms), kept.with_role("duty_officer"), kept.with_role("leader"), rooms.clock())
    named = [*rooms.settings.mail.urgent_to, *(one.email for one in called), *rooms.settings.mail.alarm_to]
    return list(dict.fromkeys(address for address in named if address))


def concerned(rooms: Rooms, assessment: Assessment) -> list[str]:
    """The provincial offices and units that an item concerns, by its provinces, main topic and potential acts: theirs only."""
    offices = rooms.store.officers.with_role("province")
    found = [one.email for one in offices if one.province in assessment.provinces]
    units = {unit for topic in assessment.topics[:1] if topic != "khac" for unit in rooms.knowledge.topic(topic).units}
    acts = {act.clause for act in assessment.acts if act.mode == "commits"}
    units |= {unit.id for unit in rooms.knowledge.units if acts.intersection(unit.clauses)}
    return found + [one.email for one in rooms.store.officers.with_role("unit") if one.unit in units]


def offices(rooms: Rooms, waiting: Sequence[Judged]) -> Iterator[tuple[Officer, list[Judged]]]:
    """Each provincial or unit officer with what concerns them among `waiting`; who has nothing is left out."""
    for officer in (*rooms.store.officers.with_role("province"), *rooms.store.officers.with_role("unit")):
        mine = [one for one in waiting if officer.email in concerned_of(rooms, one)]
        if officer.email and mine:
            yield officer, mine


def concerned_of(rooms: Rooms, judged: Judged) -> set[str]:
    """Addresses of the offices an item concerns: by its provinces and topic, or because its case was handed to them."""
    routed = judged.case.routed_to if judged.case else None
    handed = [
        one.email
        for role in ("province", "unit")
        for one in rooms.store.officers.with_role(role)
        if routed and routed in (one.province, one.unit)
    ]
    return {*concerned(rooms, judged.assessment), *handed}


def timed(rooms: Rooms, mails: Sequence[Message], judged: Judged | None = None) -> list[Message]:
    """The mails of a ring as each recipient wants them: held for the bundle after the tenth of the day, or put off to
    the end of quiet hours. Threats and forged documents are neither."""
    now, wishes = rooms.clock(), rooms.store.wishes.all()
    always = judged is not None and alerts.quiet.always(judged.assessment.acts)
    rung = rooms.store.outbox.rung([one.recipient for one in mails], alerts.quiet.day_start(now))
    group = timedelta(seconds=rooms.settings.alerts.group_seconds)
    return [_timed(one, wishes.get(one.recipient), rung.get(one.recipient, 0), always, group) for one in mails]


def _timed(mail: Message, wish: Preferences | None, rung: int, always: bool, group: timedelta) -> Message:
    if mail.kind == "urgent" and rung >= alerts.quiet.SINGLE and not always:
        return replace(mail, state="held")
    due = alerts.quiet.due(mail.created_at, wish, always)
    return replace(mail, next_try_at=max(due, mail.created_at + group))


def _shifts(rooms: Rooms) -> list[Shift]:
    now = rooms.clock()
    return rooms.store.roster.between(now, now + timedelta(seconds=1))
