"""What every request passes: size limits, security headers, and the check that a form was ours."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 512 * 1024
"""bytes of one form: the longest report a province may write, percent-encoded"""
LONGEST_WAIT = 30.0
"""seconds within which a form must have arrived"""
LARGER = {"/bao-tin": (26 * 2**20, 120.0), "/nhan": (9 * 2**20, 120.0)}
"""path of a form that brings files -> its bytes and seconds"""
MOST_HEADERS = 100

POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFE: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
"""headers of every answer that names none of its own"""
ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""beside them, where the desk is reached by https"""


class Guard:
    """ASGI middleware: refuses oversized and cross-site requests before anything reads them; adds the headers."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app, self.origin = app, origin
        self.headers = {**SAFE, **(ENCRYPTED if origin.startswith("https://") else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        largest, longest = LARGER.get(scope["path"], (LARGEST_BODY, LONGEST_WAIT))
        refusal = self.refuse(scope["method"], headers, len(scope["headers"]), largest)
        if refusal:
            await plain(send, *refusal, self.headers)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                add(MutableHeaders(scope=message), self.headers)
            await send(message)

        await self.app(scope, bounded(receive, largest, longest), sending)

    def refuse(self, method: str, headers: Headers, count: int, largest: int = LARGEST_BODY) -> tuple[int, str] | None:
        """Status and text of a refusal, or None."""
        if count > MOST_HEADERS:
            return 431, "Quá nhiều dòng tiêu đề."
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > largest:
            return 413, "Biểu mẫu quá lớn."
        if method not in {"GET", "HEAD"}:
            origin = headers.get("origin")
            host = headers.get("host", "")
            if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
                return 403, "Yêu cầu đến từ trang khác."
            if origin and origin != self.origin and origin.partition("://")[2] != host:
                return 403, "Yêu cầu đến từ trang khác."
        return None


def add(headers: MutableHeaders, wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        headers.setdefault(name, value)


def bounded(receive: Receive, largest: int = LARGEST_BODY, longest: float | None = None) -> Receive:
    """`receive` that stops at `largest` bytes, whatever Content-Length claimed, and does not wait for a body that drips
    longer than `longest` seconds (LONGEST_WAIT). Raises HTTPException 413, 408."""
    wait = LONGEST_WAIT if longest is None else longest
    seen, whole, end = 0, False, asyncio.get_running_loop().time() + wait

    async def receiving() -> Message:
        nonlocal seen, whole
        try:
            async with asyncio.timeout_at(None if whole else end):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "Biểu mẫu gửi quá chậm.") from None
        seen += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if seen > largest:
            raise HTTPException(413, "Biểu mẫu quá lớn.")
        return message

    return receiving


async def plain(send: Send, status: int, text: str, wanted: Mapping[str, str]) -> None:
    body = text.encode()
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), **wanted}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def form_token(session: str, key: bytes) -> str:
    """The hidden field of every form of this session."""
    return hmac.new(key, b"form:" + session.encode(), hashlib.sha256).hexdigest()


def form_is_ours(token: str, session: str, key: bytes) -> bool:
    return hmac.compare_digest(token.encode(), form_token(session, key).encode())
