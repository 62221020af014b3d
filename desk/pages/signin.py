"""Signing in and out, with a second factor where the account has one, and the sign of life for the watchdog."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

import onetime
import passwords
import signing
import vietnamese
from desk import access, wiring
from desk.throttle import Throttle

router = APIRouter()
throttle = Throttle()
BETWEEN = timedelta(minutes=5)
"""time to type the code after the password"""
SHUT = "Đăng nhập sai nhiều lần; hãy đợi 15 phút rồi thử lại."


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
    """A session, or the question for the second factor; after the password, not instead of it."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    login, address, back = vietnamese.nfc(login).strip(), where(request), local(tiep)
    if throttle.shut(login, address, now):
        return wiring.page(request, "signin.html", 429, back=back, login=login, error=SHUT)
    stored = desk.store.officers.password_hash(login) if by_password(desk, login) else None
    if not passwords.right(stored, password):
        throttle.failed(login, address, now)
        desk.store.audit("bàn làm việc", "đăng nhập sai", login, now, "")
        text = "Tên đăng nhập hoặc mật khẩu không đúng."
        return wiring.page(request, "signin.html", 401, back=back, login=login, error=text)
    throttle.forget(login)
    if stored and passwords.outdated(stored):
        stored = passwords.make(password)
        desk.store.officers.set_password(login, stored)
    return admit(request, login, back)


def by_password(desk: wiring.Desk, login: str) -> bool:
    """Whether this login may sign in by a password: all, or only those for the day the agency's sign-on fails."""
    agency = desk.settings.desk.agency
    return agency.passwords or login in agency.break_glass


def admit(request: Request, login: str, back: str) -> Response:
    """A session for who has shown who they are, or the question for their second factor."""
    desk = wiring.of(request)
    if not desk.store.factors.on(login):
        return welcome(request, login, back)
    said = {"for": "second", "login": login, "password": fingerprint(desk.store.officers.password_hash(login))}
    ticket = signing.sign(said, desk.keys.desk, desk.clock() + BETWEEN)
    return wiring.page(request, "second.html", ticket=ticket, back=back, error="")


@router.post("/dang-nhap/ma")
def second(
    request: Request,
    ticket: Annotated[str, Form(max_length=signing.MAX_TOKEN)],
    code: Annotated[str, Form(max_length=60)],
    tiep: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """The code of the app, or a recovery code; each is good once."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    login, back = str(proved(request, ticket)["login"]), local(tiep)
    guessed, address = f"ma:{login}", where(request)
    if throttle.shut(guessed, address, now):
        return wiring.page(request, "second.html", 429, ticket=ticket, back=back, error=SHUT)
    if not spent(request, login, code):
        throttle.failed(guessed, address, now)
        desk.store.audit("bàn làm việc", "mã xác thực sai", login, now, "")
        text = "Mã không đúng hoặc đã dùng; hãy đợi mã mới."
        return wiring.page(request, "second.html", 401, ticket=ticket, back=back, error=text)
    throttle.forget(guessed)
    return welcome(request, login, back)


def proved(request: Request, ticket: str) -> Mapping[str, Any]:
    """Who has just given the right password, which has not been changed since. Raises 403."""
    desk = wiring.of(request)
    try:
        said = signing.verify(ticket, desk.keys.desk, desk.clock())
    except signing.BadToken as error:
        raise HTTPException(403, "Đã quá 5 phút; hãy đăng nhập lại.") from error
    stored = desk.store.officers.password_hash(str(said.get("login"))) if said.get("for") == "second" else None
    if stored is None or said.get("password") != fingerprint(stored):
        raise HTTPException(403, "Hãy đăng nhập lại.")
    return said


def spent(request: Request, login: str, code: str) -> bool:
    """Whether the code was good; it is not good again."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    factor = desk.store.factors.get(login)
    if factor is None or factor.confirmed_at is None:
        return False
    step = onetime.step(factor.secret, code, now)
    if step is not None:
        return desk.store.factors.spend(login, step)
    return desk.store.factors.recover(login, onetime.normal(code), now)


def welcome(request: Request, login: str, back: str) -> Response:
    """A new session under a new token, whatever cookie came in; the session that came in ends."""
    desk, now, settings = wiring.of(request), wiring.of(request).clock(), wiring.of(request).settings.desk
    idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    desk.store.sessions.end(request.cookies.get(desk.cookie, ""))
    token = desk.store.sessions.start(login, now, idle, longest)
    desk.store.audit(login, "đăng nhập", login, now, "")
    answer = RedirectResponse(back, 303)
    answer.set_cookie(desk.cookie, token, httponly=True, secure=settings.secure_cookies, samesite="lax", path="/")
    return answer


@router.post("/dang-xuat", dependencies=[Depends(access.ours)])
def leave(request: Request, visit: Annotated[access.Visit, access.needs("self")]) -> Response:
    desk = wiring.of(request)
    desk.store.sessions.end(visit.token)
    desk.store.audit(visit.officer.login, "đăng xuất", visit.officer.login, desk.clock(), "")
    answer = RedirectResponse("/dang-nhap", 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    answer.delete_cookie(desk.cookie, path="/", secure=desk.settings.desk.secure_cookies, httponly=True, samesite="lax")
    return answer


@router.get("/khoe")
def alive() -> Response:
    return PlainTextResponse("ổn")


def where(request: Request) -> str:
    return request.client.host if request.client else ""


def fingerprint(stored: str | None) -> str:
    """Of a password's hash: tells whether it was changed, and nothing else."""
    return hashlib.sha256((stored or "").encode()).hexdigest()[:32]


def local(target: str) -> str:
    """`target` if it is a path of this desk, else the front page: a sign-in never leads elsewhere."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if plain else "/"
