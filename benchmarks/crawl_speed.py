"""Pages a minute of a crawl with every guard on, reader and store included, beside `scrapy bench` in the same minute.

    python -m benchmarks.crawl_speed [--pages 3000] [--rounds 3] [--hosts 16]

`scrapy bench` fetches small pages of links from its own server and keeps nothing. Ours obeys robots.txt, checks every
connection, reads each article with the reader of an outlet and stores it in SQLite. The two take turns; the median ratio counts.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import config
import store
from benchmarks.web_rig import Paper, Web, show
from crawlers import collect
from crawlers.intake import Official
from crawlers.manners import Memory


def scrapy_bench() -> float:
    """Pages a minute, as its own counter says at the end."""
    home = tempfile.mkdtemp(prefix="langnghe-bench-")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "bench"], capture_output=True, text=True, cwd=home, check=True
    )
    counted = re.search(r"'downloader/response_count': (\d+)", done.stderr)
    lasted = re.search(r"'elapsed_time_seconds': ([\d.]+)", done.stderr)
    assert counted and lasted, done.stderr[-2000:]
    return int(counted[1]) / float(lasted[1]) * 60


def ours(pages: int, hosts: int) -> float:
    """Documents stored a minute, from the first request of the crawl to the end of its last turn."""
    papers = [Paper(number, [0.0] * (pages // hosts)) for number in range(hosts)]
    url = f"sqlite:///{Path(tempfile.mkdtemp(prefix='langnghe-speed-')) / 'speed.db'}"
    store.create(url)
    kept = store.open(url)
    with Web(papers) as web:
        settings = config.Settings(crawl=config.Crawl(allow_loopback=tuple(web.allowed()), delay=0, concurrency=16))
        sources = [paper.source(web.port, reader="vnexpress") for paper in papers]
        began = time.monotonic()
        asyncio.run(
            collect.collect(
                sources, settings, kept, lambda: datetime.fromtimestamp(time.time(), UTC), Official(), Memory()
            )
        )
        took = time.monotonic() - began
    stored = kept.documents.count()
    assert stored == pages // hosts * hosts, stored
    kept.close()
    return stored / took * 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--hosts", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    a = parser.parse_args()
    rounds = []
    for _ in range(a.rounds):
        theirs, mine = scrapy_bench(), ours(a.pages, a.hosts)
        rounds.append(
            {
                "scrapy_bench_pages_a_minute": round(theirs),
                "ours_pages_a_minute": round(mine),
                "ratio": round(mine / theirs, 3),
            }
        )
    show({"pages": a.pages, "rounds": rounds, "median_ratio": statistics.median(one["ratio"] for one in rounds)})


if __name__ == "__main__":
    main()
