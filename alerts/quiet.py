"""When a ring may sound: quiet hours by severity, and bundles from the eleventh urgent mail of a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import vietnamese
from records import Act, Preferences

ALWAYS = frozenset({"1e", "4"})
"""threats against people and forged documents: neither hour nor number holds them back"""
SINGLE = 10
"""urgent mails of one recipient's day that go out one by one"""
BUNDLE = timedelta(hours=1)


def always(acts: Iterable[Act]) -> bool:
    return any(act.mode == "commits" and act.clause in ALWAYS for act in acts)


def due(now: datetime, wish: Preferences | None, urgent: bool) -> datetime:
    """When a mail may go out: at once, or at the end of the recipient's quiet hours. `urgent`: of the kind no hour holds."""
    if urgent or wish is None or not wish.quiet_from or not wish.quiet_to:
        return now
    here = now.astimezone(vietnamese.HO_CHI_MINH)
    start, end = time.fromisoformat(wish.quiet_from), time.fromisoformat(wish.quiet_to)
    moment = here.time()
    quiet = start <= moment < end if start < end else moment >= start or moment < end
    if start == end or not quiet:
        return now
    day = here.date() + timedelta(days=1) if moment >= end else here.date()
    return datetime.combine(day, end, vietnamese.HO_CHI_MINH)


def day_start(now: datetime) -> datetime:
    """Midnight in Viet Nam: when the count of urgent mails begins anew."""
    return datetime.combine(now.astimezone(vietnamese.HO_CHI_MINH).date(), time(), vietnamese.HO_CHI_MINH)


def bundle_due(last: datetime | None, first_held: datetime, now: datetime) -> bool:
    """Whether a recipient's held mails go out now: one bundle an hour, the first an hour after the first was held. What a
    clock that ran ahead has stamped counts as long ago."""
    moments = [moment for moment in (last, first_held) if moment is not None and moment <= now]
    return not moments or now - max(moments) >= BUNDLE
