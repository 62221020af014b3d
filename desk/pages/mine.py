"""One's own account: the password, the second factor, the sessions. What weighs asks for the password again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import onetime
import passwords
from desk import access, wiring
from desk.pages.signin import SHUT, throttle, welcome, where

router = APIRouter()
ISSUER = "Lang Nghe"
Password = Annotated[str, Form(max_length=1024)]


@router.get("/toi")
def mine(request: Request, visit: Annotated[access.Visit, access.needs("self")]) -> Response:
    return page(request, visit)


@router.post("/toi/mat-khau", dependencies=[Depends(access.ours)])
def change(
    request: Request,
    visit: Annotated[access.Visit, access.needs("self")],
    password: Password,
    new: Password,
    again: Password,
) -> Response:
    """Every session ends, and a new one begins here."""
    desk, login = wiring.of(request), visit.officer.login
    prove(request, visit, password)
    if new != again:
        raise HTTPException(422, "Hai lần gõ mật khẩu mới không giống nhau.")
    try:
        hashed = passwords.make(new)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    desk.store.officers.set_password(login, hashed)
    desk.store.audit(login, "đổi mật khẩu", login, desk.clock(), "")
    return welcome(request, login, "/toi")


@router.post("/toi/phien", dependencies=[Depends(access.ours)])
def end_sessions(
    request: Request, visit: Annotated[access.Visit, access.needs("self")], password: Password
) -> Response:
    desk, login = wiring.of(request), visit.officer.login
    prove(request, visit, password)
    ended = desk.store.sessions.end_others(login, visit.token)
    desk.store.audit(login, "kết thúc các phiên khác", login, desk.clock(), str(ended))
    return RedirectResponse("/toi", 303)


@router.post("/toi/ma", dependencies=[Depends(access.ours)])
def begin(request: Request, visit: Annotated[access.Visit, access.needs("self")], password: Password) -> Response:
    """A new secret, as a QR picture; in force only after a code made from it."""
    desk, login = wiring.of(request), visit.officer.login
    prove(request, visit, password)
    secret = onetime.secret()
    desk.store.factors.begin(login, secret, desk.clock())
    return page(request, visit, secret=secret)


@router.post("/toi/ma/xac-nhan", dependencies=[Depends(access.ours)])
def confirm(
    request: Request,
    visit: Annotated[access.Visit, access.needs("self")],
    code: Annotated[str, Form(max_length=20)],
) -> Response:
    """In force; the recovery codes are shown this once, and the other sessions end."""
    desk, login, now = wiring.of(request), visit.officer.login, wiring.of(request).clock()
    factor, guessed = desk.store.factors.get(login), f"ma:{login}"
    if factor is None or factor.confirmed_at is not None:
        raise HTTPException(409, "Hãy bắt đầu lại việc bật mã xác thực.")
    if throttle.shut(guessed, where(request), now):
        raise HTTPException(429, SHUT)
    step = onetime.step(factor.secret, code, now)
    if step is None:
        throttle.failed(guessed, where(request), now)
        return page(request, visit, secret=factor.secret, error="Mã không đúng; hãy gõ mã đang hiện.", status=422)
    codes = onetime.recovery()
    if not desk.store.factors.confirm(login, step, codes, now):
        raise HTTPException(409, "Hãy bắt đầu lại việc bật mã xác thực.")
    desk.store.sessions.end_others(login, visit.token)
    return page(request, visit, codes=codes)


@router.post("/toi/ma/du-phong", dependencies=[Depends(access.ours)])
def renew(request: Request, visit: Annotated[access.Visit, access.needs("self")], password: Password) -> Response:
    """Other recovery codes; the earlier ones are void."""
    desk, login = wiring.of(request), visit.officer.login
    prove(request, visit, password)
    if not desk.store.factors.on(login):
        raise HTTPException(409, "Hãy bật mã xác thực trước.")
    codes = onetime.recovery()
    desk.store.factors.renew(login, codes, desk.clock())
    return page(request, visit, codes=codes)


@router.post("/toi/ma/tat", dependencies=[Depends(access.ours)])
def stop(request: Request, visit: Annotated[access.Visit, access.needs("self")], password: Password) -> Response:
    desk, login = wiring.of(request), visit.officer.login
    prove(request, visit, password)
    if access.must_have_factor(desk, visit.officer):
        raise HTTPException(403, "Vai trò của bạn bắt buộc dùng mã xác thực.")
    desk.store.factors.reset(login, login, desk.clock())
    desk.store.sessions.end_others(login, visit.token)
    return RedirectResponse("/toi", 303)


def prove(request: Request, visit: access.Visit, password: str) -> None:
    """The visitor's password, again. Raises 403, 429."""
    desk, login, now = wiring.of(request), visit.officer.login, wiring.of(request).clock()
    if throttle.shut(login, where(request), now):
        raise HTTPException(429, SHUT)
    if not passwords.right(desk.store.officers.password_hash(login), password):
        throttle.failed(login, where(request), now)
        desk.store.audit(login, "mật khẩu sai", login, now, request.url.path)
        raise HTTPException(403, "Mật khẩu hiện tại không đúng.")


def page(
    request: Request,
    visit: access.Visit,
    secret: str = "",
    codes: Sequence[str] = (),
    error: str = "",
    status: int = 200,
) -> Response:
    """`secret`: waits for its first code; `codes`: shown this once."""
    desk, login = wiring.of(request), visit.officer.login
    factor, must = desk.store.factors.get(login), access.must_have_factor(desk, visit.officer)
    picture = segno.make(onetime.address(secret, login, ISSUER), error="m") if secret else None
    return wiring.page(
        request, "mine.html", status, factor=factor if factor and factor.confirmed_at else None, must=must, error=error,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), codes=codes,
        picture=picture.svg_inline(scale=5, border=4, light="#fff", title="Mã QR để quét") if picture else "",
        sessions=desk.store.sessions.of(login, visit.token, desk.clock()), shortest=passwords.SHORTEST,
    )  # fmt: skip
