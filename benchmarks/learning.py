"""What people's answers teach: `python -m benchmarks.learning [--data ../shared/data] [--cut 2025-10-01] [--work DIR]`.

The labels are split by story and by time: what is dated from the cut on is held out, the older half of the other stories trains the
starting weights, the newer half is fed as relabels. No story, so no near-copy, lies in two parts; what is older than the cut in a story
that is held out goes to none. Three fifths of the held-out stories are the random sample, by which the product decides; the rest never
comes near it. The second half passes the real desk (uvicorn, a process of its own, a loopback socket): an analyst signs in, answers every
task of every item on its page, then the random sample, then asks for a learning. The product's own job carries the request out. The
figures of the sample are computed here from the files a second time, without the store, and held against what the page says.

What this does not measure: the rules, lists of words and the settings of learning were made by people who had seen these labels, so both
columns are flattered alike; the answers are the labels, not a person's; the starting weights are not those that ship.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import lzma
import re
import tempfile
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import httpx2 as httpx

import config
import knowledge
import nlp.judge
import store
from benchmarks.desk import desk, officers, signed_in
from benchmarks.labelling import field
from desk.learning import WHAT, lines
from nlp import evaluation, examples, pairing, promotion, training
from nlp.examples import Example
from pipeline import clock, jobs, requests, shelf
from pipeline.doors import Rooms, open_all
from records import Document
from vietnamese import fold

SAMPLE = "/gan-nhan/ngau-nhien/all"
STREAMS = (examples.STREAM, *examples.OLD_NEWS)
SINGLE = ("sentiment", "target", "feedback")


# ---------------------------------------------------------------- the split


@dataclass(frozen=True, slots=True)
class Parts:
    start: list[Example]
    fed: list[Example]
    sample: list[Example]
    unseen: list[Example]
    left_out: int


def split(data: Path, cut: date) -> Parts:
    found = examples.read(data / examples.LABELS)
    groups = examples.stories(found, examples.told(data))
    late = {group for e, group in zip(found, groups, strict=True) if e.text.date and e.text.date >= cut}
    held = [(group, e) for e, group in zip(found, groups, strict=True) if e.text.date and e.text.date >= cut]
    sample = [e for group, e in held if drawn(found[group].text.id)]
    unseen = [e for group, e in held if not drawn(found[group].text.id)]
    first: dict[int, tuple[str, str]] = {}
    for example, group in zip(found, groups, strict=True):
        first[group] = min(first.get(group, age(example)), age(example))
    rest = [(first[group], group, e) for e, group in zip(found, groups, strict=True) if group not in late]
    rest.sort(key=lambda one: one[:2])
    middle = rest[len(rest) // 2][:2]
    start, fed = [e for *at, e in rest if tuple(at) < middle], [e for *at, e in rest if tuple(at) >= middle]
    return Parts(start, fed, sample, unseen, len(found) - len(start) - len(fed) - len(held))


def drawn(story: str) -> bool:
    """Whether a held-out story is in the sample: three of five, by nobody's choice."""
    return zlib.crc32(story.encode()) % 5 < 3


def age(example: Example) -> tuple[str, str]:
    """Sorts by time: the dated ones by day, those of the years before by period and the growing number of their source."""
    if example.text.date:
        return example.text.date.isoformat()[:4], example.text.date.isoformat()
    return example.origin[:4].replace("post", "2025"), example.text.id


def material(data: Path, parts: Parts, cut: date, out: Path) -> Path:
    """A directory of training data that knows the first part alone: of the streams, too, nothing of the others."""
    out.mkdir(parents=True, exist_ok=True)
    kept = {e.text.id for e in parts.start}
    rows = [row for _, row in examples.rows(data / examples.LABELS) if row["id"] in kept]
    (out / examples.LABELS).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    titles = {fold(e.text.title or e.text.text) for e in (*parts.fed, *parts.sample, *parts.unseen)}
    for name in (examples.CONTRAST, examples.STORIES, examples.COMMENTS):
        (out / name).unlink(missing_ok=True)
        (out / name).symlink_to((data / name).resolve())
    for name in STREAMS:
        with lzma.open(out / name, "wt", encoding="utf-8", preset=0) as written:
            for _, row in examples.rows(data / name):
                if (row.get("date") or "") < cut.isoformat() and fold(row["title"]) not in titles:
                    written.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out


# ---------------------------------------------------------------- the store and the desk


def document(example: Example, now: datetime) -> Document:
    text = example.text
    key = f"https://bao.example/{text.id}"
    at = datetime.combine(text.date, clock_time(5), UTC) if text.date else None
    return Document(key, text.kind, "bao", "Báo", key, text.title, None, text.text, at, now)


def published(rooms: Rooms, found: Iterable[Example]) -> int:
    for example in found:
        rooms.store.documents.keep(document(example, rooms.clock()))
    return jobs.digest(rooms)


def answers(example: Example) -> dict[str, Any]:
    """The fields of the form for every task."""
    given = example.answers
    if not given["relevance"]:
        return {"relevance": "0"}
    plain = {task: str(given[task]) for task in SINGLE}
    acts = [f"{clause}:{mode}" for clause, mode in given["clauses"]]
    return plain | {"relevance": str(given["relevance"]), "topics": list(given["topics"][:3]) or ["khac"], "acts": acts}


def correct(client: httpx.Client, token: str, example: Example) -> int:
    """Every task of an item on its page; acts are taught by no answer."""
    said = {task: value for task, value in answers(example).items() if task != "acts"}
    address = f"/tin/{store.short_id(document(example, datetime.now(UTC)).key)}/nhan"
    for task, value in said.items():
        answered = client.post(address, data={"token": token, "task": task, "new": value})
        assert answered.status_code == 303, (example.text.id, task, value, answered.status_code, answered.text[-800:])
    return len(said)


def measure(client: httpx.Client, known: Mapping[str, Example]) -> list[Example]:
    """Answers the random sample as it is handed out; gives the items that were in it."""
    asked: list[Example] = []
    while 'name="short"' in (page := client.get(SAMPLE).text):
        short = field(page, "short")
        form = {"token": field(page, "token"), "short": short} | answers(known[short])
        answered = client.post(SAMPLE, data=form)
        assert answered.status_code == 303, (known[short].text.id, answered.status_code, answered.text[-800:])
        asked.append(known[short])
    return asked


def learn(client: httpx.Client, rooms: Rooms) -> str:
    """Asks for a learning on the page and lets the pipeline carry it out; what came of it."""
    token = field(client.get("/may-da-hoc").text, "token")
    assert client.post("/may-da-hoc/hoc", data={"token": token}).status_code == 303
    asyncio.run(requests.answer(rooms))
    done = rooms.store.requests.list()[0]
    assert done.state == "done", done
    return str((done.result or {})["text"])


# ---------------------------------------------------------------- the figures


def own(before: Path, after: Path, held: Sequence[Example]) -> dict[str, pairing.Change]:
    """The figures of the held-out items from the files: task -> before and after."""
    known = knowledge.load()
    was, now = (nlp.judge.load(known, place).assess([e.text for e in held]) for place in (before, after))
    found = {}
    for question in evaluation.QUESTIONS:
        if question.name in promotion.TASKS:
            rows = [(e, a, b) for e, a, b in zip(held, was, now, strict=True) if question.asked(e)]
            truth = [question.truth(e) for e, _, _ in rows]
            change = pairing.macro_f1(
                truth, [question.answer(a) for _, a, _ in rows], [question.answer(b) for _, _, b in rows]
            )
            assert change
            found[question.name] = change
    return found


def shown(page: str) -> list[tuple[str, ...]]:
    """The rows of the page's tables of figures of the newest model, as text."""
    rows = re.findall(r"<tr>(<td>(?:Mẫu ngẫu nhiên|Bộ thử thách).*?)</tr>", page, re.S)
    cells = [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.S)) for row in rows]  # fmt: skip
    return list(dict.fromkeys(cells))


def compare(found: Mapping[str, pairing.Change], page: Sequence[tuple[str, ...]] = ()) -> None:
    """Prints the figures, and stops where the page, if one is given, shows others."""
    for task, change in found.items():
        figure = {"where": "sample", "what": task, "lost": False, "change": {
            name: getattr(change, name) for name in pairing.Change.__slots__}}  # fmt: skip
        (line,) = lines({"figures": [figure]})
        said = (line.where, line.what, str(line.items), line.before, line.after, line.change, line.interval)
        print(f"  {task:10} {line.items:4} items  {line.before:>5} -> {line.after:>5}   {line.change:>5}   95 %: {line.interval:18}"
              f"   rose in {change.gained:.0%} of samples")  # fmt: skip
        if page:
            there = next(row for row in page if row[:2] == (line.where, WHAT[task]))
            assert tuple(cell.replace(" kém đi", "").strip() for cell in there) == said, (said, there)


def run(data: Path, cut: date, work: Path) -> None:
    parts = split(data, cut)
    sizes = f"{len(parts.fed)} are fed, {len(parts.sample)} the sample, {len(parts.unseen)} unseen, {parts.left_out} in none"
    print(f"{len(parts.start)} items train the starting weights, {sizes}", flush=True)
    start = work / "start"
    if not (start / "manifest.json").is_file():
        print(training.train(material(data, parts, cut, work / "material"), start), flush=True)
    settings = config.Settings(
        data_dir=work, judging=config.Judging(workers=0, models=start), public_url="http://desk.test",
        author_key="a" * 40, desk_key="d" * 40, vault_key="v" * 40,
    )  # fmt: skip
    with open_all(settings, clock.wall) as rooms:
        officers(rooms.store)
        print(f"{published(rooms, (*parts.fed, *parts.sample))} items judged", flush=True)
        last = max(e.text.date for e in parts.sample if e.text.date)
        first, end = (datetime.combine(day, clock_time(), UTC) for day in (cut, last + timedelta(days=1)))
        count = rooms.store.queues.draw("2026-W13", first, end, "đo", (10_000, 10_000), rooms.clock())
        with desk(settings.database_url, work) as base, closing(signed_in(base, "analyst")) as client:
            token, begin = field(client.get("/viec").text, "token"), time.perf_counter()
            given = sum(correct(client, token, example) for example in parts.fed)
            held = measure(client, {store.short_id(document(e, rooms.clock()).key): e for e in parts.sample})
            spent = time.perf_counter() - begin
            print(f"{given} relabels, {len(held)} of {count} sampled items through the desk: {spent:.0f} s", flush=True)
            print(learn(client, rooms))
            model = rooms.store.models.list()[0]
            page = shown(client.get("/may-da-hoc").text)
        print(f"{model.version}: {model.state}: {model.reason}; taught {dict(model.measured['taught'])}")
        print("the sample, by which the product decides; the page shows the same:")
        compare(own(start, made := shelf.home(settings) / model.version, held), page)
        print("what never came near it:")
        compare(own(start, made, parts.unseen))
        for row in page:
            print("  page:", " | ".join(row))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cut", type=date.fromisoformat, default=date(2025, 10, 1))
    parser.add_argument("--work", type=Path, help="keep the store and the starting weights here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langnghe-learning-") as temporary:
        work = chosen.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        run(chosen.data, chosen.cut, work)


if __name__ == "__main__":
    main()
