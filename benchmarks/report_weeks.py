"""The weekly report over every full week of the recorded press stream. Needs ../shared.

    python -m benchmarks.report_weeks HOME [--out DIR] [--seed 3]

HOME keeps the filled store between runs. Each week is derived twice and compared to the byte, and its Word file is held
against the form of Decree 30/2020. One hundred figures chosen by chance are compared with what the desk's own lists count.
The forecast's errors in its trial over the real weeks are printed. `--out`: the files of three weeks, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.press_weeks import opened
from pipeline import periods, reporting
from pipeline.doors import Rooms
from records import Figures
from reports import form
from reports.forecast import forecast, share_forecast
from store import Filter

ASKED = {name: name for name in ("sentiment", "outlet", "province", "feedback", "target")}
"""dimension of the figures -> field of the desk's filter; topics are left out: the figures count the main one, lists any"""
FIGURES = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=3)
    said = parser.parse_args()
    with opened(said.home) as (rooms, _):
        names = weeks(rooms)
        made = [derived(rooms, name) for name in names]
        shown = [names[len(names) * place // 4] for place in (1, 2, 3)]
        if said.out:
            for name in shown:
                reporting.preview(rooms, name, said.out)
        figures = [one["figures"] for one in made]
        print(json.dumps(summary(made) | chosen(rooms, figures, said.seed) | trials(figures[-1]), indent=1))


def weeks(rooms: Rooms) -> list[str]:
    """The full weeks between the first and the last item."""
    first = rooms.store.documents.first_seen()
    assert first
    closed = periods.closed_weeks(rooms.clock(), 60)
    last = max(one.document.first_seen for one in rooms.store.judged.page(Filter(), 1))
    return [name for name in closed if periods.bounds(name)[0] >= first and periods.bounds(name)[1] <= last]


def derived(rooms: Rooms, name: str) -> dict[str, Any]:
    """One week, twice."""
    as_of, started = periods.bounds(name)[1], time.monotonic()
    figures = reporting.figures_of(rooms, name, as_of)
    made = reporting.build(rooms, figures)
    took = time.monotonic() - started
    again = reporting.build(rooms, reporting.figures_of(rooms, name, as_of))
    return {
        "week": name, "items": len({key for keys in figures.groups.get("all", {}).values() for key in keys}), "seconds": took,
        "same": reporting.files(made) == reporting.files(again), "faults": form.faults(made.docx),
        "warnings": made.warnings, "figures": figures,
    }  # fmt: skip


def summary(made: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "weeks": len(made),
        "items a week": [one["items"] for one in made],
        "the same bytes twice": sum(one["same"] for one in made),
        "faults of form": [fault for one in made for fault in one["faults"]],
        "warnings": sorted({warning for one in made for warning in one["warnings"]}),
        "seconds a report, longest": round(max(one["seconds"] for one in made), 1),
    }


def chosen(rooms: Rooms, weeks_: list[Figures], seed: int) -> dict[str, Any]:
    """Figures chosen by chance beside what the desk's list of the same question counts."""
    every = [
        (one, dimension, label) for one in weeks_ for dimension in ASKED for label in one.groups.get(dimension, {})
    ]
    wrong, some = [], random.Random(seed).sample(every, min(FIGURES, len(every)))
    for one, dimension, label in some:
        asked: dict[str, Any] = {"start": one.start, "end": one.end, ASKED[dimension]: label}
        listed = rooms.store.judged.count(Filter(**asked))
        stated = len(set(one.groups[dimension][label]))
        if listed != stated:
            wrong.append(f"{one.week} {dimension}/{label}: {stated}, listed {listed}")
    return {"figures compared with the desk's lists": len(some), "that differ": wrong}


def trials(last: Figures) -> dict[str, Any]:
    """The forecast's errors over the real weeks, as the last report states them."""
    volume = [sum(one.counts.get("all", {}).values()) for one in last.history]
    negative = [one.counts.get("sentiment", {}).get("negative", 0) for one in last.history]
    pairs = [(a - b) ** 2 / (a + b) for a, b in pairwise(volume) if a + b]
    found = {"volume": forecast(volume), "share of negative": share_forecast(negative, volume)}
    return {"variance over mean of the weekly counts": round(sum(pairs) / len(pairs), 2)} | {
        f"forecast of the {name}": one
        and {"used": one.method, "weeks tried": one.tried, "mean absolute error": dict(one.errors)}
        for name, one in found.items()
    }


if __name__ == "__main__":
    main()
