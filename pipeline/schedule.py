"""The timetable, on one screen. APScheduler starts a look at what is due every few seconds; the job itself asks the store,
on the clock handed in, whether anything is. So a look that was missed (downtime, a stopped machine) loses nothing: the next
one finds the same work."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import vietnamese
from config import Schedule
from pipeline import (
    asking,
    catalogue,
    crawls,
    editions,
    evidence,
    health,
    issuing,
    jobs,
    mailbox,
    requests,
    retraining,
    ringing,
    searching,
    sending,
    stamping,
    upkeep,
    watching,
)
from pipeline.doors import Rooms
from records import LangNgheError

log = structlog.get_logger()

WATCH = 1800.0
"""seconds between two looks at how the sources fare; less than what upkeep.beat takes for a job that hangs"""
Job = Callable[[Rooms], Any]
SIDE_BY_SIDE: dict[Job, int] = {jobs.collect: crawls.MOST, requests.answer: requests.LANES}
"""jobs of which a look may begin while others still run"""


def timetable(looks: Schedule) -> list[tuple[Job, float]]:
    """Job and the seconds of wall time between two looks at what is due."""
    return [
        (jobs.collect, looks.collect),
        (jobs.digest, looks.digest),
        (sending.send, looks.send),
        (editions.tell, looks.tell),
        (ringing.escalate, looks.tell),
        (ringing.follow_up, looks.tell),
        (ringing.bundle, looks.tell),
        (ringing.unsilence, looks.tell),
        (issuing.report, looks.tell),
        (requests.answer, looks.tell),
        (upkeep.tally, looks.tell),
        (mailbox.receive, looks.tell),
        (searching.search, looks.upkeep),
        (evidence.seal, looks.tell),
        (stamping.stamp, looks.tell),
        (asking.ask, looks.upkeep),
        (retraining.nightly, looks.upkeep),
        (jobs.follow, looks.upkeep),
        (jobs.forget, looks.upkeep),
        (upkeep.backup, looks.upkeep),
        (health.watch_disk, looks.upkeep),
        (watching.watch_sources, WATCH),
        (catalogue.publish, looks.upkeep),
        (upkeep.beat, looks.tell),
    ]


async def perform(job: Job, rooms: Rooms) -> Any:
    """One look. An error is written down and shown in health; the timetable goes on."""
    rooms.begun(job.__name__)
    try:
        done = await job(rooms) if inspect.iscoroutinefunction(job) else await asyncio.to_thread(job, rooms)
        rooms.got_on(job.__name__)
        return done
    except LangNgheError as error:
        log.error("job_failed", job=job.__name__, error=str(error))
        await asyncio.to_thread(upkeep.note, rooms, job.__name__, str(error))
    except Exception as error:  # a fault of ours: told with its trace; the other jobs go on
        log.exception("job_broken", job=job.__name__)
        await asyncio.to_thread(upkeep.note, rooms, job.__name__, f"lỗi chương trình: {type(error).__name__}: {error}")
    finally:
        rooms.ended[job.__name__] = time.monotonic()
    return None


def start(rooms: Rooms) -> AsyncIOScheduler:
    """The running scheduler. Late looks are made up for once (coalesced), never dropped, never doubled."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a job still runs at its next look is no news
    scheduler = AsyncIOScheduler(timezone=vietnamese.HO_CHI_MINH)
    for job, seconds in timetable(rooms.settings.schedule):
        scheduler.add_job(
            perform, "interval", (job, rooms), seconds=seconds, id=job.__name__,
            misfire_grace_time=None, coalesce=True, max_instances=SIDE_BY_SIDE.get(job, 1),
        )  # fmt: skip
    scheduler.start()
    return scheduler


def keep_pace(scheduler: AsyncIOScheduler, now: datetime) -> None:
    """Brings forward what a clock that was set back has put off: no look waits longer than its interval."""
    for job in scheduler.get_jobs():
        if job.next_run_time and job.next_run_time - now > job.trigger.interval:
            job.modify(next_run_time=now)


async def once(rooms: Rooms) -> None:
    """Every job one time, in order; mail last, so that what the round decided goes out in it."""
    for job, _ in timetable(rooms.settings.schedule):
        await perform(job, rooms)
    await perform(sending.send, rooms)
