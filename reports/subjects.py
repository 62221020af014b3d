"""Part III: what was talked about: topics, stories, outlets, provinces, reach."""

from __future__ import annotations

from knowledge import Knowledge
from reports import charts, labels, trends
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line

STORIES, LINES = 10, 8


def subjects(counts: Counts, knowledge: Knowledge) -> Part:
    """III. Chủ đề và câu chuyện."""
    heading = "III. CHỦ ĐỀ VÀ CÂU CHUYỆN"
    if not counts.ranked("topic"):
        none = Paragraph(f"Trong {counts.period} không có chủ đề nào nổi bật.", ("topic/all",))
        return Part(heading, (none,), "chu-de")
    blocks: list[Block] = [named(counts, knowledge), moved(counts, knowledge), charts.topics(counts, knowledge)]
    series = charts.small(counts, knowledge)
    blocks += [series] if series else []
    if counts.figures.stories:
        blocks.append(_stories(counts))
    blocks.append(_outlets(counts))
    places = counts.ranked("province")[:5]
    if places:
        said = "; ".join(f"{place} ({count(number)} tin)" for place, number in places)
        blocks.append(Paragraph(f"Địa phương được nhắc đến nhiều: {said}.", tuple(f"province/{p}" for p, _ in places)))
    return Part(heading, (*blocks, _reach(counts)), "chu-de")


def named(counts: Counts, knowledge: Knowledge) -> Paragraph:
    """The main topics in one sentence."""
    ranked = counts.topics()[:3]
    said = "; ".join(f"{labels.topic(topic, knowledge)} ({count(number)} tin)" for topic, number in ranked)
    return Paragraph(f"Các chủ đề được nói đến nhiều nhất: {said}.", tuple(f"topic/{topic}" for topic, _ in ranked))


def moved(counts: Counts, knowledge: Knowledge) -> Paragraph:
    """Which topics rose or fell beyond ordinary variation."""
    if counts.before("all") is None:
        earlier = f"{counts.period} trước"
        return Paragraph(f"Chưa so sánh được với {earlier} nên chưa biết chủ đề nào tăng, giảm.")
    found = trends.moved(counts, "topic")[:4]
    if not found:
        return Paragraph(f"So với {counts.period} trước, không chủ đề nào thay đổi vượt quá mức dao động thông thường.")
    said = "; ".join(f"{labels.topic(topic, knowledge)}: {change.said(counts.period)}" for topic, change in found)
    return Paragraph(f"Thay đổi rõ rệt: {said}.", tuple(f"topic/{topic}" for topic, _ in found))


def _stories(counts: Counts) -> Table:
    ordered = sorted(counts.figures.stories, key=lambda story: (-len(story.keys), -story.outlets, story.story))
    held = set(counts.keys("flag"))
    rows = tuple(
        (
            str(at),
            "Câu chuyện có tin đang được xác minh, xem mục IV" if held & set(story.keys)
            else f"{line(story.headline)} ({line(story.outlet, 60)})",
            count(len(story.keys)),
            count(story.outlets),
            " / ".join(str(story.sentiment.get(label, 0)) for label in labels.SENTIMENT),
        )
        for at, story in enumerate(ordered[:STORIES], 1)
    )  # fmt: skip
    return Table(
        caption="Các câu chuyện được đăng nhiều nhất",
        header=("TT", "Câu chuyện (nguồn đăng đầu tiên)", "Số bài", "Số nguồn", "Tích cực / trung tính / tiêu cực"),
        rows=rows,
        widths=(10, 86, 16, 18, 30),
        numbers=(2, 3),
        figures=tuple(f"story/{story.story}" for story in ordered[:STORIES]),
    )


def _outlets(counts: Counts) -> Table:
    """The outlets that wrote most; possible violations are never counted by outlet."""
    ranked = counts.ranked("outlet")[:LINES]
    rows = []
    for outlet, number in ranked:
        keys = set(counts.keys("outlet", outlet))
        tones = " / ".join(str(len(keys & set(counts.keys("sentiment", label)))) for label in labels.SENTIMENT)
        change = counts.change("outlet", outlet)
        before = "–" if change.before is None else count(change.before)
        rows.append((line(outlet, 60), count(number), before, count(counts.stories("outlet", outlet)), tones))
    return Table(
        caption="Cơ quan báo chí, trang đăng nhiều nhất",
        header=("Cơ quan", "Số bài", f"{counts.period.capitalize()} trước", "Câu chuyện", "Tích cực / trung tính / tiêu cực"),
        rows=tuple(rows),
        widths=(58, 20, 24, 24, 34),
        numbers=(1, 2, 3),
        figures=tuple(f"outlet/{outlet}" for outlet, _ in ranked),
    )  # fmt: skip


def _reach(counts: Counts) -> Paragraph:
    """Stated engagement; never guessed where a source states none."""
    stated = [item.reach for item in counts.figures.items if item.reach is not None]
    if not stated:
        return Paragraph("Mức tiếp cận: không nguồn nào nêu số lượt xem, tương tác; không đủ dữ liệu để ước tính.")
    return Paragraph(
        f"Mức tiếp cận: {count(len(stated))} trên {count(counts.number('all'))} tin có nêu số lượt xem, tương tác,"
        f" tổng cộng {count(sum(stated))} lượt; các tin khác không nêu nên không ước tính."
    )
