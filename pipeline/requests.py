"""What the desk asked for, carried out here: rows of store.requests, their results written back.

Looks may run side by side, so that a slow request holds up no other. Each takes one request at a time and keeps its lease
while it works; what a process that died had taken is taken again when its lease is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog

import crawlers.collect
from pipeline import catalogue, drafting, offering, retraining, trying
from pipeline.doors import Rooms
from records import BadInput, LangNgheError, Request

log = structlog.get_logger()

TRAINING = timedelta(hours=1)
"""a step of a training takes no longer on any machine"""
LANES = 3
"""looks that may work side by side"""
RENEWED = 120.0
"""seconds between two renewals of a lease"""
Work = Callable[[Rooms, Mapping[str, Any]], Awaitable[str | Mapping[str, Any]]]
"""gives what to say; or that as "text" beside other JSON values"""


async def answer(rooms: Rooms) -> int:
    """Carries out what waits; returns how many requests were answered. A failed one says why to the person who asked."""
    done, kept = 0, rooms.store.requests
    while asked := await asyncio.to_thread(kept.take, rooms.clock(), tuple(rooms.asked)):
        async with taken(rooms, asked):
            said, good = await outcome(rooms, asked)
            result = {"text": said} if isinstance(said, str) else said
            await asyncio.to_thread(kept.finish, asked.id, result, not good)
        done += 1
    return done


@asynccontextmanager
async def taken(rooms: Rooms, asked: Request) -> AsyncIterator[None]:
    """The request is ours until the end of the block, however long that takes."""

    async def keeping() -> None:
        while True:
            await asyncio.sleep(RENEWED)
            await asyncio.to_thread(rooms.store.requests.renew, asked.id, rooms.clock())

    rooms.asked.add(asked.id)
    renewing = asyncio.create_task(keeping())
    try:
        yield
    finally:
        renewing.cancel()
        rooms.asked.discard(asked.id)


async def outcome(rooms: Rooms, asked: Request) -> tuple[str | Mapping[str, Any], bool]:
    """(what to say, whether it went well). A fault of ours ends the request too: it would break again at every look."""
    if asked.kind not in KINDS:
        return f"không có việc {asked.kind}", False
    try:
        return await KINDS[asked.kind](rooms, {**asked.arguments, "by": asked.by, "request": asked.id}), True
    except LangNgheError as error:
        return str(error), False
    except Exception as error:
        log.exception("request_broken", kind=asked.kind)
        return f"lỗi chương trình: {type(error).__name__}: {error}", False


async def train(rooms: Rooms, arguments: Mapping[str, Any]) -> str:
    def tell(text: str) -> None:
        rooms.store.requests.progress(str(arguments["request"]), text, rooms.clock(), TRAINING)

    return await asyncio.to_thread(retraining.retrain, rooms, str(arguments["by"]), tell)


async def test_source(rooms: Rooms, arguments: Mapping[str, Any]) -> str:
    (trial,) = await trying.test(rooms, [catalogue.named(rooms.sources, str(arguments.get("what")))])
    return trial.text


async def refetch(rooms: Rooms, arguments: Mapping[str, Any]) -> str:
    document = await asyncio.to_thread(rooms.store.documents.get, str(arguments.get("what")))
    if document is None:
        raise BadInput(f"không có tin {arguments.get('what')}")
    looked = await crawlers.collect.refetch([document], rooms.sources, rooms.settings, rooms.store, rooms.clock)
    return "\n".join(f"{one.key}: {one.outcome}" for one in looked) or "nguồn của tin này không còn trong danh sách"


KINDS: dict[str, Work] = {
    "train": train,
    "test_source": test_source,
    "find_source": offering.find,
    "add_source": offering.add,
    "refetch": refetch,
    "draft": drafting.draft,
}
