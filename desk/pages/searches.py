"""Saved searches: a list's filters under a name; the pipeline can mail their new hits."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, filters, wiring

router = APIRouter()


@router.get("/tim-kiem")
def listing(request: Request, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    desk = wiring.of(request)
    found = [
        (
            saved,
            filters.address(dict(saved.chosen)),
            [text for text, _ in filters.chips(desk.knowledge, dict(saved.chosen))],
        )
        for saved in desk.store.searches.of(visit.officer.login)
    ]
    return wiring.page(request, "searches.html", searches=found)


@router.post("/tim-kiem", dependencies=[Depends(access.ours)])
def save(
    request: Request,
    visit: Annotated[access.Visit, access.needs("read")],
    name: Annotated[str, Form(max_length=100)],
    given: Annotated[dict[str, str], Depends(filters.filled)],
    mails: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """Keeps the filters of the list the form stood on; the page number is none of them."""
    desk, said = wiring.of(request), " ".join(vietnamese.nfc(name).split())
    chosen = {key: value for key, value in filters.cleaned(given).items() if key != "trang"}
    if not said or not chosen:
        raise HTTPException(422, "Hãy đặt tên, và chọn ít nhất một điều kiện lọc trước khi lưu.")
    if mails and not visit.officer.email:
        raise HTTPException(422, "Tài khoản của bạn chưa có địa chỉ thư; nhờ người quản trị thêm rồi lưu lại.")
    desk.store.searches.add(visit.officer.login, said, chosen, filters.asked(chosen, visit), bool(mails), desk.clock())
    return RedirectResponse("/tim-kiem", 303)


@router.post("/tim-kiem/{number}/bo", dependencies=[Depends(access.ours)])
def remove(request: Request, number: int, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    wiring.of(request).store.searches.remove(min(max(number, 0), 2**53), visit.officer.login)
    return RedirectResponse("/tim-kiem", 303)
