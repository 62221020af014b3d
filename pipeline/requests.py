"""What the desk asked for, carried out here: one row of store.requests at a time, its result written back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import crawlers.collect
from pipeline import retraining, trying
from pipeline.doors import Rooms
from records import BadInput, LangNgheError

Work = Callable[[Rooms, Mapping[str, Any]], Awaitable[str]]


async def answer(rooms: Rooms) -> int:
    """Carries out what waits; returns how many requests were answered. A failed one says why to the person who asked."""
    done = 0
    while asked := rooms.store.requests.take(rooms.clock()):
        try:
            text = await KINDS[asked.kind](rooms, asked.arguments)
            rooms.store.requests.finish(asked.id, {"text": text})
        except KeyError:
            rooms.store.requests.finish(asked.id, {"text": f"không có việc {asked.kind}"}, failed=True)
        except LangNgheError as error:
            rooms.store.requests.finish(asked.id, {"text": str(error)}, failed=True)
        done += 1
    return done


async def train(rooms: Rooms, _arguments: Mapping[str, Any]) -> str:
    return await asyncio.to_thread(retraining.retrain, rooms)


async def test_source(rooms: Rooms, arguments: Mapping[str, Any]) -> str:
    found = [source for source in rooms.sources if source.id == arguments.get("what")]
    if not found:
        raise BadInput(f"không có nguồn {arguments.get('what')}")
    return "\n".join((await trying.test(rooms, found[0])).lines)


async def refetch(rooms: Rooms, arguments: Mapping[str, Any]) -> str:
    document = rooms.store.documents.get(str(arguments.get("what")))
    if document is None:
        raise BadInput(f"không có tin {arguments.get('what')}")
    looked = await crawlers.collect.refetch([document], rooms.sources, rooms.settings, rooms.store, rooms.clock)
    return "\n".join(f"{one.key}: {one.outcome}" for one in looked) or "nguồn của tin này không còn trong danh sách"


KINDS: dict[str, Work] = {"train": train, "test_source": test_source, "refetch": refetch}
