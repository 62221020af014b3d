"""Lists and labels as files, and labels from a file; who took what is logged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, File, HTTPException, Path, Request, UploadFile
from fastapi.responses import Response, StreamingResponse

from desk import access, exports, filters, label_studio, wiring
from desk.answering import checked, in_force
from records import BadInput, Label

router = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 8 * 2**20
MOST_LABELS = 5_000


@router.get("/xuat/{form}")
def export(
    request: Request,
    form: Annotated[str, Path(pattern="^(csv|xlsx|jsonl)$")],
    visit: Annotated[access.Visit, access.needs("export")],
) -> Response:
    """The list of the same filters as a file."""
    desk = wiring.of(request)
    chosen = filters.values(request)
    found = exports.items(desk.store, filters.asked(chosen, visit))
    desk.store.audit(visit.officer.login, "xuất danh sách", form, desk.clock(), urlencode(chosen)[:500])
    headers = {"Content-Disposition": f'attachment; filename="lang-nghe.{form}"'}
    if form == "xlsx":
        return Response(exports.as_xlsx(found, desk.knowledge), media_type=XLSX, headers=headers)
    if form == "csv":
        lines: Iterator[bytes] = exports.as_csv(found, desk.knowledge)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)
    return StreamingResponse(exports.as_jsonl(found, desk.knowledge), media_type="application/jsonl", headers=headers)


@router.get("/nhan/label-studio")
def labels_out(request: Request, visit: Annotated[access.Visit, access.needs("label")]) -> Response:
    """The newest labels as tasks of Label Studio."""
    desk = wiring.of(request)
    labels = desk.store.labels.all()[-MOST_LABELS:]
    judged = desk.store.judged.many({label.document for label in labels})
    text = json.dumps(label_studio.tasks(judged, labels), ensure_ascii=False)
    desk.store.audit(visit.officer.login, "xuất nhãn", "label-studio", desk.clock(), f"{len(labels)} nhãn")
    headers = {"Content-Disposition": 'attachment; filename="nhan-label-studio.json"'}
    return Response(text, media_type="application/json", headers=headers)


@router.get("/nhan", dependencies=[access.needs("label")])
def form_in(request: Request) -> Response:
    return wiring.page(request, "labels_in.html", result="", error="")


@router.post("/nhan", dependencies=[Depends(access.ours)])
def labels_in(
    request: Request,
    visit: Annotated[access.Visit, access.needs("label")],
    file: Annotated[UploadFile, File()],
) -> Response:
    """Labels made in Label Studio, under the name of who brings them. All of a file or nothing."""
    desk, now = wiring.of(request), wiring.of(request).clock()
    content = file.file.read(LARGEST + 1)
    try:
        if len(content) > LARGEST:
            raise BadInput(f"tệp quá lớn: nhiều nhất {LARGEST >> 20} MB")
        found = list(label_studio.answers(json.loads(content)))
        if len(found) > MOST_LABELS:
            raise BadInput(f"nhiều nhất {MOST_LABELS} nhãn một tệp")
        given = [(one, checked(desk, one.task, list(one.values))) for one in found]
    except (ValueError, RecursionError):
        return wiring.page(request, "labels_in.html", 422, result="", error="tệp không phải JSON")
    except (BadInput, HTTPException) as error:
        said = str(error.detail) if isinstance(error, HTTPException) else str(error)
        return wiring.page(request, "labels_in.html", 422, result="", error=said)
    judged = desk.store.judged.many({one.key for one, _ in given})
    new = [
        Label(
            one.key, one.task, in_force(judged[one.key], one.task), answer, visit.officer.login, now, "từ Label Studio"
        )
        for one, answer in given
        if one.key in judged and in_force(judged[one.key], one.task) != answer
    ]
    for label in new:
        desk.store.labels.add(label)
    missing = len({one.key for one, _ in given} - set(judged))
    desk.store.audit(visit.officer.login, "nhập nhãn", "label-studio", now, f"{len(new)} nhãn")
    result = f"Đã thêm {len(new)} nhãn mới; {len(given) - len(new)} nhãn bỏ qua vì đã như vậy hoặc tin không có trong kho ({missing} tin)."
    return wiring.page(request, "labels_in.html", result=result, error="")
