"""A provincial office reports what it found."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response

import masking
import vietnamese
from desk import access, wiring
from records import Document

router = APIRouter()


@router.get("/bao-tin", dependencies=[access.needs("report_in")])
def form(
    request: Request,
) -> Response:
    return wiring.page(request, "report_in.html", sent=False)


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
    words = vietnamese.nfc(text).strip()
    if not words or not title.strip():
        raise HTTPException(422, "Hãy ghi tiêu đề và nội dung.")
    if url and not url.startswith(("http://", "https://")):
        raise HTTPException(422, "Địa chỉ phải bắt đầu bằng http:// hoặc https://.")
    now, numbers = desk.clock(), desk.knowledge.official_numbers
    key = "report:" + hashlib.sha256(f"{officer.login}\n{now.isoformat()}\n{words}".encode()).hexdigest()[:32]
    office = f"BHXH {officer.province}" if officer.province else officer.name
    document = Document(
        key, "report", f"bao-tin:{officer.province or officer.login}", office, url, vietnamese.nfc(title).strip(), None,
        masking.mask(words, numbers), now, now, method="report",
    )  # fmt: skip
    desk.store.documents.keep(document, masking.indicators(words, desk.knowledge.official_domains, numbers))
    desk.store.audit(officer.login, "báo tin", key, now, "")
    return wiring.page(request, "report_in.html", sent=True)
