"""Health of the sources: silence, a fall in volume, a rebuilt page, a move, and the one alarm for a dead network."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import store
from crawlers.sources import Source
from pipeline import clock, watching
from pipeline.doors import Rooms, open_all
from tests.store_support import document, settled

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # a Thursday, 15:00 in Viet Nam
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def source(name: str = "bao", expected: int = 24) -> Source:
    home = f"https://{name}.vn"
    return Source(name, name.title(), f"{home}/", "press", feeds=(f"{home}/rss",), expected=expected)


@pytest.fixture
def kept(tmp_path: Path) -> store.Store:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store.create(url)
    return store.open(url)


@pytest.mark.parametrize(
    ("expected", "since", "silent"),
    [
        (24, NOW - 1.9 * HOUR, False),  # one each 40 waking minutes: three of them are two hours
        (24, NOW - 2.1 * HOUR, True),
        (8, NOW - 5.9 * HOUR, False),
        (8, NOW - 6.1 * HOUR, True),
        (1, NOW - 23 * HOUR, False),  # a daily source has a whole day
        (1, NOW - 24 * HOUR, True),
        (24, None, True),
        (0, None, False),  # nothing expected, nothing owed
    ],
)
def test_silence(expected: int, since: datetime | None, silent: bool) -> None:
    assert watching.is_silent(source(expected=expected), since, NOW) == silent


def test_a_silent_night_is_none() -> None:
    dawn = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # 05:30 in Viet Nam
    assert not watching.is_silent(source(expected=100), dawn - 7 * HOUR, dawn)
    assert watching.waking_hours(dawn - 7 * HOUR, dawn) == 0.0
    assert watching.waking_hours(dawn, dawn + 2 * HOUR) == 1.5


def month(dice: random.Random, mean: float, last: int = 0, share: float = 1.0) -> list[int]:
    """Four weeks of counts with a weekend each week, spread more than by chance; the `last` days at a share of it."""
    week = (1.0, 1.1, 1.0, 1.05, 1.0, 0.5, 0.4)
    days = [mean * week[day % 7] * dice.gauss(1, 0.1) for day in range(28)]
    days[28 - last :] = [share * number for number in days[28 - last :]]
    return [max(0, round(dice.gauss(number, max(number, 0.0) ** 0.5))) for number in days]


def test_a_fall_in_volume_is_found_and_seldom_imagined() -> None:
    dice = random.Random(4)
    alarms = sum(watching.fell(month(dice, mean)) is not None for mean in (8, 30, 120) for _ in range(100))
    missed = sum(watching.fell(month(dice, mean, 3, 0.2)) is None for mean in (20, 60, 120) for _ in range(50))
    print(f"false alarms {alarms} of 300, missed falls {missed} of 150")
    assert alarms <= 6 and missed <= 8
    assert watching.fell([0] * 28) is watching.fell([50] * 10) is None


@hypothesis.settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 60), min_size=28, max_size=28))
def test_sparing_the_search_loses_no_fall(days: list[int]) -> None:
    spared = watching.fell(days)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(watching, "may_have_fallen", lambda _level: True)
        assert watching.fell(days) == spared


def test_what_a_source_owes_is_learnt_where_nobody_counted_it(kept: store.Store) -> None:
    assert watching.fewest([12] * 28) == 12 and watching.fewest([12] * 20) == 0
    assert watching.fewest([0] * 3 + [12] * 25) == 0, "it has such days"
    for quarter in range(28 * 4, 0, -1):  # four items a day: twelve waking hours without one are too many
        polled(kept, "bao", NOW - quarter * 6 * HOUR, items=30, new=1)
    assert found(kept, source(expected=0)) == []
    assert found(kept, source(expected=0), now=NOW + 8 * HOUR) == [("bao", "silent")]


def polled(kept: store.Store, name: str, at: datetime, ok: bool = True, trouble: str = "", **counts: int) -> None:
    kept.sources.polled(name, at, ok, "" if ok else "lỗi", trouble=trouble, **counts)


def found(kept: store.Store, *sources: Source, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(one.source, one.kind) for one in watching.look(kept, sources, now)]


def test_what_an_operator_must_know_is_found(kept: store.Store) -> None:
    polled(kept, "tot", NOW, items=30, new=5)
    polled(kept, "im", NOW - 5 * HOUR, items=30, new=5)
    polled(kept, "im", NOW, items=30)
    polled(kept, "moi", NOW, items=30, new=10, bare=9)
    polled(kept, "hong", NOW, items=30, new=5, failed=6)
    polled(kept, "doi", NOW, items=30, new=5)
    kept.lists.asked("doi", "https://doi.vn/rss", NOW, NOW, moved_to="https://doi.vn/tin.rss")
    kept.lists.asked("doi", "https://doi.vn/cu", NOW, NOW, "gone")  # no longer one of its lists
    polled(kept, "cam", NOW, items=30, new=5)
    kept.lists.asked("cam", "https://cam.vn/rss", NOW, NOW, "robots")
    everyone = [source(name) for name in ("tot", "im", "moi", "hong", "doi", "cam", "chua-hoi")]
    assert found(kept, *everyone) == [
        ("im", "silent"), ("moi", "rebuilt"), ("hong", "reader"), ("doi", "moved"), ("cam", "robots"),
    ]  # fmt: skip
    lines = watching.told(watching.look(kept, everyone, NOW), {one.id: one.name for one in everyone}, 2)
    assert len(lines) == 3 and lines[0].startswith("Im: không có tin mới từ") and "3 nguồn khác" in lines[2]


def test_a_dead_network_is_one_alarm(kept: store.Store) -> None:
    everyone = [source(f"bao{number}") for number in range(40)]
    for one in everyone:
        polled(kept, one.id, NOW - 6 * HOUR, items=30, new=5)
    for hours in range(5, -1, -1):
        for one in everyone:
            polled(kept, one.id, NOW - hours * HOUR, ok=False, trouble="network")
    assert found(kept, *everyone) == [("", "network")]
    (line,) = watching.told(watching.look(kept, everyone, NOW), {}, 8)
    assert line.startswith("Mất kết nối mạng: không tới được nguồn nào từ")
    polled(kept, "bao0", NOW, items=30, new=5)
    assert ("", "network") not in found(kept, *everyone)


def test_latency_is_a_figure_by_source(kept: store.Store) -> None:
    for number in range(10):
        seen = NOW + number * HOUR
        one = document(
            key=f"https://bao.vn/{number}", source="bao", published_at=seen - 10 * HOUR, first_seen=seen,
            listed_at=seen - timedelta(minutes=1),
        )  # fmt: skip
        kept.documents.keep(one)
        settled(kept, one, at=seen + timedelta(minutes=number))
    (line,) = kept.latencies(NOW - DAY)
    assert (line.source, line.items, line.to_list, line.to_page) == ("bao", 10, (35940.0, 35940.0), (60.0, 60.0))
    assert line.to_answer == (270.0, 480.0)


SOURCES = """
[[source]]
id = "bao"
name = "Báo Ví Dụ"
homepage = "https://bao.vn/"
kind = "press"
tier = 1
grade = "A"
expected = {expected}
feeds = ["https://bao.vn/rss"]
"""


@pytest.fixture
def rooms(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rooms]:
    (tmp_path / "nguon.toml").write_text(SOURCES.format(expected=request.param), encoding="utf-8")
    settings = config.Settings(
        data_dir=tmp_path, crawl=config.Crawl(sources=tmp_path / "nguon.toml"), judging=config.Judging(workers=0),
        mail=config.Mail(alarm_to=("truc@x.example",)),
    )  # fmt: skip
    with open_all(settings, clock.Hand(NOW)) as opened:
        yield opened


def lived(rooms: Rooms, start: datetime, end: datetime, brings: Callable[[datetime], int], watch: bool) -> None:
    """From `start` up to `end`, each half hour: the source is polled, brings what it brings and is watched. Unwatched:
    only the half hours count in which it brings something."""
    hand = rooms.clock
    assert isinstance(hand, clock.Hand)
    for moment in (start + number * HOUR / 2 for number in range((end - start) // (HOUR / 2))):
        hand.set(moment)
        if watch or brings(moment):
            polled(rooms.store, "bao", moment, items=30, new=brings(moment))
        if watch:
            watching.watch_sources(rooms)


def six_a_day(moment: datetime) -> int:
    """At 07:00, 09:00, … 17:00 in Viet Nam."""
    return int(moment.minute == 0 and moment.hour in (0, 2, 4, 6, 8, 10))


def nothing(_moment: datetime) -> int:
    return 0


@pytest.mark.parametrize(
    ("rooms", "hour"), [(5, 4), (0, 0), (0, 10)], indirect=["rooms"], ids=["counted", "learnt", "learnt, at night"]
)
def test_a_source_that_falls_silent_is_an_alarm_within_a_day_and_once(rooms: Rooms, hour: int) -> None:
    """Five articles a day or more for ten days, then none."""
    last = NOW.replace(hour=hour)
    silent = last + HOUR / 2
    lived(rooms, NOW - 10 * DAY, last, six_a_day, watch=False)
    lived(rooms, last, silent, six_a_day, watch=True)
    assert rooms.store.outbox.list() == []
    lived(rooms, silent, silent + 26 * HOUR, nothing, watch=True)
    (mail,) = rooms.store.outbox.list()
    assert mail.created_at - last <= DAY and mail.recipient == "truc@x.example"
    assert "1 nguồn im lặng" in mail.subject and "Báo Ví Dụ: không có tin mới từ" in mail.text


@pytest.mark.parametrize("rooms", [5], indirect=True)
def test_another_silence_is_another_alarm(rooms: Rooms) -> None:
    lived(rooms, NOW, NOW + HOUR / 2, lambda _: 1, watch=True)
    lived(rooms, NOW + 24 * HOUR, NOW + 26 * HOUR, nothing, watch=True)
    assert len(rooms.store.outbox.list()) == 1
    lived(rooms, NOW + 26 * HOUR, NOW + 27 * HOUR, lambda _: 1, watch=True)
    lived(rooms, NOW + 51 * HOUR, NOW + 52 * HOUR, nothing, watch=True)
    assert len(rooms.store.outbox.list()) == 2


@pytest.mark.parametrize("rooms", [0], indirect=True)
def test_a_source_that_rests_at_weekends_is_no_alarm(rooms: Rooms) -> None:
    def on_working_days(moment: datetime) -> int:
        return 3 * six_a_day(moment) * (moment.weekday() < 5)

    friday = (NOW + DAY).replace(hour=10)
    lived(rooms, NOW - 17 * DAY, friday + HOUR, on_working_days, watch=False)
    lived(rooms, friday + 22 * HOUR, friday + 28 * HOUR, on_working_days, watch=True)
    lived(rooms, friday + 60 * HOUR, friday + 64 * HOUR, on_working_days, watch=True)
    assert rooms.store.outbox.list() == []


def test_the_average_counts_whole_known_days() -> None:
    assert watching.average([0] * 18 + [6] * 9 + [0]) == 6 and watching.average([6] * 7) == 0
    assert watching.average([4] * 20) == 0 and watching.average([]) == watching.average([0] * 28) == 0
    assert watching.average([9] * 13 + [0] + [9] * 7) == 0, "none a week ago either"
