"""Work asked of the pipeline: the desk writes a row, the pipeline carries it out, the desk shows how it went."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, wiring

router = APIRouter()
KINDS = {
    "train": "Huấn luyện lại",
    "test_source": "Thử một nguồn",
    "refetch": "Tải lại một tin",
}
"""what may be asked for here"""
NAMES = {**KINDS, "draft": "Lập dự thảo", "find_source": "Tìm nguồn mới", "add_source": "Thêm nguồn"}


@router.get("/viec", dependencies=[access.needs("requests")])
def listing(
    request: Request,
) -> Response:
    return wiring.page(
        request, "requests.html", asked=wiring.of(request).store.requests.list(50), kinds=KINDS, names=NAMES
    )


@router.post("/viec", dependencies=[Depends(access.ours)])
def ask(
    request: Request,
    visit: Annotated[access.Visit, access.needs("requests")],
    kind: Annotated[str, Form(pattern=f"^({'|'.join(KINDS)})$")],
    what: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    desk = wiring.of(request)
    desk.store.audit(visit.officer.login, "giao việc", kind, desk.clock(), vietnamese.nfc(what).strip())
    desk.store.requests.add(kind, {"what": vietnamese.nfc(what).strip()}, visit.officer.login, desk.clock())
    return RedirectResponse("/viec", 303)
