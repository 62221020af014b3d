"""What people answer: an analyst's label, an officer's decision, the two buttons of the 24-hour clock, the indicators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, wiring, words
from desk.pages.items import find
from records import Judged, Label

router = APIRouter()
DECISIONS = {"confirmed", "dismissed", "routed", "answered", "closed"}
NOTE = 2000


@router.post("/tin/{short}/nhan", dependencies=[Depends(access.ours)])
def label(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("label")],
    task: Annotated[str, Form(max_length=20)],
    new: Annotated[list[str], Form(max_length=12)],
    reason: Annotated[str, Form(max_length=NOTE)] = "",
) -> Response:
    """The analyst's answer stands beside the machine's; it never overwrites it."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    answer, now = checked(desk, task, new), desk.clock()
    desk.store.labels.add(
        Label(
            judged.document.key, task, in_force(judged, task), answer, visit.officer.login, now,
            vietnamese.nfc(reason).strip(),
        )
    )  # fmt: skip
    desk.store.audit(visit.officer.login, "sửa nhãn", short, now, f"{task}: {answer}")
    return RedirectResponse(f"/tin/{short}", 303)


def checked(desk: wiring.Desk, task: str, new: list[str]) -> str:
    """The label's text. Raises 422 for a task or value that does not exist."""
    allowed: dict[str, set[str]] = {name: set(choices) for name, (_, choices) in words.TASKS.items()}
    allowed["topics"] = {*(topic.id for topic in desk.knowledge.topics), "khac"}
    allowed["provinces"] = {province.name for province in desk.knowledge.provinces}
    single = task in words.TASKS
    if task not in allowed or not set(new) <= allowed[task] or (single and len(new) != 1) or len(new) > 5:
        raise HTTPException(422, "Nhãn không hợp lệ.")
    return ";".join(new)


def in_force(judged: Judged, task: str) -> str:
    """The answer that stood until now: the last human one, else the machine's."""
    if task in judged.labels:
        return judged.labels[task]
    value = getattr(judged.assessment, task)
    return ";".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


@router.post("/tin/{short}/quyet-dinh", dependencies=[Depends(access.ours)])
def decide(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("decide")],
    status: Annotated[str, Form(max_length=20)],
    note: Annotated[str, Form(max_length=NOTE)] = "",
    routed_to: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A named person confirms, dismisses, routes or closes; dismissing and confirming say why."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    if status not in DECISIONS:
        raise HTTPException(422, "Quyết định không hợp lệ.")
    why = vietnamese.nfc(note).strip()
    if status in {"confirmed", "dismissed"} and not why:
        raise HTTPException(422, "Hãy ghi lý do xác nhận hoặc loại.")
    if status == "routed" and routed_to not in {province.name for province in desk.knowledge.provinces}:
        raise HTTPException(422, "Hãy chọn tỉnh, thành phố để chuyển.")
    key, now = judged.document.key, desk.clock()
    seen = judged.case.status if judged.case else None
    desk.store.cases.decide(key, status, visit.officer.login, now, why, routed_to=routed_to or None, expected=seen)
    desk.store.audit(visit.officer.login, "quyết định", short, now, words.CASE[status])
    return RedirectResponse(f"/tin/{short}", 303)


@router.post("/tin/{short}/dong-ho", dependencies=[Depends(access.ours)])
def clock(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("decide")],
    what: Annotated[str, Form(pattern="^(impact|statement)$")],
) -> Response:
    """The human button that starts the 24 hours of NĐ 244/2026 Đ7, and the one that says the statement was made."""
    desk = wiring.of(request)
    key, now = find(desk, short, visit).document.key, desk.clock()
    if what == "impact":
        desk.store.cases.impact_confirmed(key, visit.officer.login, now)
    else:
        desk.store.cases.first_statement(key, visit.officer.login, now)
    return RedirectResponse(f"/tin/{short}", 303)


@router.post("/tin/{short}/dau-hieu", dependencies=[Depends(access.ours)])
def indicators(request: Request, short: str, visit: Annotated[access.Visit, access.needs("indicators")]) -> Response:
    """The scam indicators in clear, for an officer working on the case; each look is logged."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    found = desk.store.cases.indicators(judged.document.key, visit.officer.login, desk.clock())
    return wiring.page(request, "indicators.html", judged=judged, short=short, found=found)
