"""The sign of life: one small file that the product writes and the watchdog, a process of its own, reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "heartbeat"
LONGEST = 64 * 1024
"""bytes read of the file"""
WATCHED = ("collect", "digest", "send")
"""jobs without which the product is as good as dead"""


@dataclass(frozen=True, slots=True)
class Beat:
    at: float
    """seconds since 1970, by the machine's clock, as all moments here: a replay's clock says nothing about silence"""
    worked: Mapping[str, float]
    """job of WATCHED -> when it last ended without an error, or got on; its first look begins the count"""
    database: str = ""
    """what is wrong with it; empty: nothing"""
    unsent: float = 0.0
    """minutes the longest waiting mail waits past its time"""
    unjudged: float = 0.0
    """minutes the longest waiting document waits"""
    uncollected: float = 0.0
    """minutes for which sources were due and none was polled"""


def write(place: Path, beat: Beat) -> None:
    """Puts it in place whole: a reader never sees half a beat."""
    fresh = place / f".{NAME}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(beat)), encoding="utf-8")
    fresh.replace(place / NAME)


def read(file: Path) -> Beat | None:
    """The last beat; None where there is none or it cannot be read."""
    try:
        with file.open("rb") as opened:
            said = json.loads(opened.read(LONGEST))
        worked = {str(job): float(at) for job, at in dict(said["worked"]).items()}
        late = (float(said[name]) for name in ("unsent", "unjudged", "uncollected"))
        return Beat(float(said["at"]), worked, str(said["database"])[:500], *late)
    except (OSError, ValueError, TypeError, KeyError):
        return None
