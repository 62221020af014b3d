"""The one place that speaks SMTP: a Message becomes a mail, a mail goes to one recipient, an error becomes a verdict.

What it does not do: choose what is told, keep the outbox, wait. SMTP cannot be exactly-once: when the connection breaks
between the final dot and the answer the message is reported as unavailable and sent again, under the same Message-ID.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, Policy
from html import escape
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

import aiosmtplib

import vietnamese
from alerts.plain import one_line
from records import Attachment, MailRefused, MailUnavailable, Message

SUBJECT = 180
"""code points of a subject"""
WORD = 9
"""code points of one encoded word: at most 4 bytes each, so that a line has 76 letters at most, as RFC 2047 wants"""
LINE = 78
"""characters of a line of the head"""
DISPLAY_NAME = "Lắng Nghe"
FIRST_RETRY = timedelta(minutes=1)
CAP = timedelta(minutes=15)
CAP_FOR = timedelta(days=1)
"""how long the 15-minute cap holds; hourly afterwards"""
HOURLY = timedelta(hours=1)
GIVE_UP = timedelta(days=5)
SESSION = 6
"""a whole session may take this many times `Server.timeout`"""


class _Subject(UniqueUnstructuredHeader):
    """The standard library's own folding drops spaces between encoded words ("chữ ký" would arrive as "chữký") and adds one
    where a long word does not fit beside the name. Here every space stands inside an encoded word."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        text = str(self)
        if text.isascii() and len(f"{self.name}: {text}") <= LINE:
            return super().fold(policy=policy)  # type: ignore[misc, no-any-return]
        words = (b64encode(text[at : at + WORD].encode()).decode() for at in range(0, len(text), WORD))
        folded = f"{policy.linesep} ".join(f"=?utf-8?b?{word}?=" for word in words)
        return f"{self.name}: {folded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)  # type: ignore[arg-type]  # it makes the header's class of ours and its own
POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes. `security`: "none", "starttls" (refused when the server does not offer it) or "tls"."""

    host: str
    port: int
    security: str
    sender: str
    username: str | None = None
    password: str | None = None
    timeout: float = 30.0
    """seconds an answer may take"""
    tls: ssl.SSLContext | None = None
    """None: the system's certificate authorities"""


QUIT = 5.0
"""seconds to wait for the goodbye of a server that has already accepted"""


class LastStep(Protocol):
    async def begin(self) -> None: ...

    async def end(self, reply: str) -> None:
        """The server has taken the mail and said `reply`."""


def message_id(*parts: str, domain: str) -> str:
    """ "<uuid>@<domain>": the same parts, the same id, for ever. The header puts it in angle brackets."""
    return f"{uuid5(NAMESPACE_URL, 'langnghe:' + chr(31).join(parts))}@{domain}"


def build(message: Message, sender: str) -> EmailMessage:
    """The mail of one row of the outbox, text and HTML parts and attachments.

    Raises MailRefused on an impossible address. The bytes depend on nothing but the arguments: a retry sends the same.
    """
    mail = EmailMessage(policy=POLICY)
    try:
        mail["From"] = Address(DISPLAY_NAME, addr_spec=_ascii(sender))
        mail["To"] = Address(addr_spec=_ascii(message.recipient))
    except (ValueError, IndexError) as error:
        raise MailRefused(f"{one_line(message.recipient, 254)}: không phải địa chỉ thư dùng được") from error
    mail["Subject"] = _letters(message.subject, SUBJECT)
    mail["Date"] = message.created_at.astimezone(vietnamese.HO_CHI_MINH)
    mail["Message-ID"] = f"<{message.id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text, cte="base64")
    mail.add_alternative(message.html, subtype="html", cte="base64")
    for part in mail.iter_parts():
        part.add_header("Content-Language", "vi")
    shown = [each for each in message.attachments if f'"cid:{each.name}"' in message.html]
    _show(mail, shown)
    for attachment in message.attachments:
        if attachment not in shown:
            kind, _, subtype = attachment.media_type.partition("/")
            name = _letters(attachment.name, 120)
            mail.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=name)
    _fix_boundaries(mail, message.id)
    return mail


def _show(mail: EmailMessage, pictures: Sequence[Attachment]) -> None:
    """Pictures that the HTML shows by "cid:NAME" go beside it, inline; nothing is loaded from outside."""
    html = mail.get_body(("html",))
    for picture in pictures:
        assert isinstance(html, EmailMessage)
        kind, _, subtype = picture.media_type.partition("/")
        name = _letters(picture.name, 120)
        html.add_related(
            picture.content, maintype=kind, subtype=subtype, cid=f"<{name}>", filename=name, disposition="inline"
        )


async def send(message: Message, server: Server, last_step: LastStep | None = None) -> str:
    """Hand `message` to the server for its one recipient; returning means the server has taken it: gives its last line.

    `last_step` begins before the mail itself is handed over and ends when the server has taken it, before the goodbye: a
    crash in between means a copy under the same Message-ID.

    MailRefused: this recipient or this mail is refused for good (5xx to RCPT or DATA, too large, impossible address).
    MailUnavailable: anything that may pass: no connection, TLS, time, 4xx, and 5xx that concern the server or our own
    account (greeting, HELO, AUTH, MAIL FROM), since those would refuse every mail alike.
    """
    raw = whole(build(message, server.sender))
    client = _Client(
        last_step,
        hostname=server.host,
        port=server.port,
        timeout=server.timeout,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        username=server.username,
        password=server.password,
        tls_context=server.tls,
        local_hostname=server.sender.rpartition("@")[2],
    )
    try:
        with _verdicts(server):
            async with asyncio.timeout(SESSION * server.timeout):
                await client.connect()
                _, said = await client.sendmail(server.sender, [message.recipient], raw)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=QUIT)
        return _line(f"{server.host}:{server.port}", said)
    finally:
        client.close()


class _Client(aiosmtplib.SMTP):
    """Tells when the last step begins (sender and recipient are accepted, the mail is not handed over yet) and ends."""

    def __init__(self, last_step: LastStep | None, **options: Any) -> None:
        super().__init__(**options)
        self._last_step = last_step

    async def data(self, message: str | bytes, /, **options: Any) -> aiosmtplib.SMTPResponse:
        if self._last_step is None:
            return await super().data(message, **options)
        await self._last_step.begin()
        said = await super().data(message, **options)
        await self._last_step.end(_line(f"{self.hostname}:{self.port}", said.message))
        return said


def _line(where: str, said: str) -> str:
    return one_line(f"{where} {said}", 500)


def alarms(
    subject: str, text: str, recipients: Iterable[str], about: tuple[str, ...], domain: str, now: datetime
) -> list[Message]:
    """Mails of the product about itself, one a recipient; the same `about` is told once."""
    return [
        Message(
            message_id("alarm", *about, recipient, domain=domain), "alarm", recipient, subject, text + "\n",
            f"<p>{escape(text)}</p>", now,
        )
        for recipient in dict.fromkeys(recipients)
    ]  # fmt: skip


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` tries (at least one): 1, 2, 4, 8 minutes, then every 15 for a day, then hourly;
    None after five days: the message is dead and an alarm is due."""
    waited = delay = timedelta()
    for attempt in range(1, max(attempts, 1) + 1):
        delay = _delay(attempt, waited)
        waited += delay
        if waited > GIVE_UP:
            return None
    return now + delay


def _delay(attempt: int, waited: timedelta) -> timedelta:
    if waited >= CAP_FOR:
        return HOURLY
    return min(FIRST_RETRY * (1 << min(attempt - 1, 8)), CAP)


def whole(mail: EmailMessage) -> bytes:
    """The bytes of a mail whose headers, read back, are the ones that were set. Raises MailRefused where a text has broken
    out of its header: the last door, should `_letters` miss a way."""
    raw = mail.as_bytes()
    if BytesHeaderParser().parsebytes(raw).keys() != mail.keys():
        raise MailRefused("thư không được gửi: một dòng tiêu đề thoát ra ngoài phần của nó")
    return raw


def _letters(text: str, limit: int) -> str:
    """One line for a header, in which nothing is an encoded word: the standard library would decode =?utf-8?q?=0d=0a…?= and
    write the line break it holds into the mail."""
    return one_line(one_line(text, limit).replace("=?", "= ?"), limit)


def _ascii(address: str) -> str:
    if "=?" in address:
        raise ValueError(address)
    if not address.isascii() or not address.isprintable() or any(c.isspace() for c in address) or len(address) > 254:
        raise ValueError(address)
    return address


def _fix_boundaries(mail: EmailMessage, seed: str) -> None:
    """Boundaries from the message's id instead of chance: a retry is the same bytes."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{uuid5(NAMESPACE_URL, f'{seed}/{number}').hex}")


@contextlib.contextmanager
def _verdicts(server: Server) -> Iterator[None]:
    """Turns what aiosmtplib raises into MailRefused or MailUnavailable, with the server's words on one line."""
    where = f"{server.host}:{server.port}"
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise _answer(first.code, first.message, where, final=True) from error
    except aiosmtplib.SMTPSenderRefused as error:
        raise _answer(error.code, error.message, where, final=error.code == 552) from error
    except aiosmtplib.SMTPDataError as error:
        raise _answer(error.code, error.message, where, final=True) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _answer(error.code, error.message, where, final=False) from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise MailUnavailable(f"máy chủ thư {where}: {_words(error)}") from error


def _answer(code: int, text: str, where: str, final: bool) -> MailRefused | MailUnavailable:
    said = f"máy chủ thư {where} trả lời {code} {one_line(text, 200)}"
    return MailRefused(said) if final and 500 <= code <= 599 else MailUnavailable(said)


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "không trả lời kịp thời gian"
    return one_line(str(error), 200) or type(error).__name__
