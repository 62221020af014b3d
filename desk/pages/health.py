"""The state of sources and queues, and what was refused, as a person would check them."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

import store
from desk import access, wiring
from records import Message

router = APIRouter()
LATE = timedelta(minutes=15)
"""a mail that has waited longer wants a look"""
RECENT = timedelta(days=7)


@router.get("/suc-khoe", dependencies=[access.needs("health")])
def health(
    request: Request,
) -> Response:
    desk = wiring.of(request)
    kept, now = desk.store, desk.clock()
    return wiring.page(
        request, "health.html", sources=kept.sources.health(), mails=kept.outbox.counts(),
        problems=kept.runs.problems(now - RECENT), waiting=waiting(kept, now), latencies=kept.latencies(now - RECENT),
        lists=[one for one in kept.lists.all() if one.trouble or one.moved_to],
        outlets={one.source: one.name for one in kept.catalogue.all()},
    )  # fmt: skip


def waiting(kept: store.Store, now: datetime) -> Message | None:
    """The oldest mail that has waited too long (of the newest thousand), with its last error."""
    late = [one for one in kept.outbox.list(1000, state="queued") if now - one.created_at > LATE]
    return late[-1] if late else None
