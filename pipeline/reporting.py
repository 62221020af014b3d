"""The BÁO CÁO: its figures, its files, its preview, and the same again from the as-of time. When it goes where: issuing.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import nlp.weights
import reports.spoken
import reports.weekly
from pipeline import periods, shelf
from pipeline.doors import Rooms
from records import BadInput, Figures, Revision
from store import Issued

DRAFT = "-du-thao"
"""what the names of the frozen files end in, until the words are approved"""
ERRORS = "errors.json"
"""beside the weights: how often the model was wrong when it was measured"""
TOLD = ("all", "sentiment", "feedback", "flag", "correction")
"""dimensions of which a later change is told in the next report"""


@dataclass(frozen=True, slots=True)
class Again:
    """An issued report derived anew. `source`: from the documents, or from the stored figures where documents are gone;
    `same`: whether every byte is the same."""

    files: Mapping[str, bytes]
    source: str
    same: bool


def figures_of(rooms: Rooms, name: str, as_of: datetime) -> Figures:
    """The figures of a period. Raises BadInput."""
    start, end, before = periods.bounds(name)
    asked = rooms.store.sources.polled_between(start, min(end, as_of))
    expected = {source.id: (source.name, source.expected) for source in rooms.sources if source.id in asked}
    spoken = reports.spoken.Messages(rooms.knowledge)
    found = rooms.store.figures(start, end, as_of, expected, before, name, spoken)
    return replace(found, stated=stated(rooms, found.models), revised=revised(rooms, found))


def stated(rooms: Rooms, models: tuple[str, ...]) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """How often the one model that judged the period was wrong when it was measured: task -> truth -> answer -> items. Empty
    where that is not known of it, or where several models judged."""
    if len(models) != 1:
        return {}
    if learnt := rooms.store.models.get(models[0]):
        return learnt.measured.get("errors", {})  # type: ignore[no-any-return]
    directory = shelf.base(rooms.settings).directory or nlp.weights.SHIPPED
    try:
        said = json.loads((directory / ERRORS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said["tasks"] if models == (said["model"],) else {}


def revised(rooms: Rooms, found: Figures) -> tuple[Revision, ...]:
    """The counts of the report before that are others by now."""
    start = found.start
    issued = rooms.store.reports.get(periods.week_of(start - periods.WEEK)) if "-W" in found.week else None
    if issued is None or issued.figures.end != start:
        return ()
    changed = []
    for dimension in TOLD:
        then, now = (groups.get(dimension, {}) for groups in (issued.figures.groups, found.before))
        whole = (
            {"all": [key for keys in then.values() for key in keys]},
            {"all": [k for keys in now.values() for k in keys]},
        )
        wanted = ("negative", "neutral", "positive") if dimension == "sentiment" else ("all",)
        old, new = (then, now) if dimension == "sentiment" else whole
        for label in wanted:
            a, b = (len(set(some.get(label, ()))) for some in (old, new))
            if a != b:
                changed.append(Revision(f"{dimension}/{label}", a, b))
    return tuple(changed)


def build(rooms: Rooms, figures: Figures, edits: Mapping[str, str] = {}, draft: bool = True) -> reports.weekly.Report:
    return reports.weekly.build(figures, rooms.settings.unit, rooms.knowledge, edits, draft)


def files(made: reports.weekly.Report, mark: str = "") -> dict[str, bytes]:
    """File name -> content of one report; the figures' own file carries no mark: they are what they are."""
    stem = f"bao-cao-{made.week}"
    found = {f"{stem}{mark}.docx": made.docx, f"{stem}{mark}.html": made.html.encode()}
    found |= {f"{stem}{mark}.pdf": made.pdf} if made.pdf else {}
    return found | {f"{stem}.json": made.json.encode()}


def preview(rooms: Rooms, name: str, out: Path) -> list[str]:
    """Writes the report of a closed period into `out`, never issued nor sent; returns the warnings. Raises BadInput."""
    now = rooms.clock()
    _, end, _ = periods.bounds(name)
    if end > now:
        raise BadInput(f"{name} chưa kết thúc; báo cáo chỉ lập cho kỳ đã qua")
    made = build(rooms, figures_of(rooms, name, now))
    write(out, files(made))
    return list(made.warnings)


def again(rooms: Rooms, issued: Issued) -> Again:
    """The frozen files of an issued report, derived anew from its as-of time: from the documents while they give the same
    figures, else from the figures stored with it."""
    fresh = figures_of(rooms, issued.week, issued.figures.as_of)
    whole = fresh == issued.figures
    made = files(build(rooms, fresh if whole else issued.figures), DRAFT)
    same = all(issued.files.get(name) == content for name, content in made.items())
    return Again(made, "từ các tin trong kho" if whole else "từ số liệu lưu cùng báo cáo", same)


def write(out: Path, made: Mapping[str, bytes]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out}: không ghi được: {error.strerror}") from error
