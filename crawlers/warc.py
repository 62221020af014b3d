"""WARC records (ISO 28500) of a fetched page. Pure: bytes out; it fetches and stores nothing.

An answer from which nothing was cut is a `response` record. Where other people's comments were cut out, the page is a
`conversion` record, and a `metadata` record holds the answer's head and the SHA-256 of what was received: what is not the
answer as it came is never called so.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from http import HTTPStatus

from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from .capture import Exchange

SOFTWARE = "Lang Nghe"


class _Writer(WARCWriter):  # type: ignore[misc]
    """With SHA-256 in the place of SHA-1."""

    @staticmethod
    def _create_digester() -> Digester:
        return Digester("sha256")


def write(exchanges: Sequence[Exchange], cut: bytes | None, places: int, sha256: str) -> bytes:
    """All exchanges as one .warc.gz. `cut`: the last answer's page with `places` cut out (UTF-8); None: nothing was.

    `sha256`: of the last answer's body as received."""
    target = io.BytesIO()
    writer = _Writer(target, gzip=True, warc_version="1.1")
    date = _date(exchanges[0])
    fields = f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\n".encode()
    _add(writer, "", "warcinfo", {"WARC-Date": date, "Content-Type": "application/warc-fields"}, fields)
    for exchange in exchanges:
        last = exchange is exchanges[-1]
        answer = _cut(writer, exchange, cut, places, sha256) if last and cut is not None else _answer(writer, exchange)
        _request(writer, exchange, answer)
    return target.getvalue()


def _answer(writer: _Writer, exchange: Exchange) -> str:
    """The record's id."""
    named = {"WARC-Date": _date(exchange)} | ({"WARC-IP-Address": exchange.address} if exchange.address else {})
    if exchange.truncated:
        named["WARC-Truncated"] = "length"
    record = writer.create_warc_record(
        exchange.url,
        "response",
        payload=io.BytesIO(exchange.body),
        length=len(exchange.body),
        warc_headers_dict=named,
        http_headers=StatusAndHeaders(_status(exchange), list(exchange.headers), protocol="HTTP/1.1"),
    )
    writer.write_record(record)
    return str(record.rec_headers.get_header("WARC-Record-ID"))


def _request(writer: _Writer, exchange: Exchange, answer: str) -> None:
    line = StatusAndHeaders(f"GET {exchange.target} HTTP/1.1", list(exchange.sent), is_http_request=True)
    record = writer.create_warc_record(
        exchange.url,
        "request",
        warc_headers_dict={"WARC-Date": _date(exchange), "WARC-Concurrent-To": answer},
        http_headers=line,
    )
    writer.write_record(record)


def _cut(writer: _Writer, exchange: Exchange, page: bytes, places: int, sha256: str) -> str:
    date, kind = _date(exchange), "text/html; charset=utf-8"
    conversion = _add(writer, exchange.url, "conversion", {"WARC-Date": date, "Content-Type": kind}, page)
    said = [
        f"note: other people's comments were cut out in {places} places before sealing",
        f"response-payload-digest: sha256:{sha256}",
        f"response-status: HTTP/1.1 {_status(exchange)}",
        *(f"response-header: {name}: {value}" for name, value in exchange.headers),
    ]
    fields = "".join(f"{line}\r\n" for line in said).encode("utf-8", "replace")
    named = {"WARC-Date": date, "WARC-Refers-To": conversion, "Content-Type": "application/warc-fields"}
    _add(writer, exchange.url, "metadata", named, fields)
    return conversion


def _add(writer: _Writer, url: str, kind: str, named: dict[str, str], payload: bytes) -> str:
    record = writer.create_warc_record(
        url, kind, payload=io.BytesIO(payload), length=len(payload), warc_headers_dict=named
    )
    writer.write_record(record)
    return str(record.rec_headers.get_header("WARC-Record-ID"))


def _status(exchange: Exchange) -> str:
    """Code and its standard phrase: the server's own phrase is not kept."""
    known = exchange.status in HTTPStatus._value2member_map_
    return f"{exchange.status} {HTTPStatus(exchange.status).phrase if known else ''}".strip()


def _date(exchange: Exchange) -> str:
    return exchange.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
