"""Silences: rings held back for a reason, by somebody, until a moment. What was held back rings at the end if it is still
news; it stands in the daily mail in any case."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, wiring, words
from desk.moments import local_moment

router = APIRouter()
LONGEST = timedelta(days=30)
SHOWN = timedelta(days=30)
"""how long an ended silence stays on the page"""


@router.get("/tam-im", dependencies=[access.needs("duty")])
def listing(
    request: Request,
    pham_vi: Annotated[str, Query(max_length=20)] = "",
    gia_tri: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """`pham_vi`, `gia_tri`: what the form is filled in with, for a link from elsewhere."""
    desk = wiring.of(request)
    now = desk.clock()
    return wiring.page(
        request, "silences.html", silences=desk.store.silences.list(now - SHOWN), now=now, value=gia_tri,
        scope=pham_vi if pham_vi in words.SCOPE else "outlet",
    )  # fmt: skip


@router.post("/tam-im", dependencies=[Depends(access.ours)])
def add(
    request: Request,
    visit: Annotated[access.Visit, access.needs("duty")],
    scope: Annotated[str, Form(pattern=f"^({'|'.join(words.SCOPE)})$")],
    value: Annotated[str, Form(min_length=1, max_length=200)],
    reason: Annotated[str, Form(min_length=3, max_length=300)],
    end: Annotated[str, Form(max_length=16)],
) -> Response:
    desk, now = wiring.of(request), wiring.of(request).clock()
    said, why = known(desk, scope, " ".join(vietnamese.nfc(value).split())), " ".join(vietnamese.nfc(reason).split())
    until = local_moment(end)
    if until - now > LONGEST:
        raise HTTPException(422, "Tạm im dài nhất 30 ngày.")
    desk.store.silences.add(scope, said, why, visit.officer.login, now, until, now)
    return RedirectResponse("/tam-im", 303)


@router.post("/tam-im/{place}/bo", dependencies=[Depends(access.ours)])
def end_early(request: Request, place: int, visit: Annotated[access.Visit, access.needs("duty")]) -> Response:
    desk = wiring.of(request)
    desk.store.silences.end(place, visit.officer.login, desk.clock())
    return RedirectResponse("/tam-im", 303)


def known(desk: wiring.Desk, scope: str, value: str) -> str:
    """The value as the product writes it. HTTPException for a topic, act, province or story nobody knows: such a silence
    would hold back nothing while somebody relies on it."""
    facts = desk.knowledge
    if scope == "topic":
        found = next((topic.id for topic in facts.topics if value in (topic.id, topic.name)), None)
    elif scope == "clause":
        found = next((act.clause for act in facts.acts if value in (act.clause, act.name)), None)
    elif scope == "province":
        province = facts.province(value)
        found = province.name if province else None
    elif scope == "story":
        story = desk.store.stories.get(value)
        found = story.id if story else None
    else:
        found = value
    if found is None:
        raise HTTPException(422, f"Không có {words.SCOPE[scope]} “{value}”; hãy xem lại giá trị.")
    return found
