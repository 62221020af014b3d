"""The state of sources and queues, and what was refused, as a person would check them."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk import access, wiring

router = APIRouter()
RECENT = timedelta(days=7)


@router.get("/suc-khoe", dependencies=[access.needs("health")])
def health(
    request: Request,
) -> Response:
    desk = wiring.of(request)
    kept, now = desk.store, desk.clock()
    return wiring.page(
        request, "health.html", sources=kept.sources.health(), mails=kept.outbox.counts(),
        problems=kept.runs.problems(now - RECENT),
    )  # fmt: skip
