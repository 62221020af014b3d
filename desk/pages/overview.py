"""The dashboard: how much was said, in what tone, about what, by whom, where; what runs; how the sources are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from desk import access, charts, clocks, filters, overview, tiles, wiring

router = APIRouter()


@router.get("/tong-quan", dependencies=[access.needs("overview")])
def dashboard(request: Request, ngay: Annotated[str, Query(max_length=3)] = "7") -> Response:
    desk = wiring.of(request)
    now, days = desk.clock(), overview.SPANS.get(ngay, 7)
    shown = overview.overview(desk.store, desk.knowledge, now, days)
    sources = desk.store.sources.health()
    silent = [state for state in sources if state.failures]
    counts = {line.name: line.count for line in shown.provinces}
    links = {line.name: line.address for line in shown.provinces}
    return wiring.page(
        request, "overview.html", shown=shown, days=days, spans=overview.SPANS, now=now, charts=charts, tiles=tiles,
        map=tiles.tiles(counts), islands=tiles.islands(), links=links, tones=overview.TONES,
        clocks=clocks.running(desk.store, desk.knowledge, now), sources=len(sources),
        silent=silent, outlets={one.source: one.name for one in desk.store.catalogue.all()} if silent else {},
        address=lambda day, tone: filters.address({"tu": day, "den": day, "sac_thai": tone}),
    )  # fmt: skip
