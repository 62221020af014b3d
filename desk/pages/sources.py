"""The sources: which there are, how they fare."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from desk import access, sources, wiring

router = APIRouter()


@router.get("/nguon", dependencies=[access.needs("health")])
def listing(request: Request, trang: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    desk, filters = wiring.of(request), sources.chosen(request.query_params)
    now, first = desk.clock(), (trang - 1) * sources.PAGE
    every = desk.store.listings.all(now - sources.WEEK, now)
    found, counts = sources.asked(every, filters)
    return wiring.page(
        request, "sources/list.html", sources=sources, shown=found[first : first + sources.PAGE], total=len(found),
        every=len(every), counts=counts, chosen=filters, number=trang, more=len(found) > first + sources.PAGE,
        network=desk.store.listings.everywhere(),
    )  # fmt: skip
