"""A provincial office reports what it found."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

import masking
import vietnamese
from desk import access, wiring
from records import Document

router = APIRouter()


@router.get("/bao-tin", dependencies=[access.needs("report_in")])
def form(request: Request, da_nhan: Annotated[str, Query(max_length=1)] = "") -> Response:
    return wiring.page(request, "report_in.html", sent=bool(da_nhan))


@router.post("/bao-tin", dependencies=[Depends(access.ours)])
def report(
    request: Request,
    visit: Annotated[access.Visit, access.needs("report_in")],
    title: Annotated[str, Form(max_length=300)],
    text: Annotated[str, Form(max_length=50_000)],
    url: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Kept like every other item: masked, judged, told. Its key is the content's hash and the time of receipt."""
    desk, officer = wiring.of(request), visit.officer
    words, headline = vietnamese.nfc(text).strip(), vietnamese.nfc(title).strip()
    if not words or not headline:
        raise HTTPException(422, "Hãy ghi tiêu đề và nội dung.")
    if url and not url.startswith(("http://", "https://")):
        raise HTTPException(422, "Địa chỉ phải bắt đầu bằng http:// hoặc https://.")
    now, numbers = desk.clock(), desk.knowledge.official_numbers
    key = "report:" + hashlib.sha256(f"{officer.login}\n{now.isoformat()}\n{words}".encode()).hexdigest()[:32]
    office = f"BHXH {officer.province}" if officer.province else officer.name
    document = Document(
        key, "report", f"bao-tin:{officer.province or officer.login}", office, url, masking.mask(headline, numbers), None,
        masking.mask(words, numbers), now, now, method="report",
    )  # fmt: skip
    said = f"{headline}\n\n{words}"
    desk.store.documents.keep(document, masking.indicators(said, desk.knowledge.official_domains, numbers))
    desk.store.audit(officer.login, "báo tin", key, now, "")
    return RedirectResponse("/bao-tin?da_nhan=1", 303)
