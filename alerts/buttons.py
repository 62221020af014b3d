"""Signed links in the mails: what a recipient can do without an account. Pure.

Each link opens a page that asks first (mail scanners open every link), names one purpose and one recipient, and expires.
It depends on nothing but the mail, so that a retry sends the same bytes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

import signing
from alerts import links
from records import Message

PREFERENCES, ACKNOWLEDGE = "preferences", "acknowledge"
"""purposes a link is signed for"""
WISHES_GOOD_FOR, BUTTON_GOOD_FOR = timedelta(days=365), timedelta(days=3)
WISHES, TAKE = "Chọn cách nhận thư", "Tôi đã nhận được và đang xem"
RINGING = frozenset({"urgent", "escalation"})
"""kinds of mail somebody must acknowledge"""
PLACE = "<!--nhan-viec-->"
"""where the template of an urgent mail wants its button; no text from outside can hold it, it would be escaped"""


def with_links(message: Message, public_url: str, secret: bytes) -> Message:
    """The mail with its button and the line that leads to the recipient's preferences, in both parts. An alarm has
    neither: nobody opts out of hearing that the product is in trouble."""
    if message.kind == "alarm":
        return message
    html, text = message.html, message.text.rstrip()
    if message.kind in RINGING and message.documents:
        about = links.short_id(message.documents[0])
        ticket = signing.sign(
            {"for": ACKNOWLEDGE, "recipient": message.recipient, "about": about},
            secret,
            message.created_at + BUTTON_GOOD_FOR,
        )
        address = f"{public_url.rstrip('/')}/da-nhan/{ticket}"
        html = html.replace(PLACE, _button(address), 1)
        text += f"\n\n{TAKE}: {address}"
    wish = {"for": PREFERENCES, "recipient": message.recipient}
    address = f"{public_url.rstrip('/')}/nhan-thu/{signing.sign(wish, secret, message.created_at + WISHES_GOOD_FOR)}"
    body, end, rest = html.rpartition("</body>")
    html = body + _line(address) + end + rest if end else html + _line(address)
    return replace(message, text=f"{text}\n{WISHES}: {address}\n", html=html)


def _button(address: str) -> str:
    """A cell with a background: Outlook's engine knows no padding on links."""
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
        '<td bgcolor="#0b3d6e" style="padding:10px 18px;background-color:#0b3d6e">'
        f'<a href="{escape(address)}" style="color:#ffffff;font:bold 15px Arial,sans-serif;text-decoration:none">{TAKE}</a>'
        "</td></tr></table>"
    )


def _line(address: str) -> str:
    return (
        '<p style="margin:0;padding:0 24px 24px;text-align:center;font:12px Arial,sans-serif;color:#5a6675">'
        f'<a href="{escape(address)}" style="color:#5a6675">{WISHES}</a></p>'
    )
