"""Acts and claims on the written contrast groups, and false flags on real items: `python -m benchmarks.acts [--all] [-v]`.

Groups with an odd number were looked at while the rules were written, groups with an even number were not: the figures of the
even ones ("check") are those to believe. The learned voices are made anew without any contrast group (about
a minute). Reads ../shared; prints counts beside every rate.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

import knowledge
from nlp import acts, belief_training, claims, examples, features, heads, training
from nlp.beliefs import Beliefs
from records import Text

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
KINDS = {"press": "press", "official": "official"}
Item = dict[str, Any]


def texts(half: str) -> list[Item]:
    """The contrast items of a half ("develop", "check", "all"), the doubtful ones left out."""
    rows = [json.loads(line) for line in (SHARED / "contrast_open.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = {"develop": {1}, "check": {0}, "all": {0, 1}}[half]
    return [row for row in rows if int(row["group"][1:]) % 2 in wanted and not row.get("doubtful")]


def as_text(row: Item) -> Text:
    kind: Any = KINDS.get(row.get("register", "press"), "post")
    day = row.get("date")
    return Text(
        row["id"],
        row.get("title"),
        row.get("text") or row.get("lead") or "",
        date.fromisoformat(day[:10]) if day else None,
        kind,
    )


def rate(name: str, part: int, whole: int) -> str:
    return f"{name:48s} {part:4d}/{whole:<4d} {part / whole if whole else float('nan'):.3f}"


def beliefs(known: knowledge.Knowledge) -> Beliefs:
    """The model of wrong assertions from the written corpus alone."""
    return belief_training.fit(belief_training.read(sorted(belief_training.CORPUS.glob("*.jsonl"))), known)


def learned() -> dict[str, dict[str, float]]:
    """Text id -> probabilities of modes and clauses for every contrast item, by a head that saw none of them."""
    found = examples.read(SHARED / examples.LABELS)
    for file in sorted(examples.CORPUS.glob("*.jsonl")):
        found += examples.read(file, "corpus")
    found = [example for example in found if example.answers["relevance"]]
    asked = examples.read(SHARED / examples.CONTRAST, "contrast")
    names = training.read(found)
    vocabulary = features.fit(names)
    lessons = {task.name: (task, which, answers) for task, which, answers in training._lessons(found)}
    task, which, answers = lessons["acts"]
    rows = np.concatenate([which, which + len(found)])
    numbers: dict[str, int] = {}
    groups = np.array([numbers.setdefault(e.story or e.text.id, len(numbers)) for e in found] * 2)[rows]
    y = heads.one_hot([*answers, *answers], task.labels)
    lesson = heads.Lesson(y, groups, np.ones(len(y), np.float32), np.ones(len(y), bool))
    head = heads.fit(task, vocabulary.rows(names)[rows], vocabulary.of(task.blocks), lesson)
    x = vocabulary.rows(training.read(asked))[: len(asked)]
    scores = head.probabilities(x @ head.weights + head.bias)
    return {
        e.text.id: dict(zip(task.labels, map(float, row), strict=True)) for e, row in zip(asked, scores, strict=True)
    }


def judge_acts(
    rows: Iterable[Item],
    known: knowledge.Knowledge,
    verbose: bool,
    voices: dict[str, dict[str, float]] | None = None,
    model: Beliefs | None = None,
) -> list[str]:
    commits = flagged = both = found = right = clean = false = criticism = false_criticism = named = 0
    for row in rows:
        gold = {(act["clause"], act["mode"]) for act in row["acts"]}
        text, voice = as_text(row), voices[row["id"]] if voices else None
        checked = claims.check(text, known, model)
        said = {(act.clause, act.mode) for act in acts.find(text, row["relevance"], known, voice, checked)}
        does, claims_so = any(m == "commits" for _, m in gold), any(m == "commits" for _, m in said)
        commits, flagged, both = commits + does, flagged + claims_so, both + (does and claims_so)
        if gold and said:
            found += 1
            right += bool({m for _, m in gold} & {m for _, m in said})
            named += bool({c for c, _ in gold} & {c for c, _ in said})
        if not gold:
            clean, false = clean + 1, false + bool(said)
            harsh = row["sentiment"] == "negative"
            criticism, false_criticism = criticism + harsh, false_criticism + (harsh and bool(said))
        if verbose and gold != said:
            print(
                row["id"],
                row["register"],
                "gold",
                sorted(gold),
                "said",
                sorted(said),
                "|",
                row.get("title") or "",
                "##",
                row["text"][:220],
            )
    acting = sum(bool(row["acts"]) for row in rows)
    return [
        rate("commits: precision", both, flagged), rate("commits: recall", both, commits), rate("acts found at all", found, acting),
        rate("mode right in the found", right, found), rate("clause right in the found", named, found),
        rate("false flags, texts without act", false, clean), rate("false flags, sharp criticism", false_criticism, criticism),
    ]  # fmt: skip


def judge_claims(
    rows: Iterable[Item], known: knowledge.Knowledge, verbose: bool, model: Beliefs | None = None
) -> list[str]:
    wrong = right = other = false = supported = said_supported = 0
    for row in rows:
        gold = row["claim"]
        said = claims.check(as_text(row), known, model)
        against = {claim.fact_id for claim in said if claim.verdict == "contradicted"}
        if gold["verdict"] == "contradicted":
            wrong, right = wrong + 1, right + (gold["fact_id"] in against)
        else:
            other, false = other + 1, false + bool(against)
        if gold["verdict"] == "supported":
            supported += 1
            said_supported += gold["fact_id"] in {claim.fact_id for claim in said if claim.verdict == "supported"}
        if verbose and (
            bool(against) != (gold["verdict"] == "contradicted") or (against and gold["fact_id"] not in against)
        ):
            print(
                row["id"],
                row["register"],
                "gold",
                gold,
                "said",
                against,
                "|",
                row.get("title") or "",
                "##",
                row["text"][:260],
            )
    return [
        rate("contradicted claims: right fact", right, wrong), rate("false contradictions", false, other),
        rate("supported claims: right fact", said_supported, supported),
    ]  # fmt: skip


def judge_press(name: str, known: knowledge.Knowledge) -> list[str]:
    rows = [json.loads(line) for line in (SHARED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    commits = any_act = contradicted = relevant = 0
    started = time.process_time()
    for row in rows:
        text = as_text({**row, "register": "press"})
        said = acts.find(text, row.get("relevance", 1) or 0, known)
        relevant += bool(row.get("relevance", 1))
        commits += any(act.mode == "commits" for act in said)
        any_act += bool(said) and not row.get("acts")
        contradicted += any(claim.verdict == "contradicted" for claim in claims.check(text, known))
    spent = (time.process_time() - started) / len(rows) * 1000
    return [
        rate(f"{name}: commits", commits, relevant), rate(f"{name}: any act where none labelled", any_act, relevant),
        rate(f"{name}: contradicted claims", contradicted, len(rows)), f"{name}: {spent:.2f} ms of CPU a text",
    ]  # fmt: skip


def main() -> None:
    known = knowledge.load()
    verbose = "-v" in sys.argv
    model, voices = beliefs(known), learned()
    for half in ("develop", "check", "all"):
        print(f"-- {half}")
        rows = texts(half)
        show = verbose and half == "develop"
        print("\n".join(judge_claims(rows, known, show, model) + judge_acts(rows, known, show, voices, model)))
    if "--all" in sys.argv:
        for name in ("bhxh_labels", "article11_press"):
            print("\n".join(judge_press(name, known)))


if __name__ == "__main__":
    main()
