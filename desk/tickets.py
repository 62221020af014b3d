"""The signed links of the mails, read: for one purpose, unexpired, made by us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import HTTPException, Request

import signing
from desk import wiring


def read(request: Request, ticket: str, purpose: str) -> Mapping[str, Any]:
    """What a link says. HTTPException where it was not signed by us for this purpose, or is too old."""
    desk = wiring.of(request)
    try:
        said = signing.verify(ticket, desk.keys.desk, desk.clock())
    except signing.BadToken as error:
        text = "Liên kết không đúng hoặc đã hết hạn. Hãy mở liên kết trong một thư mới hơn."
        raise HTTPException(403, text) from error
    if said.get("for") != purpose or not isinstance(said.get("recipient"), str):
        raise HTTPException(403, "Liên kết này không dùng cho trang này.")
    return said
