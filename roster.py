"""Who is on duty, in which order people are called, and which hours nobody covers. Pure.

A shift says who is called first. An hour without a shift is everybody's: all duty officers who are not on leave. The
order of a call: who is on shift (or stands in), the other duty officers, the heads; nobody on leave, each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import vietnamese
from records import Officer, Shift


def on_duty(shifts: Sequence[Shift], officers: Sequence[Officer], now: datetime) -> list[Officer]:
    """Who is on shift now, a substitute in the place of who is on leave; without a shift all who are there."""
    known = {officer.login: officer for officer in officers if officer.active}
    away = {one.login: one.substitute for one in shifts if one.kind == "leave" and one.start <= now < one.end}
    named = [one.login for one in shifts if one.kind == "duty" and one.start <= now < one.end]
    called: list[str] = []
    for login in named:
        seen = {login}
        while login in away and away[login] and away[login] not in seen:
            login = away[login] or ""
            seen.add(login)
        if login in known and login not in away:
            called.append(login)
    if not called:
        called = [login for login in known if login not in away]
    return [known[login] for login in dict.fromkeys(called or known)]


def chain(
    shifts: Sequence[Shift], officers: Sequence[Officer], heads: Sequence[Officer], now: datetime
) -> list[Officer]:
    """In which order people are called at `now`: those on duty, the other officers, the heads."""
    away = {one.login for one in shifts if one.kind == "leave" and one.start <= now < one.end}
    order = [*on_duty(shifts, officers, now), *officers, *heads]
    there = [one for one in order if one.active and one.login not in away] or [one for one in order if one.active]
    return list({one.login: one for one in there}.values())


def gaps(shifts: Sequence[Shift], first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of the days from `first` on (Asia/Ho_Chi_Minh) that no shift covers, leaves without a substitute
    counted as absence."""
    at = datetime.combine(first, time(), vietnamese.HO_CHI_MINH)
    end = at + timedelta(days=days)
    duty = [one for one in shifts if one.kind == "duty"]
    leaves = [one for one in shifts if one.kind == "leave" and not one.substitute]
    edges = {at, end, *(edge for one in (*duty, *leaves) for edge in (one.start, one.end) if at < edge < end)}
    bare: tuple[datetime, datetime] | None = None
    for start, stop in zip(sorted(edges), sorted(edges)[1:], strict=False):
        here = [one for one in duty if one.start <= start < one.end]
        covered = any(
            not any(gone.login == one.login and gone.start <= start < gone.end for gone in leaves) for one in here
        )
        if covered:
            if bare:
                yield bare
            bare = None
        else:
            bare = (bare[0], stop) if bare else (start, stop)
    if bare:
        yield bare
