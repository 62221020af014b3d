"""The issued weekly reports, as files."""

from __future__ import annotations

import mimetypes
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from desk import access, wiring

router = APIRouter()


@router.get("/bao-cao", dependencies=[access.needs("reports")])
def listing(
    request: Request,
) -> Response:
    kept = wiring.of(request).store.reports
    issued = [report for week in kept.weeks() if (report := kept.get(week))]
    return wiring.page(request, "reports.html", issued=issued)


@router.get("/bao-cao/{week}/{name}")
def file(
    request: Request,
    week: str,
    name: str,
    visit: Annotated[access.Visit, access.needs("reports")],
) -> Response:
    """One file of an issued report, byte for byte as it was issued; who took it is logged."""
    desk = wiring.of(request)
    issued = desk.store.reports.get(week) if week.isprintable() else None
    if issued is None or name not in issued.files:
        raise HTTPException(404, "Không có tệp này.")
    desk.store.audit(visit.officer.login, "tải báo cáo", name, desk.clock(), "")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(issued.files[name], media_type=kind, headers=headers)
