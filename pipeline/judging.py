"""Heavy batch work as plain functions of plain values, so that any `concurrent.futures.Executor` can carry it:
inline in tests, processes by default, a cluster's executor when one machine is not enough."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import knowledge
import nlp.beliefs
import nlp.encoder
import nlp.judge
import nlp.stories
import nlp.votes
import nlp.weights
import vietnamese
from records import Assessment, BadInput, Document, Signature, Text

HANGS = 300.0
"""seconds after which a worker that has not answered is ended; the largest batch on a busy machine takes less"""
Answer = tuple[Assessment, Signature | None]
Stamps = tuple[tuple[str, int, int], ...]
"""name, time of the last change and size of each file of a directory"""


@dataclass(frozen=True, slots=True)
class Again:
    """A second reader for what the heads are unsure of (see `nlp.votes`): its directory, its version, the bound."""

    directory: Path
    version: str
    bound: float


class Inline(Executor):
    """Does the work where it is asked for."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Workers(Executor):
    """Processes. One that dies (killed, out of memory) or hangs fails the work in hand; the next work finds new processes.

    Spawned, not forked: the parent holds threads and connections.
    """

    def __init__(self, workers: int) -> None:
        self._workers, self._lock = workers, threading.Lock()
        self._pool = self._made()

    def _made(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=spawn, initializer=end_with_parent)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self._lock:
            try:
                future = self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown(wait=False)
                self._pool = self._made()
                future = self._pool.submit(fn, *args, **kwargs)
            limit = threading.Timer(HANGS, ended, (self._pool,))
        limit.daemon = True
        limit.start()
        future.add_done_callback(lambda _: limit.cancel())
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


def ended(pool: ProcessPoolExecutor) -> None:
    """Kills the processes of a pool, stopped ones too; what they had in hand fails as BrokenExecutor."""
    for process in list(pool._processes.values()):  # Python 3.14 has kill_workers for it
        process.kill()


def end_with_parent() -> None:
    """In a worker: end when the parent is gone. A parent that is killed says nothing to its workers, which would wait
    for work for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to answer
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def executor(workers: int) -> Executor:
    """`workers` processes (0: none)."""
    return Workers(workers) if workers else Inline()


@dataclass(frozen=True, slots=True)
class Weights:
    """Where weights lie. `digest`: of their manifest, where it was written down; a directory with another is not loaded."""

    directory: Path | None = None
    """None: those shipped"""
    digest: str = ""


SHIPPED = Weights()


def fault(weights: Weights) -> str:
    """Why weights cannot be used; empty where they can. Files are read again only when they changed."""
    directory = weights.directory or nlp.weights.SHIPPED
    return _fault(weights, stamps(directory)) if directory.is_dir() else f"{directory}: thiếu thư mục của mô hình"


def stamps(directory: Path) -> Stamps:
    """What changes when a file of the directory does; empty where there is no directory."""
    files = sorted(directory.iterdir()) if directory.is_dir() else ()
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@functools.lru_cache(maxsize=8)
def _fault(weights: Weights, _stamps: Stamps) -> str:
    try:
        nlp.weights.load(weights.directory, weights.digest)
        nlp.beliefs.load(weights.directory)
    except BadInput as error:
        return str(error)
    return ""


def day_of(document: Document) -> date:
    """The day, in Viet Nam, whose law and facts apply to a document."""
    return (document.published_at or document.first_seen).astimezone(vietnamese.HO_CHI_MINH).date()


def reading(document: Document) -> Text:
    """A stored document as a text to judge. A province's report tells of others, as an official page does."""
    kind = "official" if document.kind == "report" else document.kind
    return Text(document.key, document.title, document.text, day_of(document), kind)


@functools.lru_cache(maxsize=2)
def judge(
    weights: Weights = SHIPPED, edits: tuple[knowledge.Edit, ...] = (), again: Again | None = None
) -> nlp.judge.Judge:
    """The judge of this process; loaded once for each set of weights, edits of the knowledge and second reader."""
    return nlp.judge.load(knowledge.load(edits=edits), weights.directory, reader(again), weights.digest)


def reader(again: Again | None) -> nlp.votes.Second | None:
    """The second reader, loaded. Raises BadInput where its files are not those that were asked for."""
    if again is None:
        return None
    found = nlp.encoder.load(again.directory)
    if found.version != again.version:
        raise BadInput(f"{again.directory}: bộ mã hóa vừa được thay, cần {again.version}, gặp {found.version}")
    return nlp.votes.Second(found, again.bound)


def version(weights: Weights, again: Again | None) -> str:
    """The name of the judge made of both; the second reader is not loaded for it."""
    alone = judge(weights).version
    return nlp.votes.named(alone, again.version, again.bound) if again else alone


def assess(
    weights: Weights, texts: Sequence[Text], edits: tuple[knowledge.Edit, ...] = (), again: Again | None = None
) -> list[Answer]:
    """Answers in the order of `texts`; a signature only for what is relevant."""
    answers = judge(weights, edits, again).assess(texts)
    relevant = [text for text, answer in zip(texts, answers, strict=True) if answer.relevance]
    signatures = iter(nlp.stories.signatures(relevant))
    return [(answer, next(signatures) if answer.relevance else None) for answer in answers]
