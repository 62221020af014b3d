"""Evidence: what was sealed about a flagged document, as a link of one chain of hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed record. It outlives its files: what is deleted leaves hashes, no words and no address."""

    number: int
    """1, 2, 3, … without a gap"""
    document: str
    """short id of the document"""
    version: int
    """of the document's words"""
    sealed_at: datetime
    files: Mapping[str, str]
    """name -> SHA-256 in hex"""
    previous: str
    """hash of the record before; 64 zeros at the first"""
    hash: str
    """SHA-256 of this record's own bytes (`sealing.link`)"""
    token: bytes | None = field(default=None, repr=False)
    """answer of the time-stamp authority (RFC 3161) over `hash`"""
    stamp_trouble: str = ""
    """why there is no time stamp yet, in Vietnamese"""
    kept: bool = True
    """False: its files were deleted"""
