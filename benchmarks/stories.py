"""Stories on labelled real items and generated copies: `python -m benchmarks.stories [--build]`.

Same event: pairwise precision and recall on ../shared/data/open_stories.jsonl, placed one by one as a live stream would. The
bounds are chosen on even ISO weeks and checked on odd ones, then the other way round; then the shipped ones on all. A pair
belongs to the week of its later item. Intervals: 95 %, weeks drawn again 2,000 times.
Copies: real articles reprinted with boilerplate, edited, or cut, among others that are not copies.
--build writes nlp/rules/story_terms.bin (document counts of terms, hashed) from items about the field in the press stream and
in the older titles and leads, without any item of open_stories.
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
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from nlp import headlines, stories
from records import Text
from vietnamese import fold_aligned

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
TABLE = Path(headlines.__file__).parent / "rules" / "story_terms.bin"
ABOUT = re.compile(r"bhxh|bhyt|bhtn|bao hiem (?:xa hoi|y te|that nghiep)|luong huu|nghi huu|huu tri|luong co so")
Item = dict[str, Any]
Week = tuple[int, int]
Tally = tuple[int, int, int]
Bounds = tuple[float, float, float]
SAMES = tuple(at / 100 for at in range(13, 25))
COMMONS, FADES = (0.4, 0.8, 1.2), (0.01, 0.015, 0.02)
PRECISE = 0.90


def lines(name: str) -> list[Item]:
    with lzma.open(SHARED / name, "rt", encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]


def labels() -> dict[str, str]:
    rows = map(json.loads, (SHARED / "open_stories.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["story"] for row in rows}


def build(items: list[Item]) -> None:
    labelled = labels()
    unseen = [f"{i['title']} . {i['lead'] or ''}" for i in items if i["id"] not in labelled]
    older = [f"{i['title']} . {i['text']}"[:900] for i in lines("tc201805_baomoi_text.jsonl.xz")]
    about = [text for text in unseen + older if ABOUT.search(fold_aligned(text))]
    counts: Counter[str] = Counter()
    for text in about:
        counts.update(set(headlines._grams(headlines._words(text))))
    table = bytearray(headlines.BUCKETS)
    for term, count in counts.items():
        if count > 1:
            at = headlines.bucket(term)
            table[at] = max(table[at], min(round(math.log(count + 0.5) * headlines.STEP), 255))
    TABLE.write_bytes(table)
    print(f"{len(about)} items (headlines.COLLECTION), {len(counts)} terms, {len(table)} bytes")


def same_event(items: list[Item]) -> None:
    story = labels()
    chosen = sorted((item for item in items if item["id"] in story), key=lambda item: item["first_seen"])
    tried = {bounds: weekly(chosen, story, bounds) for bounds in itertools.product(SAMES, COMMONS, FADES)}
    unseen: list[Tally] = []
    for name, half in (("even", 0), ("odd", 1)):
        best = choose(tried, half)
        print(f"chosen on {name} weeks: SAME, COMMON, FADE = {best}")
        there = [t for week, t in tried[best].items() if week[1] % 2 == half]
        other = [t for week, t in tried[best].items() if week[1] % 2 != half]
        show("  there", there)
        show("  on the other weeks", other)
        unseen += other
    show("both checks together", unseen)
    shipped = (stories.SAME, stories.COMMON, stories.FADE)
    show(f"shipped {shipped}, all weeks", list(weekly(chosen, story, shipped).values()))


def weekly(items: list[Item], story: dict[str, str], bounds: Bounds) -> dict[Week, Tally]:
    """(right, said, true) pairs of each week of the later item, with these bounds."""
    texts = [Text(i["id"], i["title"], i["lead"] or "", date.fromisoformat(i["date"])) for i in items]
    same, common, fade = bounds
    with patch.multiple(stories, SAME=same, COMMON=common, FADE=fade):
        told = {name: found for name, found, _ in stories.cluster(texts)}
    weeks = {i["id"]: week_of(i["first_seen"]) for i in items}
    pairs: dict[Week, Tally] = dict.fromkeys(weeks.values(), (0, 0, 0))
    for one, other in itertools.combinations([i["id"] for i in items], 2):
        said, true = told[one] == told[other], story[one] == story[other]
        right, all_said, all_true = pairs[weeks[other]]
        pairs[weeks[other]] = (right + (said and true), all_said + said, all_true + true)
    return pairs


def week_of(first_seen: str) -> Week:
    calendar = datetime.fromisoformat(first_seen).isocalendar()
    return calendar.year, calendar.week


def choose(tried: Mapping[Bounds, dict[Week, Tally]], half: int) -> Bounds:
    """The strictest bounds whose recall is within half a standard error of the best, of those precise enough on these weeks."""
    sums = {bounds: total([t for week, t in pairs.items() if week[1] % 2 == half]) for bounds, pairs in tried.items()}
    fit = {bounds: tally for bounds, tally in sums.items() if tally[0] >= PRECISE * tally[1]}
    best, true = max((right / true, true) for right, _, true in fit.values())
    least = best - 0.5 * math.sqrt(best * (1 - best) / true)
    near = {bounds: right / max(said, 1) for bounds, (right, said, _) in fit.items() if right >= least * true}
    return max(near, key=lambda bounds: (near[bounds], *bounds))


def total(pairs: Sequence[Tally]) -> Tally:
    right, said, true = (sum(part) for part in zip(*pairs, strict=True))
    return right, said, true


def show(name: str, pairs: list[Tally]) -> None:
    right, said, true = total(pairs)
    chance, precisions, recalls = random.Random(11), [], []
    for _ in range(2000):
        drawn = total(chance.choices(pairs, k=len(pairs)))
        precisions.append(drawn[0] / max(drawn[1], 1))
        recalls.append(drawn[0] / max(drawn[2], 1))
    low = [sorted(rates)[50] for rates in (precisions, recalls)]
    high = [sorted(rates)[1949] for rates in (precisions, recalls)]
    print(
        f"{name}: precision {right}/{said} {right / max(said, 1):.3f} [{low[0]:.2f}, {high[0]:.2f}]"
        f"  recall {right}/{true} {right / true:.3f} [{low[1]:.2f}, {high[1]:.2f}]",
        flush=True,
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
    everything = lines("press_open.jsonl.xz")
    if "--build" in sys.argv:
        build(everything)
    same_event(everything)
    copies(everything)
