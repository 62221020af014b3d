"""What an analyst answers: a label beside the machine's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import vietnamese
from desk import access, wiring, words
from desk.pages.items import find
from records import Judged, Label

router = APIRouter()
NOTE = 2000


@router.post("/tin/{short}/nhan", dependencies=[Depends(access.ours)])
def label(
    request: Request,
    short: str,
    visit: Annotated[access.Visit, access.needs("label")],
    task: Annotated[str, Form(max_length=20)],
    new: Annotated[list[str], Form(max_length=12)],
    reason: Annotated[str, Form(max_length=NOTE)] = "",
) -> Response:
    """The analyst's answer stands beside the machine's; it never overwrites it."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    answer, now = checked(desk, task, new), desk.clock()
    desk.store.labels.add(
        Label(
            judged.document.key, task, in_force(judged, task), answer, visit.officer.login, now,
            vietnamese.nfc(reason).strip(),
        )
    )  # fmt: skip
    desk.store.audit(visit.officer.login, "sửa nhãn", short, now, f"{task}: {answer}")
    return RedirectResponse(f"/tin/{short}", 303)


def checked(desk: wiring.Desk, task: str, new: list[str]) -> str:
    """The label's text. Raises 422 for a task or value that does not exist."""
    allowed: dict[str, set[str]] = {name: set(choices) for name, (_, choices) in words.TASKS.items()}
    allowed["topics"] = {*(topic.id for topic in desk.knowledge.topics), "khac"}
    allowed["provinces"] = {province.name for province in desk.knowledge.provinces}
    single = task in words.TASKS
    if task not in allowed or not set(new) <= allowed[task] or (single and len(new) != 1) or len(new) > 5:
        raise HTTPException(422, "Nhãn không hợp lệ.")
    return ";".join(new)


def in_force(judged: Judged, task: str) -> str:
    """The answer that stood until now: the last human one, else the machine's."""
    if task in judged.labels:
        return judged.labels[task]
    value = getattr(judged.assessment, task)
    return ";".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
