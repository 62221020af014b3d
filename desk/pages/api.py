"""The read API: the list, an item, the figures, as JSON. It only reads; a token stands for a role and sees what that role
sees. Described in OpenAPI at /api/v1/openapi.json."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

import store
from desk import access, exports, filters, wiring
from desk.pages.items import find
from desk.throttle import Rate
from records import Judged, Officer

router = APIRouter(prefix="/api/v1")
PAGE = 50
LONGEST = timedelta(days=366)
rate = Rate(120)
"""requests a minute of one token"""
guesses = Rate(30)
"""wrong tokens a minute from one address"""


def bearer(request: Request) -> access.Visit:
    """The token's role as a visitor. Raises 401, 429."""
    desk = wiring.of(request)
    now, address = desk.clock(), request.client.host if request.client else ""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = desk.store.tokens.find(given.strip()[:200], now) if scheme.lower() == "bearer" else None
    if token is None:
        if wait := guesses.wait(address, now):
            raise HTTPException(429, "Quá nhiều lần sai; hãy đợi.", {"Retry-After": str(wait)})
        raise HTTPException(401, "Cần khóa API còn hiệu lực.", {"WWW-Authenticate": "Bearer"})
    if wait := rate.wait(token.digest, now):
        raise HTTPException(429, "Quá 120 lần hỏi một phút; hãy đợi.", {"Retry-After": str(wait)})
    return access.Visit(Officer(f"api:{token.name}", token.name, "", (token.role,), token.province), "", "")


def needs(what: str) -> Any:
    """The dependency of an API route: a token whose role may do `what`."""

    def check(request: Request) -> access.Visit:
        visit = bearer(request)
        if not visit.may(what):
            raise HTTPException(403, "Khóa API này không có quyền này.")
        return visit

    check.permission = what  # type: ignore[attr-defined]
    return Depends(check)


class Item(BaseModel):
    """One item as the API gives it: a person's answer where there is one, else the machine's."""

    model_config = ConfigDict(title="Tin")
    id: str
    url: str
    desk_url: str
    title: str | None
    outlet: str
    kind: str
    published_at: str | None
    first_seen: str
    relevance: int
    sentiment: str | None
    target: str | None
    topics: list[str]
    provinces: list[str]
    feedback: str
    acts: list[dict[str, Any]] = Field(description="đầu mối do máy gợi ý, không phải kết luận")
    to_be_corrected: bool
    decision: str
    reason: str
    case: str | None
    story: str | None
    labelled: list[str] = Field(description="các câu trả lời do người sửa")


class Page(BaseModel):
    model_config = ConfigDict(title="Trang tin")
    items: list[Item]
    next: str | None = Field(description="địa chỉ trang sau; null: hết")


class Figures(BaseModel):
    """dimension -> label -> day -> count"""

    model_config = ConfigDict(title="Số liệu")
    first: date
    last: date
    recounting: int = Field(description="số ngày đang được đếm lại")
    counts: dict[str, dict[str, dict[str, int]]]


@router.get("/tin", response_model=Page, summary="Danh sách tin, mới nhất trước")
def listing(
    request: Request,
    visit: Annotated[access.Visit, needs("read")],
    q: Annotated[str, Query(description='từ cần tìm, "cụm từ", -loại trừ', max_length=200)] = "",
    tu: Annotated[str, Query(description="từ ngày, 2026-09-01")] = "",
    den: Annotated[str, Query(description="đến hết ngày")] = "",
    xem: Annotated[str, Query(description="vi_pham, dinh_chinh, chua_ro_tinh, rac, tat_ca")] = "",
    sac_thai: Annotated[str, Query(description="negative, neutral, positive")] = "",
    chu_de: Annotated[str, Query()] = "",
    tinh: Annotated[str, Query(description="tên tỉnh, thành phố")] = "",
    phan_anh: Annotated[str, Query()] = "",
    dieu: Annotated[str, Query(description="mã hành vi, ví dụ 3c")] = "",
    co_quan: Annotated[str, Query()] = "",
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Any:
    """The filters are those of the desk's list; the address of a list on the desk works here too."""
    desk = wiring.of(request)
    chosen = filters.values(request)
    found = desk.store.judged.page(filters.asked(chosen, visit), PAGE + 1, (trang - 1) * PAGE)
    more = request.url.include_query_params(trang=trang + 1) if len(found) > PAGE else None
    base = desk.settings.public_url
    following = f"{base}{more.path}?{more.query}" if more else None
    return Page(items=[item(one, base) for one in found[:PAGE]], next=following)


@router.get("/tin/{short}", response_model=Item, summary="Một tin")
def one(request: Request, short: str, visit: Annotated[access.Visit, needs("read")]) -> Any:
    desk = wiring.of(request)
    return item(find(desk, short, visit), desk.settings.public_url)


@router.get(
    "/so-lieu", response_model=Figures, summary="Số tin mỗi ngày theo từng mặt", dependencies=[needs("overview")]
)
def figures(
    request: Request,
    tu: Annotated[date, Query(description="từ ngày")],
    den: Annotated[date, Query(description="đến hết ngày")],
) -> Any:
    desk = wiring.of(request)
    if not timedelta() <= den - tu <= LONGEST:
        raise HTTPException(422, "Khoảng thời gian từ 1 ngày đến 366 ngày.")
    kept = desk.store.tallies
    return Figures(first=tu, last=den, recounting=kept.waiting(), counts=kept.of(tu, den))


@router.get("/openapi.json", dependencies=[access.needs("read")], include_in_schema=False)
def description(request: Request) -> Response:
    """The API in OpenAPI, for people signed in on the desk."""
    made = get_openapi(
        title="Lắng Nghe: API đọc", version="1", routes=router.routes,
        description="Chỉ đọc. Mỗi yêu cầu mang `Authorization: Bearer <khóa>`; khóa do người quản trị tạo ở mục Khóa API. "
        "Nhận định của máy chỉ là đầu mối.", servers=[{"url": wiring.of(request).settings.public_url}],
    )  # fmt: skip
    made.setdefault("components", {})["securitySchemes"] = {"khoa": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"khoa": []}]
    return JSONResponse(made)


def item(judged: Judged, base: str) -> Item:
    document, assessment, human = judged.document, judged.assessment, judged.labels
    short = store.short_id(document.key)
    listed: Callable[[str, tuple[str, ...]], list[str]] = lambda task, values: (  # noqa: E731
        human[task].split(";") if task in human else list(values)
    )
    return Item(
        id=short, url=document.url, desk_url=f"{base}/tin/{short}", title=document.title, outlet=document.outlet,
        kind=document.kind, published_at=exports.when(document.published_at), first_seen=exports.when(document.first_seen) or "",
        relevance=int(human.get("relevance") or assessment.relevance), sentiment=human.get("sentiment") or assessment.sentiment,
        target=human.get("target") or assessment.target, topics=listed("topics", assessment.topics),
        provinces=listed("provinces", assessment.provinces), feedback=human.get("feedback") or assessment.feedback,
        acts=[{"clause": act.clause, "mode": act.mode, "quote": act.quote, "score": round(act.score, 4)} for act in assessment.acts],
        to_be_corrected=any(claim.verdict == "contradicted" for claim in assessment.claims),
        decision=judged.reason.decision, reason=judged.reason.text, case=judged.case.status if judged.case else None,
        story=judged.story.id if judged.story else None, labelled=sorted(human),
    )  # fmt: skip
