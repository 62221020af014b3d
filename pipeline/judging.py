"""Heavy batch work as plain functions of plain values, so that any `concurrent.futures.Executor` can carry it:
inline in tests, processes by default, a cluster's executor when one machine is not enough."""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import knowledge
import nlp.judge
import nlp.stories
from records import Assessment, Signature, Text


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


@functools.lru_cache(maxsize=2)
def judge(models: Path | None) -> nlp.judge.Judge:
    """The judge of this process; loaded once."""
    return nlp.judge.load(knowledge.load(), models)


def assess(models: Path | None, texts: Sequence[Text]) -> list[tuple[Assessment, Signature | None]]:
    """Answers in the order of `texts`; a signature only for what is relevant."""
    answers = judge(models).assess(texts)
    relevant = [text for text, answer in zip(texts, answers, strict=True) if answer.relevance]
    signatures = iter(nlp.stories.signatures(relevant))
    return [(answer, next(signatures) if answer.relevance else None) for answer in answers]
