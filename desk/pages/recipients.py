"""Who receives which mail: addresses without an account, beside those of the settings and of the accounts."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import store
import vietnamese
from desk import access, wiring
from desk.pages.people import ADDRESS
from records import Role

router = APIRouter()
LISTS: dict[store.MailList, tuple[str, Role]] = {
    "urgent": ("Cảnh báo khẩn", "duty_officer"),
    "daily": ("Bản tin ngày", "duty_officer"),
    "weekly": ("Báo cáo tuần", "leader"),
    "alarm": ("Cảnh báo vận hành", "leader"),
}
"""list -> its name, and the role whose accounts receive it too"""


@router.get("/nguoi-nhan", dependencies=[access.needs("people")])
def listing(request: Request) -> Response:
    desk = wiring.of(request)
    named = {kind: getattr(desk.settings.mail, f"{kind}_to") for kind in LISTS}
    roles = {kind: desk.store.officers.with_role(role) for kind, (_, role) in LISTS.items()}
    return wiring.page(
        request, "recipients.html", lists=LISTS, named=named, roles=roles, listed=desk.store.recipients.all()
    )


@router.post("/nguoi-nhan", dependencies=[Depends(access.ours)])
def add(
    request: Request,
    visit: Annotated[access.Visit, access.needs("people")],
    kind: Annotated[str, Form(max_length=20)],
    address: Annotated[str, Form(min_length=3, pattern=ADDRESS)],
    name: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    desk = wiring.of(request)
    if kind not in get_args(store.MailList):
        raise HTTPException(422, "Không có danh sách này.")
    said = " ".join(vietnamese.nfc(name).split())
    desk.store.recipients.add(store.Recipient(kind, address, said, visit.officer.login, desk.clock()))  # type: ignore[arg-type]
    return RedirectResponse("/nguoi-nhan", 303)


@router.post("/nguoi-nhan/bo", dependencies=[Depends(access.ours)])
def remove(
    request: Request,
    visit: Annotated[access.Visit, access.needs("people")],
    kind: Annotated[str, Form(max_length=20)],
    address: Annotated[str, Form(max_length=254)],
) -> Response:
    desk = wiring.of(request)
    desk.store.recipients.remove(kind, address, visit.officer.login, desk.clock())
    return RedirectResponse("/nguoi-nhan", 303)
