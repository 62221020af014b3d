"""Who may do what, as one table; sessions; the dependency that every route names. A route that names none is refused at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Form, HTTPException, Request
from fastapi.routing import APIRoute

import received
from desk import guards, wiring
from desk.throttle import Rate
from records import Judged, Officer, Role

EVERYONE: frozenset[Role] = frozenset({"viewer", "analyst", "duty_officer", "province", "unit", "leader", "admin"})
MAY: dict[str, frozenset[Role]] = {
    "self": EVERYONE,
    "read": EVERYONE,
    "label": frozenset({"analyst", "duty_officer", "admin"}),
    "decide": frozenset({"duty_officer", "admin"}),
    "indicators": frozenset({"duty_officer", "admin"}),
    "evidence": frozenset({"duty_officer", "leader", "admin"}),
    "mails": frozenset({"duty_officer", "leader", "admin"}),
    "overview": EVERYONE - {"province"},
    "resend": frozenset({"duty_officer", "admin"}),
    "reports": frozenset({"viewer", "analyst", "duty_officer", "leader", "admin"}),
    "report_edit": frozenset({"analyst", "leader", "admin"}),
    "report_approve": frozenset({"leader", "admin"}),
    "export": EVERYONE - {"viewer"},
    "know": EVERYONE,
    "propose": frozenset({"analyst", "duty_officer", "unit", "admin"}),
    "approve": frozenset({"duty_officer", "leader", "admin"}),
    "health": frozenset({"analyst", "duty_officer", "leader", "admin"}),
    "report_in": frozenset({"province", "unit", "duty_officer", "admin"}),
    "pictures": frozenset({"province", "unit", "analyst", "duty_officer", "admin"}),
    "learning": frozenset({"analyst", "duty_officer", "leader", "admin"}),
    "requests": frozenset({"analyst", "admin"}),
    "sources": frozenset({"analyst", "admin"}),
    "models": frozenset({"admin"}),
    "people": frozenset({"admin"}),
    "subjects": frozenset({"admin"}),
    "duty": frozenset({"duty_officer", "leader", "admin"}),
}
PUBLIC = {
    "/dang-nhap",
    "/dang-nhap/ma",
    "/dang-nhap/co-quan",
    "/dang-nhap/co-quan/ve",
    "/khoe",
    "/nhan-thu/{ticket}",
    "/da-nhan/{ticket}",
}
"""the routes anybody reaches; of the last one the ticket is what opens it"""
attempts = Rate(10)
"""refusals a minute of one officer that the log takes"""
CENTRE: frozenset[Role] = EVERYONE - {"province"}


@dataclass(frozen=True)
class Visit:
    """Who is here, in which session."""

    officer: Officer
    token: str
    form: str
    """value of the hidden field of every form"""
    topics: tuple[str, ...] = ()
    """what the visitor's unit can answer"""

    def may(self, what: str) -> bool:
        return bool(MAY[what] & set(self.officer.roles))

    @property
    def province(self) -> str | None:
        """The only province this person sees, or None: all."""
        return None if CENTRE & set(self.officer.roles) else self.officer.province or "—"

    def sees(self, judged: Judged) -> bool:
        """Whether an item concerns this person: a provincial office sees its own, and what it sent in."""
        if self.province is None:
            return True
        label = judged.labels.get("provinces")  # a person's answer is in force where there is one, as in the list
        named = judged.assessment.provinces if label is None else label.split(";")
        routed = judged.case.routed_to if judged.case else None
        own = judged.document.source == received.source(self.officer)
        return own or self.province in named or routed == self.province


class SignIn(Exception):
    """Nobody is signed in: the answer is the way to the sign-in page."""


class NoFactor(Exception):
    """The visitor's role must have a second factor and has none yet: the answer is the way to one's own account."""


def must_have_factor(desk: wiring.Desk, officer: Officer) -> bool:
    return bool(set(officer.roles) & set(desk.settings.desk.totp_roles))


def visit(request: Request) -> Visit:
    """The signed-in visitor. Raises SignIn."""
    desk = wiring.of(request)
    token = request.cookies.get(desk.cookie, "")
    officer = desk.store.sessions.get(token, desk.clock()) if token and len(token) <= 128 else None
    if officer is None:
        raise SignIn
    topics = next((unit.topics for unit in desk.knowledge.units if officer.unit == unit.name), ())
    found = Visit(officer, token, guards.form_token(token, desk.keys.desk), topics)
    request.state.visit = found
    return found


def needs(what: str) -> Any:
    """The dependency of a route: signed in, with a role that may do `what`, and with a second factor where that is
    obligatory (one's own account is open without)."""
    if what not in MAY:
        raise ValueError(what)

    def check(request: Request) -> Visit:
        found, desk = visit(request), wiring.of(request)
        if not found.may(what):
            refused(request, found)
            raise HTTPException(403, "Tài khoản của bạn không có quyền này.")
        if what != "self" and must_have_factor(desk, found.officer) and not desk.store.factors.on(found.officer.login):
            raise NoFactor
        return found

    check.permission = what  # type: ignore[attr-defined]
    return Depends(check)


def refused(request: Request, found: Visit) -> None:
    """Notes in the log that somebody tried what they may not, so many times a minute."""
    desk, who = wiring.of(request), found.officer.login
    if not attempts.wait(who, desk.clock()):
        desk.store.audit(who, "bị từ chối", f"{request.method} {request.url.path}"[:200], desk.clock(), "")


def ours(request: Request, token: Annotated[str, Form(max_length=128)] = "") -> None:
    """The dependency of every form that changes something: its hidden field belongs to this session."""
    desk = wiring.of(request)
    if not guards.form_is_ours(token, request.cookies.get(desk.cookie, ""), desk.keys.desk):
        raise HTTPException(403, "Biểu mẫu đã cũ; hãy mở lại trang rồi gửi lại.")


def permission(route: APIRoute) -> str | None:
    """What a route asks for, read off its dependencies; None where it names none."""
    calls: list[Callable[..., Any] | None] = [dependant.call for dependant in route.dependant.dependencies]
    return next((found for call in calls if (found := getattr(call, "permission", None))), None)


def check_routes(routes: Iterable[APIRoute]) -> None:
    """Raises ValueError for a route without a permission that is not public, or a form without its check."""
    for route in routes:
        if route.path in PUBLIC:
            continue
        calls = [dependant.call for dependant in route.dependant.dependencies]
        if permission(route) is None:
            raise ValueError(f"{route.path}: no permission named")
        if route.methods and route.methods - {"GET", "HEAD"} and ours not in calls:
            raise ValueError(f"{route.path}: a form without its check")
