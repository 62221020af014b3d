"""One week's report from a large store: `python -m benchmarks.report_large [--documents 1000000] [--work DIR]`.

The store of `benchmarks.desk` (two years, varied answers, 40 outlets) in SQLite; the last full week is counted and written in
all formats in a process of its own, whose time and peak memory are printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import config
import store
from benchmarks.desk import NOW, fill
from pipeline import clock, periods, reporting
from pipeline.doors import open_all


def made(home: Path, answers: Any) -> None:
    """Counts and writes the last closed week; says how long each took and the most memory used."""
    settings = config.Settings(data_dir=home, judging=config.Judging(workers=0))
    with open_all(settings, clock.Hand(NOW)) as rooms:
        week, started, busy = periods.week_of(NOW - timedelta(days=7)), time.monotonic(), time.process_time()
        figures = reporting.figures_of(rooms, week, NOW)
        counted = time.monotonic()
        files = reporting.files(reporting.build(rooms, figures))
        ended = time.monotonic()
    answers.put(
        {
            "week": week,
            "items of the week": sum(len(keys) for keys in figures.groups["sentiment"].values()),
            "counting, s": round(counted - started, 1),
            "writing, s": round(ended - counted, 1),
            "of which this process computed, s": round(time.process_time() - busy, 1),
            "peak memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "files, kB": {name: round(len(content) / 1024) for name, content in files.items()},
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, help="keeps the store between runs")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=said.work) as temporary:
        home = said.work or Path(temporary)
        url = config.Settings(data_dir=home).database_url
        if not (home / "langnghe.db").exists():
            store.create(url)
            fill(url, said.documents)
        context = multiprocessing.get_context("spawn")
        answers = context.Queue()
        worker = context.Process(target=made, args=(home, answers))
        worker.start()
        print(json.dumps(answers.get(), indent=1, ensure_ascii=False))
        worker.join()


if __name__ == "__main__":
    main()
