"""Wires the rooms together, once, by hand. Nothing opens at import."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import alerts.mail
import config
import crawlers.sources
import knowledge
import store
from pipeline import clock, judging, keys, second, shelf
from pipeline.crawls import Crawls


@dataclass(frozen=True)
class Rooms:
    """Everything a job needs."""

    settings: config.Settings
    store: store.Store
    current: knowledge.Current
    listed: crawlers.sources.Listed
    clock: clock.Clock
    executor: Executor
    opened_at: datetime
    """by `clock`"""
    crawls: Crawls = field(default_factory=Crawls)
    ended: dict[str, float] = field(default_factory=dict)
    """job -> when (monotonic seconds) it last ended, or got on; its first look begins the count"""
    worked: dict[str, float] = field(default_factory=dict)
    """job -> when (seconds since 1970) it last ended without an error, or got on; its first look begins the count"""
    asked: set[str] = field(default_factory=set)
    """requests of the desk that this process works on"""
    stopping: threading.Event = field(default_factory=threading.Event)
    """set when the process was told to stop: long work ends at its next step, the rest is done another time"""

    def begun(self, job: str) -> None:
        """A job has its first look, or another one."""
        self.ended.setdefault(job, time.monotonic())
        self.worked.setdefault(job, time.time())

    def got_on(self, job: str) -> None:
        """A job made headway: it neither hangs nor fails."""
        self.ended[job], self.worked[job] = time.monotonic(), time.time()

    @property
    def sources(self) -> tuple[crawlers.sources.Source, ...]:
        """The list as its files say now; which of them are read: pipeline.catalogue."""
        return self.listed()

    @property
    def knowledge(self) -> knowledge.Knowledge:
        """What is in force now: the files with the approved edits."""
        return self.current()

    @property
    def weights(self) -> judging.Weights:
        """The weights that judge now."""
        return shelf.chosen(self.settings, self.store.models.pile())[0]

    @property
    def model(self) -> str:
        """Version of the model that judges now."""
        return judging.version(self.weights, second.in_force(self.settings))

    @cached_property
    def server(self) -> alerts.mail.Server:
        mail = self.settings.mail
        password = mail.password.get_secret_value() if mail.password else None
        return alerts.mail.Server(
            mail.host, mail.port, mail.security, mail.sender, mail.username, password, timeout=mail.timeout
        )

    @cached_property
    def relays(self) -> tuple[alerts.mail.Server, ...]:
        """The mail servers in the order in which they are tried."""
        further = tuple(
            alerts.mail.Server(
                relay.host, relay.port, relay.security, self.settings.mail.sender, relay.username,
                relay.password.get_secret_value() if relay.password else None, timeout=self.settings.mail.timeout,
            )
            for relay in self.settings.mail.relays
        )  # fmt: skip
        return (self.server, *further)

    @property
    def second(self) -> tuple[str, ...]:
        """Addresses of the second channel."""
        return tuple(address.get_secret_value() for address in self.settings.alerts.second)

    @cached_property
    def desk_key(self) -> bytes:
        """Signs the links in mails."""
        return config.keys(self.settings).desk

    @property
    def domain(self) -> str:
        """The right side of our Message-IDs."""
        return self.settings.mail.sender.split("@")[1]


@contextmanager
def open_all(settings: config.Settings, the_clock: clock.Clock | None = None) -> Iterator[Rooms]:
    """The rooms, open; closed at the end. Makes the keys and the database where there are none.

    Raises BadSetting, BadKnowledge, StoreUnreachable, StoreOutdated, StoreDamaged.
    """
    second.check(settings)
    keys.ensure(settings.data_dir)
    secrets = config.keys(settings)
    listed = crawlers.sources.Listed(settings.crawl.sources, settings.data_dir / crawlers.sources.OWN)
    known = knowledge.load()
    ticking = the_clock or (clock.Replay(settings.clock) if settings.clock else clock.wall)
    executor = judging.executor(settings.judging.workers)
    try:
        with opened(settings.database_url, secrets.vault) as kept:
            current = knowledge.Current(known, kept.edits.stamp, lambda: edits(kept))
            yield Rooms(settings, kept, current, listed, ticking, executor, ticking())
    finally:
        executor.shutdown(cancel_futures=True)


def edits(kept: store.Store) -> list[knowledge.Edit]:
    """The approved edits, as the knowledge takes them; the person who approved is the one who verified."""
    return [(edit.kind, edit.said) for edit in kept.edits.in_force()]


@contextmanager
def opened(url: str, vault_key: bytes | None = None) -> Iterator[store.Store]:
    """The store alone, for commands that need no more."""
    store.create(url)
    kept = store.open(url, vault_key=vault_key)
    try:
        yield kept
    finally:
        kept.close()
