"""What an analyst answers on the page of one item: a label beside the machine's, for its near-copies too where asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, answering, wiring
from desk.answering import checked
from desk.pages.items import find
from desk.pages.signin import local
from records import Judged, Label

router = APIRouter()
NOTE = 2000


@router.post("/tin/{short}/nhan", dependencies=[Depends(access.ours)])
def label(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("label")],
    task: Annotated[str, Form(max_length=20)],
    given: Annotated[answering.Sent, Depends(answering.sent)],
    new: Annotated[tuple[str, ...], Form(max_length=12)] = (),
    reason: Annotated[str, Form(max_length=NOTE)] = "",
    copies: Annotated[bool, Form()] = False,
) -> Response:
    """The analyst's answer stands beside the machine's; it never overwrites it."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    plain = task != "acts"
    answer = checked(desk, task, list(new)) if plain else answering.answer(desk, judged.document, task, given)
    now, note = desk.clock(), vietnamese.nfc(reason).strip()
    one = Label(
        judged.document.key, task, answering.in_force(judged, task), answer, visit.officer.login, now, note
    )  # fmt: skip
    reached = [one, *for_copies(desk, judged, [one])] if copies else [one]
    desk.store.labels.add_all(reached)
    desk.store.audit(visit.officer.login, "sửa nhãn", short, now, f"{task}: {answer}{beyond(len(reached) - 1)}")
    return RedirectResponse(f"/tin/{short}#nhan", 303)


@router.post("/gan-nhan/hoan-tac", dependencies=[Depends(access.ours)])
def undo(
    request: Request,
    visit: Annotated[access.Visit, access.needs("label")],
    batch: Annotated[str, Form(pattern="^[0-9a-f]{16}$")],
    back: Annotated[str, Form(max_length=200)] = "/gan-nhan",
) -> Response:
    """Takes back exactly what was answered in one go; the question, if it was one, is asked again at once."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    items = desk.store.labels.withdraw(batch, visit.officer.login, now)
    desk.store.audit(visit.officer.login, "hoàn tác nhãn", batch, now, f"{items} tin")
    return RedirectResponse(local(back), 303)


def for_copies(desk: wiring.Desk, judged: Judged, labels: list[Label]) -> list[Label]:
    """The same answers for the near-copies of an item. They correct: an item is measured only where chance chose it."""
    keys = desk.store.labels.copies(judged.document.key)
    found = desk.store.judged.many(keys)
    return [
        replace(
            label, document=key, old=answering.in_force(found[key], label.task), origin="correction",
            new=answering.for_copy(label.task, label.new), reason=f"bản gần trùng của {judged.document.key}"[:NOTE],
        )
        for key in keys if key in found for label in labels
    ]  # fmt: skip


def beyond(copies: int) -> str:
    return f" (và {copies} bản gần trùng)" if copies else ""
