"""The reports: an archive of what was frozen, the words the Centre puts beside the figures, approval."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import store
import vietnamese
from desk import access, wiring
from records import BadInput

router = APIRouter()
LONG = 20_000
PROPOSALS = "de-xuat"
"""the part whose drafted words the Centre's own replace; behind the others they are added"""

FORMS = {".docx": "Word", ".pdf": "PDF", ".html": "Trang web", ".json": "Số liệu (JSON)"}
"""ending of a file -> what a reader calls it, in the order in which they are offered"""
DRAFT = "-du-thao"


@router.get("/bao-cao", dependencies=[access.needs("reports")])
def listing(request: Request) -> Response:
    return wiring.page(request, "reports.html", issued=wiring.of(request).store.reports.listing(), shelved=shelved)


@router.get("/bao-cao/{week}", dependencies=[access.needs("reports")])
def one(request: Request, week: str, error: str = "") -> Response:
    """One report: where it stands, its words part by part, what may be done with it."""
    kept = wiring.of(request).store.reports
    line = _line(kept.listing(), week)
    shown = wiring.page(
        request, "report_one.html", report=line, parts=_parts(kept.file(week, f"bao-cao-{week}.json")),
        edits=kept.edits(week), seen=kept.seen(week), error=error, proposals=PROPOSALS, most=LONG, shelved=shelved,
    )  # fmt: skip
    if error:
        shown.status_code = 409
    return shown


@router.post("/bao-cao/{week}/sua", dependencies=[Depends(access.ours)])
def edit(
    request: Request,
    week: str,
    visit: Annotated[access.Visit, access.needs("report_edit")],
    part: Annotated[str, Form(max_length=40)],
    text: Annotated[str, Form(max_length=LONG)] = "",
) -> Response:
    """The Centre's own words for one part; the figures stay as they were frozen."""
    desk = wiring.of(request)
    known = {one["id"] for one in _parts(desk.store.reports.file(week, f"bao-cao-{week}.json"))}
    if part not in known:
        raise HTTPException(422, "Báo cáo không có phần này.")
    return _done(
        request, week, lambda: desk.store.reports.edit(week, part, _clean(text), visit.officer.login, desk.clock())
    )


@router.post("/bao-cao/{week}/duyet", dependencies=[Depends(access.ours)])
def approve(
    request: Request,
    week: str,
    visit: Annotated[access.Visit, access.needs("report_approve")],
    seen: Annotated[int, Form(ge=0)],
) -> Response:
    """Approves what the visitor saw; the pipeline sends it at its hour, or at once where that has passed."""
    desk = wiring.of(request)
    return _done(request, week, lambda: desk.store.reports.approve(week, visit.officer.login, desk.clock(), seen))


@router.post("/bao-cao/{week}/rut", dependencies=[Depends(access.ours)])
def withdraw(request: Request, week: str, visit: Annotated[access.Visit, access.needs("report_approve")]) -> Response:
    desk = wiring.of(request)
    return _done(request, week, lambda: desk.store.reports.withdraw(week, visit.officer.login, desk.clock()))


@router.get("/bao-cao/{week}/{name}")
def file(
    request: Request,
    week: str,
    name: str,
    visit: Annotated[access.Visit, access.needs("reports")],
) -> Response:
    """One file of an issued report, byte for byte as it was issued; who took it is logged."""
    desk = wiring.of(request)
    content = desk.store.reports.file(week, name) if week.isprintable() and name.isprintable() else None
    if content is None:
        raise HTTPException(404, "Không có tệp này.")
    desk.store.audit(visit.officer.login, "tải báo cáo", name, desk.clock(), "")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


def _done(request: Request, week: str, work: Any) -> Response:
    try:
        work()
    except BadInput as error:
        return one(request, week, str(error))
    return RedirectResponse(f"/bao-cao/{week}", 303)


def shelved(names: Iterable[str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(what to read now, the drafts that were before it), each as (file, what it is)."""
    order = list(FORMS)
    known = sorted(
        (name for name in names if Path(name).suffix in FORMS), key=lambda one: order.index(Path(one).suffix)
    )
    drafts = [(name, FORMS[Path(name).suffix]) for name in known if DRAFT in name]
    rest = [(name, FORMS[Path(name).suffix]) for name in known if DRAFT not in name]
    final = any(Path(name).suffix != ".json" for name, _ in rest)
    return (rest, drafts) if final else ([*drafts, *rest], [])


def _line(lines: list[store.ReportLine], week: str) -> store.ReportLine:
    found = next((line for line in lines if line.week == week), None)
    if found is None:
        raise HTTPException(404, "Không có báo cáo này.")
    return found


def _clean(text: str) -> str:
    return "\n".join(line.strip() for line in vietnamese.nfc(text).splitlines() if line.strip())


def _parts(content: bytes | None) -> list[dict[str, Any]]:
    """The parts that can be edited, with their sentences, as the frozen file of the figures has them."""
    parts = json.loads(content)["report"] if content else []
    return [
        {"id": part["id"], "heading": part["heading"], "lines": list(_lines(part["blocks"]))}
        for part in parts
        if part.get("id")
    ]


def _lines(blocks: list[dict[str, Any]]) -> Any:
    for block in blocks:
        if "items" in block:
            yield from (item["text"] for item in block["items"])
        elif "text" in block and "picture" not in block:
            yield block["text"]
        elif "table" in block:
            yield f"(Bảng) {block['table']}"
