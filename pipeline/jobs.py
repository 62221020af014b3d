"""The jobs: what happens, in the order it happens.

 1 clock      starts collect(sources due); each source has its own interval, tier and politeness
 2 spider     reads the feed, sitemap or listing -> links; what the store knows is dropped BEFORE fetching
 3 page       bytes -> Document (pure reader);   intake keeps it: the key is the canonical address (posts: platform + id;
              reports from provinces: content hash + receipt time); a repeat is refused
 4 digest     each document that lacks an assessment by the current model, in batches, in parallel:
                relevance, sentiment + target, topics, feedback, places, acts, claims, explanation spans
              then in order, by one writer: story (a story id is permanent once told; clusters may only merge, leaving an alias),
                decide -> Reason, messages
                store.settle(document, assessment, story, messages): one read, one write, one transaction
 5 send       each queued message, one row a recipient: claim with a lease, SMTP, mark sent
 6 tell       the daily digest, once a day at its hour: everything decided "daily" or "urgent" and not yet told;
              escalate: an urgent flag nobody took within half an hour goes to the next person
 7 follow     flagged and high-reach items again after 24 h, 7 d, 14 d: edits, removal
 8 report     the last closed week, if it lacks its report: figures -> BÁO CÁO (docx, pdf, html) -> outbox
 9 answer     what the desk asked for: a row in store.requests, carried out here
10 forget     retention; backup

The store is the queue: "what is due" is a query, so every job may be run again, by hand, or after a crash. A lease per job
keeps two processes from doing the same one. The clock is handed in. What a job does not do: decide anything itself; it asks
a pure function and writes the answer down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, time, timedelta

import alerts.daily
import alerts.mail
import crawlers.collect
import vietnamese
from pipeline import judging, people
from pipeline.doors import Rooms
from pipeline.settling import settle
from records import Assessment, Document, MailRefused, MailUnavailable, Message

CLAIM = timedelta(minutes=2)
"""how long a claimed mail is ours; longer than the mail server's time-out"""
ALL = 100_000
"""a digest tells everything that waits; this bounds memory only"""
SILENT, NAMED = timedelta(hours=24), 8
"""a source unread for so long is named in the digest, so many by name"""
MAILS, FOLLOWED = 50, 50
"""rows taken in one look"""


@contextmanager
def mine(rooms: Rooms, job: str) -> Iterator[bool]:
    """Whether this process holds the job; leaves a line in store.runs either way it ends."""
    with rooms.store.leases.hold(job) as held:
        yield held


async def collect(rooms: Rooms, only: Sequence[str] = ()) -> list[crawlers.collect.Collected]:
    """Polls the sources that are due, or those named."""
    with mine(rooms, "collect") as held:
        if not held:
            return []
        chosen = [source for source in rooms.sources if not only or source.id in only]
        if not only:
            due = rooms.store.sources.due({s.id: timedelta(seconds=s.every) for s in chosen}, rooms.clock())
            chosen = [source for source in chosen if source.id in due]
        return await crawlers.collect.collect(chosen, rooms.settings, rooms.store, rooms.clock) if chosen else []


def digest(rooms: Rooms) -> int:
    """Judges what lacks an answer by the current model; returns how many."""
    done, batch = 0, rooms.settings.judging.batch
    with mine(rooms, "digest") as held:
        while held and (documents := rooms.store.documents.unassessed(rooms.model, batch)):
            for document, (assessment, signature) in zip(documents, answers(rooms, documents), strict=True):
                settle(rooms, document, assessment, signature)
            done += len(documents)
    return done


def answers(rooms: Rooms, documents: Sequence[Document]) -> list[judging.Answer]:
    """One answer a document. A text on which the judge breaks is told to a person instead of stopping the rest."""
    models, texts = judging.models(rooms.settings), [judging.reading(document) for document in documents]
    try:
        return list(rooms.executor.submit(judging.assess, models, texts).result())
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        if len(documents) > 1:
            return [answer for document in documents for answer in answers(rooms, [document])]
        rooms.store.runs.note_problem("judge", documents[0].key, f"{type(error).__name__}: {error}", rooms.clock())
        return [(Assessment(documents[0].key, rooms.model, 1, 0.0), None)]


async def send(rooms: Rooms) -> int:
    """Sends what is queued; a refused recipient delays nobody else. Returns how many went out."""
    sent = 0
    for message in rooms.store.outbox.claim(rooms.clock(), CLAIM, MAILS):
        sent += await deliver(rooms, message)
    return sent


async def deliver(rooms: Rooms, message: Message) -> bool:
    try:
        await alerts.mail.send(message, rooms.server)
    except MailUnavailable as error:
        again = alerts.mail.retry_at(message.attempts, rooms.clock())
        rooms.store.outbox.failed(message, rooms.clock(), str(error), again)
    except MailRefused as error:
        rooms.store.outbox.failed(message, rooms.clock(), str(error), None)
        rooms.store.runs.note_problem("mail", message.recipient, f"máy chủ thư từ chối: {error}", rooms.clock())
    else:
        rooms.store.outbox.sent(message, rooms.clock())
        return True
    return False


def tell(rooms: Rooms) -> int:
    """The daily digest of today, if its hour has come and it was not made; returns the number of mails queued."""
    now = rooms.clock()
    here = now.astimezone(vietnamese.HO_CHI_MINH)
    if here.time() < time.fromisoformat(rooms.settings.mail.daily_at):
        return 0
    day = here.date()
    with mine(rooms, "tell") as held:
        to = people.recipients(rooms.store, "duty_officer", rooms.settings.mail.daily_to)
        if not held or not to or rooms.store.outbox.digest_done(day):
            return 0
        waiting = rooms.store.judged.undigested(ALL)
        unit, address = rooms.settings.unit.name, rooms.settings.public_url
        messages = alerts.daily.messages(day, waiting, to, address, unit, now, rooms.knowledge, notes(rooms))
        rooms.store.outbox.add_digest(day, messages, [judged.document.key for judged in waiting], now)
        return len(messages)


def notes(rooms: Rooms) -> list[str]:
    """What the digest says about the product itself: sources that cannot be read, and since when."""
    names, now = {source.id: source.name for source in rooms.sources}, rooms.clock()
    silent = [
        f"{names[state.source]} (từ {vietnamese.time_text(state.success_at) if state.success_at else 'đầu'})"
        for state in rooms.store.sources.health()
        if state.source in names and state.failures and (state.success_at is None or now - state.success_at > SILENT)
    ]
    more = f" và {len(silent) - NAMED} nguồn khác" if len(silent) > NAMED else ""
    return [f"Nguồn không đọc được: {'; '.join(silent[:NAMED])}{more}."] if silent else []


async def follow(rooms: Rooms) -> int:
    """Looks again at flagged and high-reach pages: edits, removal. Returns how many were looked at."""
    with mine(rooms, "follow") as held:
        due: list[Document] = rooms.store.documents.follow_due(rooms.clock(), FOLLOWED) if held else []
        if due:
            await crawlers.collect.refetch(due, rooms.sources, rooms.settings, rooms.store, rooms.clock)
        for document in due:
            rooms.store.documents.followed(document.key, rooms.clock())
        return len(due)


def forget(rooms: Rooms) -> int:
    """Retention: texts past their time go, each logged without its text. Returns how many."""
    keep, now = rooms.settings.keep, rooms.clock().astimezone(UTC)
    with mine(rooms, "forget") as held:
        if not held:
            return 0
        old = {kind: now - timedelta(days=days) for kind, days in
               (("press", keep.press_days), ("official", keep.press_days), ("post", keep.post_days), ("report", keep.post_days))}  # fmt: skip
        return rooms.store.documents.forget(old, now - timedelta(days=keep.irrelevant_days), now)
