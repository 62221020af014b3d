"""The queues: one question after the other, one key an answer; the guideline; how far two people agree."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

import reports.agreement
import store
from desk import access, agreement, answering, questions, wiring
from desk.pages.items import find
from desk.pages.labelling import beyond, for_copies
from records import BadInput, Judged, Label

router = APIRouter()


@router.get("/gan-nhan")
def overview(request: Request, visit: Annotated[access.Visit, access.needs("label")]) -> Response:
    """What waits, by queue and task."""
    desk = wiring.of(request)
    waiting = desk.store.queues.waiting(visit.officer.login)
    lines = {
        name: [(task, questions.TASK_NAMES[task], count) for task in questions.TASK_NAMES if (count := waiting.get((name, task)))]
        for name in questions.QUEUES
    }  # fmt: skip
    told = questions.last(desk, visit.officer.login, desk.clock())
    return wiring.page(
        request, "questions/overview.html", lines=lines, queues=questions.QUEUES, told=told, most=store.COUNTED,
        draws=desk.store.queues.draws()[:8],
    )  # fmt: skip


@router.get("/gan-nhan/huong-dan", dependencies=[access.needs("label")])
def guideline(request: Request) -> Response:
    return wiring.page(request, "questions/guideline_page.html")


@router.get("/gan-nhan/dong-thuan", dependencies=[access.needs("label")])
def agreed(request: Request) -> Response:
    """How far people agree: each two of them, each task, each label."""
    desk = wiring.of(request)
    pairs = desk.store.queues.pairs(desk.clock() - agreement.SINCE)
    return wiring.page(
        request, "questions/agreement.html", lines=list(agreement.lines(desk, pairs)), few=reports.agreement.FEW
    )


@router.get("/gan-nhan/{slug}/{task}")
def ask(
    request: Request, slug: str, task: str, visit: Annotated[access.Visit, access.needs("label")]
) -> Response:  # fmt: skip
    """The next question of this person; the same one until it is answered or passed on."""
    desk, now, login = wiring.of(request), wiring.of(request).clock(), visit.officer.login
    queue = known(slug, task)
    key = desk.store.queues.next(queue, task, login, now)
    judged = desk.store.judged.get(key) if key else None
    asked = questions.ask(desk, queue, task, judged) if judged else None
    return wiring.page(
        request, "questions/one.html", asked=asked, queue=questions.QUEUES[queue], task=task,
        name=questions.TASK_NAMES[task], told=questions.last(desk, login, now), address=f"/gan-nhan/{slug}/{task}",
        left=desk.store.queues.count(queue, task, login) if asked else 0, most=store.COUNTED,
    )  # fmt: skip


@router.post("/gan-nhan/{slug}/{task}", dependencies=[Depends(access.ours)])
def answer(
    request: Request,
    slug: str,
    task: str,
    visit: Annotated[access.Visit, access.needs("label")],
    short: Annotated[str, Form(max_length=16)],
    given: Annotated[answering.Sent, Depends(answering.sent)],
    copies: Annotated[bool, Form()] = False,
) -> Response:
    """Keeps the answers to a question; refused where another person has it by now."""
    desk, now, by = wiring.of(request), wiring.of(request).clock(), visit.officer.login
    queue = known(slug, task)
    kind, judged = questions.QUEUES[queue], find(desk, short, visit)
    new = answering.answers(desk, judged.document, task, given)
    labels = [
        Label(judged.document.key, each, before(judged, each, kind.blind), text, by, now, "", kind.origin)
        for each, text in new.items()
    ]
    labels += for_copies(desk, judged, labels) if copies and not kind.blind else []
    try:
        desk.store.labels.add_all(labels, asked=True)
    except BadInput as error:
        return wiring.page(request, "questions/taken.html", 409, text=str(error), address=f"/gan-nhan/{slug}/{task}")
    said = "; ".join(f"{each}: {text}" for each, text in new.items())
    desk.store.audit(by, "gán nhãn", short, now, f"{kind.name}: {said}{beyond(len(labels) // len(new) - 1)}")
    return RedirectResponse(f"/gan-nhan/{slug}/{task}", 303)


@router.post("/gan-nhan/{slug}/{task}/bo-qua", dependencies=[Depends(access.ours)])
def skip(
    request: Request,
    slug: str,
    task: str,
    visit: Annotated[access.Visit, access.needs("label")],
    short: Annotated[str, Form(max_length=16)],
) -> Response:
    """Leaves the question to somebody else."""
    desk = wiring.of(request)
    judged = find(desk, short, visit)
    desk.store.queues.skip(known(slug, task), task, judged.document.key, visit.officer.login)
    return RedirectResponse(f"/gan-nhan/{slug}/{task}", 303)


def known(slug: str, task: str) -> str:
    """The queue of an address. Raises 404."""
    if slug not in questions.BY_SLUG or task not in questions.TASK_NAMES:
        raise HTTPException(404, "Không có hàng này.")
    return questions.BY_SLUG[slug]


def before(judged: Judged, task: str, blind: bool) -> str:
    """What the answer replaces; where chance chose the item, what it measures: the machine's answer."""
    return answering.machine(judged, task) if blind else answering.in_force(judged, task)
