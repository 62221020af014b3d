"""Drafts the desk asked for: made from the case as it stands, kept with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import reports.papers
import reports.paperwork
import store
from pipeline.doors import Rooms
from records import BadInput


async def draft(rooms: Rooms, arguments: Mapping[str, Any]) -> str:
    """The draft of one case; says which files were made. Raises BadInput."""
    key, kind = str(arguments.get("document")), str(arguments.get("what"))
    return await asyncio.to_thread(made, rooms, key, kind, str(arguments.get("by") or "langnghe"))


def made(rooms: Rooms, key: str, kind: str, by: str) -> str:
    judged, now, unit = rooms.store.judged.get(key), rooms.clock(), rooms.settings.unit
    if judged is None:
        raise BadInput(f"không có tin {key[:200]}")
    lines, print_ = rooms.store.press.of(key), store.fingerprint(judged.document)
    paper = reports.papers.compose(kind, judged, lines, unit.agency, print_, rooms.knowledge, now)
    files, missing = reports.paperwork.files(paper, unit, now)
    for name, content in files.items():
        rooms.store.cases.file(key, name, content, by, now)
    return "\n".join([*files, *([missing] if missing else [])])
