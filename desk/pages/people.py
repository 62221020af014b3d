"""Accounts; administrators only."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

import passwords
import vietnamese
from desk import access, wiring
from records import Officer, Role

router = APIRouter()
LOGIN = r"^[a-z0-9][a-z0-9._-]{1,39}$"
ADDRESS = r"^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190})?$"
"""an address the mail server can be handed as it is, or nothing"""


@router.get("/tai-khoan", dependencies=[access.needs("people")])
def listing(
    request: Request,
) -> Response:
    desk = wiring.of(request)
    return wiring.page(request, "people.html", officers=desk.store.officers.all(), provinces=desk.knowledge.provinces,
        units=desk.knowledge.units, factors=desk.store.factors.logins(),
    )  # fmt: skip


@router.post("/tai-khoan", dependencies=[Depends(access.ours)])
def add(
    request: Request,
    visit: Annotated[access.Visit, access.needs("people")],
    login: Annotated[str, Form(pattern=LOGIN)],
    name: Annotated[str, Form(min_length=1, max_length=100)],
    password: Annotated[str, Form(max_length=1024)],
    roles: Annotated[list[str], Form(max_length=20)],
    email: Annotated[str, Form(pattern=ADDRESS)] = "",
    province: Annotated[str, Form(max_length=60)] = "",
    unit: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    desk = wiring.of(request)
    if not set(roles) <= set(get_args(Role)) or desk.store.officers.get(login):
        raise HTTPException(422, "Vai trò không đúng, hoặc đã có tài khoản này.")
    if "province" in roles and province not in {one.name for one in desk.knowledge.provinces}:
        raise HTTPException(422, "Tài khoản BHXH tỉnh cần tên tỉnh, thành phố.")
    if ("unit" in roles or unit) and unit not in {one.name for one in desk.knowledge.units}:
        raise HTTPException(422, "Tài khoản đơn vị cần tên đơn vị.")
    try:
        hashed = passwords.make(password)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    held: tuple[Role, ...] = tuple(roles)  # type: ignore[arg-type]  # checked above
    made = Officer(login, vietnamese.nfc(name).strip(), email, held, province or None, unit or None)
    desk.store.officers.add(made, hashed)
    desk.store.audit(visit.officer.login, "thêm tài khoản", login, desk.clock(), ", ".join(roles))
    return RedirectResponse("/tai-khoan", 303)


@router.post("/tai-khoan/{login}/khoa", dependencies=[Depends(access.ours)])
def disable(
    request: Request, login: Annotated[str, Path(pattern=LOGIN)], visit: Annotated[access.Visit, access.needs("people")]
) -> Response:
    """Locks an account; every session of it ends at once. Nobody locks their own."""
    desk = wiring.of(request)
    if login == visit.officer.login or not desk.store.officers.get(login):
        raise HTTPException(422, "Không khóa được tài khoản này.")
    desk.store.officers.disable(login)
    desk.store.sessions.end_all(login)
    desk.store.audit(visit.officer.login, "khóa tài khoản", login, desk.clock(), "")
    return RedirectResponse("/tai-khoan", 303)


@router.post("/tai-khoan/{login}/ma", dependencies=[Depends(access.ours)])
def reset_factor(
    request: Request, login: Annotated[str, Path(pattern=LOGIN)], visit: Annotated[access.Visit, access.needs("people")]
) -> Response:
    """Takes a lost second factor away; the sessions end. One's own is turned off with the password, on one's own page."""
    desk = wiring.of(request)
    if login == visit.officer.login or not desk.store.factors.reset(login, visit.officer.login, desk.clock()):
        raise HTTPException(422, "Tài khoản này không có mã xác thực để bỏ.")
    return RedirectResponse("/tai-khoan", 303)
