"""One-time codes of an authenticator app (TOTP, RFC 6238: six digits, 30 s) and recovery codes. Pure and forgetful: that a
code is good for one use only is the store's affair."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime

import pyotp

STEP = 30
"""seconds"""
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""without those that look alike"""
_GROUPS = 6


def secret() -> str:
    """160 random bits, as an app reads them (base32)."""
    return pyotp.random_base32()


def address(secret: str, login: str, issuer: str) -> str:
    """The otpauth:// address that an app takes from a QR picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def step(secret: str, code: str, now: datetime) -> int | None:
    """Which step the code belongs to: this one, or the one before or after (clocks differ); None for a wrong code."""
    given = "".join(code.split())
    if not re.fullmatch("[0-9]{6}", given, re.ASCII):
        return None
    generator, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    steps = (current - 1, current, current + 1)
    fitting = [one for one in steps if hmac.compare_digest(generator.generate_otp(one), given)]
    return fitting[-1] if fitting else None


def recovery() -> list[str]:
    """CODES codes for the day the telephone is lost, 118 bits each: enough that a plain hash of one tells nothing."""
    return ["-".join(_word() for _ in range(_GROUPS)) for _ in range(CODES)]


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def normal(code: str) -> str:
    """A recovery code as it was given out, however it was typed: capitals, spaces or nothing between the groups."""
    letters = re.sub(r"[\s\-]", "", code.lower())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
