"""Watching the sources: which are silent, fell off, moved, were rebuilt or shut us out; and when it is only our own network.

Pure functions over what the store counted; `look` asks the store and is what the doctor, the digest and the job share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

import alerts.mail
import store
import vietnamese
from crawlers.sources import Source
from pipeline import catalogue, people
from pipeline.doors import Rooms
from records import TROUBLES

DAY = timedelta(days=1)
AWAKE = range(6, 22)
"""hours of the day (Viet Nam) in which papers publish; a silent night says nothing"""
FEW = 5
"""so many known sources, none of which answers, are the network; so many failed or empty pages a day are a fault"""
FAILING, BARE = 0.3, 0.5
"""share of articles of a day that could not be read; that have a title and no text"""
WEEKS = 4
DROP, DROPPED, BUSY = 0.5, 2, 5.0
"""the volume fell to less than this share, for at least so many days, of what were at least so many items a day"""
ALARMED = frozenset({"silent", "network"})
"""kinds of findings the operators hear of at once"""
STOPPED = timedelta(hours=23)
"""a source that averages BUSY items a day and has brought none for so long is told within the day"""
USUAL = 1 / 3
"""less of the average is a day on which it rests"""
NAMED, ALL = 8, 100_000
"""sources named in an alarm; problems read, which bounds memory only"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an operator should know of one source (source "": of all)."""

    source: str
    kind: str
    text: str
    since: datetime | None = None
    """of silence: when it began; None: from the start"""


def look(kept: store.Store, sources: Sequence[Source], now: datetime) -> list[Finding]:
    """Everything found, network first. One finding instead of one a source where no source answers."""
    ours = {source.id for source in sources}
    states = [state for state in kept.sources.health() if state.source in ours]
    if since := network_down(states, now):
        return [
            Finding(
                "",
                "network",
                f"không tới được nguồn nào từ {vietnamese.time_text(since)}; kiểm tra mạng, DNS, tường lửa",
                since if since < now else None,
            )
        ]
    days, paces, lists = kept.sources.daily(now - WEEKS * 7 * DAY, now), kept.sources.paces(now - DAY), kept.lists.all()
    found: list[Finding] = []
    for source in sources:
        state = next((state for state in states if state.source == source.id), None)
        if state is not None:
            found += of_source(source, state, paces.get(source.id), days.get(source.id, []), now)
            found += of_lists(source, [one for one in lists if one.source == source.id])
    return found


def network_down(states: Sequence[store.SourceState], now: datetime) -> datetime | None:
    """Since when no source could be reached, where all that were asked lately failed at the network."""
    lately = [state for state in states if now - state.polled_at < timedelta(hours=2)]
    if len(lately) < FEW or any(not state.failures or state.trouble != "network" for state in lately):
        return None
    return max((state.success_at for state in lately if state.success_at), default=now)


def of_source(
    source: Source, state: store.SourceState, pace: store.Pace | None, days: Sequence[int], now: datetime
) -> Iterator[Finding]:
    if state.failures and state.trouble == "token":
        yield Finding(source.id, "token", state.error)
    source = replace(source, expected=source.expected or fewest(days))
    if not state.failures and (owed := silence(source, state.new_at, days, now)):
        since = vietnamese.time_text(state.new_at) if state.new_at else "lúc bắt đầu theo dõi"
        yield Finding(source.id, "silent", f"không có tin mới từ {since}, trong khi {owed}", state.new_at)
    elif (fall := fell(days)) is not None:
        before, after = (vietnamese.number_text(round(number, 1)) for number in fall)
        yield Finding(source.id, "fell", f"lượng tin giảm từ khoảng {before} xuống {after} tin mỗi ngày")
    if pace and pace.failed >= FEW and pace.failed > FAILING * (pace.failed + pace.new):
        yield Finding(source.id, "reader", f"{pace.failed} bài không tải hoặc không đọc được trong 24 giờ qua")
    if pace and pace.bare >= FEW and pace.bare > BARE * pace.new:
        text = f"{pace.bare} trên {pace.new} bài có tiêu đề mà không có nội dung: có thể trang đã đổi giao diện, cần sửa bộ đọc"
        yield Finding(source.id, "rebuilt", text)


def of_lists(source: Source, lists: Iterable[store.List]) -> Iterator[Finding]:
    for one in lists:
        if one.url not in source.lists:
            continue
        if one.moved_to:
            yield Finding(
                source.id,
                "moved",
                f"{one.url} đã chuyển hẳn sang {one.moved_to}; sửa lại địa chỉ trong danh sách nguồn",
            )
        elif one.trouble in ("robots", "gone"):
            yield Finding(source.id, one.trouble, f"{one.url}: {TROUBLES[one.trouble]}")


def silence(source: Source, new_at: datetime | None, days: Sequence[int], now: datetime) -> str:
    """What a silent source should have brought, in words; empty: it is not silent."""
    if is_silent(source, new_at, now):
        return f"mỗi ngày phải có ít nhất {source.expected} tin"
    if new_at and now - new_at >= STOPPED and (usual := average(days)):
        return f"bình thường mỗi ngày có khoảng {vietnamese.number_text(round(usual))} tin"
    return ""


def average(days: Sequence[int]) -> float:
    """New items a day of a source known for a week that brings BUSY or more a day, and at least USUAL of it on this day
    of each week; otherwise 0. The last day is not counted."""
    first = next((place for place, number in enumerate(days) if number), len(days))
    known = days[first:]
    if len(known) <= 7:
        return 0.0
    usual = sum(known[:-1]) / (len(known) - 1)
    return usual if usual >= BUSY and min(known[-8::-7]) >= USUAL * usual else 0.0


def is_silent(source: Source, new_at: datetime | None, now: datetime) -> bool:
    """Whether a source owes us news: three times the expected time between two items has passed, counted in waking
    hours, or a whole day. Nothing expected, nothing owed."""
    if not source.expected:
        return False
    if new_at is None or now - new_at >= DAY:
        return True
    return waking_hours(new_at, now) > max(3 * len(AWAKE) / source.expected, 2.0)


def fewest(days: Sequence[int]) -> int:
    """Fewest new items a day of a source nobody has counted: what it brought on all but its poorest days of four weeks.
    0: it is not known that long, or has days without any."""
    known = sorted(days[:-DROPPED])
    return known[len(known) // 10] if len(days) >= WEEKS * 7 else 0


def waking_hours(start: datetime, end: datetime) -> float:
    """Hours between two moments that lie in AWAKE; at most a day apart."""
    local, total = start.astimezone(vietnamese.HO_CHI_MINH), 0.0
    while local < end:
        hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if local.hour in AWAKE:
            total += (min(hour, end) - local) / timedelta(hours=1)
        local = hour
    return total


def fell(days: Sequence[int]) -> tuple[float, float] | None:
    """(items a day before, items a day now) where the volume of the last four weeks has a change-point downwards that
    lasts. PELT over counts made even by Anscombe's transform, after the weekday is taken out."""
    if len(days) < WEEKS * 7 or sum(days[:-DROPPED]) < BUSY * (len(days) - DROPPED):
        return None
    counts = np.array(days, dtype=float)
    usual = np.median(counts)
    weekday = np.array([np.median(counts[place % 7 :: 7]) for place in range(len(counts))])
    level = counts / np.maximum(weekday / max(usual, 1.0), 0.2)
    if not may_have_fallen(level):
        return None
    import ruptures  # type: ignore[import-untyped]  # costs a second to import, and is seldom needed

    signal = 2 * np.sqrt(level + 3 / 8)
    noise = max(1.0, 1.4826 * float(np.median(np.abs(np.diff(signal)))) / np.sqrt(2))
    breaks = (
        ruptures.Pelt(model="l2", min_size=DROPPED, jump=1).fit(signal).predict(pen=4 * noise**2 * np.log(len(signal)))
    )
    if len(breaks) < 2:
        return None
    start = breaks[-3] if len(breaks) > 2 else 0
    before, after = float(level[start : breaks[-2]].mean()), float(level[breaks[-2] :].mean())
    return (before, after) if before >= BUSY and after < DROP * before else None


def may_have_fallen(level: np.ndarray[Any, np.dtype[np.float64]]) -> bool:
    """Whether any change-point could be found to halve the volume: no stretch of days is better than the best two or
    three in a row, and no last stretch is poorer than the poorest. Spares most sources the search."""
    best = max(np.convolve(level, np.ones(days) / days, "valid").max() for days in (DROPPED, DROPPED + 1))
    last = np.cumsum(level[::-1])[DROPPED - 1 :] / np.arange(DROPPED, len(level) + 1)
    return bool(last.min() < DROP * best)


def watch_sources(rooms: Rooms) -> None:
    """A job: writes down what was found, for the desk, and counts it, for the watchers of problems."""
    with rooms.store.leases.hold("watch") as held:
        if not held:
            return
        found = look(rooms.store, catalogue.read(rooms), rooms.clock())
        rooms.store.listings.watched([(one.source, one.kind, one.text) for one in found], rooms.clock())
        alarm(rooms, found)
        for one in found:
            what = one.kind if one.kind in ALARMED else "source"
            rooms.store.runs.note_problem(what, one.source or "mạng", one.text, rooms.clock())


def alarm(rooms: Rooms, found: Sequence[Finding]) -> None:
    """One mail to the operators about the sources that fell silent since the last look, or the network that is gone; each
    silence is told once. Call it before what was found is counted: what was counted since a silence began was told."""
    problems = rooms.store.runs.problems(rooms.clock() - WEEKS * 7 * DAY, ALL)
    last = {(one.what, one.where): one.last_at for one in problems}
    new = [
        one
        for one in found
        if one.kind in ALARMED
        and ((noted := last.get((one.kind, one.source or "mạng"))) is None or (one.since and noted <= one.since))
    ]
    if not new:
        return
    names = {source.id: source.name for source in rooms.sources}
    text = "\n".join(told(new, names, NAMED))
    what = "mất kết nối mạng" if new[0].kind == "network" else f"{len(new)} nguồn im lặng"
    to = people.recipients(rooms.store, "admin", rooms.settings.mail.alarm_to, "alarm")
    about = ("silent", *(f"{one.source} {one.since}" for one in new))
    subject = f"[Lắng Nghe] Cảnh báo vận hành: {what}"
    rooms.store.outbox.add(alerts.mail.alarms(subject, text, to, about, rooms.domain, rooms.clock()))


def told(findings: Sequence[Finding], names: Mapping[str, str], most: int) -> list[str]:
    """The lines of the daily mail: the network alone, or what concerns the sources, the first few by name."""
    if network := [one for one in findings if one.kind == "network"]:
        return [f"Mất kết nối mạng: {network[0].text}."]
    lines = [f"{names[one.source]}: {one.text}." for one in findings]
    more = Counter(one.source for one in findings[most:])
    return lines[:most] + ([f"Còn {len(more)} nguồn khác cần xem; mở mục Sức khỏe trên bàn làm việc."] if more else [])
