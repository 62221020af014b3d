"""The duty roster: shifts, leaves and who stands in; who is called now, and the hours nobody covers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import roster
import vietnamese
from desk import access, wiring
from desk.moments import local_moment

router = APIRouter()
DAYS = 14
"""days the page shows"""
LONGEST = timedelta(days=31)
"""one shift or leave"""


@router.get("/lich-truc", dependencies=[access.needs("duty")])
def listing(request: Request) -> Response:
    desk = wiring.of(request)
    now = desk.clock()
    today = now.astimezone(vietnamese.HO_CHI_MINH).date()
    start, end = _midnight(today), _midnight(today + timedelta(days=DAYS))
    team = desk.store.officers.with_role("duty_officer")
    shifts = desk.store.roster.between(start, end)
    days = []
    for number in range(DAYS):
        day = today + timedelta(days=number)
        first, last = _midnight(day), _midnight(day + timedelta(days=1))
        here = [one for one in shifts if one.start < last and one.end > first]
        days.append((day, desk.knowledge.day_off(day), not desk.knowledge.working_day(day), here))
    named = {officer.login: officer.name for officer in desk.store.officers.all()}
    return wiring.page(
        request, "duty.html", days=days, team=team, named=named, gaps=list(roster.gaps(shifts, today, DAYS)),
        on_duty=roster.on_duty(shifts, team, now), planned=any(one.kind == "duty" for one in shifts),
    )  # fmt: skip


@router.post("/lich-truc", dependencies=[Depends(access.ours)])
def add(
    request: Request,
    visit: Annotated[access.Visit, access.needs("duty")],
    login: Annotated[str, Form(max_length=64)],
    kind: Annotated[str, Form(pattern="^(duty|leave)$")],
    start: Annotated[str, Form(max_length=16)],
    end: Annotated[str, Form(max_length=16)],
    substitute: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    desk = wiring.of(request)
    team = {officer.login for officer in desk.store.officers.with_role("duty_officer")}
    if login not in team or (substitute and substitute not in team):
        raise HTTPException(422, "Chỉ xếp được tài khoản có vai trò trực ban.")
    first, last = local_moment(start), local_moment(end)
    if last - first > LONGEST:
        raise HTTPException(422, "Một ca trực hoặc kỳ nghỉ dài nhất 31 ngày.")
    stands_in = substitute if kind == "leave" else None
    desk.store.roster.add(login, kind, first, last, visit.officer.login, desk.clock(), stands_in or None)
    return RedirectResponse("/lich-truc", 303)


@router.post("/lich-truc/{place}/bo", dependencies=[Depends(access.ours)])
def remove(request: Request, place: int, visit: Annotated[access.Visit, access.needs("duty")]) -> Response:
    desk = wiring.of(request)
    desk.store.roster.remove(place, visit.officer.login, desk.clock())
    return RedirectResponse("/lich-truc", 303)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), vietnamese.HO_CHI_MINH)
