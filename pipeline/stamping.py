"""Time stamps (RFC 3161) over the links of the chain of evidence, by the authority the operator names.

An authority that fails blocks nothing: the record is sealed without a stamp, which its pack says, and is tried again.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

import sealing
from pipeline.doors import Rooms
from records import BadInput, BadSetting, Sealed

AT_ONCE = 20
LARGEST = 64 * 1024
"""bytes of an answer"""
TIMEOUT = 20.0
AGAIN = timedelta(minutes=15)
"""between two tries"""


def stamp(rooms: Rooms) -> int:
    """Asks for the stamps that are missing; returns how many came. One authority that does not answer is asked once a look."""
    wanted, now = rooms.settings.evidence, rooms.clock()
    if not wanted.tsa:
        return 0
    done = 0
    with rooms.store.leases.hold("stamp") as held:
        for record in rooms.store.evidence.unstamped(now, AT_ONCE) if held else ():
            try:
                token = asked(record, wanted.tsa, roots(wanted.tsa_roots))
            except BadInput as error:
                rooms.store.evidence.not_stamped(record.number, now + AGAIN, str(error))
                rooms.store.runs.note_problem("tsa", wanted.tsa, str(error), now)
                break
            rooms.store.evidence.stamped(record.number, token)
            done += 1
    return done


def asked(record: Sealed, address: str, trusted: Sequence[x509.Certificate]) -> bytes:
    """The authority's answer over a record's bytes, checked. Raises BadInput saying what is wrong with it."""
    builder = TimestampRequestBuilder().data(sealing.link(record)).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    answer = posted(address, request.as_bytes())
    moment = check(answer, record, trusted, request.nonce)
    if abs(moment - record.sealed_at) > timedelta(days=365):
        raise BadInput(f"giờ của dấu ({moment.isoformat()}) lệch giờ niêm phong hơn một năm")
    return answer


def check(answer: bytes, record: Sealed, trusted: Sequence[x509.Certificate], nonce: int | None = None) -> datetime:
    """When the stamp says that the record was there. Raises BadInput for one that is not over this record, was not granted,
    or (with `trusted`) is not signed under one of these roots."""
    response = read(answer)
    if response.status != 0:
        raise BadInput(f"cơ quan cấp dấu từ chối (mã {response.status}): {'; '.join(response.status_string)[:200]}")
    try:
        info = response.tst_info
        if info.message_imprint.message != bytes.fromhex(record.hash):
            raise BadInput("dấu thời gian không phải của bản ghi này")
        if nonce is not None and info.nonce != nonce:
            raise BadInput("dấu thời gian không trả lời đúng lần xin này")
        if trusted:
            builder = VerifierBuilder(roots=list(trusted), nonce=nonce)
            builder.build().verify(response, bytes.fromhex(record.hash))
        return info.gen_time
    except (VerificationError, ValueError) as error:
        raise BadInput(f"chữ ký của dấu thời gian không hợp lệ: {error}") from error


def read(answer: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(answer)
    except ValueError as error:
        raise BadInput("câu trả lời không phải dấu thời gian RFC 3161") from error


def posted(address: str, body: bytes) -> bytes:
    """Raises BadInput where there is no good answer."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 (http or https: config.py)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=TIMEOUT) as answer:
            content: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise BadInput(f"cơ quan cấp dấu trả lời HTTP {error.code}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise BadInput(f"không hỏi được cơ quan cấp dấu ({type(error).__name__})") from error
    if len(content) > LARGEST:
        raise BadInput("câu trả lời của cơ quan cấp dấu quá lớn")
    return content


class _Stay(urllib.request.HTTPRedirectHandler):
    """No redirect: the operator named one address."""

    def redirect_request(self, *_: object) -> None:
        return None


def roots(file: Path | None) -> list[x509.Certificate]:
    """The certificates of a PEM file; none for None. Raises BadSetting."""
    if file is None:
        return []
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise BadSetting(f"{file}: không đọc được chứng thư gốc (PEM): {error}") from error
