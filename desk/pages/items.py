"""The list, with filters and search, and the page of one item."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

import store
import vietnamese
from desk import access, casework, filters, history, later, marking, questions, wiring
from records import Judged

router = APIRouter()
MEMBERS = 30
COUNTED = 1000
"""a list counts so far; beyond it says "trở lên" """
SHORT = re.compile(r"[0-9a-f]{16}")


@router.get("/tin")
def listing(request: Request, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    """A page of the list. How many there are is only counted without a search, and only so far."""
    desk = wiring.of(request)
    chosen = filters.values(request)
    asked, number = filters.asked(chosen, visit), filters.number(chosen)
    found = desk.store.judged.page(asked, filters.PAGE + 1, (number - 1) * filters.PAGE)
    items, words = found[: filters.PAGE], asked.query
    total = counted(desk, asked, len(chosen.keys() - {"xem", "trang"}), found, number)
    return wiring.page(
        request, "list.html", name=filters.STREAMS[chosen.get("xem")], items=items, total=total, most=COUNTED,
        more=len(found) > filters.PAGE, chosen=chosen, number=number, address=filters.address,
        found=[(shown(one, words), marking.snippet(one.document.text, words)) for one in items],
        chips=list(filters.chips(desk.knowledge, chosen)), streams=[one for one in filters.STREAMS.items() if one[0] != "don_vi" or visit.topics],
        more_chosen=bool(set(chosen) - filters.FIRST - {"xem", "trang"}),
        query=urlencode({key: value for key, value in chosen.items() if key != "trang"}),
        page_address=lambda page: filters.address(chosen, trang=page),
    )  # fmt: skip


def counted(desk: wiring.Desk, asked: store.Filter, conditions: int, found: list[Judged], number: int) -> int | None:
    """How many items the list has, up to COUNTED; None where counting would be slow: a search, or several conditions at
    once, and more than one page."""
    if number == 1 and len(found) <= filters.PAGE:
        return len(found)
    return None if asked.query or conditions > 1 else desk.store.judged.count(asked, COUNTED)


def shown(judged: Judged, query: str) -> list[marking.Piece]:
    """The title as a list shows it, the words of the search marked."""
    title = judged.document.title or judged.document.text[:120]
    return marking.cut(title, marking.hits(title, query))


@router.get("/tin/{short}")
def item(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("read")],
    q: Annotated[str, Query(max_length=filters.LONGEST)] = "",
) -> Response:
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    document, assessment = judged.document, judged.assessment
    return wiring.page(
        request, "item.html", judged=judged, short=short, day=day_of(judged), q=q,
        title_pieces=marking.pieces(assessment, "title", document.title or "", q),
        text_pieces=marking.pieces(assessment, "text", document.text, q),
        reasons=marking.reasons(assessment, document.title or "", document.text),
        members=told_with(desk, judged, visit), history=history.of(desk, judged),
        intake=desk.store.intakes.get(document.key) if document.kind == "report" else None,
        opened=casework.is_open(judged), corrections=desk.store.subjects.corrections(short),
        casework=casework.of(desk.store, desk.knowledge, judged, desk.clock()),
        told=last_answer(desk, judged, visit), copies=copies(desk, judged, visit),
        later=later.of(desk.store, judged, visit),
        sealed=desk.store.evidence.of(document.key), unsealed=desk.store.evidence.waiting(document.key),
    )  # fmt: skip


def told_with(desk: wiring.Desk, judged: Judged, visit: access.Visit) -> list[Judged]:
    """Other items of the same story that this visitor may see, at most MEMBERS."""
    if judged.story is None:
        return []
    same = store.Filter(story=judged.story.id, office=visit.province, relevance=(0, 1, 2), spam=None)
    found = desk.store.judged.page(same, MEMBERS + 1)
    return [other for other in found if other.document.key != judged.document.key][:MEMBERS]


def last_answer(desk: wiring.Desk, judged: Judged, visit: access.Visit) -> questions.Told | None:
    """What this visitor answered last, if it was about this item: it can be taken back."""
    told = questions.last(desk, visit.officer.login, desk.clock()) if visit.may("label") else None
    return told if told and told.short == store.short_id(judged.document.key) else None


def copies(desk: wiring.Desk, judged: Judged, visit: access.Visit) -> int:
    """How many near-copies a label of this visitor would reach."""
    often = visit.may("label") and questions.told_often(judged)
    return len(desk.store.labels.copies(judged.document.key)) if often else 0


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
