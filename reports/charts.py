"""Charts of the week as SVG and PNG: the same figures give the same bytes. Text uses the font shipped with matplotlib,
which has every Vietnamese letter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from knowledge import Knowledge
from reports import labels
from reports.counts import Counts
from reports.outline import Picture, line

COLOURS = {"negative": "#b5483a", "neutral": "#b9c3cf", "positive": "#3f8f6b"}
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.hashsalt": "lang-nghe",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
WIDTH = 6.3
"""inches: 160 mm, the text width of the page"""
TOPICS = 8


def days(counts: Counts) -> Picture:
    """Items a day, stacked by sentiment."""
    start = date.fromisoformat(min(counts.figures.groups["day"]))
    start -= timedelta(days=start.weekday())
    names = [(start + timedelta(days=n)).isoformat() for n in range(7)]
    order = ("negative", "neutral", "positive")
    values = {s: [len(_both(counts, "day", day, "sentiment", s)) for day in names] for s in order}
    with matplotlib.rc_context(STYLE):
        figure, axes = _canvas(2.1)
        bottom = [0] * 7
        for sentiment in order:
            heights = values[sentiment]
            axes.bar(
                _day_names(names), heights, 0.62, bottom, color=COLOURS[sentiment], label=labels.SENTIMENT[sentiment]
            )
            bottom = [a + b for a, b in zip(bottom, heights, strict=True)]
        for at, total in enumerate(bottom):
            axes.text(at, total, str(total), ha="center", va="bottom", fontsize=8)
        axes.set_ylabel("số tin, bài")
        axes.set_ylim(0, max(bottom) * 1.15 or 1)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncol=3, frameon=False)
        said = "; ".join(f"{labels.day(day)}: {total} tin" for day, total in zip(names, bottom, strict=True))
        return _picture("theo-ngay", "Số tin, bài theo ngày và sắc thái", f"Biểu đồ cột. {said}.", figure, ("day/all",))


def topics(counts: Counts, knowledge: Knowledge) -> Picture:
    """The main topics, this week beside the week before."""
    ranked = counts.ranked("topic")[:TOPICS]
    names = [line(labels.topic(topic, knowledge), 34) for topic, _ in ranked]
    now = [number for _, number in ranked]
    before = [counts.before("topic", topic) for topic, _ in ranked]
    with matplotlib.rc_context(STYLE):
        figure, axes = _canvas(0.8 + 0.32 * len(ranked))
        rows = list(range(len(ranked)))
        axes.barh([row - 0.18 for row in rows], now, 0.34, color="#1f4e79", label="tuần này")
        if None not in before:
            axes.barh([row + 0.2 for row in rows], [b or 0 for b in before], 0.3, color="#c3d0de", label="tuần trước")
        for row, number in zip(rows, now, strict=True):
            axes.text(number, row - 0.18, f" {number}", va="center", fontsize=8)
        axes.set_yticks(rows, names)
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        axes.set_xlabel("số tin, bài")
        axes.legend(loc="lower right", frameon=False)
        said = "; ".join(f"{name}: {number} tin" for name, number in zip(names, now, strict=True))
        ids = tuple(f"topic/{topic}" for topic, _ in ranked)
        return _picture("chu-de", "Các chủ đề được nói đến nhiều nhất", f"Biểu đồ thanh. {said}.", figure, ids)


def _both(counts: Counts, one: str, label: str, other: str, value: str) -> set[str]:
    return set(counts.keys(one, label)) & set(counts.keys(other, value))


def _day_names(names: Sequence[str]) -> list[str]:
    short = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
    return [f"{short[at]}\n{name[8:]}/{name[5:7]}" for at, name in enumerate(names)]


def _canvas(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _picture(name: str, caption: str, alt: str, figure: Figure, ids: tuple[str, ...]) -> Picture:
    svg, png = io.BytesIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(png, format="png", dpi=150, metadata={"Software": None})
    return Picture(name, caption, alt, svg.getvalue(), png.getvalue(), ids)
