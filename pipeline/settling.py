"""From an answer to its place in the store: story, decision, messages, in one write.

Decides nothing: `nlp.stories.place`, `alerts.rules.decide` and `alerts.urgent.messages` are asked, in that order.
"""

from __future__ import annotations

from datetime import timedelta

import alerts.rules
import alerts.urgent
import corrections
import nlp.stories
from pipeline import people
from pipeline.doors import Rooms
from records import Assessment, Correction, Document, Judged, Message, Placement, Reason, Signature

WINDOW = timedelta(days=45)
"""how far back a copy or another telling of the same story is looked for"""
CANDIDATES = 50
CORRECTED, ITEMS = timedelta(days=60), 5000
"""how far back, and among how many items of the outlet, the corrected one is looked for"""


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
    link(rooms, document)
    return reason


def link(rooms: Rooms, document: Document) -> None:
    """Ties an outlet's correction to the item it corrects, where its words name one."""
    if not corrections.is_correction(document):
        return
    before = document.published_at or document.first_seen
    earlier = rooms.store.documents.earlier(document.source, before - CORRECTED, before + timedelta(days=1), ITEMS)
    if found := corrections.corrected(document, earlier):
        rooms.store.corrections.add(Correction(document.key, found[0], found[1], rooms.clock()))


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
