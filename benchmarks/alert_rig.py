"""What the benchmarks of alerting share: a mail server that only counts, a process of its own; stories to ring for; senders
that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import config
import knowledge
import store
from nlp import stories
from pipeline import clock, sending, settling
from pipeline.doors import Rooms, open_all
from records import Act, Assessment, Document, Text
from tests.store_support import Cluster, binaries

FORK = multiprocessing.get_context("fork")
SYLLABLES = [start + end for start in "bchklmnpqstv" for end in ("an", "inh", "ong", "uy", "iem", "oat", "ua", "eo")]


async def _serve(ledger: Path, wait: float, ready: Any) -> None:
    """Says yes to everything, each answer after `wait` seconds; writes "Message-ID recipient seconds" at each 250."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            await asyncio.sleep(wait)
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        recipient = ""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await say("220 sink")
            while line := (await reader.readline()).decode("utf-8", "replace").strip():
                if line.upper() == "DATA":
                    await say("354 go on")
                    mail = await reader.readuntil(b"\r\n.\r\n")
                    name = mail.partition(b"Message-ID: <")[2].partition(b">")[0].decode()
                    with ledger.open("a") as file:
                        file.write(f"{name} {recipient} {datetime.now(UTC).timestamp():.3f}\n")
                    await say("250 taken")
                    continue
                recipient = line[8:].strip("<>") if line.upper().startswith("RCPT TO:") else recipient
                await say("250 ok")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 22)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _sink(ledger: Path, wait: float, ready: Any) -> None:
    asyncio.run(_serve(ledger, wait, ready))


@dataclass(frozen=True, slots=True)
class Sink:
    port: int
    ledger: Path

    def lines(self) -> list[tuple[str, str, float]]:
        """(Message-ID, recipient, when) of each mail it took, copies too."""
        if not self.ledger.exists():
            return []
        parts = (line.split(" ") for line in self.ledger.read_text().splitlines())
        return [(name, recipient, float(at)) for name, recipient, at in parts]


@contextlib.contextmanager
def sink(wait: float) -> Iterator[Sink]:
    """A mail server in a process of its own."""
    ledger = Path(tempfile.mkdtemp(prefix="langnghe-sink-")) / "taken"
    here, there = FORK.Pipe()
    process = FORK.Process(target=_sink, args=(ledger, wait, there), daemon=True)
    process.start()
    try:
        yield Sink(here.recv(), ledger)
    finally:
        process.kill()
        process.join()
        shutil.rmtree(ledger.parent)


@contextlib.contextmanager
def database(kind: str) -> Iterator[tuple[str, Path]]:
    """(address of a new store, a directory): kind "sqlite" or "postgresql" (a throw-away server)."""
    home = Path(tempfile.mkdtemp(prefix="langnghe-alerts-"))
    programs = binaries() if kind == "postgresql" else None
    cluster = Cluster(programs) if programs else None
    url = cluster.new() if cluster else f"sqlite:///{home / 'alerts.db'}"
    store.create(url)
    try:
        yield url, home
    finally:
        if cluster:
            cluster.remove()
        shutil.rmtree(home)


@contextlib.contextmanager
def product(url: str, home: Path, port: int, recipients: tuple[str, ...], ahead: timedelta) -> Iterator[Rooms]:
    """The product on that store and mail server; its clock is the wall's and `ahead` more."""
    settings = config.Settings(
        data_dir=home, database=url, judging=config.Judging(workers=0),
        mail=config.Mail(host="127.0.0.1", port=port, security="none", urgent_to=recipients),
    )  # fmt: skip
    with open_all(settings, lambda: clock.wall() + ahead) as rooms:
        yield rooms


def keep(kept: store.Store, number: int, seed: int, now: datetime) -> None:
    """So many articles, each a story of its own."""
    chance = random.Random(seed)

    def words(many: int) -> str:
        return " ".join("".join(chance.sample(SYLLABLES, 3)) for _ in range(many))

    for place in range(number):
        key = f"https://bao.example/{seed}/{place}"
        kept.documents.keep(Document(key, "post", "bao", f"Báo {place % 30}", key, words(8), None, words(40), now, now))


def judge(rooms: Rooms, documents: list[Document]) -> None:
    """Settles each as an urgent one: story, decision, mails, in one transaction."""
    for one in documents:
        act = Act("1e", "commits", 0.9, "text", 0, 4, one.text[:4], "Để đo.", "fake_app", None, "2016")
        said = Assessment(one.key, "thử", 2, 0.95, "neutral", target="none", topics=("khac",), acts=(act,))
        signature = stories.signature(Text(one.key, one.title, one.text, one.first_seen.date(), "post"))
        settling.settle(rooms, one, said, signature)


def work(url: str, home: Path, port: int, recipients: tuple[str, ...], ahead: timedelta, ready: Any) -> None:
    """A process of the product: judges what waits, ten at a time, and sends; ends when nothing is left."""
    with product(url, home, port, recipients, ahead) as rooms:
        ready.send(True)
        while documents := rooms.store.documents.unassessed("thử", 10):
            judge(rooms, documents)
            asyncio.run(sending.send(rooms))
        asyncio.run(sending.send(rooms))


def known() -> None:
    """Reads what every child reads, once, before the forks."""
    knowledge.load()
    stories.signature(Text("x", "Một tin", "Một tin về bảo hiểm xã hội.", datetime.now(UTC).date(), "post"))


def sent(kept: store.Store) -> set[tuple[str, str]]:
    """(Message-ID, recipient) of every urgent mail of the outbox."""
    return {(one.id, one.recipient) for one in kept.outbox.list(10**6, kind="urgent")}
