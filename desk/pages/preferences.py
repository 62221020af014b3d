"""What recipients choose by the signed link in their mails: no account, only their own address, and nothing changes before
they have confirmed it on the page (mail scanners open every link)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from desk import tickets, wiring
from records import Preferences

router = APIRouter()
PURPOSE = "preferences"
TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^$"


@router.get("/nhan-thu/{ticket}")
def form(request: Request, ticket: str) -> Response:
    address = whose(request, ticket)
    wish = wiring.of(request).store.wishes.all().get(address, Preferences(address))
    return wiring.page(request, "preferences.html", wish=wish, saved=False, visit=None)


@router.post("/nhan-thu/{ticket}")
def choose(
    request: Request,
    ticket: str,
    morning: Annotated[str, Form(max_length=5)] = "",
    afternoon: Annotated[str, Form(max_length=5)] = "",
    quiet_from: Annotated[str, Form(pattern=TIME)] = "",
    quiet_to: Annotated[str, Form(pattern=TIME)] = "",
) -> Response:
    desk, address = wiring.of(request), whose(request, ticket)
    if bool(quiet_from) != bool(quiet_to) or (quiet_from and quiet_from == quiet_to):
        raise HTTPException(422, "Hãy chọn cả giờ bắt đầu và giờ kết thúc, hoặc để trống cả hai.")
    wish = Preferences(address, bool(morning), bool(afternoon), quiet_from, quiet_to)
    desk.store.wishes.set(wish, desk.clock())
    return wiring.page(request, "preferences.html", wish=wish, saved=True, visit=None)


def whose(request: Request, ticket: str) -> str:
    """The address a link was made for."""
    return str(tickets.read(request, ticket, PURPOSE)["recipient"])
