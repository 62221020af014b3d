"""The line under each mail that leads its recipient to their own preferences: a signed link, good for a year. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

import signing
from records import Message

GOOD_FOR = timedelta(days=365)
WORDS = "Chọn cách nhận thư"
NONE = frozenset({"alarm"})
"""kinds of mail without the line: nobody opts out of hearing that the product is in trouble"""


def link(recipient: str, public_url: str, secret: bytes, message: Message) -> str:
    """The address of the page; it depends on nothing but the mail, so that a retry sends the same bytes."""
    ticket = signing.sign({"for": "preferences", "recipient": recipient}, secret, message.created_at + GOOD_FOR)
    return f"{public_url.rstrip('/')}/nhan-thu/{ticket}"


def footed(message: Message, public_url: str, secret: bytes) -> Message:
    """The mail with the line at its end, in both parts."""
    if message.kind in NONE:
        return message
    address = link(message.recipient, public_url, secret, message)
    line = (
        '<p style="margin:0;padding:0 24px 24px;text-align:center;font:12px Arial,sans-serif;color:#5a6675">'
        f'<a href="{escape(address)}" style="color:#5a6675">{WORDS}</a></p>'
    )
    body, end, rest = message.html.rpartition("</body>")
    html = body + line + end + rest if end else message.html + line
    return replace(message, text=f"{message.text.rstrip()}\n{WORDS}: {address}\n", html=html)
