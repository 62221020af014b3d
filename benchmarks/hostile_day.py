"""300 sources on loopback, three in ten of them hostile: what the healthy ones lose by it.

    python -m benchmarks.hostile_day [--sources 300] [--seconds 120] [--every 20] [--seed 7]

Runs the product's own collect job as its timetable does, first on a quiet day, then on a hostile one with the same papers;
prints for the same healthy sources the share of articles stored and the delay from publication to the store in both runs.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import config
import crawlers.collect
import store
from benchmarks.web_rig import TRICKS, Paper, Web, publish, show
from crawlers.manners import Memory
from pipeline import crawls, jobs
from pipeline.doors import Rooms

LOOK = 1.0


def wall() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


async def run(rooms: Rooms, seconds: float) -> None:
    """The timetable: a look each second, as many side by side as it allows."""
    end, looks = time.monotonic() + seconds, set[asyncio.Task[Any]]()
    while time.monotonic() < end:
        looks = {look for look in looks if not look.done()}
        if len(looks) < crawls.MOST:
            looks.add(asyncio.create_task(jobs.collect(rooms)))
        await asyncio.sleep(LOOK)
    for look in looks:
        look.cancel()
    await asyncio.gather(*looks, return_exceptions=True)


def day(papers: list[Paper], seconds: float, every: int, timeout: float) -> dict[str, float]:
    """Runs one day; gives address -> seconds from publication to the store (infinite: never)."""
    crawlers.collect.MEMORY.__dict__.update(Memory().__dict__)
    url = f"sqlite:///{Path(tempfile.mkdtemp(prefix='langnghe-day-')) / 'day.db'}"
    store.create(url)
    kept = store.open(url)
    with Web(papers) as web:
        crawl = config.Crawl(allow_loopback=tuple(web.allowed()), delay=0, timeout=timeout)
        sources = [paper.source(web.port, interval=every) for paper in papers]
        rooms = SimpleNamespace(
            store=kept, settings=config.Settings(crawl=crawl), sources=sources, clock=wall, crawls=crawls.Crawls()
        )
        asyncio.run(run(cast(Rooms, rooms), seconds + 2.5 * every))
        delays = {}
        for paper in papers:
            for n, at in enumerate(paper.live):
                found = kept.documents.get(paper.url(web.port, n))
                seen = found.first_seen.timestamp() - web.began if found else float("inf")
                delays[f"{paper.number}/{n}"] = max(seen - at, 0.0)
    kept.close()
    return delays


def figures(delays: list[float]) -> dict[str, Any]:
    stored = sorted(delay for delay in delays if delay != float("inf"))
    p95 = round(stored[int(0.95 * (len(stored) - 1))], 2)
    return {"articles": len(delays), "stored": len(stored), "p50": round(stored[len(stored) // 2], 2), "p95": p95}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=int, default=20, help="seconds between two polls of a source")
    parser.add_argument("--timeout", type=float, default=4)
    parser.add_argument("--articles", type=int, default=6)
    parser.add_argument("--seed", type=int, default=7)
    a = parser.parse_args()
    papers, dice = publish(a.sources, a.articles, a.seconds, a.seed), random.Random(a.seed)
    bad = set(dice.sample(range(a.sources), round(a.sources * 0.3)))
    hostile = [replace(paper, trick=dice.choice(TRICKS)) if paper.number in bad else paper for paper in papers]
    healthy = [f"{paper.number}/{n}" for paper in papers if paper.number not in bad for n in range(len(paper.live))]
    quiet = day(papers, a.seconds, a.every, a.timeout)
    loud = day(hostile, a.seconds, a.every, a.timeout)
    calm, stormy = (figures([delays[one] for one in healthy]) for delays in (quiet, loud))
    show(
        {
            "seed": a.seed, "hostile": len(bad), "quiet_day": calm, "hostile_day": stormy,
            "p95_ratio": round(stormy["p95"] / calm["p95"], 3),
            "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )  # fmt: skip


if __name__ == "__main__":
    main()
