"""Charts of the report as SVG and PNG: the same figures give the same bytes. Few and plain: bars told apart by hatching as
well as colour, so that a black-and-white print says the same; several small axes instead of one crowded one. Text uses the
font shipped with matplotlib, which has every Vietnamese letter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from textwrap import fill
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import vietnamese
from knowledge import Knowledge
from reports import labels
from reports.counts import Counts
from reports.forecast import SURE, Forecast
from reports.outline import Picture

LOOKS: dict[str, dict[str, Any]] = {
    "negative": {"color": "#8c3b2f", "hatch": ""},
    "neutral": {"color": "#d9dde2", "hatch": ""},
    "positive": {"color": "#6fa58b", "hatch": "////"},
}
DARK, PALE = "#1f4e79", "#c3d0de"
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.hashsalt": "lang-nghe",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}
WIDTH = 6.3
"""inches: 160 mm, the text width of the page"""
TOPICS, SMALL, WEEKS = 6, 6, 26
SOURCE = "Nguồn: Lắng Nghe"


def days(counts: Counts) -> Picture:
    """Items a day, stacked by sentiment; a period longer than a month by the week."""
    names, dimension = _columns(counts)
    order = ("negative", "neutral", "positive")
    values = {s: [len(_both(counts, dimension, name, "sentiment", s)) for name in names] for s in order}
    whole = [counts.number(dimension, name) for name in names]
    with matplotlib.rc_context(STYLE):
        figure, axes = _canvas(2.2)
        bottom, rows = [0] * len(names), list(range(len(names)))
        for sentiment in order:
            look = {**LOOKS[sentiment], "edgecolor": "#333333", "linewidth": 0.5, "label": labels.SENTIMENT[sentiment]}
            axes.bar(rows, values[sentiment], 0.62, bottom, **look)
            bottom = [a + b for a, b in zip(bottom, values[sentiment], strict=True)]
        if len(names) <= 14:
            for at, total in enumerate(bottom):
                axes.text(at, total, str(whole[at]), ha="center", va="bottom", fontsize=8)
        every = -(-len(names) // 12)
        axes.set_xticks(rows[::every], [_column(name) for name in names[::every]])
        axes.set_ylabel("số tin, bài")
        axes.set_ylim(0, max(bottom) * 1.15 or 1)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncol=3, frameon=False)
        said = "; ".join(f"{_said(name)}: {total} tin" for name, total in zip(names, whole, strict=True))
        unit = "ngày" if dimension == "day" else "tuần"
        caption = f"Số tin, bài theo {unit} và sắc thái. {SOURCE}"
        return _picture("theo-ngay", caption, f"Biểu đồ cột. {said}.", figure, (f"{dimension}/all",))


def _columns(counts: Counts) -> tuple[list[str], str]:
    first = counts.figures.start.astimezone(vietnamese.HO_CHI_MINH).date()
    length = (counts.figures.end - counts.figures.start).days
    if length <= 31:
        return [(first + timedelta(days=n)).isoformat() for n in range(length)], "day"
    return sorted(counts.figures.groups.get("week", {})), "week"


def _column(name: str) -> str:
    if "-W" in name:
        return name.partition("-W")[2]
    short = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
    return f"{short[date.fromisoformat(name).weekday()]}\n{name[8:]}/{name[5:7]}"


def _said(name: str) -> str:
    return labels.week(name) if "-W" in name else labels.day(name)


def topics(counts: Counts, knowledge: Knowledge) -> Picture:
    """The main topics beside the period before."""
    ranked = counts.topics()[:TOPICS]
    names = [fill(labels.topic(topic, knowledge), 36) for topic, _ in ranked]
    now = [number for _, number in ranked]
    before = [counts.before("topic", topic) for topic, _ in ranked]
    with matplotlib.rc_context(STYLE):
        figure, axes = _canvas(0.85 + 0.3 * len(ranked))
        rows = list(range(len(ranked)))
        this = f"{counts.period} này" if counts.period != "năm" else "năm nay"
        axes.barh([row - 0.18 for row in rows], now, 0.34, color=DARK, label=this)
        if None not in before:
            look: dict[str, Any] = {"color": PALE, "hatch": "////", "edgecolor": "#333333", "linewidth": 0.4}
            axes.barh(
                [row + 0.2 for row in rows], [b or 0 for b in before], 0.3, label=f"{counts.period} trước", **look
            )
        for row, number in zip(rows, now, strict=True):
            axes.text(number, row - 0.18, f" {number}", va="center", fontsize=8)
        axes.set_yticks(rows, names, fontsize=8)
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        axes.set_xlabel("số tin, bài")
        axes.set_xlim(0, max([*now, *(b or 0 for b in before)], default=1) * 1.08 or 1)
        figure.legend(loc="outside lower center", ncol=2, frameon=False)
        said = "; ".join(f"{labels.topic(topic, knowledge)}: {number} tin" for topic, number in ranked)
        ids = tuple(f"topic/{topic}" for topic, _ in ranked)
        caption = f"Các chủ đề được nói đến nhiều nhất. {SOURCE}"
        return _picture("chu-de", caption, f"Biểu đồ thanh. {said}.", figure, ids)


def small(counts: Counts, knowledge: Knowledge) -> Picture | None:
    """The main topics week by week, one small chart each on one scale; None where fewer than four weeks are known."""
    weeks = counts.figures.history[-WEEKS:]
    ranked = [topic for topic, _ in counts.topics()[:SMALL]]
    if len(weeks) < 4 or not ranked:
        return None
    series = {topic: [week.counts.get("topic", {}).get(topic, 0) for week in weeks] for topic in ranked}
    top = max(max(values) for values in series.values()) or 1
    with matplotlib.rc_context(STYLE):
        rows = -(-len(ranked) // 3)
        figure = Figure(figsize=(WIDTH, 0.3 + 1.1 * rows), layout="constrained")
        FigureCanvasAgg(figure)
        for at, topic in enumerate(ranked):
            axes = figure.add_subplot(rows, 3, at + 1)
            axes.plot(range(len(weeks)), series[topic], color=DARK, linewidth=1.2)
            axes.plot([len(weeks) - 1], [series[topic][-1]], "o", color=DARK, markersize=3.5)
            axes.set_title(fill(labels.topic(topic, knowledge), 30), fontsize=7, loc="left")
            axes.set_ylim(0, top * 1.1)
            axes.tick_params(labelsize=7)
            axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=3))
            axes.set_xticks([0, len(weeks) - 1], [_column(weeks[0].week), _column(weeks[-1].week)])
        first, last = labels.week(weeks[0].week), labels.week(weeks[-1].week)
        said = "; ".join(f"{labels.topic(topic, knowledge)}: {series[topic][-1]} tin ở {last}" for topic in ranked)
        caption = f"Số tin, bài mỗi tuần của các chủ đề chính, từ {first} đến {last}, cùng một thang. {SOURCE}"
        ids = tuple(f"topic/{topic}" for topic in ranked)
        return _picture("chu-de-theo-tuan", caption, f"Biểu đồ đường. {said}.", figure, ids)


def outlook(counts: Counts, made: Forecast) -> Picture:
    """The weeks behind and the forecast with its interval."""
    weeks = counts.figures.history[-WEEKS:]
    past = [week.counts.get("all", {}).get("all", 0) for week in weeks]
    ahead = [len(past) + n for n in range(len(made.steps))]
    with matplotlib.rc_context(STYLE):
        figure, axes = _canvas(2.1)
        axes.plot(range(len(past)), past, color=DARK, linewidth=1.3, label="đã ghi nhận")
        low, high = [step.low for step in made.steps], [step.high for step in made.steps]
        look: dict[str, Any] = {"facecolor": PALE, "hatch": "////", "edgecolor": "#666666", "linewidth": 0.4}
        axes.fill_between(ahead, low, high, label=f"khoảng dự báo {SURE:.0%}", **look)
        axes.plot(ahead, [step.level for step in made.steps], "--", color="#333333", linewidth=1.2, label="dự báo")
        every = max(1, len(past) // 9)
        axes.set_xticks(range(0, len(past), every), [_column(week.week) for week in weeks[::every]])
        axes.set_xlabel("tuần")
        axes.set_ylabel("số tin, bài")
        axes.set_ylim(0, max([*past, *high]) * 1.15 or 1)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.26), ncol=3, frameon=False)
        said = "; ".join(f"tuần thứ {n}: {step.low:.0f} đến {step.high:.0f}" for n, step in enumerate(made.steps, 1))
        caption = f"Số tin, bài mỗi tuần và dự báo bốn tuần tới. {SOURCE}"
        return _picture("du-bao", caption, f"Biểu đồ đường. Khoảng dự báo số tin: {said}.", figure, ("all/all",))


def _both(counts: Counts, one: str, label: str, other: str, value: str) -> set[str]:
    return set(counts.keys(one, label)) & set(counts.keys(other, value))


def _canvas(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _picture(name: str, caption: str, alt: str, figure: Figure, ids: Sequence[str]) -> Picture:
    svg, png = io.BytesIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(png, format="png", dpi=200, metadata={"Software": None})
    return Picture(name, caption, alt, svg.getvalue(), png.getvalue(), tuple(ids))
