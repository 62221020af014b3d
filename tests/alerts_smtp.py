"""SMTP servers on loopback for the tests of alerts.mail: one that keeps what it is given, one that follows a script."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as KeepMessage

from alerts.mail import Server


class Kept(KeepMessage):
    """Keeps every accepted mail as the standard library reads it; `refuse` maps recipients to answers."""

    def __init__(self, refuse: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.mails: list[Any] = []
        self.refuse = dict(refuse or {})

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        self.mails.append(message)


@contextlib.contextmanager
def receiver(**options: Any) -> Iterator[tuple[Kept, Server]]:
    kept = Kept(options.pop("refuse", None))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield kept, server(port)
    finally:
        controller.stop()


def server(port: int, **changes: Any) -> Server:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "lang-nghe@bhxh.example",
        "timeout": 5.0,
    }
    return Server(**(values | changes))


Answer = str | bytes | Callable[[asyncio.StreamWriter], Any]
GOOD: Mapping[str, Answer] = {
    "banner": "220 ready",
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 kept",
    "QUIT": "221 bye",
}


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def half(writer: asyncio.StreamWriter) -> None:
    writer.write(b"25")
    writer.close()


async def _say(writer: asyncio.StreamWriter, answer: Answer) -> None:
    if callable(answer):
        await answer(writer)
    else:
        writer.write(answer if isinstance(answer, bytes) else answer.encode() + b"\r\n")
        await writer.drain()


@dataclass
class Script:
    """A server that answers each step as `answers` says, which may be changed while it runs: steps "banner", "EHLO",
    "MAIL", "RCPT", "DATA", ".", "QUIT"; a recipient's address in the place of "RCPT" answers for that one alone."""

    answers: dict[str, Answer]
    seen: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """Message-ID of each mail it said 250 to"""
    server: Server | None = None

    def answer(self, verb: str, line: str) -> Answer:
        named = next((said for address, said in self.answers.items() if "@" in address and address in line), None)
        return named if verb == "RCPT" and named is not None else self.answers.get(verb, "500 what")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data, name = False, ""
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await _say(writer, self.answers["banner"])
            while line := await reader.readline():
                step = line.decode("ascii", "replace").strip()
                if data and step != ".":
                    name = step.partition(": ")[2] if step.lower().startswith("message-id") else name
                    continue
                data = step.upper() == "DATA" and str(self.answers["DATA"]).startswith("354")
                verb = step.split(" ")[0].upper()
                self.seen.append(verb)
                said = self.answer(verb, step)
                if verb == "." and str(said).startswith("250"):
                    self.taken.append(name.strip("<>"))
                await _say(writer, said)
        writer.close()


@contextlib.asynccontextmanager
async def playing(**script: Answer) -> AsyncIterator[Script]:
    """A running Script; a step is named as in `scripted`."""
    play = Script({**GOOD, **{("." if step == "dot" else step): answer for step, answer in script.items()}})
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        await play.serve(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    play.server = server(listening.sockets[0].getsockname()[1], timeout=0.3)
    try:
        yield play
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def scripted(**script: Answer) -> AsyncIterator[tuple[list[str], Server]]:
    """A server that answers each step as `script` says ("banner", "EHLO", "MAIL", "RCPT", "DATA", "dot", "QUIT")."""
    async with playing(**script) as play:
        assert play.server
        yield play.seen, play.server
