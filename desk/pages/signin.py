"""Signing in and out, and the sign of life for the watchdog."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

import passwords
import vietnamese
from desk import access, wiring
from desk.throttle import Throttle

router = APIRouter()
throttle = Throttle()


@router.get("/dang-nhap")
def form(request: Request, tiep: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    return wiring.page(request, "signin.html", back=local(tiep), login="", error="")


@router.post("/dang-nhap")
def enter(
    request: Request,
    login: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1024)],
    tiep: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """A new session under a new token, whatever cookie came in; the session that came in ends."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    login, address = vietnamese.nfc(login).strip(), request.client.host if request.client else ""
    if throttle.shut(login, address, now):
        text = "Đăng nhập sai nhiều lần; hãy đợi 15 phút rồi thử lại."
        return wiring.page(request, "signin.html", 429, back=local(tiep), login=login, error=text)
    stored = desk.store.officers.password_hash(login)
    if not passwords.right(stored, password):
        throttle.failed(login, address, now)
        desk.store.audit("bàn làm việc", "đăng nhập sai", login, now, "")
        text = "Tên đăng nhập hoặc mật khẩu không đúng."
        return wiring.page(request, "signin.html", 401, back=local(tiep), login=login, error=text)
    throttle.forget(login)
    if stored and passwords.outdated(stored):
        desk.store.officers.set_password(login, passwords.make(password))
    settings = desk.settings.desk
    idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    desk.store.sessions.end(request.cookies.get(desk.cookie, ""))
    token = desk.store.sessions.start(login, now, idle, longest)
    desk.store.audit(login, "đăng nhập", login, now, "")
    answer = RedirectResponse(local(tiep), 303)
    answer.set_cookie(desk.cookie, token, httponly=True, secure=settings.secure_cookies, samesite="lax", path="/")
    return answer


@router.post("/dang-xuat", dependencies=[Depends(access.ours)])
def leave(request: Request, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    desk = wiring.of(request)
    desk.store.sessions.end(visit.token)
    desk.store.audit(visit.officer.login, "đăng xuất", visit.officer.login, desk.clock(), "")
    answer = RedirectResponse("/dang-nhap", 303)
    answer.delete_cookie(desk.cookie, path="/", secure=desk.settings.desk.secure_cookies, httponly=True, samesite="lax")
    return answer


@router.get("/khoe")
def alive() -> Response:
    return PlainTextResponse("ổn")


def local(target: str) -> str:
    """`target` if it is a path of this desk, else the front page: a sign-in never leads elsewhere."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if plain else "/"
