"""Parts I and II of the report: how much was said, in what tone, about what, and what the figures do not cover."""

from __future__ import annotations

import vietnamese
from knowledge import Knowledge
from records import SourceLine
from reports import charts, labels, trends
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line
from reports.statistics import share

STORIES = 10
SILENT_NAMED = 12


def general(counts: Counts) -> Part:
    """I. Tình hình chung."""
    blocks: list[Block] = [volume(counts)]
    if counts.number("all"):
        blocks += [
            _kinds(counts),
            sentiment(counts),
            *_targets(counts),
            *_peak(counts),
            _table(counts),
            charts.days(counts),
        ]
    blocks.append(coverage(counts))
    return Part("I. TÌNH HÌNH CHUNG", tuple(blocks))


def topics(counts: Counts, knowledge: Knowledge) -> Part:
    """II. Chủ đề nổi bật."""
    heading = "II. CHỦ ĐỀ NỔI BẬT"
    ranked = counts.ranked("topic")
    if not ranked:
        return Part(heading, (Paragraph("Trong tuần không có chủ đề nào nổi bật.", ("topic/all",)),))
    named = [f"{labels.topic(topic, knowledge)} ({count(number)} tin)" for topic, number in ranked[:3]]
    blocks: list[Block] = [
        Paragraph(
            f"Các chủ đề được nói đến nhiều nhất: {'; '.join(named)}.",
            tuple(f"topic/{topic}" for topic, _ in ranked[:3]),
        ),
        moved(counts, knowledge),
        charts.topics(counts, knowledge),
    ]
    places = counts.ranked("province")[:5]
    if places:
        said = "; ".join(f"{place} ({count(number)} tin)" for place, number in places)
        blocks.append(Paragraph(f"Địa phương được nhắc đến nhiều: {said}.", tuple(f"province/{p}" for p, _ in places)))
    if counts.figures.stories:
        blocks.append(_stories(counts))
    return Part(heading, tuple(blocks))


def volume(counts: Counts) -> Paragraph:
    """How much was collected, against the week before."""
    total, outlets = counts.number("all"), len(counts.ranked("outlet"))
    if not total:
        return Paragraph("Trong tuần hệ thống không ghi nhận tin, bài nào về BHXH, BHYT, BHTN.", ("all/all",))
    return Paragraph(
        f"Trong tuần, hệ thống ghi nhận {count(total)} tin, bài về BHXH, BHYT, BHTN từ {count(outlets)} nguồn"
        f" ({counts.change('all').text}).",
        ("all/all", "outlet/all"),
    )


def sentiment(counts: Counts) -> Paragraph:
    """The tone, with the interval of the negative share and its change."""
    total = counts.number("sentiment")
    shares = {label: share(counts.number("sentiment", label), total) for label in labels.SENTIMENT}
    parts = [
        f"{name} {count(shares[label].part)} ({shares[label].sure_text if label == 'negative' else shares[label].text})"
        for label, name in labels.SENTIMENT.items()
    ]
    return Paragraph(
        f"Về sắc thái: {', '.join(parts)}. Số tin tiêu cực: {counts.change('sentiment', 'negative').text}.",
        tuple(f"sentiment/{label}" for label in labels.SENTIMENT),
    )


def moved(counts: Counts, knowledge: Knowledge) -> Paragraph:
    """Which topics rose or fell beyond ordinary variation."""
    if counts.before("all") is None:
        return Paragraph("Chưa có số liệu tuần trước nên chưa so sánh được chủ đề nào tăng, giảm.")
    found = trends.moved(counts, "topic")[:4]
    if not found:
        return Paragraph("So với tuần trước, không chủ đề nào thay đổi vượt quá mức dao động thông thường.")
    said = "; ".join(f"{labels.topic(topic, knowledge)}: {change.text}" for topic, change in found)
    return Paragraph(f"Thay đổi rõ rệt: {said}.", tuple(f"topic/{topic}" for topic, _ in found))


def coverage(counts: Counts) -> Paragraph:
    """Which sources were silent: what the figures above do not cover."""
    lines = counts.figures.coverage
    if not lines:
        return Paragraph("Phạm vi theo dõi: chưa có số liệu về tình trạng các nguồn.")
    silent = sorted((one for one in lines if one.silent), key=lambda one: (one.outlet, one.source))
    watched = f"Phạm vi theo dõi: {count(len(lines))} nguồn"
    if not silent:
        return Paragraph(f"{watched}; không nguồn nào im lặng bất thường.")
    more = len(silent) - SILENT_NAMED
    named = ", ".join(_silent(one) for one in silent[:SILENT_NAMED]) + (
        f" và {count(more)} nguồn khác" if more > 0 else ""
    )
    return Paragraph(
        f"{watched}; {count(len(silent))} nguồn không thu được tin như thường lệ: {named}."
        " Số liệu liên quan các nguồn này có thể chưa đầy đủ."
    )


def _silent(one: SourceLine) -> str:
    last = vietnamese.time_text(one.last_success) if one.last_success else "chưa lần nào"
    return f"{line(one.outlet, 60)} (đọc được lần cuối: {last})"


def _kinds(counts: Counts) -> Paragraph:
    parts = [f"{labels.KIND.get(kind, kind)} {count(number)}" for kind, number in counts.ranked("kind")]
    return Paragraph(
        f"Theo loại nguồn: {'; '.join(parts)}.", tuple(f"kind/{kind}" for kind, _ in counts.ranked("kind"))
    )


def _targets(counts: Counts) -> list[Block]:
    negative = set(counts.keys("sentiment", "negative"))
    blamed = [(name, len(negative & set(counts.keys("target", label)))) for label, name in labels.TARGET.items()]
    said = [f"{name} {count(number)}" for name, number in sorted(blamed, key=lambda pair: -pair[1]) if number]
    if not said:
        return []
    ids = ("sentiment/negative", *(f"target/{label}" for label in labels.TARGET))
    return [Paragraph(f"Trong số tin tiêu cực, đối tượng bị phê phán: {'; '.join(said)}.", ids)]


def _peak(counts: Counts) -> list[Block]:
    peak = trends.peak_day(counts)
    if peak is None:
        return []
    day, items = peak
    return [Paragraph(f"Ngày có nhiều tin, bài nhất là {labels.day(day)} với {count(items)} tin.", (f"day/{day}",))]


def _table(counts: Counts) -> Table:
    rows = [
        ("Tổng số tin, bài", "all", "all"),
        *((f"Sắc thái {name}", "sentiment", label) for label, name in labels.SENTIMENT.items()),
        ("Phản ánh, kiến nghị của người dân", "feedback", "all"),
        ("Gợi ý khả năng vi phạm (kể cả đã bỏ cờ)", "flag", "all"),
        ("Cần đính chính", "correction", "all"),
    ]
    return Table(
        caption="Số liệu chung của tuần",
        header=("Nội dung", "Tuần này", "Tuần trước", "Nhận xét"),
        rows=tuple((name, *_comparison(counts, dimension, label)) for name, dimension, label in rows),
        widths=(56, 20, 22, 62),
        numbers=(1, 2),
        figures=tuple(f"{dimension}/{label}" for _, dimension, label in rows),
    )


def _comparison(counts: Counts, dimension: str, label: str) -> tuple[str, str, str]:
    change = counts.change(dimension, label)
    before = "–" if change.before is None else count(change.before)
    return count(change.now), before, change.short


def _stories(counts: Counts) -> Table:
    ordered = sorted(counts.figures.stories, key=lambda story: (-len(story.keys), -story.outlets, story.story))
    rows = tuple(
        (
            str(at),
            f"{line(story.headline)} ({line(story.outlet, 60)})",
            count(len(story.keys)),
            count(story.outlets),
            " / ".join(str(story.sentiment.get(label, 0)) for label in labels.SENTIMENT),
        )
        for at, story in enumerate(ordered[:STORIES], 1)
    )
    return Table(
        caption="Các câu chuyện được đăng nhiều nhất",
        header=("TT", "Câu chuyện (nguồn đăng đầu tiên)", "Số bài", "Số nguồn", "Tích cực / trung tính / tiêu cực"),
        rows=rows,
        widths=(10, 88, 16, 18, 28),
        numbers=(2, 3),
        figures=tuple(f"story/{story.story}" for story in ordered[:STORIES]),
    )
