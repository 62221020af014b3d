"""The issued weekly reports, as files."""

from __future__ import annotations

import mimetypes

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


@router.get("/bao-cao/{week}/{name}", dependencies=[access.needs("reports")])
def file(
    request: Request,
    week: str,
    name: str,
) -> Response:
    """One file of an issued report, byte for byte as it was issued."""
    issued = wiring.of(request).store.reports.get(week)
    if issued is None or name not in issued.files:
        raise HTTPException(404, "Không có tệp này.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(issued.files[name], media_type=kind, headers=headers)
