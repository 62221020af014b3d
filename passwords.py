"""Passwords: Argon2id with OWASP's parameters; a few hashes at a time, so that a burst of sign-ins cannot exhaust memory."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_room = threading.BoundedSemaphore(4)
_nobody = _hasher.hash("không ai có mật khẩu này")


def make(password: str) -> str:
    """The hash to store. Raises ValueError (Vietnamese) for a password too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"mật khẩu phải dài từ {SHORTEST} đến {LONGEST} ký tự")
    with _room:
        return _hasher.hash(password)


def right(stored: str | None, password: str) -> bool:
    """Whether the password matches. For an unknown login (None) it takes as long as for a known one."""
    if len(password) > LONGEST:
        return False
    try:
        with _room:
            _hasher.verify(stored or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters and should be made again at sign-in."""
    return _hasher.check_needs_rehash(stored)
