"""Saved searches that mail their new hits: at most once an hour each, every hit once, through the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import alerts.searches
import store
from pipeline.doors import Rooms
from records import Officer

EVERY = timedelta(hours=1)
BACK = timedelta(hours=24)
"""a new search mails nothing published longer before it was saved"""
LOOKED_AT, AT_ONCE = 200, 50
"""newest items looked at, and told in one mail; the rest is told an hour later"""


def search(rooms: Rooms) -> int:
    """Queues the mails that are due; returns how many."""
    with rooms.store.leases.hold("search") as held:
        due = rooms.store.searches.mailing(rooms.clock() - EVERY) if held else []
        return sum(tell(rooms, one) for one in due)


def tell(rooms: Rooms, saved: store.SavedSearch) -> bool:
    """Whether there was anything new to tell its owner."""
    owner, kept = rooms.store.officers.get(saved.login), rooms.store
    if owner is None or not owner.active or not owner.email:
        return False
    found = kept.judged.page(allowed(saved, owner), LOOKED_AT)
    new = kept.searches.untold(saved.id, [judged.document.key for judged in found])[:AT_ONCE]
    hits = [judged for judged in found if judged.document.key in set(new)]
    if not hits:
        return False
    unit, address, now = rooms.settings.unit.name, rooms.settings.public_url, rooms.clock()
    mail = alerts.searches.message(saved.id, saved.name, hits, owner.email, address, unit, now, rooms.knowledge)
    kept.searches.tell(saved.id, new, [mail], now)
    return True


def allowed(saved: store.SavedSearch, owner: Officer) -> store.Filter:
    """What the search asks, within what its owner may see today and not before it was saved."""
    since = saved.made_at - BACK
    start = max(saved.asked.start, since) if saved.asked.start else since
    asked = replace(saved.asked, start=start)
    return replace(asked, province=owner.province or "—") if set(owner.roles) == {"province"} else asked
