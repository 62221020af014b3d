"""The button of an urgent mail: whoever reads the Centre's mailbox says that the mail was seen, without an account. It stops
the calls and decides nothing; deciding needs a sign-in. Opening the link changes nothing (mail scanners open every link)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

import vietnamese
from desk import tickets, wiring
from records import Judged

router = APIRouter()
PURPOSE = "acknowledge"


@router.get("/da-nhan/{ticket}")
def form(request: Request, ticket: str) -> Response:
    return shown(request, about(request, tickets.read(request, ticket, PURPOSE)))


@router.post("/da-nhan/{ticket}")
def take(request: Request, ticket: str) -> Response:
    """Said twice, or after somebody decided, it changes nothing."""
    desk, said = wiring.of(request), tickets.read(request, ticket, PURPOSE)
    key = about(request, said).document.key
    desk.store.cases.acknowledge(key, f"{said['recipient']} (qua thư)", desk.clock())
    return shown(request, about(request, said))


def about(request: Request, said: Mapping[str, Any]) -> Judged:
    """The item a link was made for. HTTPException where it is no longer kept."""
    kept = wiring.of(request).store
    document = kept.documents.by_id(str(said.get("about", ""))[:64])
    judged = kept.judged.get(document.key) if document else None
    if judged is None:
        raise HTTPException(404, "Nội dung này không còn được lưu.")
    return judged


def shown(request: Request, judged: Judged) -> Response:
    """Only what the mail itself said: its headline, outlet, and who took it when."""
    case = judged.case
    taken = f"{case.by}, lúc {vietnamese.time_text(case.at)}" if case and case.by and case.at else ""
    return wiring.page(
        request,
        "acknowledging.html",
        item=judged.document,
        taken=taken,
        waits=case is None or case.status == "new",
        visit=None,
    )
