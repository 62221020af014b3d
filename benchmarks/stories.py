"""Stories on labelled real items and generated copies: `python -m benchmarks.stories [../shared/data] [--build]`.

Same event: pairwise precision and recall on open_stories.jsonl, placed one by one as a live stream would. The bounds are chosen on
news of 2017 (older_stories.json) and checked on all weeks; chosen on 2017 with the even ISO weeks and checked on the odd ones, then the
other way round; the shipped ones are those chosen on everything. A pair belongs to the week of its later item. Intervals: 95 %,
weeks drawn again 2,000 times.
Copies: real articles reprinted with boilerplate, edited, or cut, among others that are not copies.
--build writes nlp/rules/story_terms.bin (document counts of terms, hashed) from items about the field in the press stream and
in the older titles and leads, without any item of open_stories.

older_stories.json: rows of the older titles and leads that are about the field, in the order of their file. `same`: one event (read by a
language model, headline and beginning of the lead, among what a loose bound brought together); `unsure`: pairs not counted, either
way, nor those of the largest story, which would be a quarter of all, nor copies from weeks apart; `days`: (row, day) read off the
texts, the others lie between.
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
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from nlp import headlines, stories
from records import Text
from vietnamese import fold_aligned

DATA = next((Path(word) for word in sys.argv[1:] if not word.startswith("-")), Path("../shared/data"))
OLDER = Path(__file__).with_name("older_stories.json")
TABLE = Path(headlines.__file__).parent / "rules" / "story_terms.bin"
ABOUT = re.compile(r"bhxh|bhyt|bhtn|bao hiem (?:xa hoi|y te|that nghiep)|luong huu|nghi huu|huu tri|luong co so")
Item = dict[str, Any]
Week = tuple[int, int]
Tally = tuple[int, int, int]
Bounds = tuple[float, float, float, float]
SAMES = tuple(at / 100 for at in range(13, 25))
COMMONS, FADES, LINKS = (0.4, 0.8, 1.2), (0.01, 0.015, 0.02), (0.8, 1.0)
GRID: tuple[Bounds, ...] = tuple(itertools.product(SAMES, COMMONS, FADES, LINKS))
PRECISE = 0.90


def lines(name: str) -> list[Item]:
    with lzma.open(DATA / name, "rt", encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]


def labels() -> dict[str, str]:
    rows = map(json.loads, (DATA / "open_stories.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["story"] for row in rows}


def older_items() -> list[Item]:
    """The older titles and leads about the field, in the order of their file."""
    return [row for row in lines("tc201805_baomoi_text.jsonl.xz") if ABOUT.search(fold_aligned(older(row)))]


def older(row: Item) -> str:
    return f"{row['title']} . {row['text']}"[:900]


def build(items: list[Item]) -> None:
    labelled = labels()
    unseen = (f"{i['title']} . {i['lead'] or ''}" for i in items if i["id"] not in labelled)
    about = [text for text in unseen if ABOUT.search(fold_aligned(text))] + [older(row) for row in older_items()]
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
    before, tried = in_2017(), in_weeks(items)
    chosen = choose(before)
    print(f"chosen on 2017: SAME, COMMON, FADE, LINK = {chosen}, there {rates(before[chosen])}")
    show("  checked on all weeks", tried[chosen].values())
    checks: list[Tally] = []
    for name, half in (("even", 0), ("odd", 1)):
        kept = {bounds: [t for week, t in by.items() if week[1] % 2 == half] for bounds, by in tried.items()}
        best = choose({bounds: total([before[bounds], *there]) for bounds, there in kept.items()})
        checks += (other := [t for week, t in tried[best].items() if week[1] % 2 != half])
        show(f"chosen on 2017 and {name} weeks, {best}, checked on the others", other)
    show("both checks together", checks)
    best = choose({bounds: total([before[bounds], *by.values()]) for bounds, by in tried.items()})
    print(f"chosen on everything: {best}; shipped: {(stories.SAME, stories.COMMON, stories.FADE, stories.LINK)}")
    show("  on all weeks, which helped to choose them", tried[best].values())


def in_2017() -> dict[Bounds, Tally]:
    """(right, said, true) pairs of the older stories with all bounds."""
    labelled = json.loads(OLDER.read_text(encoding="utf-8"))
    rows, days = zip(*((row, date.fromisoformat(day).toordinal()) for row, day in labelled["days"]), strict=True)
    found = older_items()[: rows[-1] + 1]
    dates = [date.fromordinal(round(day)) for day in np.interp(range(len(found)), rows, days)]
    texts = [Text(str(at), row["title"], row["text"], dates[at]) for at, row in enumerate(found)]
    pairs, unsure = ({pair for group in labelled[name] for pair in twos(group)} for name in ("same", "unsure"))
    tried = {}
    for bounds, told in placed(texts):
        by_story: dict[str, list[int]] = defaultdict(list)
        for name, story in told.items():
            by_story[story].append(int(name))
        together = {pair for group in by_story.values() for pair in twos(group)}
        wrong = {(a, b) for a, b in together - pairs - unsure if dates[b] - dates[a] <= stories.WINDOW}
        right = len(together & pairs)
        tried[bounds] = right, right + len(wrong), len(pairs)
    return tried


def twos(group: Iterable[int]) -> Iterable[tuple[int, int]]:
    return itertools.combinations(sorted(group), 2)


def placed(texts: list[Text]) -> Iterable[tuple[Bounds, dict[str, str]]]:
    """The story of each text, with all bounds."""
    marks = stories.signatures(texts)
    for bounds in GRID:
        named = dict(zip(("SAME", "COMMON", "FADE", "LINK"), bounds, strict=True))
        with patch.multiple(stories, signatures=lambda _: marks, **named):
            yield bounds, {name: found for name, found, _ in stories.cluster(texts)}


def in_weeks(items: list[Item]) -> dict[Bounds, dict[Week, Tally]]:
    """(right, said, true) pairs of each week of the later item, with all bounds."""
    story = labels()
    items = sorted((item for item in items if item["id"] in story), key=lambda item: item["first_seen"])
    weeks = {i["id"]: week_of(i["first_seen"]) for i in items}
    couples = [(one, other, story[one] == story[other]) for one, other in itertools.combinations(weeks, 2)]
    tried = {}
    for bounds, told in placed(
        [Text(i["id"], i["title"], i["lead"] or "", date.fromisoformat(i["date"])) for i in items]
    ):
        pairs: dict[Week, Tally] = dict.fromkeys(weeks.values(), (0, 0, 0))
        for one, other, true in couples:
            said = told[one] == told[other]
            if said or true:
                right, all_said, all_true = pairs[weeks[other]]
                pairs[weeks[other]] = (right + (said and true), all_said + said, all_true + true)
        tried[bounds] = pairs
    return tried


def week_of(first_seen: str) -> Week:
    calendar = datetime.fromisoformat(first_seen).isocalendar()
    return calendar.year, calendar.week


def choose(sums: Mapping[Bounds, Tally]) -> Bounds:
    """The strictest bounds whose recall is within half a standard error of the best, of those precise enough there."""
    fit = {bounds: tally for bounds, tally in sums.items() if tally[0] >= PRECISE * tally[1]}
    best, true = max((right / true, true) for right, _, true in fit.values())
    least = best - 0.5 * math.sqrt(best * (1 - best) / true)
    near = {bounds: right / max(said, 1) for bounds, (right, said, _) in fit.items() if right >= least * true}
    return max(near, key=lambda bounds: (near[bounds], *bounds))


def total(pairs: Iterable[Tally]) -> Tally:
    right, said, true = (sum(part) for part in zip(*pairs, strict=True))
    return right, said, true


def rates(tally: Tally) -> str:
    right, said, true = tally
    return f"precision {right}/{said} {right / max(said, 1):.3f}  recall {right}/{true} {right / true:.3f}"


def show(name: str, found: Iterable[Tally]) -> None:
    pairs = list(found)
    chance, precisions, recalls = random.Random(11), [], []
    for _ in range(2000):
        drawn = total(chance.choices(pairs, k=len(pairs)))
        precisions.append(drawn[0] / max(drawn[1], 1))
        recalls.append(drawn[0] / max(drawn[2], 1))
    low = [sorted(drawn)[50] for drawn in (precisions, recalls)]
    high = [sorted(drawn)[1949] for drawn in (precisions, recalls)]
    between = ", ".join(
        f"{name} {a:.2f} to {b:.2f}" for name, a, b in zip(("precision", "recall"), low, high, strict=True)
    )
    print(f"{name}: {rates(total(pairs))}  [{between}]", flush=True)


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
