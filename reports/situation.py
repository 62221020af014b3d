"""Part II: how much was said, in what tone, about whom, and how that changed; by items and by stories. And the sentences about
volume, tone and coverage that other parts say too."""

from __future__ import annotations

import vietnamese
from records import SourceLine
from reports import charts, labels, trends
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line
from reports.statistics import FEW, Share, corrected

SILENT_NAMED = 8
WIDE = 0.5
"""width of an interval beyond which a corrected share says nothing"""
SURE = "khoảng tin cậy 95%"


def figures(counts: Counts) -> Part:
    """II. Số liệu và thay đổi."""
    blocks: list[Block] = []
    if not counts.number("all"):
        blocks.append(volume(counts))
    else:
        blocks += [
            _kinds(counts),
            _table(counts),
            _tones(counts),
            *_targets(counts),
            *_peak(counts),
            charts.days(counts),
        ]
    blocks.append(coverage(counts))
    return Part("II. SỐ LIỆU VÀ THAY ĐỔI", tuple(blocks), "so-lieu")


def volume(counts: Counts) -> Paragraph:
    """How much was collected, against the period before."""
    total, outlets, period = counts.number("all"), len(counts.ranked("outlet")), counts.period
    if not total:
        return Paragraph(f"Trong {period} hệ thống không ghi nhận tin, bài nào về BHXH, BHYT, BHTN.", ("all/all",))
    told = f" thuộc {count(counts.stories())} câu chuyện" if counts.figures.items else ""
    return Paragraph(
        f"Trong {period}, hệ thống ghi nhận {count(total)} tin, bài về BHXH, BHYT, BHTN{told} từ {count(outlets)} nguồn"
        f" ({counts.said('all')}).",
        ("all/all", "outlet/all"),
    )


def sentiment(counts: Counts) -> Paragraph:
    """The tone in one sentence: raw shares, the interval of the negative one, and the negative one corrected."""
    shares = {label: counts.share("sentiment", label) for label in labels.SENTIMENT}
    enough = counts.number("sentiment") >= FEW
    parts = [f"{name} {count(shares[label].part)}" for label, name in labels.SENTIMENT.items()]
    if enough:
        said = {label: one.sure_text if label == "negative" else one.text for label, one in shares.items()}
        parts = [f"{part} ({said[label]})" for part, label in zip(parts, labels.SENTIMENT, strict=True)]
    fair = adjusted(counts).get("negative")
    more = f"; hiệu chỉnh theo sai số của máy, tiêu cực vào khoảng {fair.text} ({_sure(fair)})" if fair else ""
    return Paragraph(
        f"Về sắc thái: {', '.join(parts)}{more} (số tin tiêu cực: {counts.said('sentiment', 'negative')}).",
        tuple(f"sentiment/{label}" for label in labels.SENTIMENT),
    )


def adjusted(counts: Counts) -> dict[str, Share]:
    """The shares of the tones corrected by how often the machine is wrong about each; empty where one of them cannot be told
    to within `WIDE`: a corrected share beside two unknown ones would only mislead."""
    table, _ = errors(counts, "sentiment")
    whole, made = set(counts.keys("sentiment")), {}
    for label in labels.SENTIMENT:
        raw, worth = counts.share("sentiment", label), counts.worth(set(counts.keys("sentiment", label)), whole)
        fair = corrected(raw, *rates(table, label), worth)
        if fair is None or fair.high - fair.low > WIDE:
            return {}
        made[label] = fair
    return made


def errors(counts: Counts, task: str) -> tuple[dict[str, dict[str, int]], str]:
    """(human answer -> machine's answer -> items, where it was measured): the random sample of the analysts where it is large
    enough for every label, else what the model's card states."""
    own = counts.figures.sample.get(task, {})
    plain = {label: dict(row) for label, row in own.items()}
    if sum(sum(row.values()) for row in plain.values()) >= 200 and min(sum(r.values()) for r in plain.values()) >= 30:
        return plain, "mẫu ngẫu nhiên do người gán nhãn"
    card = counts.figures.stated.get(task, {})
    return {
        label: dict(row) for label, row in card.items()
    }, "kiểm chứng chéo trong thẻ mô hình (nhãn đối chứng do mô hình ngôn ngữ gán)"


def rates(table: dict[str, dict[str, int]], label: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """((true ones found, true ones), (others taken for them, others))."""
    row = table.get(label, {})
    others = [other for name, other in table.items() if name != label]
    false = sum(other.get(label, 0) for other in others)
    return (row.get(label, 0), sum(row.values())), (false, sum(sum(other.values()) for other in others))


def coverage(counts: Counts) -> Paragraph:
    """Which sources were silent: what the figures do not cover."""
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
    gap = missing(counts)
    lost = f" (ước thiếu khoảng {vietnamese.percent(gap, 0)} số tin thu thập thường lệ)" if gap else ""
    return Paragraph(
        f"{watched}; {count(len(silent))} nguồn không thu được tin như thường lệ: {named}."
        f" Số liệu liên quan các nguồn này có thể chưa đầy đủ{lost}."
    )


def missing(counts: Counts) -> float | None:
    """The share of what the sources usually bring that is missing: shortfalls below half of the usual, over all that is usual.
    None where nothing is known to be usual."""
    known = [(one, one.usual if one.usual is not None else one.expected) for one in counts.figures.coverage]
    usual = sum(expected for _, expected in known if expected)
    short = sum(expected - one.collected for one, expected in known if expected and one.collected < expected / 2)
    return short / usual if usual else None


def _silent(one: SourceLine) -> str:
    last = vietnamese.time_text(one.last_success) if one.last_success else ""
    return f"{line(one.outlet, 60)} ({f'đọc được lần cuối lúc {last}' if last else 'chưa đọc được lần nào'})"


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
    peak = trends.peak_day(counts) if counts.period == "tuần" else None
    if peak is None:
        return []
    day, items = peak
    return [Paragraph(f"Ngày có nhiều tin, bài nhất là {labels.day(day)} với {count(items)} tin.", (f"day/{day}",))]


def _table(counts: Counts) -> Table:
    period = counts.period.capitalize()
    rows = [
        ("Tổng số tin, bài", "all", "all"),
        *((f"Sắc thái {name}", "sentiment", label) for label, name in labels.SENTIMENT.items()),
        ("Ý kiến người dân (kể cả lời khen)", "feedback", "all"),
        ("Gợi ý khả năng vi phạm (kể cả đã bỏ cờ)", "flag", "all"),
        ("Cần đính chính", "correction", "all"),
    ]
    return Table(
        caption=f"Số liệu chung của {counts.period}, theo tin, bài và theo câu chuyện",
        header=(
            "Nội dung",
            f"{period} này" if period != "Năm" else "Năm nay",
            f"{period} trước",
            "Câu chuyện",
            "Nhận xét",
        ),
        rows=tuple((name, *_comparison(counts, dimension, label)) for name, dimension, label in rows),
        widths=(58, 15, 15, 30, 42),
        numbers=(1, 2, 3),
        figures=tuple(f"{dimension}/{label}" for _, dimension, label in rows),
    )


def _comparison(counts: Counts, dimension: str, label: str) -> tuple[str, str, str, str]:
    change = counts.change(dimension, label)
    before = "–" if change.before is None else count(change.before)
    told, earlier = counts.stories(dimension, label), counts.stories_before(dimension, label)
    stories = count(told) + (f" (trước: {count(earlier)})" if earlier is not None else "")
    return count(change.now), before, stories if counts.figures.items else "–", change.short


def _tones(counts: Counts) -> Table:
    """The tone as shares, raw and corrected, each with its interval."""
    fair, rows = adjusted(counts), []
    for label, name in labels.SENTIMENT.items():
        raw = counts.share("sentiment", label)
        more = (fair[label].text, _sure(fair[label])) if fair else ()
        rows.append((name.capitalize(), count(raw.part), raw.text, _sure(raw), *more))
    both = "theo máy và sau khi hiệu chỉnh sai số của máy"
    return Table(
        caption=f"Tỷ lệ sắc thái {both if fair else '(chưa hiệu chỉnh sai số của máy: không đủ dữ liệu)'}",
        header=("Sắc thái", "Số tin", "Tỷ lệ", SURE.capitalize(), *(("Hiệu chỉnh", SURE.capitalize()) if fair else ())),
        rows=tuple(rows),
        widths=(26, 16, 22, 38, 22, 36) if fair else (40, 30, 40, 50),
        numbers=(1, 2, 3, 4, 5) if fair else (1, 2, 3),
        figures=tuple(f"sentiment/{label}" for label in labels.SENTIMENT),
    )


def _sure(share: Share) -> str:
    _, _, sure = share.sure_text.partition("95%: ")
    return sure or "không đủ dữ liệu"
