"""Parts V and VI: the 24-hour clock of confirmed cases, and proposals that follow from the figures. Sentences only."""

from __future__ import annotations

from datetime import timedelta

import vietnamese
from knowledge import Knowledge
from records import Case, Judged
from reports import labels, trends
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Bullets, Paragraph, Part, Table, line
from reports.statistics import FEW

STATEMENT = "phat-ngon-24h"
"""id, in knowledge/deadlines.toml, of the time limit that a person starts"""


def deadlines(counts: Counts, knowledge: Knowledge) -> Part:
    """V. Xử lý, thời hạn 24 giờ."""
    cases = [(one, one.case) for one in counts.judged("flag") if one.case and one.case.impact_confirmed_at]
    handled = sum(
        counts.number("flag", status) for status in ("confirmed", "routed", "answered", "closed", "dismissed")
    )
    blocks: list[Block] = []
    if counts.number("flag"):
        blocks.append(
            Paragraph(
                f"Đã có người xác minh {count(handled)} trên {count(counts.number('flag'))} tin, bài được gợi ý.",
                tuple(f"flag/{status}" for status in labels.STATUS),
            )
        )
    limit = next((d for d in knowledge.deadlines if d.id == STATEMENT), None)
    basis = f"; {limit.legal_basis}" if limit else ""
    hours = limit.amount if limit else 24
    if cases:
        blocks += [_on_time(cases, hours, basis, counts), _case_table(cases, hours)]
    else:
        text = f"Trong tuần chưa có vụ việc nào được người có thẩm quyền xác định có tác động đến dư luận để tính thời hạn {hours} giờ phát ngôn"
        blocks.append(Paragraph(f"{text} ({basis.lstrip('; ')})." if basis else f"{text}."))
    return Part("V. XỬ LÝ, THỜI HẠN 24 GIỜ", tuple(blocks))


def proposals(counts: Counts, knowledge: Knowledge) -> Part:
    """VI. Đề xuất: each follows from a figure of this report."""
    items = [
        *_verify(counts),
        *_correct(counts),
        *_answer(counts),
        *_prepare(counts, knowledge),
        *_sources(counts),
    ]
    if not items:
        items = [Paragraph("Duy trì theo dõi thường xuyên; tuần này chưa có nội dung cần đề xuất riêng.")]
    return Part("VI. ĐỀ XUẤT", (Bullets(tuple(items)),))


def _late(case: Case, hours: int, counts: Counts) -> bool:
    assert case.impact_confirmed_at
    return (case.first_statement_at or counts.figures.as_of) > case.impact_confirmed_at + timedelta(hours=hours)


def _on_time(cases: list[tuple[Judged, Case]], hours: int, basis: str, counts: Counts) -> Paragraph:
    late = sum(_late(case, hours, counts) for _, case in cases)
    said = sum(case.first_statement_at is not None and not _late(case, hours, counts) for _, case in cases)
    running = len(cases) - late - said
    text = (
        f"Có {count(len(cases))} vụ việc đã được xác định có tác động đến dư luận (thời hạn {hours} giờ{basis}):"
        f" phát ngôn đúng hạn {count(said)}; quá hạn {count(late)}; còn trong hạn {count(running)}."
    )
    return Paragraph(text, ("flag/all",))


def _case_table(cases: list[tuple[Judged, Case]], hours: int) -> Table:
    rows = []
    for at, (one, case) in enumerate(cases, 1):
        assert case.impact_confirmed_at
        start, said = case.impact_confirmed_at, case.first_statement_at
        title = line(one.document.title, 160) or line(one.document.text, 100)
        until = vietnamese.time_text(start + timedelta(hours=hours))
        rows.append(
            (str(at), title, vietnamese.time_text(start), until, vietnamese.time_text(said) if said else "chưa")
        )
    return Table(
        caption="Vụ việc tính thời hạn phát ngôn",
        header=("TT", "Vụ việc", "Xác định tác động lúc", "Hạn", "Phát ngôn lúc"),
        rows=tuple(rows),
        widths=(10, 66, 28, 28, 28),
        figures=("flag/all",),
    )


def _verify(counts: Counts) -> list[Paragraph]:
    waiting = counts.number("flag", "new")
    text = f"Phân công người xác minh {count(waiting)} tin, bài có khả năng vi phạm chưa được xác minh."
    return [Paragraph(text, ("flag/new",))] if waiting else []


def _correct(counts: Counts) -> list[Paragraph]:
    wrong = counts.number("correction")
    text = (
        f"Chuyển đơn vị nghiệp vụ cung cấp thông tin chính thức về {count(wrong)} nội dung cần đính chính;"
        " nội dung trên kênh của Ngành do đơn vị đã đăng tự sửa."
    )
    return [Paragraph(text, ("correction/all",))] if wrong else []


def _answer(counts: Counts) -> list[Paragraph]:
    kinds = [kind for kind in labels.FEEDBACK if kind != "praise" and counts.number("feedback", kind)]
    keys = {key for kind in kinds for key in counts.keys("feedback", kind)}
    if not keys:
        return []
    places = [(place, len(keys & set(counts.keys("province", place)))) for place, _ in counts.ranked("province")]
    most = [f"{place} ({count(n)})" for place, n in sorted(places, key=lambda pair: (-pair[1], pair[0])) if n][:3]
    text = f"Chuyển {count(len(keys))} phản ánh, kiến nghị tới đơn vị có thẩm quyền trả lời"
    ids = tuple(f"feedback/{kind}" for kind in kinds)
    return [Paragraph(text + (f"; nhiều nhất ở {', '.join(most)}." if most else "."), ids)]


def _prepare(counts: Counts, knowledge: Knowledge) -> list[Paragraph]:
    negative = set(counts.keys("sentiment", "negative"))
    by_topic = [(topic, len(negative & set(counts.keys("topic", topic)))) for topic, _ in counts.ranked("topic")]
    worst = max(by_topic, key=lambda pair: pair[1], default=("", 0))
    rising = [topic for topic, change in trends.moved(counts, "topic") if change.direction == "up"]
    if worst[1] >= FEW:
        text = f"Chuẩn bị nội dung trả lời báo chí về chủ đề có nhiều tin tiêu cực nhất: {labels.topic(worst[0], knowledge)}"
        return [Paragraph(f"{text} ({count(worst[1])} tin).", (f"topic/{worst[0]}", "sentiment/negative"))]
    if rising:
        text = f"Theo dõi chủ đề đang tăng rõ rệt: {labels.topic(rising[0], knowledge)}."
        return [Paragraph(text, (f"topic/{rising[0]}",))]
    return []


def _sources(counts: Counts) -> list[Paragraph]:
    silent = sum(one.silent for one in counts.figures.coverage)
    text = f"Kiểm tra {count(silent)} nguồn không thu được tin như thường lệ trước khi dùng số liệu tuần sau."
    return [Paragraph(text)] if silent else []
