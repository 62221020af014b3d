"""The sources: which there are, how they fare; one of them tried, paused, switched on."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi import Path as Part
from fastapi.responses import RedirectResponse, Response

import store
import vietnamese
from desk import access, charts, polled, sources, wiring
from records import BadInput

router = APIRouter()
Name = Annotated[str, Part(max_length=100)]
Reason = Annotated[str, Form(min_length=3, max_length=300)]
CLOSE = timedelta(hours=48)
"""how far back the polls are shown hour by hour"""
DONE = {"thêm nguồn", "thử nguồn", "tạm dừng nguồn", "bật nguồn"}
"""what the log says of a source"""


@router.get("/nguon", dependencies=[access.needs("health")])
def listing(request: Request, trang: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    desk, filters = wiring.of(request), sources.chosen(request.query_params)
    now, first = desk.clock(), (trang - 1) * sources.PAGE
    every = desk.store.listings.briefs()
    found, counts = sources.asked(every, filters)
    shown = [one.entry.source for one in found[first : first + sources.PAGE]]
    return wiring.page(
        request, "sources/list.html", sources=sources, shown=desk.store.listings.of(shown, now - sources.WEEK, now), total=len(found),
        every=len(every), counts=counts, chosen=filters, number=trang, more=len(found) > first + sources.PAGE,
        network=desk.store.listings.everywhere(),
    )  # fmt: skip


@router.get("/nguon/{source}", dependencies=[access.needs("health")])
def one(request: Request, source: Name) -> Response:
    return shown(request, source)


def shown(request: Request, source: str, status: int = 200, refusal: str = "") -> Response:
    """The page of a source; with why what was asked of it was refused."""
    desk = wiring.of(request)
    now, kept = desk.clock(), desk.store
    found = known(request, source)
    hours = kept.listings.hours(source, polled.begin(now))
    days = polled.days(hours, now)
    return wiring.page(
        request, "sources/one.html", status, sources=sources, charts=charts, polled=polled, one=found, days=days, now=now,
        drawn=polled.drawn(days, found.entry.expected), hours=[hour for hour in hours if hour.start > now - CLOSE],
        problems=kept.listings.problems(source, now - sources.WEEK), lists=kept.lists.of(source), refusal=refusal,
        done=[line for line in kept.audit_log(50, subject=source) if line.what in DONE],
        asked=kept.requests.last("test_source", {"what": source}), others=kept.requests.list(),
    )  # fmt: skip


def known(request: Request, source: str) -> store.Listing:
    desk = wiring.of(request)
    found = desk.store.listings.get(source, desk.clock() - sources.WEEK, desk.clock())
    if found is None:
        raise HTTPException(404, "Không có nguồn này trong danh sách; có thể nó vừa được bỏ.")
    return found


@router.post("/nguon/{source}/thu", dependencies=[Depends(access.ours)])
def test(request: Request, source: Name, visit: Annotated[access.Visit, access.needs("sources")]) -> Response:
    """Ask for a trial; who asks while one is open waits for the same."""
    desk, who = wiring.of(request), visit.officer.login
    known(request, source)
    if desk.store.requests.join("test_source", {"what": source}, who, desk.clock())[1]:
        desk.store.audit(who, "thử nguồn", source, desk.clock())
    return RedirectResponse(f"/nguon/{source}", 303)


@router.post("/nguon/{source}/dung", dependencies=[Depends(access.ours)])
def pause(
    request: Request, source: Name, visit: Annotated[access.Visit, access.needs("sources")], reason: Reason
) -> Response:
    return switched(request, source, False, reason, visit.officer.login)


@router.post("/nguon/{source}/bat", dependencies=[Depends(access.ours)])
def resume(
    request: Request, source: Name, visit: Annotated[access.Visit, access.needs("sources")], reason: Reason
) -> Response:
    return switched(request, source, True, reason, visit.officer.login)


def switched(request: Request, source: str, on: bool, reason: str, who: str) -> Response:
    desk = wiring.of(request)
    known(request, source)
    try:
        desk.store.catalogue.switch(source, on, " ".join(vietnamese.nfc(reason).split()), who, desk.clock())
    except BadInput as error:
        return shown(request, source, 409, str(error))
    return RedirectResponse(f"/nguon/{source}", 303)
