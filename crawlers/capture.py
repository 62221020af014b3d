"""What went over the wire when a page was fetched as evidence: every request and its answer, hop by hop, before unpacking.

The head of an answer is kept as parsed: names of headers in canonical case, in their order, values byte for byte; the
transfer encoding is taken off. Who wants it recorded puts a `Recorder` into the request's meta.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Headers, Response

META = "recorder"
MOST_OF_A_HOP = 64 * 1024
"""bytes kept of the body of an answer that only leads elsewhere"""
Heads = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it was sent, and its answer. Header values are latin-1: every byte is there."""

    url: str
    target: str
    """path and query of the request line"""
    sent: Heads
    status: int
    headers: Heads
    body: bytes
    truncated: bool
    address: str
    """IP that answered; empty where it is not known"""
    at: datetime


@dataclass(slots=True)
class Recorder:
    """Shared by all hops of one request: redirects copy the meta."""

    clock: Callable[[], datetime]
    exchanges: list[Exchange] = field(default_factory=list)

    def add(self, request: Request, response: Response) -> None:
        """An answer has come."""
        parts = urlsplit(request.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        leads_elsewhere = 300 <= response.status < 400
        body = response.body[:MOST_OF_A_HOP] if leads_elsewhere else response.body
        self.exchanges.append(
            Exchange(
                url=request.url,
                target=target,
                sent=(("Host", parts.netloc), *_pairs(request.headers)),
                status=response.status,
                headers=_pairs(response.headers),
                body=body,
                truncated=len(body) < len(response.body),
                address=str(response.ip_address or ""),
                at=self.clock(),
            )
        )


def _pairs(headers: Headers) -> Heads:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None
    )


@dataclass(frozen=True, slots=True)
class Captured:
    """What fetching one flagged page as evidence brought."""

    key: str
    answered: bool
    """a final answer came: the page, or that it is gone (404, 410)"""
    trouble: str = ""
    """why there is no page, in Vietnamese"""
    warc: bytes = b""
    url: str = ""
    """where it was found in the end"""
    status: int = 0
    address: str = ""
    fetched_at: datetime | None = None
    sha256: str = ""
    """of the answer's body as received, before anything was cut"""
    cut: int = 0
    """places cut out: what other people wrote"""
    same_words: bool | None = None
    """whether the page says what was judged; None: it could not be read"""
    page: bytes = b""
    """HTML (UTF-8) for a picture: nothing in it acts or loads; empty where there is none"""
