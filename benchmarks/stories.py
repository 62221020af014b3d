"""Stories on labelled real items and generated copies: `python -m benchmarks.stories [--build]`.

Same event: pairwise precision and recall on ../shared/data/open_stories.jsonl, even and odd weeks apart (the threshold was
chosen on the even ones). Copies: real articles reprinted with boilerplate, edited, or cut, among others that are not copies.
--build writes nlp/rules/story_terms.bin (document counts of terms, hashed) from the press stream.
"""

from __future__ import annotations

import itertools
import json
import lzma
import math
import random
import re
import sys
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nlp import headlines, stories
from records import Text
from vietnamese import fold_aligned

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
TABLE = Path(headlines.__file__).parent / "rules" / "story_terms.bin"
ABOUT = re.compile(r"bhxh|bhyt|bhtn|bao hiem (?:xa hoi|y te|that nghiep)|luong huu|nghi huu|huu tri|luong co so")
Item = dict[str, Any]


def stream() -> list[Item]:
    with lzma.open(SHARED / "press_open.jsonl.xz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def build(items: list[Item]) -> None:
    about = [i for i in items if ABOUT.search(fold_aligned(f"{i['title']} . {i['lead'] or ''}"))]
    counts: Counter[str] = Counter()
    for item in about:
        words = headlines._words(f"{item['title']} . {item['lead'] or ''}")
        counts.update(set(headlines._grams(words)))
    table = bytearray(headlines.BUCKETS)
    for term, count in counts.items():
        if count > 1:
            at = headlines.bucket(term)
            table[at] = max(table[at], min(round(math.log(count + 0.5) * headlines.STEP), 255))
    TABLE.write_bytes(table)
    print(f"{len(about)} items, {len(counts)} terms, {len(table)} bytes")


def same_event(items: list[Item]) -> None:
    labels = {}
    for line in (SHARED / "open_stories.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels[row["id"]] = row["story"]
    chosen = sorted((item for item in items if item["id"] in labels), key=lambda item: item["first_seen"])
    texts = [Text(i["id"], i["title"], i["lead"] or "", date.fromisoformat(i["date"])) for i in chosen]
    told = {name: story for name, story, _ in stories.cluster(texts)}
    week = {i["id"]: datetime.fromisoformat(i["first_seen"]).isocalendar()[1] % 2 for i in chosen}
    for name, wanted in (("all weeks", (0, 1)), ("even weeks (chosen on)", (0,)), ("odd weeks (check)", (1,))):
        ids = [i["id"] for i in chosen if week[i["id"]] in wanted]
        both = sum(told[a] == told[b] and labels[a] == labels[b] for a, b in itertools.combinations(ids, 2))
        said = sum(told[a] == told[b] for a, b in itertools.combinations(ids, 2))
        true = sum(labels[a] == labels[b] for a, b in itertools.combinations(ids, 2))
        print(
            f"same event, {name:24s} precision {both}/{said} {both / max(said, 1):.3f}  recall {both}/{true} {both / true:.3f}"
        )


def copies(items: list[Item]) -> None:
    """Articles are put together from three real items each, so that they have a body; every fourth gets a copy."""
    chance = random.Random(7)
    base = [i for i in items if i["lead"] and len(i["lead"]) > 80]
    chance.shuffle(base)
    texts, truth = [], {}
    for at in range(0, 6000, 3):
        a, b, c = base[at : at + 3]
        texts.append(
            Text(f"o{at}", a["title"], "\n\n".join((a["lead"], b["lead"], c["lead"], b["title"], c["title"])), None)
        )
        if at % 12 == 0:
            texts.append(edited(texts[-1], chance, ("reprint", "edit", "cut")[at // 12 % 3]))
            truth[texts[-1].id] = f"o{at}"
    chance.shuffle(texts)
    started = time.process_time()
    found = {frozenset((name, copy)) for name, _, copy in stories.cluster(texts) if copy}
    spent = (time.process_time() - started) / len(texts) * 1000
    wanted = {frozenset(pair) for pair in truth.items()}
    hit = len(found & wanted)
    print(f"copies: precision {hit}/{len(found)} {hit / max(len(found), 1):.3f}  recall {hit}/{len(wanted)}", end="  ")
    print(f"{hit / len(wanted):.3f}  {spent:.2f} ms a text")


def edited(text: Text, chance: random.Random, how: str) -> Text:
    words = text.text.split(" ")
    if how == "reprint":
        words = [
            "(Theo báo nguồn)",
            *words,
            "\n\nNguồn: báo điện tử. Mời quý vị đón đọc các tin bài khác trên trang của chúng tôi.",
        ]
    elif how == "edit":
        words = [chance.choice(words) if chance.random() < 0.05 else word for word in words]
    else:
        words = words[: int(len(words) * 0.7)]
    return Text(f"{text.id}-{how}", text.title, " ".join(words), None)


if __name__ == "__main__":
    everything = stream()
    if "--build" in sys.argv:
        build(everything)
    same_event(everything)
    copies(everything)
