"""A province or unit reports what it found, and sees what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, HTTPException, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

import received
import store
from desk import access, casework, wiring
from desk.pages.items import find
from records import Attachment, BadInput, Judged

router = APIRouter()
SENT = 30
PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@router.get("/bao-tin")
def form(
    request: Request,
    visit: Annotated[access.Visit, access.needs("report_in")],
    da_nhan: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    return page(request, visit, sent=bool(da_nhan))


@router.post("/bao-tin", dependencies=[Depends(access.ours)])
def report(
    request: Request,
    visit: Annotated[access.Visit, access.needs("report_in")],
    title: Annotated[str, Form(max_length=1000)] = "",
    text: Annotated[str, Form(max_length=60_000)] = "",
    url: Annotated[str, Form(max_length=3000)] = "",
    seen: Annotated[str, Form(max_length=2000)] = "",
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Kept like every other item: masked, judged, told. What cannot be taken is said, and nothing typed is lost."""
    desk, officer, now = wiring.of(request), visit.officer, wiring.of(request).clock()
    sent = [Attachment(one.filename or "", "", one.file.read(received.MOST_BYTES + 1)) for one in files or []]
    known = desk.knowledge
    try:
        made = received.report(
            officer, title, text, url.strip(), seen, [one for one in sent if one.content], now,
            known.official_numbers, known.official_domains,
        )  # fmt: skip
    except BadInput as error:
        typed = {"title": title, "text": text, "url": url, "seen": seen}
        return page(request, visit, error=str(error), values=typed, status=422)
    desk.store.documents.keep(made.document, made.indicators)
    desk.store.intakes.add(store.Intake(made.document.key, officer.login, now, made.seen), made.pictures)
    desk.store.audit(officer.login, "báo tin", made.document.key, now, f"{len(made.pictures)} ảnh")
    return RedirectResponse("/bao-tin?da_nhan=1", 303)


@router.get("/tin/{short}/anh/{number}")
def picture(
    request: Request, short: str, number: int, visit: Annotated[access.Visit, access.needs("pictures")]
) -> Response:
    """A picture of a report: it may show personal data, so each look is logged, and only its sender sees it without an
    open case."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    intake = desk.store.intakes.get(judged.document.key)
    if intake is None or intake.login != visit.officer.login:
        casework.refuse_closed(judged)
    file = desk.store.intakes.file(judged.document.key, number) if 0 < number < 2**53 else None
    if file is None:
        raise HTTPException(404, "Không có ảnh này.")
    desk.store.audit(visit.officer.login, "xem ảnh báo tin", short, desk.clock(), file.name)
    headers = {"Content-Security-Policy": PICTURE_POLICY, "Content-Disposition": f'inline; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


def page(
    request: Request,
    visit: access.Visit,
    sent: bool = False,
    error: str = "",
    values: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    kept = wiring.of(request).store
    earlier = [(intake, outcome(kept, intake)) for intake in kept.intakes.of(visit.officer.login, SENT)]
    return wiring.page(
        request, "report_in.html", status, sent=sent, error=error, values=values or {}, earlier=earlier, most=received
    )


def outcome(kept: store.Store, intake: store.Intake) -> tuple[str, Judged | None]:
    """(title, what became of it): None while it waits, or when its time of keeping is over."""
    document = kept.documents.get(intake.key)
    return (document.title or "" if document else "(đã hết thời hạn lưu)", kept.judged.get(intake.key))
