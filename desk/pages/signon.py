"""The way to the agency's sign-on and back. What must be remembered meanwhile is in a signed cookie of ten minutes; each way
back is good once."""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

import signing
from desk import agency, wiring
from desk.pages.signin import admit, local, throttle, where
from records import Officer

router = APIRouter()
BACK = "/dang-nhap/co-quan/ve"
AWAY = timedelta(minutes=10)
MOST = 10_000
_used: OrderedDict[str, None] = OrderedDict()
_lock = Lock()
FAILED = "Không đăng nhập được bằng tài khoản của cơ quan. Hãy thử lại, hoặc báo người quản trị."


@router.get("/dang-nhap/co-quan")
def leave(request: Request, tiep: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    desk = wiring.of(request)
    try:
        start = provider(desk).start()
    except agency.Refused as error:
        return refuse(request, str(error))
    said = {
        "for": "agency",
        "state": start.state,
        "nonce": start.nonce,
        "verifier": start.verifier,
        "back": local(tiep)[:1000],
    }
    answer = RedirectResponse(start.address, 303)
    kept = signing.sign(said, desk.keys.desk, desk.clock() + AWAY)
    secure = desk.settings.desk.secure_cookies
    answer.set_cookie(cookie(desk), kept, max_age=600, httponly=True, secure=secure, samesite="lax", path="/")
    return answer


@router.get(BACK)
def come_back(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Whoever the provider says came back, where there is one active account for them."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    if throttle.shut("co-quan:", where(request), now):
        raise HTTPException(429, "Đăng nhập sai nhiều lần; hãy đợi 15 phút rồi thử lại.")
    try:
        said = remembered(request, state)
        if not code:
            raise agency.Refused("the provider gave no code")
        claims = provider(desk).claims(code, str(said["nonce"]), str(said["verifier"]), now)
        officer = whose(desk, claims)
    except agency.Refused as error:
        return refuse(request, str(error))
    desk.store.audit(officer.login, "đăng nhập qua cơ quan", officer.login, now, str(claims["sub"])[:200])
    answer = admit(request, officer.login, str(said["back"]))
    answer.delete_cookie(
        cookie(desk), path="/", secure=desk.settings.desk.secure_cookies, httponly=True, samesite="lax"
    )
    return answer


def remembered(request: Request, state: str) -> Mapping[str, Any]:
    """What this browser set out with; once. Raises Refused."""
    desk = wiring.of(request)
    try:
        said = signing.verify(request.cookies.get(cookie(desk), ""), desk.keys.desk, desk.clock())
    except signing.BadToken as error:
        raise agency.Refused("no way out belongs to this way back") from error
    if said.get("for") != "agency" or not hmac.compare_digest(
        str(said["state"]).encode(), state.encode("utf-8", "replace")
    ):
        raise agency.Refused("state")
    with _lock:
        if state in _used:
            raise agency.Refused("state: used before")
        _used[state] = None
        while len(_used) > MOST:
            _used.popitem(last=False)
    return said


def whose(desk: wiring.Desk, claims: Mapping[str, Any]) -> Officer:
    """The one active account the claims name. Raises Refused."""
    name = desk.settings.desk.agency.claim
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise agency.Refused(f"{name}: missing")
    if name == "email":
        if claims.get("email_verified") is not True:
            raise agency.Refused("email: not verified")
        found = [one for one in desk.store.officers.all() if one.email and one.email.casefold() == value.casefold()]
    else:
        found = [one for one in desk.store.officers.all() if one.login == value]
    if len(found) != 1 or not found[0].active:
        raise agency.Refused(f"{name}: {len(found)} accounts, or a locked one")
    return found[0]


def refuse(request: Request, why: str) -> Response:
    """The visitor is told nothing that helps guessing; the log has the reason."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    throttle.failed("co-quan:", where(request), now)
    desk.store.audit("bàn làm việc", "đăng nhập qua cơ quan sai", "", now, why[:300])
    return wiring.page(request, "message.html", 403, title="Chưa đăng nhập được", text=FAILED)


def provider(desk: wiring.Desk) -> agency.Provider:
    """Raises 404 where no agency's sign-on is set up."""
    if desk.provider is None:
        raise HTTPException(404, "Không có trang này.")
    return desk.provider


def cookie(desk: wiring.Desk) -> str:
    return desk.cookie + "-di"
