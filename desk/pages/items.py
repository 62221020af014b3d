"""The list, with filters and search, and the page of one item."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

import store
import vietnamese
from desk import access, filters, marking, wiring
from records import Judged

router = APIRouter()
MEMBERS = 30
SHORT = re.compile(r"[0-9a-f]{16}")


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
    return wiring.page(
        request, "item.html", judged=judged, short=short, day=day_of(judged),
        title_pieces=marking.quotations(assessment, "title", document.title or ""),
        text_pieces=marking.quotations(assessment, "text", document.text),
        reasons=marking.reasons(assessment, document.title or "", document.text),
        members=[other.document for other in told_with(desk, judged, visit)],
        versions=desk.store.documents.versions(document.key), gone=desk.store.documents.gone(document.key),
        labels=desk.store.labels.of(document.key),
    )  # fmt: skip


def told_with(desk: wiring.Desk, judged: Judged, visit: access.Visit) -> list[Judged]:
    """Other items of the same story that this visitor may see, at most MEMBERS."""
    if judged.story is None:
        return []
    same = store.Filter(story=judged.story.id, province=visit.province, relevance=(0, 1, 2), spam=None)
    found = desk.store.judged.page(same, MEMBERS + 1)
    return [other for other in found if other.document.key != judged.document.key][:MEMBERS]


def day_of(judged: Judged) -> date:
    """The day, in Viet Nam, whose law applies to the item."""
    moment = judged.document.published_at or judged.document.first_seen
    return moment.astimezone(vietnamese.HO_CHI_MINH).date()


def find(desk: wiring.Desk, short: str, visit: access.Visit) -> Judged:
    """The judged item of a desk address. Raises 404: also for one that does not concern this visitor."""
    document = desk.store.documents.by_id(short) if SHORT.fullmatch(short) else None
    judged = desk.store.judged.get(document.key) if document else None
    if judged is None or not visit.sees(judged):
        raise HTTPException(404, "Không có tin này, hoặc tin đã hết thời hạn lưu.")
    return judged
