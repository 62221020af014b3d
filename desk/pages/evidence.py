"""The evidence pack of a flagged item, opened for a named person: logged in the transaction that opens it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

import sealing
from desk import access, wiring
from desk.pages.items import find

router = APIRouter()


@router.post("/tin/{short}/chung-cu", dependencies=[Depends(access.ours)])
def pack(request: Request, short: str, visit: Annotated[access.Visit, access.needs("evidence")]) -> Response:
    """The pack as a .zip; that and by whom it was made is logged with the hash of its list."""
    desk, who = wiring.of(request), visit.officer.login
    judged, now = find(desk, short, visit), desk.clock()
    document, kept = judged.document, desk.store
    records, chain = kept.evidence.open(document.key, who, now)
    versions, labels = kept.documents.versions(document.key), kept.labels.of(document.key)
    content, digest = sealing.pack(sealing.Dossier(document, versions, judged, labels, records, chain), now)
    kept.audit(who, "gói chứng cứ", short, now, digest)
    name = f'attachment; filename="chung-cu-{short}.zip"'
    return Response(content, media_type="application/zip", headers={"Content-Disposition": name})
