"""Part VIII: what may come, and what stands out: forecast with its error, bursts with when and why, shifts, rising phrases."""

from __future__ import annotations

from dataclasses import dataclass

import vietnamese
from knowledge import Knowledge
from reports import bursts, charts, forecast, labels
from reports.bursts import Burst, Shift
from reports.counts import Counts
from reports.forecast import SURE, Forecast
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line

LATELY = 12
"""weeks within which a shift of the level is told"""
SHOWN = 8
FALSELY = "chuẩn để một tuần bình thường bị báo nhầm không quá 5% số lần"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the past weeks tell; made once for all parts of a report."""

    volume: Forecast | None
    negative: Forecast | None
    bursts: tuple[Burst, ...]
    phrases: tuple[Burst, ...]
    shifts: tuple[tuple[str, Shift], ...]
    """(of what, shift)"""


def look(counts: Counts) -> Outlook:
    """Bursts and phrases only for a week: a longer period is not held against weeks."""
    weekly = counts.period == "tuần"
    all_, negative = counts.series("all"), counts.series("sentiment", "negative")
    toned = [sum(line.counts.get("sentiment", {}).values()) for line in counts.figures.history]
    weeks = [line.week for line in counts.figures.history]
    named = (("số tin, bài", all_), ("số tin tiêu cực", negative))
    found = [(what, shift) for what, series in named for shift in bursts.shifts(weeks, series)]
    return Outlook(
        forecast.forecast(all_),
        forecast.share_forecast(negative, toned),
        tuple(bursts.bursts(counts)) if weekly else (),
        tuple(bursts.rising(counts)) if weekly else (),
        tuple((what, shift) for what, shift in found if shift.week in weeks[-LATELY:]),
    )


def next_week(seen: Outlook) -> str:
    """The forecast of the next week, to begin a sentence with."""
    if seen.volume is None:
        return "chưa đủ số liệu các tuần trước để dự báo"
    step = seen.volume.steps[0]
    return f"tuần tới dự báo có từ {step.low:.0f} đến {step.high:.0f} tin, bài (khoảng {SURE:.0%})"


def outlook(counts: Counts, knowledge: Knowledge, seen: Outlook) -> Part:
    """VIII. Dự báo và cảnh báo."""
    blocks: list[Block] = []
    if seen.volume is None:
        known = len(counts.figures.history)
        text = f"Không đủ dữ liệu để dự báo: mới có {count(known)} tuần đầy đủ, cần ít nhất {2 * forecast.LEAST} tuần."
        blocks.append(Paragraph(text))
    else:
        blocks += [_steps(seen), charts.outlook(counts, seen.volume), _errors(seen)]
    blocks += _bursts(counts, knowledge, seen)
    if seen.phrases:
        said = "; ".join(
            f"“{one.label}” ({count(one.count)} tin, thường {_usual(one)})" for one in seen.phrases[:SHOWN]
        )
        blocks.append(
            Paragraph(f"Cụm từ mới nổi trong tiêu đề: {said}.", tuple(labels.figure(one) for one in seen.phrases))
        )
    for what, shift in seen.shifts:
        before, after = (vietnamese.number_text(level, 1) for level in (shift.before, shift.after))
        blocks.append(
            Paragraph(f"Từ {labels.week(shift.week)}, {what} mỗi tuần chuyển sang mức khác: {before} → {after}.")
        )
    return Part("VIII. DỰ BÁO VÀ CẢNH BÁO", tuple(blocks), "du-bao")


def name(one: Burst, knowledge: Knowledge) -> str:
    """What stands out, in words."""
    if one.dimension == "topic":
        return f"chủ đề {labels.topic(one.label, knowledge)}"
    return f"{'địa phương' if one.dimension == 'province' else 'nguồn'} {line(one.label, 60)}"


def _usual(one: Burst) -> str:
    return vietnamese.number_text(one.usual, 1)


def _steps(seen: Outlook) -> Table:
    assert seen.volume
    rows = []
    for at, step in enumerate(seen.volume.steps):
        said = ("không đủ dữ liệu", "–")
        if seen.negative:
            tone = seen.negative.steps[at]
            low, high = (vietnamese.number_text(100 * end, 0) for end in (tone.low, tone.high))
            said = vietnamese.percent(tone.level, 0), f"{low}–{high}%"
        level = vietnamese.number_text(step.level, 0)
        rows.append((f"Tuần thứ {at + 1}", level, f"{step.low:.0f}–{step.high:.0f}", *said))
    sure = f"Khoảng {SURE:.0%}"
    return Table(
        caption="Dự báo bốn tuần tới",
        header=("", "Số tin, bài", sure, "Tỷ lệ tiêu cực", sure),
        rows=tuple(rows),
        widths=(32, 30, 32, 34, 32),
        numbers=(1, 2, 3, 4),
        figures=("all/all", "sentiment/negative"),
    )


def _errors(seen: Outlook) -> Paragraph:
    """The error of every method on the past weeks, and which was used."""
    assert seen.volume
    said = "; ".join(f"{name} {vietnamese.number_text(error, 1)}" for name, error in seen.volume.errors.items())
    text = (
        f"Thử trên {count(seen.volume.tried)} tuần đã qua, sai số tuyệt đối trung bình của từng cách dự báo số tin, bài là:"
        f" {said} tin; dùng cách sai ít nhất: {seen.volume.method}."
    )
    if seen.negative:
        points = vietnamese.number_text(100 * seen.negative.errors[seen.negative.method], 1)
        text += f" Tỷ lệ tiêu cực dùng cách {seen.negative.method}, sai số {points} điểm phần trăm."
    return Paragraph(text)


def _bursts(counts: Counts, knowledge: Knowledge, seen: Outlook) -> list[Block]:
    if counts.period != "tuần":
        return []
    if len(counts.past(bursts.PAST)) < bursts.LEAST:
        return [Paragraph("Không đủ dữ liệu các tuần trước để xét chủ đề, nguồn, địa phương nổi lên bất thường.")]
    if not seen.bursts:
        text = f"Không chủ đề, nguồn hay địa phương nào nổi lên vượt mức dao động thông thường ({FALSELY})."
        return [Paragraph(text)]
    return [_burst_table(counts, knowledge, seen)]


def _burst_table(counts: Counts, knowledge: Knowledge, seen: Outlook) -> Table:
    headlines = {one.story: one.headline for one in counts.figures.stories}
    headlines |= {item.story: item.title or item.outlet for item in reversed(counts.figures.items)}
    held = {item.story for item in counts.figures.items if item.key in set(counts.keys("flag"))}
    rows = []
    for one in seen.bursts[:SHOWN]:
        days = ", ".join(f"{day[8:]}/{day[5:7]}" for day in one.days)
        why = [
            "câu chuyện đang được xác minh"
            if story in held
            else f"“{line(headlines.get(story, ''), 90)}” ({count(number)} tin)"
            for story, number in one.stories
        ]
        rows.append((name(one, knowledge), count(one.count), _usual(one), days, "; ".join(why)))
    return Table(
        caption=f"Nổi lên bất thường trong tuần ({FALSELY})",
        header=("Nội dung", "Số tin", "Thường mỗi tuần", "Tập trung ngày", "Do câu chuyện"),
        rows=tuple(rows),
        widths=(38, 14, 20, 24, 64),
        numbers=(1, 2),
        figures=tuple(labels.figure(one) for one in seen.bursts[:SHOWN]),
    )
