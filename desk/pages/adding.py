"""Adding a source: an address is looked at by the pipeline, what it found is shown, a person confirms. The desk itself asks
nothing of the network. No id of a source begins with "_", so these pages hide none."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi import Path as Part
from fastapi.responses import RedirectResponse, Response

import records
import store
import vietnamese
from desk import access, sources, wiring

router = APIRouter()
RECENT = 10
Number = Annotated[str, Part(max_length=40)]


@router.get("/nguon/_them", dependencies=[access.needs("sources")])
def start(request: Request) -> Response:
    return form(request)


def form(
    request: Request, status: int = 200, url: str = "", wrong: str = "", known: store.Entry | None = None
) -> Response:
    """The page that asks for an address; `wrong`: why the one given cannot be looked at; `known`: the source that has it."""
    recent = wiring.of(request).store.requests.list(RECENT, "find_source")
    return wiring.page(request, "sources/add.html", status, url=url, wrong=wrong, known=known, recent=recent)


@router.post("/nguon/_them", dependencies=[Depends(access.ours)])
def look(
    request: Request,
    visit: Annotated[access.Visit, access.needs("sources")],
    url: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Ask the pipeline to look at an address; who asks while somebody's look at the same is open waits for that one."""
    desk, who = wiring.of(request), visit.officer.login
    try:
        asked = address(url)
    except ValueError as error:
        return form(request, 422, url, str(error))
    if known := listed(desk.store.catalogue.all(), asked):
        return form(request, 409, asked, "", known)
    number, new = desk.store.requests.join("find_source", {"what": asked}, who, desk.clock())
    if new:
        desk.store.audit(who, "tìm nguồn mới", asked[:300], desk.clock())
    return RedirectResponse(f"/nguon/_them/{number}", 303)


def address(text: str) -> str:
    """The address as it is asked for; without a scheme, https. Raises ValueError with what is wrong. Whether it may be
    reached is for the pipeline's guard to say."""
    text = vietnamese.nfc(text).strip()
    if not text:
        raise ValueError("Chưa điền địa chỉ.")
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        named = bool(host) and all(sign.isalnum() or sign in "-._:" for sign in host)
        whole = parts.scheme.lower() in {"http", "https"} and named and (parts.port or 80) > 0
    except ValueError:
        whole = False
    if not whole or any(sign.isspace() or not sign.isprintable() for sign in url):
        raise ValueError("Địa chỉ chưa đúng; hãy dán như trên thanh trình duyệt, bắt đầu bằng https:// hoặc http://.")
    if parts.username or parts.password:
        raise ValueError("Địa chỉ không được mang tên người dùng hay mật khẩu.")
    return url


def listed(entries: list[store.Entry], url: str) -> store.Entry | None:
    """The source of the list that lies on the same host."""

    def place(one: str) -> str:
        return urlsplit(one).netloc.lower().removeprefix("www.")

    return next((one for one in entries if not one.connector and place(one.homepage) == place(url)), None)


@router.get("/nguon/_them/{number}", dependencies=[access.needs("sources")])
def step(request: Request, number: Number) -> Response:
    """What was found, or how far the look or the adding is."""
    desk = wiring.of(request)
    asked, found = both(request, number)
    row = (found.result or {}).get("source") or {}
    entries = {one.source: one for one in desk.store.catalogue.all()}
    there = entries.get(str((asked.result or {}).get("source"))) if asked.kind == "add_source" else None
    same = entries.get(str(row.get("id")))
    if same and same.homepage == row.get("homepage"):
        there = there or same
    return wiring.page(
        request, "sources/found.html", asked=asked, found=found, row=row, there=there, sources=sources,
        others=desk.store.requests.list(),
        chosen={**row, **(asked.arguments if asked.kind == "add_source" else {})},
    )  # fmt: skip


def both(request: Request, number: str) -> tuple[records.Request, records.Request]:
    """(the request, the look it is or rests on)."""
    kept = wiring.of(request).store.requests
    asked = kept.get(number)
    found = kept.get(str(asked.arguments.get("what"))) if asked and asked.kind == "add_source" else asked
    if asked is None or found is None or found.kind != "find_source":
        raise HTTPException(404, "Không có lần tìm nguồn này.")
    return asked, found


@router.post("/nguon/_them/{number}", dependencies=[Depends(access.ours)])
def confirm(
    request: Request,
    number: Number,
    visit: Annotated[access.Visit, access.needs("sources")],
    name: Annotated[str, Form(min_length=1, max_length=120)],
    tier: Annotated[int, Form(ge=1, le=3)],
    province: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Ask the pipeline to add what was found."""
    desk = wiring.of(request)
    _, found = both(request, number)
    if province and province not in {one.name for one in desk.knowledge.provinces}:
        raise HTTPException(422, f"Không có tỉnh, thành phố “{province}”.")
    said = {"what": found.id, "name": " ".join(vietnamese.nfc(name).split()), "province": province, "tier": tier}
    asked, _ = desk.store.requests.join("add_source", said, visit.officer.login, desk.clock())
    return RedirectResponse(f"/nguon/_them/{asked}", 303)
