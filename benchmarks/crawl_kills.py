"""A crawl killed at random: what is lost, doubled, fetched again.

    python -m benchmarks.crawl_kills [--pages 3000] [--kills 100] [--seed 5] [--hosts 30]

A process that collects is killed (kill -9) at random moments and started anew; then it ends in peace. Every page must be
in the store once, and no more pages be fetched twice than were in flight at the kills (Scrapy's CONCURRENT_REQUESTS at most).
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import config
import store
from benchmarks.web_rig import Paper, Web, show
from crawlers import collect
from crawlers.intake import Official
from crawlers.sources import Source


def crawl(sources: Sequence[Source], allowed: Sequence[str], url: str) -> None:
    """The child: collects everything there is, then ends by itself."""
    kept = store.open(url)
    settings = config.Settings(crawl=config.Crawl(allow_loopback=tuple(allowed), delay=0))
    done = collect.collect(
        sources, settings, kept, lambda: datetime.fromtimestamp(time.time(), UTC), official=Official()
    )
    asyncio.run(done)
    kept.close()


def storm(pages: int, kills: int, seed: int, hosts: int) -> dict[str, Any]:
    dice, each = random.Random(seed), pages // hosts
    papers = [Paper(number, [0.0] * each) for number in range(hosts)]
    home = Path(tempfile.mkdtemp(prefix="langnghe-kills-"))
    url = f"sqlite:///{home / 'kills.db'}"
    store.create(url)
    spawn = multiprocessing.get_context("spawn")
    killed, wanted = 0, each * hosts
    wasted: list[int] = []
    cut = 0
    with Web(papers) as web:
        sources, allowed = [paper.source(web.port) for paper in papers], web.allowed()
        child = spawn.Process(target=crawl, args=(sources, allowed, url))
        child.start()
        while True:
            # a moment of work between two kills: from the first request on, as long as it takes a hundredth of the pages
            seen = len(web.asked())
            goal = seen + dice.uniform(0.1, 1.3) * wanted / (kills + 1) if killed < kills else float("inf")
            while child.is_alive() and len(web.asked()) < goal:
                time.sleep(0.005)
            if not child.is_alive():
                assert child.exitcode == 0, "the crawl failed by itself"
                break
            time.sleep(dice.uniform(0, 0.02))
            child.kill()
            child.join()
            killed += 1
            wasted.append(unstored(web.asked()[cut:], web.port, home))
            cut = len(web.asked())
            child = spawn.Process(target=crawl, args=(sources, allowed, url))
            child.start()
        order = web.asked()
        expected = {paper.url(web.port, n) for paper in papers for n in range(each)}
    with sqlite3.connect(home / "kills.db") as raw:
        keys = [key for (key,) in raw.execute("select key from documents")]
        sound = raw.execute("pragma integrity_check").fetchone()[0]
    again = len(order) - len(set(order))
    return {
        "pages": wanted, "kills": killed, "seed": seed, "lost": len(expected - set(keys)), "strange": len(set(keys) - expected),
        "doubled": len(keys) - len(set(keys)), "fetched_again": again, "in_flight_at_a_kill": max(wasted, default=0),
        "allowed_in_flight": max(16, 2 * hosts), "integrity_check": sound,
    }  # fmt: skip


def unstored(asked: Sequence[str], port: int, home: Path) -> int:
    """How many of the pages asked for by the process just killed are not in the store: what the kill cost."""
    with sqlite3.connect(home / "kills.db") as raw:
        stored = {key for (key,) in raw.execute("select key from documents")}
    pages = (f"http://{place.replace('/', f':{port}/', 1)}" for place in dict.fromkeys(asked))
    return sum(page not in stored for page in pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--hosts", type=int, default=10)
    a = parser.parse_args()
    show(storm(a.pages, a.kills, a.seed, a.hosts))


if __name__ == "__main__":
    main()
