"""Titles and texts are data in every kind of mail: header and template injection arrive as letters, and nowhere else."""

from __future__ import annotations

import ast
import email
import email.policy
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from alerts import bundle, buttons, daily, escalation, mail, plain, searches, urgent
from alerts.escalation import Step
from records import Attachment, Judged, MailRefused, Message
from tests.alerts_support import NOW, UNIT, URL, document, facts, flagged, story

HOUSE = Path(__file__).resolve().parents[1]
OURS = {
    "from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress", "mime-version",
    "content-type",
}  # fmt: skip
TEMPLATES = (
    "{{7*7}}", "${7*7}", "#{7*7}", "{%if 1%}x{%endif%}", "{{config}}", "{{''.__class__.__mro__}}", "{{self}}", "%s%s%n",
    "{0.__class__}", "{title}", "${jndi:ldap://evil.example/a}", "<%= 7*7 %>", "{{=49}}", "{#chú thích#}", "{{unit}}",
    "{{'x'|safe}}", "${{<%[%'\"}}%\\", "{{ 'a' * 10**9 }}", "{{ cycler.__init__.__globals__ }}",
)  # fmt: skip
HEADERS = (
    "Tin\r\nBcc: x@evil.example", "Tin\nBcc: x@evil.example", "Tin\rBcc: x@evil.example", "Tin\u2028Bcc: x@evil.example",
    "Tin\x85Bcc: x@evil.example", "Tin\x0bBcc: x@evil.example", "Tin\x00", "\u202eTin", "=?utf-8?q?Tin=0d=0aBcc:_x@evil.example?=",
    "=?utf-8?b?VGluDQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "=?utf-8?q?Tin=0d=0a=0d=0a<html>?=", "==??utf-8?q?Tin=0aBcc:_x?=", "=\u200b?utf-8?q?Tin=0aBcc:_x?=", "= =?utf-8?q?=0aX:_y?= ?=",
    "Tin\r\n\r\n<html>", "Tin\r\n.\r\nMAIL FROM:<x@evil.example>", "Tin" * 2000, "🔥" * 300,
)  # fmt: skip


def mails(one: Judged) -> list[Message]:
    """Each kind of mail that quotes a document."""
    known, to, now = facts(), ["truc-ban@bhxh.example"], NOW + timedelta(hours=1)
    first = urgent.messages(one, to, URL, UNIT, NOW, known)
    return [
        *first,
        *urgent.followup(one, "đã có 3 nguồn đăng.", 1, to, URL, UNIT, now, known),
        *escalation.messages(one, Step("next", tuple(to), 1, 30), URL, UNIT, now, known),
        *escalation.messages(one, Step("repeat", tuple(to), 2, 240), URL, UNIT, now, known),
        bundle.message(first, [one], to[0], URL, UNIT, now, known),
        *daily.messages(
            daily.Edition(date(2026, 11, 26)), [one], to, URL, UNIT, now, known, [one.document.title or ""]
        ),
        searches.message(1, one.document.title or "x", [one], to[0], URL, UNIT, now, known),
        *mail.alarms(one.document.title or "", one.document.title or "", to, ("x",), "x.example", now),
    ]


def hostile(text: str) -> Judged:
    acts = tuple(replace(act, quote=text, reason=text) for act in flagged().assessment.acts)
    one = flagged(story=story(headline=text))
    return replace(
        one, document=document(one.document.key, title=text, lead=text, body=text, outlet=text),
        assessment=replace(one.assessment, acts=acts),
    )  # fmt: skip


def parsed(message: Message) -> Any:
    footed = buttons.with_links(message, URL, b"k" * 32)
    raw = mail.build(footed, "lang-nghe@bhxh.example").as_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    return email.message_from_bytes(raw, policy=email.policy.default)


class Shown(HTMLParser):
    """The text a reader sees, and the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_every_kind_that_quotes_is_tried() -> None:
    kinds = set(get_args(get_type_hints(Message)["kind"]))
    assert {one.kind for one in mails(flagged())} == kinds - {"weekly"}, "the weekly mail quotes no document"


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_in_a_title_stays_letters(text: str) -> None:
    seen = plain.one_line(text, 200)
    for message in mails(hostile(text)):
        got = parsed(message)
        shown = Shown()
        shown.feed(got.get_body(("html",)).get_content())
        words = " ".join(got.get_body(("plain",)).get_content().split())
        assert seen in words, (message.kind, "text")
        assert seen in " ".join(shown.text.split()), (message.kind, "html")
        if "49" not in text:
            assert "49" not in got["subject"], "nothing was calculated"
        assert shown.tags <= {
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "table",
            "tbody",
            "tr",
            "td",
            "div",
            "a",
            "b",
            "br",
            "p",
        }


@pytest.mark.parametrize("text", HEADERS)
def test_a_header_in_a_title_stays_a_title(text: str) -> None:
    for message in mails(hostile(text)):
        got = parsed(message)
        assert {key.lower() for key in got} == OURS, message.kind
        assert sorted(map(str.lower, dict(got))) == sorted(key.lower() for key, _ in got.items()), "each once"
        assert [one.addr_spec for one in got["to"].addresses] == ["truc-ban@bhxh.example"]
        assert not set(got["subject"]) & set("\r\n\x00\x0b\x85\u2028\u202e")
        assert len(got["subject"]) <= mail.SUBJECT


@pytest.mark.parametrize("text", HEADERS)
def test_the_last_door_lets_no_broken_mail_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the first door open, a title that breaks out would be refused, not sent."""
    monkeypatch.setattr(mail, "_letters", lambda words, _limit: words)
    message = replace(mails(flagged())[0], subject=text)
    try:
        raw = mail.whole(mail.build(message, "a@b.example"))
    except (MailRefused, ValueError):
        return
    assert {key.lower() for key in email.message_from_bytes(raw)} == OURS


@pytest.mark.parametrize("name", ["=?utf-8?q?a=0d=0aX:_y?=.docx", "a\r\nX: y.docx", 'a"; filename="b.exe'])
def test_a_header_in_the_name_of_a_file_stays_a_name(name: str) -> None:
    message = replace(mails(flagged())[0], attachments=(Attachment(name, "application/x", b"x"),))
    got = email.message_from_bytes(mail.whole(mail.build(message, "a@b.example")), policy=email.policy.default)
    (file,) = got.iter_attachments()
    assert set(file.keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}
    assert "\n" not in (file.get_filename() or "\n")


def test_an_address_that_would_be_decoded_is_refused() -> None:
    with pytest.raises(MailRefused):
        mail.build(replace(mails(flagged())[0], recipient="=?utf-8?q?a=0d=0aBcc:x?=@b.example"), "a@b.example")


def old_mime(source: str) -> list[str]:
    """What a file uses of the old ways to make a mail, which let a header through."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        names += [node.attr] if isinstance(node, ast.Attribute) else [node.id] if isinstance(node, ast.Name) else []
        found += [
            name
            for name in names
            if name.startswith(("email.mime", "MIME", "email.header")) and name != "email.headerregistry"
        ]
    return found


def test_mails_are_made_by_email_message_only() -> None:
    rooms = ("alerts", "pipeline", "store", "desk", "reports", "nlp", "crawlers", "records")
    files = [*HOUSE.glob("*.py"), *(file for room in rooms for file in (HOUSE / room).rglob("*.py"))]
    assert len(files) > 100
    assert {str(file): used for file in files if (used := old_mime(file.read_text(encoding="utf-8")))} == {}
    assert isinstance(mail.build(mails(flagged())[0], "a@b.example"), EmailMessage)


@pytest.mark.parametrize(
    "source",
    ["from email.mime.text import MIMEText", "import email.mime.multipart", "from email.header import Header",
     "import email\nemail.mime.text.MIMEText('x')"],
)  # fmt: skip
def test_the_old_ways_would_be_found(source: str) -> None:
    assert old_mime(source)
