"""What the dashboard says: counts of a time beside those of the time before, each with the address of its items.

The counts are store.tallies' (the words of store.figures), the comparison is reports.statistics': nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import knowledge
import store
import vietnamese
from desk import charts, filters, words
from reports import statistics

SPANS = {"7": 7, "30": 30, "90": 90}
TONES = ("negative", "neutral", "positive")
SHOWN = 10
"""lines of a table of the dashboard"""
Counts = dict[str, dict[str, dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it counts, how many, how it changed, where its items are."""

    name: str
    count: int
    change: statistics.Change
    address: str
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Overview:
    first: date
    last: date
    headline: tuple[Line, ...]
    share: statistics.Share
    """of negative items among those with a sentiment"""
    days: tuple[date, ...]
    tones: Mapping[str, Mapping[str, int]]
    columns: charts.Columns
    tables: tuple[tuple[str, tuple[Line, ...]], ...]
    provinces: tuple[Line, ...]
    waiting: int
    """days that are being counted again"""


class Reader:
    """The counts of a time, and of the time of the same length before it."""

    def __init__(self, kept: store.Store, first: date, last: date) -> None:
        self.first, self.last = first, last
        length = last - first + timedelta(days=1)
        self.now: Counts = kept.tallies.of(first, last)
        self.before: Counts = kept.tallies.of(first - length, first - timedelta(days=1))
        since = kept.tallies.first()
        self.known = since is not None and since <= first - length

    def line(self, name: str, dimension: str, label: str, **chosen: str) -> Line:
        count = total(self.now, dimension, label)
        change = statistics.change(count, total(self.before, dimension, label) if self.known else None)
        return Line(name, count, change, self.address(**chosen))

    def lines(self, dimension: str, names: Mapping[str, str], filter_: str, most: int = 100) -> tuple[Line, ...]:
        """The labels of a dimension with their names, the largest first, at most `most`."""
        counts = {one: total(self.now, dimension, one) for one in self.now.get(dimension, {})}
        first = sorted(counts, key=lambda one: (-counts[one], names.get(one, one)))[:most]
        longest = counts[first[0]] if first else 0
        lines = (self.line(names.get(one, one), dimension, one, **{filter_: one}) for one in first)
        return tuple(replace(line, width=charts.width(line.count, longest)) for line in lines)

    def address(self, **chosen: str) -> str:
        return filters.address({"tu": self.first.isoformat(), "den": self.last.isoformat(), **chosen})


def total(counts: Counts, dimension: str, label: str | None = None) -> int:
    labels = counts.get(dimension, {})
    chosen = labels.values() if label is None else [labels.get(label, {})]
    return sum(sum(days.values()) for days in chosen)


def overview(kept: store.Store, known: knowledge.Knowledge, now: datetime, days: int) -> Overview:
    """The last `days` days, today among them."""
    last = now.astimezone(vietnamese.HO_CHI_MINH).date()
    first = last - timedelta(days=days - 1)
    reader = Reader(kept, first, last)
    every = tuple(first + timedelta(days=n) for n in range(days))
    tones = {tone: reader.now.get("sentiment", {}).get(tone, {}) for tone in TONES}
    return Overview(
        first, last, headline(reader), share(reader), every, tones, charts.columns(every, tones, TONES),
        tables(reader, known), reader.lines("province", {}, "tinh"), kept.tallies.waiting(),
    )  # fmt: skip


def headline(reader: Reader) -> tuple[Line, ...]:
    """The figures at the head of the page."""
    return (
        reader.line("tin liên quan", "all", "all"),
        reader.line("tiêu cực", "sentiment", "negative", sac_thai="negative"),
        sum_line(reader, "phản ánh, kiến nghị", "feedback", phan_anh="any"),
        sum_line(reader, "khả năng vi phạm, mọi trạng thái", "flag", xem="vi_pham"),
        reader.line("cần đính chính", "correction", "contradicted", xem="dinh_chinh"),
    )


def sum_line(reader: Reader, name: str, dimension: str, **chosen: str) -> Line:
    """All labels of a dimension together (an item has one of them)."""
    count = total(reader.now, dimension)
    before = total(reader.before, dimension) if reader.known else None
    return Line(name, count, statistics.change(count, before), reader.address(**chosen))


def share(reader: Reader) -> statistics.Share:
    return statistics.share(total(reader.now, "sentiment", "negative"), total(reader.now, "sentiment"))


def tables(reader: Reader, known: knowledge.Knowledge) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    topics = {label: words.topic(known, label) for label in reader.now.get("topics", {})}
    return (
        ("Chủ đề", reader.lines("topics", topics, "chu_de", SHOWN)),
        ("Cơ quan báo chí, trang", reader.lines("outlet", {}, "co_quan", SHOWN)),
        ("Phản ánh, kiến nghị", reader.lines("feedback", words.FEEDBACK, "phan_anh")),
        ("Đối tượng bị phê phán", reader.lines("target", words.TARGET, "doi_tuong")),
        ("Loại nguồn", reader.lines("kind", words.KIND, "loai")),
    )
