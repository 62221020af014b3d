"""Reports that provinces and units send by mail: read from an IMAP mailbox, kept like those of the desk's form.

The From line must be the address of an active account that may report; a mail is read once (its Message-ID is the
receipt), whatever is refused is counted and said in health. Mails are marked as read, never deleted.
"""

from __future__ import annotations

import email
import email.policy
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import parseaddr

import structlog

import received
import store
from pipeline.doors import Rooms
from records import Attachment, BadInput, Officer

log = structlog.get_logger()

MAY = {"province", "unit", "duty_officer", "admin"}
"""roles whose mails are reports"""
AT_ONCE = 20
LARGEST = 30 * 2**20
KINDS = {"image/png", "image/jpeg", "application/pdf"}


def receive(rooms: Rooms) -> int:
    """Reads what is new in the mailbox; returns how many reports were kept. Without a mailbox, nothing."""
    if not rooms.settings.mailbox.host:
        return 0
    with rooms.store.leases.hold("mailbox") as held:
        if not held:
            return 0
        try:
            with opened(rooms) as box:
                return sum(take(rooms, content) for content in unread(box))
        except (imaplib.IMAP4.error, OSError) as error:
            noted(rooms, rooms.settings.mailbox.host, f"không đọc được hộp thư, sẽ thử lại: {error}")
            return 0


@contextmanager
def opened(rooms: Rooms) -> Iterator[imaplib.IMAP4]:
    box = rooms.settings.mailbox
    secret = box.password.get_secret_value() if box.password else ""
    made: imaplib.IMAP4 = (
        imaplib.IMAP4_SSL(box.host, box.port, ssl_context=ssl.create_default_context(), timeout=box.timeout)
        if box.security == "tls"
        else imaplib.IMAP4(box.host, box.port, timeout=box.timeout)
    )
    with made:
        made.login(box.username, secret)
        made.select(f'"{box.folder}"')
        yield made


def unread(box: imaplib.IMAP4) -> Iterator[bytes]:
    """The unread mails, a few at a time; each is marked as read once it was handed out and dealt with."""
    _, found = box.search(None, "UNSEEN")
    for number in (found[0] or b"").split()[:AT_ONCE]:
        name = number.decode("ascii")
        _, answer = box.fetch(name, f"(BODY.PEEK[]<0.{LARGEST}>)")
        for part in answer:
            if isinstance(part, tuple):
                yield part[1]
        box.store(name, "+FLAGS", "\\Seen")


def take(rooms: Rooms, content: bytes) -> bool:
    """Whether the mail became a report; why not is counted."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    sender = parseaddr(str(mail.get("From", "")))[1].lower()
    officer = known(rooms.store, sender)
    if officer is None:
        noted(rooms, sender or "(không rõ người gửi)", "thư báo tin của người không có tài khoản báo tin; bỏ qua")
        return False
    now, knowledge = rooms.clock(), rooms.knowledge
    try:
        made = received.report(
            officer, str(mail.get("Subject", ""))[: received.TITLE], words(mail), "", "gửi qua hộp thư", files(mail), now,
            knowledge.official_numbers, knowledge.official_domains, receipt=str(mail.get("Message-ID", "")),
        )  # fmt: skip
    except BadInput as error:
        noted(rooms, sender, f"thư báo tin không nhận được: {error}")
        return False
    except Exception as error:  # parsers raise anything on a broken mail; the mails behind it do not wait
        log.exception("mail_unreadable", sender=sender)
        noted(rooms, sender, f"thư báo tin hỏng, không đọc được ({type(error).__name__})")
        return False
    if rooms.store.documents.keep(made.document, made.indicators) != "new":
        return False
    rooms.store.intakes.add(store.Intake(made.document.key, officer.login, now, made.seen), made.pictures)
    rooms.store.audit(officer.login, "báo tin qua thư", made.document.key, now, f"{len(made.pictures)} ảnh")
    return True


def known(kept: store.Store, address: str) -> Officer | None:
    """The active account with this address that may report."""
    fitting = [
        one for one in kept.officers.all() if one.active and one.email.lower() == address and MAY & set(one.roles)
    ]
    return fitting[0] if address and len(fitting) == 1 else None


def words(mail: EmailMessage) -> str:
    """The plain text of the mail; a mail of HTML alone has none (its pictures still count)."""
    part = mail.get_body(preferencelist=("plain",))
    return str(part.get_content())[: received.TEXT] if part else ""


def files(mail: EmailMessage) -> list[Attachment]:
    """Pictures and PDFs; what else is attached is left alone."""
    found = [part for part in mail.walk() if part.get_content_type() in KINDS]
    contents = [part.get_payload(decode=True) for part in found[: received.MOST_FILES + 1]]
    return [Attachment("", "", content) for content in contents if isinstance(content, bytes)]


def noted(rooms: Rooms, where: str, text: str) -> None:
    rooms.store.runs.note_problem("mailbox", where, text, rooms.clock())
