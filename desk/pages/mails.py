"""The outbox as people see it: what was sent, what waits, what could not be sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk import access, wiring, words
from records import Message

router = APIRouter()
PAGE = 50
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""a mail is shown without scripts, forms or anything loaded from elsewhere"""


@router.get("/thu", dependencies=[access.needs("mails")])
def listing(
    request: Request,
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
    loai: Annotated[str, Query(max_length=20)] = "",
    trang_thai: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """`loai`: a kind of mail; `trang_thai`: a state. What is none asks for all."""
    kept = wiring.of(request).store.outbox
    kind, state = (loai if loai in words.MAIL else None), (trang_thai if trang_thai in words.MAIL_STATE else None)
    found = kept.list(PAGE + 1, (trang - 1) * PAGE, kind, state)
    return wiring.page(
        request, "mails.html", mails=found[:PAGE], number=trang, more=len(found) > PAGE, kind=kind or "", state=state or "",
        counts=kept.counts(),
    )  # fmt: skip


@router.post("/thu/{number}/gui-lai", dependencies=[Depends(access.ours)])
def again(
    request: Request,
    number: str,
    recipient: Annotated[str, Form(max_length=254)],
    visit: Annotated[access.Visit, access.needs("resend")],
) -> Response:
    """A mail that was given up goes out after all: a person's decision, under its old Message-ID."""
    desk = wiring.of(request)
    mail = desk.store.outbox.get(number, recipient) if len(number) <= 200 and number.isprintable() else None
    if mail is None or not desk.store.outbox.requeue(mail, desk.clock()):
        raise HTTPException(409, "Thư này không ở tình trạng không gửi được; tải lại trang để xem.")
    desk.store.audit(visit.officer.login, "gửi lại thư", number, desk.clock(), recipient)
    return RedirectResponse(f"/thu/{number}", 303)


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
