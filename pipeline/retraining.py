"""Learning from the desk: the analysts' labels make a candidate; it replaces the model only when it is not worse on the
random sample, and either way the reason is said and kept. Old models stay beside the new one, so going back is one word.

Corrections teach; the random sample measures. They never change places.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import knowledge
import nlp.evaluation
import nlp.examples
import nlp.judge
import nlp.training
import vietnamese
from pipeline import judging, lines
from pipeline.doors import Rooms
from records import BadInput, Document, Judged, Label

ENOUGH = 50
"""labels of the random sample below which nothing can be said about a candidate"""
TASKS = ("relevance", "sentiment", "target")
CURRENT = "current"
VERSION = re.compile(r"lang-nghe-[0-9a-z.-]+")


def retrain(rooms: Rooms) -> str:
    """What was done and why, in Vietnamese. Raises BadInput when there is nothing to learn from or to measure on."""
    data = rooms.settings.judging.data
    if data is None or not data.is_dir():
        raise BadInput("judging.data: hãy đặt thư mục dữ liệu đã gán nhãn gốc; thiếu nó thì không huấn luyện lại được")
    with rooms.store.leases.hold("train") as held:
        if not held:
            raise BadInput("một tiến trình khác đang huấn luyện; hãy đợi nó xong")
        return learn(rooms, data)


def learn(rooms: Rooms, data: Path) -> str:
    """A candidate from the desk's labels, measured beside the model in force; the better one stays."""
    labels = rooms.store.labels.all()
    measured = list(rows(rooms, labels, random=True))
    if len(measured) < ENOUGH:
        raise BadInput(
            f"mới có {len(measured)} tin của mẫu ngẫu nhiên được gán nhãn; cần ít nhất {ENOUGH} để so hai mô hình"
        )
    home = rooms.settings.data_dir / "models"
    with tempfile.TemporaryDirectory(prefix="langnghe-hoc-") as place:
        corpus, out = Path(place) / "corpus", Path(place) / "model"
        shutil.copytree(nlp.examples.CORPUS, corpus)
        write(corpus / "desk.jsonl", rows(rooms, labels, random=False))
        sample = write(Path(place) / "sample.jsonl", measured)
        version = str(nlp.training.train(data, out, corpus)["version"])
        known = knowledge.load()
        new = scores(nlp.judge.load(known, out), sample)
        old = scores(judging.judge(judging.models(rooms.settings)), sample)
        better = bool(new) and all(new[task] >= old.get(task, 0.0) for task in new)
        if better:
            shutil.copytree(out, home / version, dirs_exist_ok=True)
            promote(home, version)
    figures = "; ".join(
        f"{task}: {vietnamese.number_text(round(old.get(task, 0.0), 3))} → {vietnamese.number_text(round(new[task], 3))}"
        for task in new
    )
    verdict = f"thay bằng mô hình {version}" if better else "giữ mô hình cũ"
    text = f"Trên {len(measured)} tin mẫu ngẫu nhiên, macro-F1 {figures}; {verdict}."
    rooms.store.audit("huấn luyện", "thay mô hình" if better else "giữ mô hình", version, rooms.clock(), text)
    return text


def promote(home: Path, version: str) -> None:
    """Makes a kept version the current one, in one step; "" goes back to the shipped one. Raises BadInput."""
    if not version:
        (home / CURRENT).unlink(missing_ok=True)
        return
    if not VERSION.fullmatch(version) or not (home / version).is_dir():
        raise BadInput(f"không có mô hình {version}; có: {', '.join(sorted(p.name for p in home.glob('lang-nghe-*')))}")
    pointer = home / f".{CURRENT}"
    with pointer.open("w", encoding="utf-8") as out:
        out.write(version)
        out.flush()
        os.fsync(out.fileno())
    pointer.replace(home / CURRENT)


def write(file: Path, answers: Iterable[dict[str, Any]]) -> list[nlp.examples.Example]:
    """The rows as a file of labelled texts, and as it is read again."""
    file.write_text("".join(lines.dump(answer) + "\n" for answer in answers), encoding="utf-8")
    return nlp.examples.read(file)


def scores(judge: nlp.judge.Judge, measured: list[nlp.examples.Example]) -> dict[str, float]:
    found = nlp.evaluation.evaluate(judge, measured)
    return {task: float(found[task]["macro_f1"]) for task in TASKS if task in found}


def rows(rooms: Rooms, labels: Iterable[Label], random: bool) -> Iterator[dict[str, Any]]:
    """Labelled documents in the form of the labelled data; those of the random sample, or all others."""
    sampled = {label.document for label in labels if label.origin == "random"}
    for key in sorted({label.document for label in labels}):
        if (key in sampled) != random:
            continue
        document, judged = rooms.store.documents.get(key), rooms.store.judged.get(key)
        if document and judged:
            yield row(document, judged)


def row(document: Document, judged: Judged) -> dict[str, Any]:
    """The human answers where there are some, the machine's where a person let them stand."""
    given: Mapping[str, str] = judged.labels
    answer = judged.assessment
    relevance = int(given.get("relevance", answer.relevance))
    topics = given["topics"].split(";") if given.get("topics") else list(answer.topics)
    return {
        "id": document.key,
        "kind": document.kind,
        "date": judging.day_of(document).isoformat(),
        "title": document.title,
        "text": document.text,
        "relevance": relevance,
        "sentiment": given.get("sentiment", answer.sentiment) if relevance else None,
        "target": given.get("target", answer.target) if relevance else None,
        "topics": topics if relevance else [],
        "feedback": given.get("feedback", answer.feedback),
        "acts": [],
    }
