"""The list, with filters and search, and the page of one item."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

import vietnamese
from desk import access, filters, marking, wiring
from records import Judged

router = APIRouter()
MEMBERS = 30


@router.get("/")
def listing(request: Request, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    desk = wiring.of(request)
    chosen = filters.values(request)
    asked, number = filters.asked(chosen, visit), filters.number(chosen)
    found = desk.store.judged.page(asked, filters.PAGE, (number - 1) * filters.PAGE)
    return wiring.page(
        request, "list.html", items=found, total=desk.store.judged.count(asked), chosen=chosen, number=number,
        size=filters.PAGE, address=filters.address, page_address=lambda page: filters.address(chosen, trang=page),
    )  # fmt: skip


@router.get("/tin/{short}")
def item(request: Request, short: str, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    document, assessment = judged.document, judged.assessment
    story = judged.story
    return wiring.page(
        request, "item.html", judged=judged, short=short, day=day_of(judged),
        title_pieces=marking.quotations(assessment, "title", document.title or ""),
        text_pieces=marking.quotations(assessment, "text", document.text),
        reasons=marking.reasons(assessment, document.title or "", document.text),
        members=[other for other in desk.store.stories.members(story.id)[:MEMBERS] if other.key != document.key] if story else [],
        versions=desk.store.documents.versions(document.key), gone=desk.store.documents.gone(document.key),
        labels=desk.store.labels.of(document.key),
    )  # fmt: skip


def day_of(judged: Judged) -> date:
    """The day, in Viet Nam, whose law applies to the item."""
    moment = judged.document.published_at or judged.document.first_seen
    return moment.astimezone(vietnamese.HO_CHI_MINH).date()


def find(desk: wiring.Desk, short: str, visit: access.Visit) -> Judged:
    """The judged item of a desk address. Raises 404: also for one that does not concern this visitor."""
    document = desk.store.documents.by_id(short) if len(short) == 16 else None
    judged = desk.store.judged.get(document.key) if document else None
    if judged is None or not visit.sees(judged):
        raise HTTPException(404, "Không có tin này, hoặc tin đã hết thời hạn lưu.")
    return judged
