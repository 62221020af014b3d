"""Adding a source from the desk: what is found at an address is shown, and what a person confirmed is written. The row is
the one that was found and tried, never one a form brings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import knowledge
import vietnamese
from crawlers.sources import INTERVALS, Source
from pipeline import adding, catalogue
from pipeline.doors import Rooms
from records import BadInput

FRESH = timedelta(days=7)
"""how long what was found may be confirmed"""
LONGEST = 120
"""characters of a name"""


async def find(rooms: Rooms, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row of a site, tried, as the desk shows it. Raises BadInput."""

    async def tell(step: str) -> None:
        await asyncio.to_thread(rooms.store.requests.progress, str(arguments["request"]), step, rooms.clock())

    found = await adding.find(rooms, str(arguments.get("what")), tell)
    return {
        "text": found.text,
        "good": found.trial.good,
        "source": asdict(found.source),
        "told": found.told,
        "trial": found.trial.text,
        "row": adding.row(found.source),
    }


async def add(rooms: Rooms, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the row of a finding, with the name, province and tier the person gave it. Said again, or by a second person,
    it says that the source is there. Raises BadInput."""
    source = settled(await found(rooms, str(arguments.get("what"))), arguments, rooms.knowledge)
    known = next((one for one in rooms.sources if (one.id, one.homepage) == (source.id, source.homepage)), None)
    if known:
        return {"text": f"Nguồn {known.name} đã có trong danh sách, có thể người khác vừa thêm", "source": known.id}
    adding.refuse_known(rooms.sources, source.homepage)
    await adding.add(rooms, source, str(arguments["by"]))
    await asyncio.to_thread(catalogue.publish, rooms)
    return {"text": f"Đã thêm nguồn {source.name}", "source": source.id}


async def found(rooms: Rooms, request: str) -> Source:
    """The row that was found. Raises BadInput where nothing could be read, or long ago."""
    asked = await asyncio.to_thread(rooms.store.requests.get, request)
    if asked is None or asked.kind != "find_source" or not (asked.result or {}).get("good"):
        raise BadInput("không có kết quả tìm nguồn đọc được; hãy tìm lại")
    if rooms.clock() - asked.at > FRESH:
        raise BadInput(f"kết quả tìm đã quá {FRESH.days} ngày; hãy tìm lại để chắc nguồn còn đọc được")
    values: dict[str, Any] = (asked.result or {})["source"]
    row: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return Source(**row)


def settled(source: Source, arguments: Mapping[str, Any], known: knowledge.Knowledge) -> Source:
    """The row with a person's choices. Raises BadInput."""
    name = " ".join(vietnamese.nfc(str(arguments.get("name") or source.name)).split())[:LONGEST]
    province, tier = str(arguments.get("province") or ""), arguments.get("tier") or source.tier
    if province and province not in {one.name for one in known.provinces}:
        raise BadInput(f"không có tỉnh, thành phố {province[:100]}")
    if tier not in INTERVALS:
        raise BadInput("cấp của nguồn phải là 1, 2 hoặc 3")
    return replace(source, name=name or source.name, province=province, tier=tier)
