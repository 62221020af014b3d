"""The second channel: short notices through Apprise (Telegram, SMS gateways, Slack, …), for when mail is not enough.

Apprise is optional (`pip install langnghe[channels]`). It gets plain text cut short: no address of a person, no quotation;
what happened and where to look. An address of a channel is a secret and is never printed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from urllib.parse import urlsplit

from alerts.plain import one_line
from records import BadSetting, MailUnavailable

LONGEST = 600
PATIENCE = 30.0
"""seconds all channels together may take"""


def check(addresses: Sequence[str]) -> None:
    """Raises BadSetting where a channel cannot be used: Apprise is missing, or does not know the address."""
    if not addresses:
        return
    if find_spec("apprise") is None:
        raise BadSetting("alerts.second: cần cài thêm `pip install langnghe[channels]` để dùng kênh thứ hai")
    import apprise

    for address in addresses:
        if apprise.Apprise.instantiate(address, suppress_exceptions=True) is None:
            scheme = one_line(urlsplit(address).scheme, 20) or "?"
            raise BadSetting(f"alerts.second: không hiểu địa chỉ kênh {scheme}://…; xem danh sách kênh của Apprise")


async def notify(addresses: Sequence[str], title: str, text: str) -> None:
    """Tell all channels. Raises BadSetting, or MailUnavailable when none of them took it."""
    check(addresses)
    if not addresses:
        raise BadSetting("alerts.second: chưa cấu hình kênh thứ hai")
    import apprise

    async def one(address: str) -> bool:
        channel = apprise.Apprise()
        channel.add(address)
        return bool(
            await channel.async_notify(
                title=one_line(title, 200), body=one_line(text, LONGEST), body_format=apprise.NotifyFormat.TEXT
            )
        )

    try:
        async with asyncio.timeout(PATIENCE):
            went = await asyncio.gather(*(one(address) for address in addresses), return_exceptions=True)
    except TimeoutError as error:
        raise MailUnavailable("kênh thứ hai không trả lời kịp thời gian") from error
    if not any(answer is True for answer in went):
        raise MailUnavailable("kênh thứ hai không nhận thông báo")
