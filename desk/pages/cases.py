"""What an officer does with a case: take, confirm, dismiss, route, start the clock, write the first statement, close.

Every form says which version of the case the person saw; a case that another changed meanwhile is shown, not overwritten.
The desk writes no document: a draft is a request the pipeline answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, casework, history, wiring, words
from desk.pages.items import find
from records import Case, Overtaken, PressEntry

router = APIRouter()
DECISIONS = {"confirmed", "dismissed", "routed", "answered", "closed"}
REASONED = {"confirmed", "dismissed"}
NOTE, STATEMENT = 2000, 10_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
Seen = Annotated[int, Form(ge=0, le=10**9)]


@router.post("/tin/{short}/nhan-viec", dependencies=[Depends(access.ours)])
def acknowledge(request: Request, short: str, visit: Annotated[access.Visit, access.needs("decide")]) -> Response:
    """I look at it: nobody else is called."""
    desk = wiring.of(request)
    key = find(desk, short, visit).document.key
    desk.store.cases.acknowledge(key, visit.officer.login, desk.clock())
    return back(short)


@router.post("/tin/{short}/quyet-dinh", dependencies=[Depends(access.ours)])
def decide(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("decide")],
    status: Annotated[str, Form(max_length=20)],
    seen: Seen,
    note: Annotated[str, Form(max_length=NOTE)] = "",
    routed_to: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A named person confirms, dismisses, routes or closes; confirming and dismissing say why."""
    desk, why = wiring.of(request), vietnamese.nfc(note).strip()
    if status not in DECISIONS:
        raise HTTPException(422, "Quyết định không hợp lệ.")
    if status in REASONED and not why:
        raise HTTPException(422, "Hãy ghi lý do xác nhận hoặc loại.")
    if status == "routed" and routed_to not in words.offices(desk.knowledge):
        raise HTTPException(422, "Hãy chọn tỉnh, thành phố hoặc đơn vị để chuyển.")
    key, now, who = find(desk, short, visit).document.key, desk.clock(), visit.officer.login
    to = routed_to if status == "routed" else None

    def change() -> Case:
        return desk.store.cases.decide(key, status, who, now, why, routed_to=to, seen=seen)

    return changed(request, short, change, why, "quyết định", words.CASE[status])


@router.post("/tin/{short}/dong-ho", dependencies=[Depends(access.ours)])
def clock(request: Request, short: str, visit: Annotated[access.Visit, access.needs("decide")], seen: Seen) -> Response:
    """The human button that starts the 24 hours of NĐ 244/2026 Đ7."""
    desk = wiring.of(request)
    key, now = find(desk, short, visit).document.key, desk.clock()
    return changed(
        request, short, lambda: desk.store.cases.impact_confirmed(key, visit.officer.login, now, seen=seen), ""
    )


@router.post("/tin/{short}/phat-ngon", dependencies=[Depends(access.ours)])
def statement(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("decide")],
    seen: Seen,
    text: Annotated[str, Form(max_length=STATEMENT)] = "",
    address: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """The first public statement: its words and where it stands, kept in the press register."""
    desk, said = wiring.of(request), vietnamese.nfc(text).strip()
    judged = find(desk, short, visit)
    if not said:
        raise HTTPException(422, "Hãy ghi nội dung phát ngôn lần đầu.")
    if judged.case is None or judged.case.impact_confirmed_at is None:
        raise HTTPException(422, "Hãy xác định tác động dư luận trước; phát ngôn lần đầu tính từ lúc đó.")
    key, now, who = judged.document.key, desk.clock(), visit.officer.login
    title = vietnamese.nfc(judged.document.title or judged.document.text)[:300]
    entry = PressEntry(
        "statement", now, title, who, now, "Phát ngôn ban đầu", said, vietnamese.nfc(address).strip(), key
    )
    return changed(request, short, lambda: desk.store.cases.first_statement(key, who, now, entry, seen), said)


def changed(
    request: Request, short: str, change: Callable[[], Case], words_typed: str, what: str = "", detail: str = ""
) -> Response:
    """Does it and goes back to the item; where another person was first, shows what they did and gives the typed words
    back."""
    desk, visit = wiring.of(request), request.state.visit
    try:
        change()
    except Overtaken as error:
        return wiring.page(
            request, "overtaken.html", 409, short=short, by=error.by, at=error.at, typed=words_typed,
            standing=words.CASE.get(error.status, error.status),
        )  # fmt: skip
    if what:
        desk.store.audit(visit.officer.login, what, short, desk.clock(), detail)
    return back(short)


@router.post("/tin/{short}/dau-hieu", dependencies=[Depends(access.ours)])
def indicators(request: Request, short: str, visit: Annotated[access.Visit, access.needs("indicators")]) -> Response:
    """The scam indicators and the notes in clear, for an officer working on the open case; each look is logged."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    casework.refuse_closed(judged)
    found = desk.store.cases.indicators(judged.document.key, visit.officer.login, desk.clock())
    noted = [step for step in history.of(desk, judged) if step.note]
    return wiring.page(request, "indicators.html", judged=judged, short=short, found=found, noted=noted)


@router.post("/tin/{short}/du-thao", dependencies=[Depends(access.ours)])
def draft(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("decide")],
    kind: Annotated[str, Form(pattern=f"^({'|'.join(words.DRAFT)})$")],
) -> Response:
    """Asks the pipeline for a draft; it stands on the item's page when it is made."""
    desk = wiring.of(request)
    key, now, who = find(desk, short, visit).document.key, desk.clock(), visit.officer.login
    desk.store.requests.add("draft", {"what": kind, "document": key, "by": who}, who, now)
    desk.store.audit(who, "xin dự thảo", short, now, words.DRAFT[kind])
    return RedirectResponse(f"/tin/{short}#du-thao", 303)


@router.get("/tin/{short}/du-thao/{number}", dependencies=[access.needs("decide")])
def download(
    request: Request,
    short: str,
    number: Annotated[int, Path(ge=1, le=2**53)],
    visit: Annotated[access.Visit, access.needs("decide")],
) -> Response:
    found = wiring.of(request).store.cases.content(find(wiring.of(request), short, visit).document.key, number)
    if found is None:
        raise HTTPException(404, "Không có dự thảo này.")
    name = f"attachment; filename*=UTF-8''{quote(found[0])}"
    return Response(
        found[1], media_type=PDF if found[0].endswith(".pdf") else DOCX, headers={"Content-Disposition": name}
    )


def back(short: str) -> Response:
    return RedirectResponse(f"/tin/{short}#xu-ly", 303)
