"""Signed tokens that expire: a small JSON payload, its deadline and an HMAC-SHA256, in one URL-safe word.

The payload is readable by anyone who holds the token; only forging it is impossible. What this file does *not* do:
remember which tokens were used, or choose secrets.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

MAX_TOKEN = 4096
MIN_SECRET = 16


class BadToken(Exception):
    """Liên kết không hợp lệ hoặc đã hết hạn."""


def sign(payload: Mapping[str, Any], secret: bytes, expires: datetime) -> str:
    """A token for `payload` (JSON values) good until `expires` (aware).

    ValueError for a naive time, a secret under 16 bytes, or a payload too long for 4096 characters.
    """
    body = json.dumps([int(_aware(expires).timestamp()), dict(payload)], ensure_ascii=False, separators=(",", ":"))
    encoded = _encode(body.encode())
    token = f"{encoded}.{_encode(_mac(encoded, secret))}"
    if len(token) > MAX_TOKEN:
        raise ValueError(f"nội dung ký dài {len(token)} ký tự, tối đa {MAX_TOKEN}")
    return token


def verify(token: str, secret: bytes, now: datetime) -> Mapping[str, Any]:
    """The payload of an untouched token that has not expired at `now` (aware); else BadToken."""
    encoded, dot, mac = token[: MAX_TOKEN + 1].partition(".")
    if len(token) > MAX_TOKEN or not dot or not token.isascii():
        raise BadToken("không phải một liên kết đã ký")
    # the text of the MAC is compared, not its bytes: base64 has several spellings of the same bytes
    if not hmac.compare_digest(mac, _encode(_mac(encoded, secret))):
        raise BadToken("chữ ký không khớp")
    try:
        expires, payload = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadToken("nội dung không đọc được") from error
    if _aware(now).timestamp() >= expires:
        raise BadToken("liên kết đã hết hạn")
    return dict(payload)


def _mac(encoded: str, secret: bytes) -> bytes:
    if len(secret) < MIN_SECRET:
        raise ValueError(f"khóa ký phải dài ít nhất {MIN_SECRET} byte")
    return hmac.new(secret, b"lang-nghe.1." + encoded.encode(), hashlib.sha256).digest()


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"thời điểm {moment} không có múi giờ")
    return moment
