"""What every request passes: size limits, security headers, and the check that a form was ours."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024
"""bytes of one form"""
MOST_HEADERS = 100

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class TooLarge(Exception):
    """The body passed LARGEST_BODY while it was being read."""


class Guard:
    """ASGI middleware: refuses oversized and cross-site requests before anything reads them; adds the headers."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app, self.origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self.refuse(scope["method"], headers, len(scope["headers"]))
        if refusal:
            await plain(send, *refusal)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                add(MutableHeaders(scope=message))
            await send(message)

        try:
            await self.app(scope, bounded(receive), sending)
        except TooLarge:
            if not started:
                await plain(send, 413, "Biểu mẫu quá lớn.")

    def refuse(self, method: str, headers: Headers, count: int) -> tuple[int, str] | None:
        """Status and text of a refusal, or None."""
        if count > MOST_HEADERS:
            return 431, "Quá nhiều dòng tiêu đề."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return 413, "Biểu mẫu quá lớn."
        if method not in {"GET", "HEAD"}:
            origin = headers.get("origin")
            host = headers.get("host", "")
            if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
                return 403, "Yêu cầu đến từ trang khác."
            if origin and origin != self.origin and urlsplit(origin).netloc != host:
                return 403, "Yêu cầu đến từ trang khác."
        return None


def add(headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", POLICY)


def bounded(receive: Receive) -> Receive:
    """`receive` that stops at LARGEST_BODY, whatever Content-Length claimed."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise TooLarge
        return message

    return receiving


async def plain(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def form_token(session: str, key: bytes) -> str:
    """The hidden field of every form of this session."""
    return hmac.new(key, b"form:" + session.encode(), hashlib.sha256).hexdigest()


def form_is_ours(token: str, session: str, key: bytes) -> bool:
    return hmac.compare_digest(token.encode(), form_token(session, key).encode())
