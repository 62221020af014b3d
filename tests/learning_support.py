"""A small made-up press for the tests of learning: items whose tone is told by a few words; old words the trained weights
know, new ones only people can teach."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import config
import store
from nlp import beliefs, examples, promotion, training, weights
from nlp.examples import Example
from pipeline import clock, jobs, lines
from pipeline.doors import Rooms, open_all
from records import Document, Kind, Label, Text

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
Words = Mapping[str, Sequence[str]]
OLD: Words = {
    "negative": ["bức xúc", "chậm trả"],
    "neutral": ["quy định", "cách tính"],
    "positive": ["hỗ trợ", "phấn khởi"],
}
NEW: Words = {
    "negative": ["ngao ngán", "ì ạch"],
    "neutral": ["lộ trình", "kế hoạch"],
    "positive": ["thở phào", "ấm lòng"],
}
FOREIGN: Words = {tone: [f"bóng đá {tone}", f"ca sĩ {tone}"] for tone in OLD}
"""of what is not about the field"""
TOPICS = {"negative": "bhyt_kcb", "neutral": "luong_huu", "positive": "thai_san"}
FILL = [
    a + b
    for a in [
        "b",
        "c",
        "ch",
        "d",
        "đ",
        "g",
        "gi",
        "h",
        "kh",
        "l",
        "m",
        "n",
        "ng",
        "nh",
        "ph",
        "r",
        "s",
        "t",
        "th",
        "tr",
        "v",
        "x",
    ]
    for b in ["an", "inh", "ong", "ung", "iên", "êm", "ảo", "ất", "ời", "ượng", "uyên", "ăm"]
]
"""syllables so many that no two items tell the same story"""
ACTS: dict[str, Any] = {"acts": ("3c", "commits"), "clauses": (("3c", "commits"),)}


def texts(count: int, words: Words, seed: int, kind: Kind = "press", **answers: Any) -> Iterator[Example]:
    """Made-up items whose tone is told by the words given, among filling; each a story of its own."""
    rng = random.Random(seed)
    for i in range(count):
        tone = list(words)[i % 3]
        said = [part for word in words[tone] for part in (*rng.sample(FILL, 6), word)]
        given = {"relevance": 2, "sentiment": tone, "target": "none", "topics": (TOPICS[tone],), "feedback": "none"}
        text = Text(f"{seed}-{i}", " ".join(["BHXH", *rng.sample(FILL, 6)]), " ".join(said), None, kind)
        yield Example(text, given | {"acts": (), "clauses": ()} | answers, "real", f"{seed}-{i}")


def trained() -> weights.Model:
    """Weights that know the old words and take the new ones for neutral."""
    plain = {"sentiment": "neutral", "topics": ("khac",)}
    found = [*texts(240, OLD, 1), *texts(120, NEW, 2, **plain), *texts(60, FOREIGN, 9, relevance=0)]
    found += [*texts(30, OLD, 10, "post", **ACTS), *texts(30, FOREIGN, 11, "post", relevance=0)]
    vocabulary, heads = training.fit(found, training.read(found), list(range(len(found))))
    return weights.Model("gốc", vocabulary, {head.task.name: head for head in heads}, training.thresholds(), {})


@pytest.fixture(scope="session")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the trained weights of the made-up press."""
    place, model = tmp_path_factory.mktemp("goc"), trained()
    shutil.copy(weights.SHIPPED / beliefs.NAME, place)
    weights.save(place, model.features, list(model.heads.values()), model.thresholds, {}, (beliefs.NAME,))
    return place


def row(example: Example) -> dict[str, Any]:
    """An example in the form of the files of labels."""
    text, given = example.text, example.answers
    clauses = [{"clause": clause, "mode": mode} for clause, mode in given["clauses"]]
    plain = {name: given[name] for name in ("relevance", "sentiment", "target", "feedback")}
    named = {"id": text.id, "kind": text.kind, "title": text.title, "text": text.text}
    return plain | named | {"topics": [*given["topics"]], "acts": clauses}


def written(file: Path, found: Sequence[Example]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(lines.dump(row(example)) + "\n" for example in found), encoding="utf-8")


@contextmanager
def school(place: Path, weighed: Path, patch: pytest.MonkeyPatch, hand: clock.Hand) -> Iterator[Rooms]:
    """The rooms over the made-up press, with a corpus and a challenge set of its own."""
    written(place / "corpus" / "a.jsonl", list(texts(30, OLD, 20)))
    written(place / "challenge.jsonl", list(texts(30, OLD, 21)))
    patch.setattr(examples, "CORPUS", place / "corpus")
    patch.setattr(promotion, "CHALLENGE", place / "challenge.jsonl")
    patch.setattr(promotion, "ENOUGH", 60)
    settings = config.Settings(
        data_dir=place / "var", judging=config.Judging(workers=0, models=weighed), desk=config.Desk(secure_cookies=False),
        mail=config.Mail(alarm_to=("van-hanh@bhxh.example",)), public_url="http://desk.test",
        author_key="a" * 40, desk_key="d" * 40, vault_key="v" * 40,
    )  # fmt: skip
    with open_all(settings, hand) as rooms:
        yield rooms


def published(rooms: Rooms, found: Sequence[Example]) -> None:
    """Items come in and are judged."""
    now = rooms.clock()
    for n, example in enumerate(found):
        key = f"https://bao.example/{example.text.id}"
        at = now - timedelta(minutes=n + 1)
        rooms.store.documents.keep(
            Document(key, "press", "bao", "Báo", key, example.text.title, None, example.text.text, at, now)
        )
    jobs.digest(rooms)


def labels(example: Example, by: str, at: datetime, origin: str = "correction", **other: str) -> list[Label]:
    """What a person answers about an item of `published`; `other`: answered otherwise than is true."""
    key = f"https://bao.example/{example.text.id}"
    said = {task: str(example.answers[task]) for task in ("relevance", "sentiment", "target", "feedback")}
    said |= {"topics": ";".join(example.answers["topics"])} | other
    return [Label(key, task, "", new, by, at, "", origin) for task, new in said.items()]  # type: ignore[arg-type]


def answered(kept: store.Store, found: Sequence[Example], by: str = "phan-tich", origin: str = "correction", at: datetime = NOW) -> None:  # fmt: skip
    kept.labels.add_all([label for example in found for label in labels(example, by, at, origin)])
