"""The front page: the inbox of who is here; the keys and how to search."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, clocks, inbox, wiring

router = APIRouter()


@router.get("/")
def home(request: Request, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    """What waits for this visitor. Links of older mails ("/?…") lead to the list they meant."""
    if request.url.query:
        return RedirectResponse(f"/tin?{request.url.query}", 303)
    desk = wiring.of(request)
    now = desk.clock()
    return wiring.page(
        request, "home.html", sections=list(inbox.sections(desk.store, visit, now)), today=vietnamese.date_text(now),
        notes=list(inbox.notes(desk.store, visit)),
        clocks=clocks.running(desk.store, desk.knowledge, now) if visit.may("decide") or visit.may("approve") else [],
    )  # fmt: skip


@router.get("/tro-giup", dependencies=[access.needs("read")])
def guide(request: Request) -> Response:
    return wiring.page(request, "help.html")
