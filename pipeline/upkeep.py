"""What keeps the product standing: nightly backup, heartbeat, counts by the day, the note of what went wrong."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta
from pathlib import Path

import vietnamese
from pipeline import catalogue, heartbeat
from pipeline.doors import Rooms
from records import StoreError

STUCK = 45 * 60
"""seconds after which a job that neither ended nor got on hangs; a training takes less"""


def beat(rooms: Rooms) -> None:
    """Writes data_dir/heartbeat, which the watchdog reads. Not while a job hangs: a product that no longer judges or sends
    is as good as dead."""
    if stuck := [job for job, at in rooms.ended.items() if time.monotonic() - at > STUCK]:
        note(rooms, ", ".join(sorted(stuck)), f"không xong trong {STUCK // 60} phút; khởi động lại `langnghe run`")
        return
    worked = {job: rooms.worked[job] for job in heartbeat.WATCHED if job in rooms.worked}
    fault, late = "", [0.0, 0.0, 0.0]
    try:
        late = waits(rooms)
        rooms.store.check()
        rooms.store.check_writing()
    except StoreError as error:
        fault = str(error)
    heartbeat.write(rooms.settings.data_dir, heartbeat.Beat(time.time(), worked, fault, *late))


def waits(rooms: Rooms) -> list[float]:
    """Minutes for which mails, documents, sources wait. Raises StoreError."""
    now, kept = rooms.clock(), rooms.store
    intervals = rooms.crawls.intervals(catalogue.read(rooms), kept, now)
    uncollected = kept.sources.unpolled_since(intervals, rooms.opened_at, now)
    return [
        _minutes(since, now) for since in (kept.outbox.late_since(now), kept.documents.unjudged_since(), uncollected)
    ]


def _minutes(since: datetime | None, now: datetime) -> float:
    return max((now - since) / timedelta(minutes=1), 0.0) if since else 0.0


def backup(rooms: Rooms) -> Path | None:
    """One verified backup a day into keep.backup_dir; the oldest beyond keep.backup_count go."""
    directory, now = rooms.settings.keep.backup_dir, rooms.clock()
    if directory is None:
        return None
    with rooms.store.leases.hold("backup") as held:
        file = directory / f"langnghe-{now.astimezone(vietnamese.HO_CHI_MINH):%Y%m%d}.backup"
        if not held or file.exists():
            return None
        directory.mkdir(parents=True, exist_ok=True)
        rooms.store.backup(file)
        for old in sorted(directory.glob("langnghe-*.backup"))[: -rooms.settings.keep.backup_count]:
            old.unlink()
        return file


def tally(rooms: Rooms) -> int:
    """Counts the days again in which something changed, for the dashboard; returns how many."""
    with rooms.store.leases.hold("tally") as held:
        return rooms.store.tallies.recount(rooms.clock()) if held else 0


def note(rooms: Rooms, job: str, text: str) -> None:
    """Counts a failed job; a store that is itself the fault cannot keep the note, the log has it."""
    with contextlib.suppress(Exception):
        rooms.store.runs.note_problem("job", job, text, rooms.clock())
