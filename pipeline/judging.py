"""Heavy batch work as plain functions of plain values, so that any `concurrent.futures.Executor` can carry it:
inline in tests, processes by default, a cluster's executor when one machine is not enough."""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import config
import knowledge
import nlp.judge
import nlp.stories
import vietnamese
from records import Assessment, Document, Signature, Text

Answer = tuple[Assessment, Signature | None]


class Inline(Executor):
    """Does the work where it is asked for."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def executor(workers: int) -> Executor:
    """`workers` processes (0: none). Spawned, not forked: the parent holds threads and connections."""
    if workers == 0:
        return Inline()
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def models(settings: config.Settings) -> Path | None:
    """Where the weights in force lie: named in the settings, else learnt on the desk, else (None) shipped."""
    if settings.judging.models:
        return settings.judging.models
    pointer = settings.data_dir / "models" / "current"
    return pointer.with_name(pointer.read_text(encoding="utf-8").strip()) if pointer.is_file() else None


def day_of(document: Document) -> date:
    """The day, in Viet Nam, whose law and facts apply to a document."""
    return (document.published_at or document.first_seen).astimezone(vietnamese.HO_CHI_MINH).date()


def reading(document: Document) -> Text:
    """A stored document as a text to judge. A province's report tells of others, as an official page does."""
    kind = "official" if document.kind == "report" else document.kind
    return Text(document.key, document.title, document.text, day_of(document), kind)


@functools.lru_cache(maxsize=2)
def judge(models: Path | None) -> nlp.judge.Judge:
    """The judge of this process; loaded once."""
    return nlp.judge.load(knowledge.load(), models)


def assess(models: Path | None, texts: Sequence[Text]) -> list[Answer]:
    """Answers in the order of `texts`; a signature only for what is relevant."""
    answers = judge(models).assess(texts)
    relevant = [text for text, answer in zip(texts, answers, strict=True) if answer.relevance]
    signatures = iter(nlp.stories.signatures(relevant))
    return [(answer, next(signatures) if answer.relevance else None) for answer in answers]
