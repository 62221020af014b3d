"""What the machine has learnt: what people corrected, what changed by it, how sure that is, and the drift week by week. Here a
learning is asked for, a waiting candidate accepted, a model taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

import store
import vietnamese
from desk import access, learning, wiring, words

router = APIRouter()
CORRECTED, DRIFT = timedelta(days=30), timedelta(weeks=26)
BROKEN = timedelta(hours=1)
"""what could not be loaded is noted at every round of judging"""
TURNS, MODELS, ASKED = 25, 20, 50
"""rows shown; requests among which the last learning is looked for"""
ENOUGH = 200
"""items of the random sample below which no model is put in force by itself (nlp.promotion)"""
NOTE = 500
Version = Annotated[str, Form(max_length=60)]
Reason = Annotated[str, Form(min_length=3, max_length=NOTE)]


@router.get("/may-da-hoc")
def page(request: Request, visit: Annotated[access.Visit, access.needs("learning")]) -> Response:
    desk = wiring.of(request)
    kept, now = desk.store, desk.clock()
    known = {topic.id: topic.name for topic in desk.knowledge.topics} | {"khac": "khác"}
    turns = [
        (words.TASK.get(turn.task, turn.task), learning.said(turn.task, turn.old, known),
         learning.said(turn.task, turn.new, known), turn.items, turn.people)
        for turn in kept.labels.turns(now - CORRECTED)[:TURNS]
    ]  # fmt: skip
    models = kept.models.list(MODELS)
    pile = kept.models.pile()
    broken = next((one for one in kept.runs.problems(now - BROKEN) if pile and one.where == pile[0].version), None)
    training = next((one for one in kept.requests.list(ASKED) if one.kind == "train"), None)
    return wiring.page(
        request, "learning.html", turns=turns, models=models, judges=pile[0] if pile else None, below=pile[1:2],
        waiting=[one for one in models if one.state == "candidate"], training=training, learning=learning,
        weeks=learning.weeks(kept.labels.all("random", now - DRIFT)), enough=ENOUGH, sampled=kept.labels.sampled(),
        broken=broken, last=kept.runs.last("retrain"), at=desk.settings.judging.retrain_at, days=CORRECTED.days, may=visit.may,
        again=kept.documents.rejudging(now), again_days=store.REJUDGED.days,
    )  # fmt: skip


@router.post("/may-da-hoc/hoc", dependencies=[Depends(access.ours)])
def learn(request: Request, visit: Annotated[access.Visit, access.needs("requests")]) -> Response:
    desk = wiring.of(request)
    desk.store.requests.add("train", {"what": ""}, visit.officer.login, desk.clock())
    desk.store.audit(visit.officer.login, "giao việc", "train", desk.clock())
    return RedirectResponse("/may-da-hoc", 303)


@router.post("/may-da-hoc/dung", dependencies=[Depends(access.ours)])
def accept(
    request: Request, visit: Annotated[access.Visit, access.needs("models")], version: Version, reason: Reason
) -> Response:
    """A named person puts a model in force that the machine did not promote by itself."""
    desk = wiring.of(request)
    desk.store.models.accept(version, visit.officer.login, desk.clock(), vietnamese.nfc(reason).strip())
    return RedirectResponse("/may-da-hoc", 303)


@router.post("/may-da-hoc/bo", dependencies=[Depends(access.ours)])
def take_back(
    request: Request,
    visit: Annotated[access.Visit, access.needs("models")],
    version: Version,
    reason: Annotated[str, Form(max_length=NOTE)] = "",
) -> Response:
    """The model below judges from now on: one press of a button, the reason may follow."""
    desk = wiring.of(request)
    why = vietnamese.nfc(reason).strip() or "quay lại mô hình trước"
    desk.store.models.take_back(version, visit.officer.login, desk.clock(), why)
    return RedirectResponse("/may-da-hoc", 303)
