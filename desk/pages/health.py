"""The state of sources and queues, and what was refused, as a person would check them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk import access, wiring

router = APIRouter()
RECENT = timedelta(days=7)


@router.get("/suc-khoe")
def health(request: Request, visit: Annotated[access.Visit, access.needs("health")]) -> Response:
    desk = wiring.of(request)
    kept, now = desk.store, desk.clock()
    return wiring.page(
        request, "health.html", sources=kept.sources.health(), mails=kept.outbox.counts(),
        problems=kept.runs.problems(now - RECENT),
    )  # fmt: skip
