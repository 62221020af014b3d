"""The outbox as people see it: what was sent, what waits, what could not be sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from desk import access, wiring
from records import Message

router = APIRouter()
PAGE = 50
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""a mail is shown without scripts, forms or anything loaded from elsewhere"""


@router.get("/thu", dependencies=[access.needs("mails")])
def listing(
    request: Request,
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    found = wiring.of(request).store.outbox.list(PAGE + 1, (trang - 1) * PAGE)
    return wiring.page(request, "mails.html", mails=found[:PAGE], number=trang, more=len(found) > PAGE)


@router.get("/thu/{number}", dependencies=[access.needs("mails")])
def one(
    request: Request,
    number: str,
) -> Response:
    return wiring.page(request, "mail.html", mail=find(request, number), number=number)


@router.get("/thu/{number}/noi-dung", dependencies=[access.needs("mails")])
def content(
    request: Request,
    number: str,
) -> Response:
    """The mail's HTML part by itself, for the frame of its page."""
    headers = {"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(find(request, number).html, headers=headers)


def find(request: Request, number: str) -> Message:
    """The mail whose Message-ID begins with `number` (its UUID). Raises 404."""
    message = wiring.of(request).store.outbox.get(number) if len(number) <= 200 and number.isprintable() else None
    if message is None:
        raise HTTPException(404, "Không có thư này.")
    return message
