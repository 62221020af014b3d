"""From an answer to its place in the store: story, decision, messages, in one write.

Decides nothing: `nlp.stories.place`, `alerts.rules.decide` and `alerts.urgent.messages` are asked, in that order.
"""

from __future__ import annotations

from datetime import timedelta

import alerts.rules
import alerts.urgent
import nlp.stories
from pipeline import people
from pipeline.doors import Rooms
from records import Assessment, Document, Judged, Message, Placement, Reason, Signature

WINDOW = timedelta(days=45)
"""how far back a copy or another telling of the same story is looked for"""
CANDIDATES = 50


def settle(rooms: Rooms, document: Document, assessment: Assessment, signature: Signature | None) -> Reason:
    """Writes down everything known about one judged document; returns what was decided."""
    placement = place(rooms, document, assessment, signature) if signature and not assessment.spam else None
    story = rooms.store.stories.get(placement.story) if placement else None
    copy_of = placement.near_duplicate_of if placement else None
    again = assessment.relevance > 0 and rooms.store.judged.get(document.key) is not None
    now = rooms.clock()
    silences = rooms.store.silences.list(now) if alerts.rules.commits(assessment) else ()
    reason = alerts.rules.decide(document, assessment, story, copy_of, now, rooms.knowledge, again, silences)
    judged = Judged(document, assessment, reason, story, copy_of, rooms.clock())
    rooms.store.settle(document, assessment, placement, reason, messages(rooms, judged), rooms.clock())
    return reason


def place(rooms: Rooms, document: Document, assessment: Assessment, signature: Signature) -> Placement:
    since = document.first_seen - WINDOW
    candidates = rooms.store.stories.candidates(signature, since, CANDIDATES)
    others = [candidate for candidate in candidates if candidate.document != document.key]
    province = assessment.provinces[0] if assessment.provinces else None
    return nlp.stories.place(document.key, signature, document.first_seen, others, province)


def messages(rooms: Rooms, judged: Judged) -> list[Message]:
    """The urgent mails of an urgent decision; none otherwise."""
    if judged.reason.decision != "urgent":
        return []
    to = people.urgent(rooms, judged.assessment)
    mails = alerts.urgent.messages(
        judged, to, rooms.settings.public_url, rooms.settings.unit.name, rooms.clock(), rooms.knowledge
    )
    return people.timed(rooms, mails, judged)
