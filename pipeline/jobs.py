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
 6 tell       the editions of the daily mail at their hours: everything decided "daily" or "urgent" and not yet told, and what
              still stands;
              ring: bundles, follow-ups, rings after a silence; escalate: an urgent flag nobody acknowledged goes on
 7 follow     flagged and high-reach items again after 24 h, 7 d, 14 d: edits, removal
 8 report     the last closed week, if it lacks its report: figures -> BÁO CÁO (docx, pdf, html) -> outbox
 9 answer     what the desk asked for: a row in store.requests, carried out here
10 ask        what the judge was least sure of, and each week's random sample -> the analysts' queues (pipeline/asking.py)
11 forget     retention; backup

The store is the queue: "what is due" is a query, so every job may be run again, by hand, or after a crash. A lease per job
keeps two processes from doing the same one. The clock is handed in. What a job does not do: decide anything itself; it asks
a pure function and writes the answer down.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from datetime import UTC, date, timedelta

import structlog

import crawlers.collect
import crawlers.sources
import store
from pipeline import catalogue, judging, retraining, room, second
from pipeline.doors import Rooms
from pipeline.settling import settle
from records import Assessment, Document, LangNgheError, Signature, Text

log = structlog.get_logger()

PLAIN = Text("thử", "Tin thử", "Bảo hiểm xã hội Việt Nam họp giao ban.", date(2026, 1, 5), "press")
"""what any judge that works can judge"""
FOLLOWED = 50
"""pages followed in one look"""


async def collect(rooms: Rooms, only: Sequence[str] = ()) -> list[crawlers.collect.Collected]:
    """Polls the sources that are due, or those named; one look may begin while others still read slow sources. None
    while the disk is nearly full."""
    if room.short(rooms.settings):
        return []
    with rooms.crawls.lease(rooms.store) as held:
        chosen = [source for source in catalogue.read(rooms) if source.id in only or not only] if held else []
        if not only:
            due = rooms.store.sources.due(rooms.crawls.intervals(chosen, rooms.store, rooms.clock()), rooms.clock())
            chosen = [source for source in chosen if source.id in due]
        chosen = rooms.crawls.free(chosen, rooms.store, rooms.clock())
        if not chosen:
            return []
        with rooms.crawls.running(chosen, rooms.clock()):
            whose = catalogue.owners(rooms)
            return await crawlers.collect.collect(chosen, rooms.settings, rooms.store, rooms.clock, owners=whose)


def digest(rooms: Rooms) -> int:
    """Judges what lacks an answer by the current model; returns how many."""
    done, batch = 0, rooms.settings.judging.batch
    retraining.warn(rooms)
    if why := second.fault(rooms.settings):  # the linear heads judge alone meanwhile
        rooms.store.runs.note_problem("judge", "encoder", f"không dùng bộ mã hóa: {why}", rooms.clock())
    with rooms.store.leases.hold("digest") as held:
        while held and not rooms.stopping.is_set():
            documents = rooms.store.documents.unassessed(rooms.model, batch, rooms.clock() - store.REJUDGED)
            if not documents:
                break
            for document, (assessment, signature) in zip(documents, answers(rooms, documents), strict=True):
                settle_or_tell(rooms, document, assessment, signature)
            done += len(documents)
            rooms.got_on("digest")
    return done


def answers(rooms: Rooms, documents: Sequence[Document]) -> list[judging.Answer]:
    """One answer a document. A text on which the judge breaks is told to a person instead of stopping the rest.

    Raises what the judge raises where it breaks on a plain text too: then it is the judge, and no document is given up.
    """
    try:
        return judged(rooms, [judging.reading(document) for document in documents])
    except LangNgheError:
        raise
    except Exception as error:
        if len(documents) > 1:
            return [answer for document in documents for answer in answers(rooms, [document])]
        judged(rooms, [PLAIN])
        return [(unjudged(rooms, documents[0], error), None)]


def judged(rooms: Rooms, texts: Sequence[Text]) -> list[judging.Answer]:
    """The judge's answers. Workers that die once were killed; those that die twice die of these texts."""
    again = second.in_force(rooms.settings)
    work = functools.partial(judging.assess, rooms.weights, texts, rooms.current.edits, again)
    try:
        return rooms.executor.submit(work).result()
    except BrokenExecutor:
        return rooms.executor.submit(work).result()


def settle_or_tell(rooms: Rooms, document: Document, assessment: Assessment, signature: Signature | None) -> None:
    """Writes an answer down; one that cannot be placed is told to a person, and the documents behind it do not wait."""
    try:
        settle(rooms, document, assessment, signature)
    except LangNgheError:
        raise
    except Exception as error:
        log.exception("document_unsettled", key=document.key)
        settle(rooms, document, unjudged(rooms, document, error), None)


def unjudged(rooms: Rooms, document: Document, error: Exception) -> Assessment:
    """The answer that says there is none: `alerts.rules` sends it to a person. Counted, and shown in health."""
    text = f"không đánh giá được, cần người đọc ({type(error).__name__}: {error})"
    rooms.store.runs.note_problem("judge", document.key, text, rooms.clock())
    return Assessment(document.key, rooms.model, 1, 0.0)


async def follow(rooms: Rooms) -> int:
    """Looks again at flagged and high-reach pages: edits, removal. Returns how many were looked at."""
    documents = rooms.store.documents
    with rooms.store.leases.hold("follow") as held:
        due: list[Document] = await asyncio.to_thread(documents.follow_due, rooms.clock(), FOLLOWED) if held else []
        sources, settings = catalogue.read(rooms) if due else [], rooms.settings
        found = await crawlers.collect.refetch(due, sources, settings, rooms.store, rooms.clock) if due else []
        told = {one.key: one.answered for one in found}
        within = {source.id for source in sources}
        for document in due:
            # what no source of ours can be asked for is not asked for again
            answered = told.get(document.key, document.source not in within or not document.url)
            taken = documents.followed if answered else documents.unanswered
            await asyncio.to_thread(taken, document.key, rooms.clock())
        return len(due)


def forget(rooms: Rooms) -> int:
    """Retention: texts past their time go, each logged without its text; so do the words of posts that their source
    deleted. Returns how many documents went."""
    keep, now = rooms.settings.keep, rooms.clock().astimezone(UTC)
    with rooms.store.leases.hold("forget") as held:
        if not held:
            return 0
        days = {"long": keep.press_days, "normal": keep.post_days, "short": keep.short_days}
        before = {name: now - timedelta(days=number) for name, number in days.items()}
        kinds = {kind: before[name] for kind, name in (*crawlers.sources.KEPT.items(), ("report", "normal"))}
        own = {one.id: before[one.retention] for one in rooms.sources if one.retention}
        rooms.store.documents.drop_deleted(now)
        return rooms.store.documents.forget(kinds, now - timedelta(days=keep.irrelevant_days), now, own)
