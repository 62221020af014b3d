"""The list of sources and what is said of it: which are read now, trials that open a source, the desk's copy."""

from __future__ import annotations

from collections.abc import Sequence

import store
from crawlers import pace
from crawlers.owners import Owners
from crawlers.sources import Source
from pipeline.doors import Rooms
from records import BadInput

STATES = {"read": "đang đọc", "paused": "tạm dừng", "test": "chờ thử", "person": "chờ người bật"}
"""how a source stands, as an operator reads it"""


def read(rooms: Rooms) -> list[Source]:
    """The sources that are polled: not those a person paused, nor those that wait for a trial or a person."""
    how = states(rooms.store, rooms.sources)
    return [source for source in rooms.sources if how[source.id] == "read"]


def states(kept: store.Store, sources: Sequence[Source]) -> dict[str, str]:
    """Source -> a key of STATES."""
    switches, trials = kept.catalogue.switches(), kept.catalogue.trials()
    return {
        source.id: store.standing(source.waits_for, switches.get(source.id), trials.get(source.id))
        for source in sources
    }


def owners(rooms: Rooms) -> Owners:
    """Whose the articles are that a search finds; what a person put off is not read that way either."""
    how = states(rooms.store, rooms.sources)
    return Owners(rooms.sources, {source for source, state in how.items() if state in ("paused", "person")})


def named(sources: Sequence[Source], name: str) -> Source:
    """The source with that id. Raises BadInput."""
    found = next((source for source in sources if source.id == name), None)
    if found is None:
        raise BadInput(f"không có nguồn {name}; xem `langnghe source list`")
    return found


def publish(rooms: Rooms) -> bool:
    """A job: the desk's copy of the list. Whether it changed."""
    return rooms.store.catalogue.publish([entry(source) for source in rooms.sources])


def entry(source: Source) -> store.Entry:
    return store.Entry(
        source.id, source.name, source.homepage, source.kind, source.tier, source.grade, source.evidence,
        source.province, source.waits_for, source.expected, source.note, source.lists,
        source.every, source.interval or pace.CEILINGS[source.tier], source.kept, source.connector,
    )  # fmt: skip
