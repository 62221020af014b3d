"""The page of one story: who told it, when, in what tone."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

import store
from desk import access, wiring

router = APIRouter()
MEMBERS = 200


@router.get("/dien-bien/{story}")
def one(request: Request, story: str, visit: Annotated[access.Visit, access.needs("read")]) -> Response:
    """The story's items that this visitor may see, the first told first. An old id of a merged story works too."""
    desk = wiring.of(request)
    found = desk.store.stories.get(story) if len(story) <= 100 and story.isprintable() else None
    same = store.Filter(story=story, office=visit.province, relevance=(0, 1, 2), spam=None)
    items = desk.store.judged.page(same, MEMBERS + 1) if found else []
    if found is None or not items:
        raise HTTPException(404, "Không có câu chuyện này, hoặc các bài đã hết thời hạn lưu.")
    shown = items[:MEMBERS]
    tones = Counter(tone for one in shown if (tone := one.labels.get("sentiment", one.assessment.sentiment)))
    return wiring.page(
        request, "story.html", story=found, items=shown[::-1], cut=len(items) > MEMBERS, tones=sorted(tones.items())
    )
