"""The embedded SMTP receiver: keeps each mail as an .eml file, says 250 only once it is on the disk. Loopback only."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Coroutine
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MAX_BYTES = 32 * 2**20
"""a larger mail is refused by the protocol (552)"""


def file_name(message_id: str, recipients: list[str]) -> str:
    """A safe name for a mail, the same for the same Message-ID and recipients: readable start, then a digest."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", message_id.split("@")[0]).strip("-")[:48] or "thu"
    identity = "\n".join([message_id, *sorted(recipients)])
    return f"{readable}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}.eml"


def keep(directory: Path, name: str, content: bytes) -> bool:
    """Writes a mail under its name, flushed to the disk, all or nothing. False: it was there and stays."""
    target = directory / name
    if target.exists():
        return False
    partial = directory / f".{name}.{secrets.token_hex(4)}"
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


class Mailbox:
    """An SMTP server on a free loopback port. `start()`, `stop()`; also a context manager.

    A mail that comes a second time (same Message-ID, same recipients) is accepted and noted in `repeats`, not kept
    twice. Recipients in `refused` get 550, as a full or unknown mailbox would.
    """

    host = "127.0.0.1"

    def __init__(self, directory: Path, port: int = 0, refused: frozenset[str] = frozenset()) -> None:
        self.directory, self._wanted, self.refused = directory, port, refused
        self.repeats: list[str] = []
        """file names of mails that came again"""
        self._controller: Controller | None = None

    @property
    def port(self) -> int:
        """The port it listens on. Raises RuntimeError before `start()`."""
        if self._controller is None:
            raise RuntimeError("the mailbox is not open")
        return self._controller.port

    def start(self) -> Mailbox:
        self.directory.mkdir(parents=True, exist_ok=True)
        controller = _Controller(_Handler(self), socket.create_server((self.host, self._wanted)))
        controller.start()
        self._controller = controller
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Mailbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def files(self) -> list[Path]:
        """The mails kept, by name."""
        return sorted(self.directory.glob("*.eml"))

    def messages(self) -> list[EmailMessage]:
        """The mails kept, read, in the order of `files()`."""
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in self.files()]


class _Handler:
    """What aiosmtpd calls for each recipient and each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.mailbox.refused:
            return "550 5.1.1 khong co hop thu nay"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.original_content)
        message = message_from_bytes(content, policy=policy.default)
        identity = str(message.get("Message-ID", "")) or hashlib.sha256(content).hexdigest()
        name = file_name(identity.strip(" <>"), envelope.rcpt_tos)
        if not await asyncio.to_thread(keep, self.mailbox.directory, name, content):
            self.mailbox.repeats.append(name)
        return "250 2.0.0 da nhan"


class _Controller(Controller):
    """aiosmtpd's controller in a thread of its own, on a socket bound beforehand: so the free port is known."""

    def __init__(self, handler: _Handler, listening: socket.socket) -> None:
        host, port = listening.getsockname()
        super().__init__(handler, hostname=host, port=port, data_size_limit=MAX_BYTES, ident="LangNghe mau")
        self.listening = listening

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.listening)
