"""Urgent and unacknowledged past its time: the next person is told. Who that is, `alerts.escalation` decides."""

from __future__ import annotations

import alerts.escalation
import store
from pipeline import people
from pipeline.doors import Rooms
from records import Message

WAITING = store.Filter(case="new", decision="urgent")
MANY = 500


def escalate(rooms: Rooms) -> int:
    """Queues what is due; returns how many mails."""
    with rooms.store.leases.hold("escalate") as held:
        waiting = rooms.store.judged.page(WAITING, MANY, 0) if held else []
        if not waiting:
            return 0
        rung = [message for kind in ("urgent", "escalation") for message in rooms.store.outbox.list(MANY, kind=kind)]
        roster = people.recipients(rooms.store, "duty_officer", ())
        roster += people.recipients(rooms.store, "leader", rooms.settings.mail.alarm_to, "alarm")
        due: list[Message] = []
        for judged in waiting:
            about = [message for message in rung if judged.document.key in message.documents]
            if not about:
                continue
            due += alerts.escalation.messages(
                judged,
                [message.recipient for message in about],
                max(message.created_at for message in about),
                roster,
                rooms.settings.public_url,
                rooms.settings.unit.name,
                rooms.clock(),
                rooms.knowledge,
            )
        return rooms.store.outbox.add(due)
