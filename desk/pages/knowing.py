"""What the Centre knows: facts, law, campaign messages; edits are proposed by one person and approved by another."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

import knowledge
import store
import vietnamese
from desk import access, forms, wiring
from knowledge.edits import subject
from records import BadInput, BadKnowledge

router = APIRouter()
SHOWN = 200
LONG = 20_000


async def filled(request: Request) -> dict[str, str]:
    """The fields of a form whose names depend on the kind of entry."""
    return {name: str(value)[:LONG] for name, value in (await request.form()).items()}


@router.get("/kien-thuc", dependencies=[access.needs("know")])
def facts(
    request: Request, q: Annotated[str, Query(max_length=200)] = "", cu: Annotated[str, Query()] = ""
) -> Response:
    """The facts; those no longer in force only when asked for."""
    desk = wiring.of(request)
    today = desk.clock().astimezone(vietnamese.HO_CHI_MINH).date()
    known = desk.knowledge.facts if cu else desk.knowledge.facts_on(today)
    wanted = vietnamese.fold(q).split()
    found = [fact for fact in known if all(word in vietnamese.fold(_said(fact)) for word in wanted)]
    return wiring.page(request, "know/facts.html", facts=found, query=q, old=bool(cu), tab="fact", **_common(desk))


def _said(fact: knowledge.Fact) -> str:
    return " ".join((fact.id, fact.statement, fact.legal_basis, *fact.false_variants))


@router.get("/kien-thuc/luat", dependencies=[access.needs("know")])
def law(request: Request) -> Response:
    desk = wiring.of(request)
    return wiring.page(
        request, "know/law.html", versions=desk.knowledge.law, clauses=desk.knowledge.clauses, bases=desk.knowledge.bases,
        tab="law", **_common(desk),
    )  # fmt: skip


@router.get("/kien-thuc/thong-diep", dependencies=[access.needs("know")])
def campaigns(request: Request) -> Response:
    desk = wiring.of(request)
    return wiring.page(
        request, "know/campaigns.html", campaigns=desk.knowledge.campaigns, kinds=forms.CAMPAIGN_KINDS, tab="campaign",
        **_common(desk),
    )  # fmt: skip


@router.get("/kien-thuc/de-nghi", dependencies=[access.needs("know")])
def edits(request: Request) -> Response:
    """What waits for approval, and what was decided."""
    desk = wiring.of(request)
    found = [(edit, _changes(desk, edit)) for edit in desk.store.edits.list(limit=SHOWN)]
    return wiring.page(request, "know/edits.html", edits=found, names=forms.NAMES, tab="edits", **_common(desk))


@router.get("/kien-thuc/sua/{kind}", dependencies=[access.needs("propose")])
def form(request: Request, kind: str, ten: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The form of an entry: empty, or filled with the one in force."""
    desk = wiring.of(request)
    entry = _entry(desk.knowledge, kind, ten)
    if kind not in forms.FORMS or (ten and entry is None):
        raise HTTPException(404, "Không có mục này.")
    values = forms.shown(kind, entry) if entry else {}
    return _form(request, kind, ten, values, "")


@router.post("/kien-thuc/sua/{kind}", dependencies=[Depends(access.ours)])
def propose(
    request: Request,
    kind: str,
    visit: Annotated[access.Visit, access.needs("propose")],
    given: Annotated[dict[str, str], Depends(filled)],
) -> Response:
    """Keeps the proposal; one that would not fit is shown again with what is wrong."""
    desk = wiring.of(request)
    if kind not in forms.FORMS:
        raise HTTPException(404, "Không có mục này.")
    name, source = given.get("ten", ""), vietnamese.nfc(given.get("can_cu", "")).strip()
    entry = _entry(desk.knowledge, kind, name)
    try:
        content = forms.read(kind, given, _kept(kind, entry))
        if not source:
            raise ValueError("Căn cứ của đề nghị: chưa điền")
        check(desk, kind, content)
    except (ValueError, BadKnowledge) as error:
        return _form(request, kind, name, given, str(error), 422)
    desk.store.edits.propose(kind, subject(kind, content), content, source, visit.officer.login, desk.clock())
    return RedirectResponse("/kien-thuc/de-nghi", 303)


@router.post("/kien-thuc/de-nghi/{number}", dependencies=[Depends(access.ours)])
def decide(
    request: Request,
    number: int,
    visit: Annotated[access.Visit, access.needs("approve")],
    answer: Annotated[str, Form(pattern="^(duyet|khong)$")],
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Another person than the proposer approves or refuses; an approved edit is in force at once."""
    desk = wiring.of(request)
    edit = desk.store.edits.get(number) if 0 < number < 2**53 else None
    if edit is None:
        raise HTTPException(404, "Không có đề nghị này.")
    approved = answer == "duyet"
    if approved:
        try:
            check(desk, edit.kind, edit.content)
        except BadKnowledge as error:
            raise BadInput(f"không duyệt được: {error}") from error
    why = vietnamese.nfc(note).strip()
    desk.store.edits.decide(number, approved, visit.officer.login, desk.clock(), why)
    return RedirectResponse("/kien-thuc/de-nghi", 303)


def check(desk: wiring.Desk, kind: str, content: Any) -> None:
    """Raises BadKnowledge, without the name of our file, where the entry does not fit into what is in force."""
    said = json.dumps(dict(content), ensure_ascii=False, sort_keys=True)
    try:
        knowledge.load(edits=(*desk.current.edits, (kind, said)))
    except BadKnowledge as error:
        raise BadKnowledge(str(error).split(": ", 1)[-1]) from error


def _form(request: Request, kind: str, name: str, values: dict[str, str], error: str, status: int = 200) -> Response:
    fields = forms.FORMS[kind]
    return wiring.page(
        request, "know/form.html", status, kind=kind, name=name, fields=fields, values=values, error=error,
        kind_name=forms.NAMES[kind], units=forms.UNITS,
    )  # fmt: skip


def _entry(known: knowledge.Knowledge, kind: str, name: str) -> Any:
    """The entry in force with this name; None where there is none."""
    every: dict[str, tuple[Any, ...]] = {
        "fact": known.facts,
        "law": known.law,
        "clause": known.clauses,
        "campaign": known.campaigns,
    }
    return next((one for one in every.get(kind, ()) if name and subject(kind, dataclasses.asdict(one)) == name), None)


def _kept(kind: str, entry: Any) -> dict[str, Any]:
    values = {key: getattr(entry, key) for key in forms.KEPT.get(kind, ()) if entry is not None}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}


def _changes(desk: wiring.Desk, edit: store.Edit) -> list[tuple[str, str, str]]:
    """What the edit changes in what is in force now (waiting), or everything it says (decided)."""
    entry = _entry(desk.knowledge, edit.kind, edit.subject) if edit.state == "waiting" else None
    old = forms.shown(edit.kind, entry) if entry else {}
    return forms.changes(edit.kind, old, forms.said(edit.kind, edit.content))


def _common(desk: wiring.Desk) -> dict[str, Any]:
    today: date = desk.clock().astimezone(vietnamese.HO_CHI_MINH).date()
    return {"today": today, "refused": desk.current.refused, "waiting": len(desk.store.edits.list("waiting"))}
