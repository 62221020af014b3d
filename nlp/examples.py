"""Labelled texts for training and measuring: the real ones, the written ones, and silent negatives from the stream.

Written texts (nlp/corpus, contrast sets) train and are never used to measure press figures; nor are labels kept apart from
their texts (nlp/labels), which are joined to them where the texts are at hand. Reads files, judges nothing.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO, cast

from nlp import relevance
from records import BadInput, Kind, Text
from vietnamese import fold, nfc

CORPUS = Path(__file__).parent / "corpus"
APART = Path(__file__).parent / "labels"
NEAR = APART / "near"
DIGITS = 32
"""hexadecimal digits of a text's key"""
KNOWN_BY = 400
"""code points of a body that its key is made from"""
LABELS, CONTRAST, STORIES = "bhxh_labels.jsonl", "contrast_open.jsonl", "open_stories.jsonl"
STREAM, COMMENTS = "press_open.jsonl.xz", "vihos.jsonl.xz"
OLD_NEWS = ("vntc10_text.jsonl.xz", "tc201805_baomoi_text.jsonl.xz")
UNREAD: Mapping[str, Any] = {"relevance": 0, "topics": (), "acts": ()}
"""what is not labelled in texts near the field"""
SILENCE: Mapping[str, Any] = {"relevance": 0, "topics": (), "feedback": "none", "acts": (), "clauses": ()}
CHATTER, OLD = 4, 2
"""one comment, one old news text in so many is taken"""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its answers: "relevance", "sentiment", "target", "feedback" (a label), "topics", "acts" (labels)."""

    text: Text
    answers: Mapping[str, Any]
    origin: str
    """the period of a real item ("2025-2026"), "contrast", "corpus", "apart", "near" or "stream" """
    story: str = ""

    @property
    def written(self) -> bool:
        return self.origin in ("contrast", "corpus")

    @property
    def lent(self) -> bool:
        """Whether it is real and only teaches: "apart" is of the field; "near" is public service elsewhere, read for sentiment,
        target and feedback alone."""
        return self.origin in ("apart", "near")

    @property
    def real(self) -> bool:
        """Whether press figures may be measured on it."""
        return not self.written and not self.lent


def read(file: Path, origin: str = "") -> list[Example]:
    """Examples of a JSONL file in the shape of bhxh_labels.jsonl. Raises BadInput naming FILE:LINE."""
    found = []
    for number, row in rows(file):
        try:
            found.append(_example(row, origin))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{file}:{number}: không đọc được nhãn: {error!r}") from error
    return found


def rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line of a .jsonl or .jsonl.xz file. Raises BadInput naming FILE:LINE."""
    number = 0
    try:
        with _open(file) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, json.loads(line)
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise BadInput(f"{file}:{number}: không đọc được: {error}") from error


def _open(file: Path) -> TextIO:
    return (
        cast(TextIO, lzma.open(file, "rt", encoding="utf-8")) if file.suffix == ".xz" else file.open(encoding="utf-8")
    )


def _example(row: Mapping[str, Any], origin: str) -> Example:
    register = row.get("register")
    kind = row.get("kind") or (register if register in ("press", "official") else "post" if register else "press")
    when = str(row.get("date") or "")[:10]
    text = Text(
        id=str(row["id"]),
        title=nfc(row["title"]) if row.get("title") else None,
        text=nfc(row["text"]),
        date=date.fromisoformat(when) if when else None,
        kind=cast(Kind, kind),
    )
    acts = {part for act in row.get("acts") or () for part in (act["clause"], act["mode"])}
    answers = {
        "relevance": int(row["relevance"]),
        "sentiment": row.get("sentiment"),
        "target": row.get("target"),
        "topics": tuple(row.get("topics") or ()),
        "feedback": row.get("feedback") or "none",
        "acts": tuple(sorted(acts)),
        "clauses": tuple((act["clause"], act["mode"]) for act in row.get("acts") or ()),
    }
    group = row.get("group")
    return Example(text, answers, origin or row.get("period") or "real", f"group {group}" if group else "")


def gather(data: Path, corpus: Path = CORPUS, hold_out: tuple[date, date] | None = None) -> list[Example]:
    """Everything to train on: labels, contrast groups, written corpus, labels kept apart, silent negatives of the stream
    (a text near the field is one of those, too).

    `hold_out`: nothing dated from the first day up to, not including, the second.
    """
    found = read(data / LABELS) + read(data / CONTRAST, "contrast")
    for file in sorted(corpus.glob("*.jsonl")):
        found += read(file, "corpus")
    lent, _ = join(data)
    known = {example.text.id for example in found} | {example.story for example in lent}
    found += lent + join(data, NEAR, "near")[0] + _silent(data / STREAM, known) + _chatter(data / COMMENTS)
    for name in OLD_NEWS:
        found += _old(data / name, known)
    if hold_out:
        first, end = hold_out
        found = [e for e in found if e.text.date is None or not first <= e.text.date < end or e.written]
    return found


def key(title: str, body: str) -> str:
    """What a text is known by where it may not stand: 32 digits of SHA-256 over headline, line feed and beginning, in NFC."""
    beginning = nfc(body[: 4 * KNOWN_BY])[:KNOWN_BY]  # marks may stand as signs of their own
    return hashlib.sha256(f"{nfc(title)}\n{beginning}".encode()).hexdigest()[:DIGITS]


def join(data: Path, labels: Path = APART, origin: str = "apart") -> tuple[list[Example], int]:
    """The labels of the files in `labels`, each joined to its part of a text in the file of the same name in `data`, and how
    many labels found no text. The parts of one text are one story. Raises BadInput naming FILE:LINE."""
    found: list[Example] = []
    absent = 0
    for file in sorted(labels.glob("*.jsonl")):
        wanted = _wanted(file, UNREAD if origin == "near" else {})
        texts = data / f"{file.name}.xz"
        for _, row in rows(texts) if wanted and texts.is_file() else ():
            title, body = _fields(row)
            for label in wanted.pop(key(title, body), ()):
                part = nfc(body)[slice(*label["part"])]
                about = {
                    "id": f"{label['key']}:{label['part'][0]}",
                    "title": title,
                    "text": part,
                    "date": row.get("date"),
                }
                found.append(_example({**label, **about, "group": label["key"]}, origin))
        absent += sum(map(len, wanted.values()))
    return found, absent


def _fields(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["title"] or "", row.get("text") or row.get("lead") or ""


def _story(row: Mapping[str, Any]) -> str:
    """The story of the labels of this text, had it any."""
    return f"group {key(*_fields(row))}"


def kept_apart(labels: Path = APART) -> int:
    """How many labels there are whose texts may not stand here, those near the field among them."""
    return sum(1 for file in labels.rglob("*.jsonl") for _ in rows(file))


def _wanted(file: Path, lacks: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The labels of a file by the key of their text; `lacks`: answers that stand in none of them."""
    wanted: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, row in rows(file):
        label = {**row, **lacks}
        try:
            _example({**label, "id": "", "text": ""}, "apart")
            first, end = label["part"]
            if not (0 <= first < end and len(label["key"]) == DIGITS):
                raise ValueError(label["part"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{file}:{number}: không đọc được nhãn: {error!r}") from error
        wanted[label["key"]].append(label)
    return wanted


def _silent(stream: Path, known: set[str]) -> list[Example]:
    """Stream items that pass the gate, are unlabelled and name no term of the field: not about it."""
    found = []
    for _, row in rows(stream) if stream.is_file() else ():
        text = Text(row["id"], nfc(row["title"]), nfc(row["lead"] or ""), date.fromisoformat(row["date"]))
        if relevance.passes(text) and relevance.silent(text) and not {text.id, _story(row)} & known:
            found.append(Example(text, SILENCE, "stream"))
    return found


def _old(news: Path, known: set[str]) -> list[Example]:
    """Old news with bodies, unlabelled, that pass the gate and name no term of the field: not about it, at the length of an article."""
    found = []
    for number, row in rows(news) if news.is_file() else ():
        if number % OLD:
            continue
        text = Text(f"{news.name}:{number}", nfc(row["title"]), nfc(row["text"] or ""), None)
        if relevance.passes(text) and relevance.silent(text) and _story(row) not in known:
            found.append(Example(text, SILENCE, "stream"))
    return found


def _chatter(comments: Path) -> list[Example]:
    """Comments on anything else (ViHOS): what a post is that has nothing to do with the field."""
    texts = (
        [Text(row["id"], None, nfc(row["text"]), None, "post") for _, row in rows(comments)]
        if comments.is_file()
        else []
    )
    return [Example(text, SILENCE, "stream") for text in texts[::CHATTER] if relevance.silent(text)]


def stories(examples: Sequence[Example], told: Mapping[str, str]) -> list[int]:
    """A number a story: near-copies, contrast groups and the stories of `told` (id -> story) stay together."""
    parent = list(range(len(examples)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    shingles = [_shingles(example.text) for example in examples]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, found in enumerate(shingles):
        shared = Counter(j for shingle in found if len(holders[shingle]) < 60 for j in holders[shingle])
        for j, count in shared.items():
            if count > 0.3 * max(1, min(len(found), len(shingles[j]))):
                parent[root(i)] = root(j)
        for shingle in found:
            holders[shingle].append(i)
    first: dict[str, int] = {}
    for i, example in enumerate(examples):
        name = told.get(example.text.id) or example.story
        if name:
            parent[root(i)] = root(first.setdefault(name, i))
    return [root(i) for i in range(len(examples))]


def _shingles(text: Text) -> list[tuple[str, ...]]:
    """Each run of three syllables once, in an order that is the same in every process."""
    words = re.findall(r"\w+", fold(f"{text.title or ''} {text.text[:400]}"))
    return list(dict.fromkeys(tuple(words[i : i + 3]) for i in range(len(words) - 2)))


def told(data: Path) -> dict[str, str]:
    """Item id -> story, as labelled in open_stories.jsonl (empty where the file is absent)."""
    file = data / STORIES
    return {row["id"]: row["story"] for _, row in rows(file)} if file.is_file() else {}
