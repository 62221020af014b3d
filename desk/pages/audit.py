"""The log of who did what to which subject: filtered, checked for tampering, never changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from desk import access, wiring

router = APIRouter()
PAGE = 100


@router.get("/nhat-ky", dependencies=[access.needs("people")])
def log(
    request: Request,
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ai: Annotated[str, Query(max_length=64)] = "",
    ve: Annotated[str, Query(max_length=300)] = "",
    kiem: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """`ai`: only what this person did; `ve`: only what was done to this subject; `kiem`: check the whole chain now."""
    kept = wiring.of(request).store
    found = kept.audit_log(PAGE + 1, (trang - 1) * PAGE, ai.strip() or None, ve.strip() or None)
    return wiring.page(
        request, "log.html", entries=found[:PAGE], number=trang, more=len(found) > PAGE, who=ai, subject=ve,
        chain=kept.audit_chain() if kiem else None,
    )  # fmt: skip
