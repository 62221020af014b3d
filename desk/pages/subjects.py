"""Requests of data subjects under the law on personal data: find, correct, erase; each with its two working days."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

import masking
import store
import vietnamese
from desk import access, casework, wiring
from desk.pages.register import moment
from store import SubjectRequest

router = APIRouter()
LIMIT = "chu-the-du-lieu-2-ngay"
SHORT = re.compile(r"([0-9a-f]{16})/?$")
ABOUT = re.compile(r"document:[0-9a-f]{16}|author:[0-9a-f]{64}")
SHORTEST = 6
"""digits of a number worth looking for"""
Number = Annotated[int, Path(ge=1, le=2**53)]
Letter = Annotated[str, Form(min_length=1, max_length=100)]


@router.get("/chu-the", dependencies=[access.needs("subjects")])
def listing(request: Request) -> Response:
    return page(request)


@router.post("/chu-the/tim", dependencies=[Depends(access.ours)])
def find(
    request: Request,
    visit: Annotated[access.Visit, access.needs("subjects")],
    letter: Letter,
    address: Annotated[str, Form(max_length=3000)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    platform: Annotated[str, Form(max_length=100)] = "",
    number: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """By an item's address, by the name somebody posted under and where, or by a number. By POST, so that no name stands in
    an address; logged with the number of the letter that asked."""
    desk, by, now = wiring.of(request), visit.officer.login, wiring.of(request).clock()
    kept, letter, found = desk.store, line(letter), []
    if address.strip():
        found += _at(kept, address.strip(), letter, by, request)
    if name.strip() and platform.strip():
        found += kept.subjects.of_author(
            masking.pseudonym(vietnamese.nfc(name), platform.strip(), desk.keys.author), letter, by, now
        )
    digits = masking.digits(number)
    if len(digits) >= SHORTEST:
        found += kept.subjects.of_number(digits, letter, by, now)
    if not (address.strip() or len(digits) >= SHORTEST or (name.strip() and platform.strip())):
        raise HTTPException(422, "Hãy điền địa chỉ tin, hoặc tên và nơi đăng, hoặc số.")
    return page(request, found=list(dict.fromkeys(found)), letter=letter)


def _at(kept: store.Store, address: str, letter: str, by: str, request: Request) -> list[store.About]:
    """The document of a desk address or of its own address."""
    short = SHORT.search(address)
    document = (kept.documents.by_id(short[1]) if short else None) or kept.documents.get(address)
    kept.audit(by, "tra cứu theo chủ thể", letter, wiring.of(request).clock(), f"address: {bool(document):d} documents")
    if document is None:
        return []
    at = document.published_at or document.first_seen
    return [
        store.About(
            document.key,
            store.short_id(document.key),
            document.kind,
            document.outlet,
            document.title or "",
            at,
            document.author,
        )
    ]


@router.post("/chu-the", dependencies=[Depends(access.ours)])
def add(
    request: Request,
    visit: Annotated[access.Visit, access.needs("subjects")],
    wish: Annotated[str, Form(pattern="^(find|correct|erase)$")],
    about: Annotated[str, Form(max_length=100)],
    letter: Letter,
    received: Annotated[str, Form(max_length=16)],
) -> Response:
    """Starts the two working days, from when the letter came in."""
    desk, now, at = wiring.of(request), wiring.of(request).clock(), moment(received)
    if not ABOUT.fullmatch(about) or not line(letter):
        raise HTTPException(422, "Hãy tìm trước rồi chọn tin hoặc tác giả, và ghi số văn bản đến.")
    if at > now:
        raise HTTPException(422, "Thời điểm không được ở sau hiện tại.")
    due = desk.knowledge.due(LIMIT, at)
    desk.store.subjects.add(wish, about, line(letter), at, due, visit.officer.login, now)  # type: ignore[arg-type]
    return RedirectResponse("/chu-the", 303)


@router.post("/chu-the/{number}/xong", dependencies=[Depends(access.ours)])
def done(
    request: Request,
    number: Number,
    visit: Annotated[access.Visit, access.needs("subjects")],
    outcome: Annotated[str, Form(min_length=1, max_length=2000)],
) -> Response:
    """What was answered; of a correction, the words that stand beside the item from now on."""
    desk = wiring.of(request)
    waiting(desk, number)
    said = masking.mask(vietnamese.nfc(outcome).strip(), desk.knowledge.official_numbers)
    if not said:
        raise HTTPException(422, "Hãy ghi đã trả lời thế nào.")
    desk.store.subjects.done(number, said, visit.officer.login, desk.clock())
    return RedirectResponse("/chu-the", 303)


@router.post("/chu-the/{number}/xoa", dependencies=[Depends(access.ours)])
def erase(
    request: Request,
    number: Number,
    visit: Annotated[access.Visit, access.needs("subjects")],
    sure: Annotated[str, Form(pattern="^co$")],  # noqa: ARG001  (the tick of the form)
) -> Response:
    """Erases what the request is about, wherever its words are kept, and answers the request with how much it was."""
    desk, by, now = wiring.of(request), visit.officer.login, wiring.of(request).clock()
    asked = waiting(desk, number)
    if asked.wish != "erase":
        raise HTTPException(422, "Yêu cầu này không phải yêu cầu xóa.")
    kind, _, value = asked.about.partition(":")
    if kind == "author":
        count = desk.store.documents.erase(author=value, by=by, at=now)
    else:
        document = desk.store.documents.by_id(value)
        count = desk.store.documents.erase(key=document.key, by=by, at=now) if document else 0
    desk.store.subjects.done(number, f"Đã xóa {count} tin.", by, now)
    return RedirectResponse("/chu-the", 303)


def waiting(desk: wiring.Desk, number: int) -> SubjectRequest:
    """Raises 404, 409."""
    asked = desk.store.subjects.get(number)
    if asked is None:
        raise HTTPException(404, "Không có yêu cầu này.")
    if asked.done_at:
        raise HTTPException(409, "Yêu cầu này đã được trả lời.")
    return asked


def line(text: str) -> str:
    return " ".join(vietnamese.nfc(text).split())


def page(request: Request, found: list[store.About] | None = None, letter: str = "") -> Response:
    desk = wiring.of(request)
    now, limit = desk.clock(), desk.knowledge.deadline(LIMIT)
    clocks = [
        (one, casework.Clock(limit.name, one.due_at, limit.legal_basis, one.done_at, one.due_at - now))
        for one in desk.store.subjects.list()
    ]
    return wiring.page(
        request, "subjects.html", clocks=clocks, found=found, letter=letter, limit=limit,
        now=f"{now.astimezone(vietnamese.HO_CHI_MINH):%Y-%m-%dT%H:%M}",
    )  # fmt: skip
