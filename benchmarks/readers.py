"""Readers beside their peers: the captured pages of ../shared/web/html, read by ours, by trafilatura and by newspaper4k.

    OMP_NUM_THREADS=1 python -m benchmarks.readers [--shared ../shared] [--newspaper PYTHON] [--rounds 10]

`known`: each page under its own address; `unknown`: the same bytes under an address nobody knows (no reader of the outlet;
content systems, JSON-LD, OpenGraph, microdata, then trafilatura); `generic`: as unknown, without the content systems.
F1: 4-grams of words of the body, mean of the pages. Title, lead: exact; date: the day; time: to what the reference states.
Pages/s: CPU time of one process. newspaper4k is no dependency: name a Python that has it, else its line is left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest import mock

import trafilatura

from crawlers import pages
from vietnamese import nfc, parse_date

UNKNOWN = "https://bao-la.vn/a-1.html"
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
NEWSPAPER = """
import json, sys, time
import newspaper
out = []
for row in json.load(sys.stdin):
    page = open(row["path"], encoding="utf-8").read()
    began = time.process_time()
    for _ in range(row["rounds"]):
        one = newspaper.Article(row["url"], language="vi", fetch_images=False)
        one.download(input_html=page)
        one.parse()
    spent = (time.process_time() - began) / row["rounds"]
    when = one.publish_date.isoformat() if hasattr(one.publish_date, "isoformat") else str(one.publish_date or "")
    out.append([one.title, one.meta_description, one.text, when, spent])
print(json.dumps(out))
"""


@dataclass(frozen=True)
class Read:
    title: str
    lead: str
    body: str
    published: str
    seconds: float


@dataclass(frozen=True)
class Sample:
    name: str
    url: str
    page: bytes
    title: str
    lead: str
    body: str
    published: str


def samples(shared: Path) -> list[Sample]:
    """The captured pages with what reference.jsonl expects of them."""
    folder, found = shared / "web" / "html", []
    for line in (folder / "reference.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        raw = (folder / row["file"]).read_bytes()
        page = gzip.decompress(raw) if row["file"].endswith(".gz") else raw
        found.append(Sample(row["file"], row["url"], page, row["title"], row["lead"], "\n\n".join(row["paragraphs"]), row["published"]))  # fmt: skip
    return found


def words(text: str) -> list[str]:
    return re.findall(r"\w+", nfc(text).lower())


def f1(one: str, other: str, size: int = 4) -> float:
    first, second = (
        Counter(tuple(said[n : n + size]) for n in range(max(len(said) - size + 1, 1)))
        for said in (words(one), words(other))
    )
    return 2 * sum((first & second).values()) / (sum(first.values()) + sum(second.values()) or 1)


def timed(read: Callable[[Sample], tuple[str, str, str, str]], sample: Sample, rounds: int) -> Read:
    read(sample)
    began = time.process_time()
    for _ in range(rounds):
        said = read(sample)
    return Read(*said, (time.process_time() - began) / rounds)


def ours(url: str | None) -> Callable[[Sample], tuple[str, str, str, str]]:
    def read(sample: Sample) -> tuple[str, str, str, str]:
        page = pages.read(url or sample.url, sample.page)
        return page.title, page.lead or "", page.body or "", page.published_at.isoformat() if page.published_at else ""

    return read


def theirs(**options: bool) -> Callable[[Sample], tuple[str, str, str, str]]:
    def read(sample: Sample) -> tuple[str, str, str, str]:
        found = trafilatura.bare_extraction(sample.page.decode(), url=sample.url, with_metadata=True, **options)
        if found is None:
            return "", "", "", ""
        said = found.as_dict()
        return tuple(str(said.get(key) or "") for key in ("title", "description", "text", "date"))  # type: ignore[return-value]

    return read


def newspaper(python: str, found: Sequence[Sample], rounds: int, place: Path) -> list[Read]:
    asked = []
    for sample in found:
        file = place / f"{sample.name}.html"
        file.write_bytes(sample.page)
        asked.append({"path": str(file), "url": sample.url, "rounds": rounds})
    done = subprocess.run([python, "-W", "ignore", "-c", NEWSPAPER], input=json.dumps(asked), capture_output=True, text=True, check=True)  # fmt: skip
    return [Read(*row) for row in json.loads(done.stdout)]


def day_and_time(read: Read, sample: Sample) -> tuple[bool, bool]:
    stated, wanted = parse_date(read.published, EPOCH), datetime.fromisoformat(sample.published)
    if stated is None:
        return False, False
    return stated.astimezone(wanted.tzinfo).date() == wanted.date(), stated == wanted and len(read.published) > 10


def line(name: str, read: Sequence[Read], found: Sequence[Sample]) -> str:
    pairs = list(zip(read, found, strict=True))
    whens = [day_and_time(one, sample) for one, sample in pairs]
    exact = [
        sum(nfc(one.title).strip() == sample.title for one, sample in pairs),
        sum(" ".join(nfc(one.lead).split()) == sample.lead for one, sample in pairs),
        sum(day for day, _ in whens),
        sum(moment for _, moment in whens),
    ]
    scores = [f1(one.body, sample.body) for one, sample in pairs]
    counts = "".join(f"{count:>4}/{len(found)}" for count in exact)
    return f"{name:<38}{sum(scores) / len(scores):>8.4f}{min(scores):>8.4f}{counts}{len(read) / sum(one.seconds for one in read):>10.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--newspaper", help="a Python that imports newspaper4k")
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    if not (given.shared / "web" / "html" / "reference.jsonl").is_file():
        sys.exit(f"{given.shared}: no captured pages")
    found = samples(given.shared)
    print(
        f"{len(found)} pages, mean {sum(len(one.page) for one in found) // len(found) // 1000} kB, {given.rounds} rounds"
    )
    print(f"{'':<38}{'F1':>8}{'worst':>8}{'title':>6}{'lead':>6}{'date':>6}{'time':>6}{'pages/s':>10}")
    table: list[tuple[str, Callable[[Sample], tuple[str, str, str, str]]]] = [
        ("ours, known outlet", ours(None)),
        ("ours, unknown outlet", ours(UNKNOWN)),
    ]
    for name, read in table:
        print(line(name, [timed(read, sample, given.rounds) for sample in found], found), flush=True)
    with mock.patch.object(pages, "layouts", lambda *_: ()):
        generic = [timed(ours(UNKNOWN), sample, given.rounds) for sample in found]
    print(line("ours, generic", generic, found), flush=True)
    for name, options in (
        ("trafilatura fast, precision", {"fast": True, "favor_precision": True}),
        ("trafilatura standard", {}),
    ):
        print(line(name, [timed(theirs(**options), sample, given.rounds) for sample in found], found), flush=True)
    if given.newspaper:
        import tempfile

        with tempfile.TemporaryDirectory() as place:
            print(line("newspaper4k", newspaper(given.newspaper, found, given.rounds, Path(place)), found))
    fundus(given.shared)


def fundus(shared: Path) -> None:
    """The one page with values made by hand by others: their body counts the caption of the picture in."""
    folder = shared / "web" / "html"
    gold = json.loads((folder / "VnExpress.json").read_text(encoding="utf-8"))["V1"]
    name, info = next(iter(json.loads((folder / "meta.info").read_text(encoding="utf-8")).items()))
    page = pages.read(info["url"], gzip.decompress((folder / name).read_bytes()))
    said = [text for section in gold["body"]["sections"] for text in section["paragraphs"]]
    captions = {image["caption"] for image in gold["images"]}
    running = [text for text in said if not any(caption and text.startswith(caption) for caption in captions)]
    same = (page.title == gold["title"], list(page.authors) == gold["authors"], [page.lead] == gold["body"]["summary"])
    when = page.published_at == datetime.fromisoformat(gold["publishing_date"])
    print(
        f"VnExpress.json: title, authors, lead {same}, time {when}, F1 {f1(page.body or '', ' '.join(running)):.4f} "
        f"({f1(page.body or '', ' '.join(said)):.4f} with the caption)"
    )


if __name__ == "__main__":
    main()
