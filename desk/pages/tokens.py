"""Tokens of the read API: made for a role, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, wiring
from records import Role

router = APIRouter()
ROLES: tuple[Role, ...] = ("viewer", "leader", "unit", "province")
"""what a token may stand for: it only reads, so nobody who decides"""
LONGEST = 730


@router.get("/khoa-api", dependencies=[access.needs("people")])
def listing(request: Request) -> Response:
    return page(request)


@router.post("/khoa-api", dependencies=[Depends(access.ours)])
def make(
    request: Request,
    visit: Annotated[access.Visit, access.needs("people")],
    name: Annotated[str, Form(min_length=1, max_length=100)],
    role: Annotated[str, Form(pattern=f"^({'|'.join(ROLES)})$")],
    days: Annotated[int, Form(ge=1, le=LONGEST)],
    province: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """The token stands on the answer and nowhere else."""
    desk, now, said = wiring.of(request), wiring.of(request).clock(), " ".join(vietnamese.nfc(name).split())
    known = {one.name for one in desk.knowledge.provinces}
    if not said or (role == "province") != bool(province) or (province and province not in known):
        raise HTTPException(422, "Hãy đặt tên; khóa của BHXH tỉnh cần tên tỉnh, khóa khác thì không.")
    ends = now + timedelta(days=days)
    made = desk.store.tokens.make(said, role, province or None, ends, visit.officer.login, now)  # type: ignore[arg-type]
    return page(request, made)


@router.post("/khoa-api/{digest}/bo", dependencies=[Depends(access.ours)])
def revoke(request: Request, digest: str, visit: Annotated[access.Visit, access.needs("people")]) -> Response:
    desk = wiring.of(request)
    desk.store.tokens.revoke(digest, visit.officer.login, desk.clock())
    return RedirectResponse("/khoa-api", 303)


def page(request: Request, made: str = "") -> Response:
    desk = wiring.of(request)
    return wiring.page(
        request, "tokens.html", tokens=desk.store.tokens.all(), made=made, roles=ROLES, now=desk.clock(), longest=LONGEST,
        base=desk.settings.public_url,
    )  # fmt: skip
