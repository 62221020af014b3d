"""The press register: requests, briefings, conferences, statements, replies; each with its time limit, if it has one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

import knowledge
import vietnamese
from desk import access, casework, wiring, words
from records import Overtaken, PressEntry

router = APIRouter()
PAGE = 50
LIMITS: dict[str, tuple[str, ...]] = {
    "request": ("tra-loi-bao-chi-30-ngay",),
    "forwarded": ("bao-cach-giai-quyet-15-ngay",),
    "petition": ("kiem-tra-dinh-chinh-15-ngay", "kiem-tra-dinh-chinh-10-ngay"),
    "reply": ("bao-chi-tra-loi-15-ngay",),
    "correction": ("bao-in-cai-chinh-2-ngay",),
    "correction_online": ("bao-dien-tu-cai-chinh-ngay",),
}
"""what is written -> the time limits of knowledge/deadlines.toml, of which the one in force on the day applies"""


@router.get("/so-bao-chi", dependencies=[access.needs("decide")])
def listing(
    request: Request,
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
    tin: Annotated[str, Query(pattern="^([0-9a-f]{16})?$")] = "",
) -> Response:
    desk = wiring.of(request)
    found = desk.store.press.list(PAGE + 1, (trang - 1) * PAGE)
    now, known = desk.clock(), desk.knowledge
    running = [(line, casework.clock(known, line, now)) for line in desk.store.press.running(PAGE)]
    about = desk.store.documents.by_id(tin) if tin else None
    return wiring.page(
        request, "register.html", lines=found[:PAGE], number=trang, more=len(found) > PAGE, running=running,
        about=about, tin=tin, now=f"{now.astimezone(vietnamese.HO_CHI_MINH):%Y-%m-%dT%H:%M}",
    )  # fmt: skip


@router.post("/so-bao-chi", dependencies=[Depends(access.ours)])
def add(
    request: Request,
    visit: Annotated[access.Visit, access.needs("decide")],
    kind: Annotated[str, Form(pattern=f"^({'|'.join(words.PRESS)})$")],
    at: Annotated[str, Form(max_length=16)],
    subject: Annotated[str, Form(max_length=300)] = "",
    party: Annotated[str, Form(max_length=200)] = "",
    address: Annotated[str, Form(max_length=500)] = "",
    text: Annotated[str, Form(max_length=10_000)] = "",
    tin: Annotated[str, Form(pattern="^([0-9a-f]{16})?$")] = "",
) -> Response:
    desk, now = wiring.of(request), wiring.of(request).clock()
    happened, about = moment(at), desk.store.documents.by_id(tin) if tin else None
    if happened > now:
        raise HTTPException(422, "Thời điểm không được ở sau hiện tại.")
    title = vietnamese.nfc(subject).strip() or (about.title if about else "") or ""
    if not title:
        raise HTTPException(422, "Hãy ghi nội dung của việc này.")
    limit = limit_on(desk.knowledge, kind, happened)
    entry = PressEntry(
        "correction" if kind == "correction_online" else kind,  # type: ignore[arg-type]
        happened, title, visit.officer.login, now, vietnamese.nfc(party).strip(), vietnamese.nfc(text).strip(),
        vietnamese.nfc(address).strip(), about.key if about else None, limit,
        desk.knowledge.due(limit, happened) if limit else None,
    )  # fmt: skip
    number = desk.store.press.add(entry)
    desk.store.audit(visit.officer.login, "ghi sổ báo chí", str(number), now, words.PRESS[kind])
    return RedirectResponse(f"/tin/{tin}#xu-ly" if tin else "/so-bao-chi", 303)


@router.post("/so-bao-chi/{number}/xong", dependencies=[Depends(access.ours)])
def done(
    request: Request,
    number: Annotated[int, Path(ge=1, le=2**53)],
    visit: Annotated[access.Visit, access.needs("decide")],
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """What was asked is answered, or what we asked for is done."""
    desk = wiring.of(request)
    try:
        desk.store.press.done(number, visit.officer.login, desk.clock(), vietnamese.nfc(note).strip())
    except Overtaken as error:
        at = vietnamese.time_text(error.at) if error.at else ""
        raise HTTPException(409, f"{error.by} đã ghi việc này xong lúc {at}.") from error
    desk.store.audit(visit.officer.login, "sổ báo chí: xong", str(number), desk.clock())
    return RedirectResponse("/so-bao-chi", 303)


def limit_on(known: knowledge.Knowledge, kind: str, moment: datetime) -> str | None:
    """The time limit of such a line on its day, or None."""
    day = moment.astimezone(vietnamese.HO_CHI_MINH).date()
    limits = [known.deadline(name) for name in LIMITS.get(kind, ())]
    return next((x.id for x in limits if (x.valid_from or day) <= day <= (x.valid_to or day)), None)


def moment(text: str) -> datetime:
    """The value of a date and time field, as read in Viet Nam. Raises 422."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=vietnamese.HO_CHI_MINH)
    except ValueError as error:
        raise HTTPException(422, "Ngày giờ chưa đúng.") from error
