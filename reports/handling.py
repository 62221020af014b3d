"""Parts VI and IX: the time limits and the indicators; and proposals drafted for the signatory, each from a figure."""

from __future__ import annotations

from datetime import timedelta

import vietnamese
from knowledge import Knowledge
from records import Case
from reports import clocks, indicators, labels, situation, trends
from reports.counts import Counts
from reports.findings import code
from reports.labels import count
from reports.outline import Block, Bullets, Paragraph, Part, Table, line
from reports.outlook import Outlook, name
from reports.statistics import FEW

OUTCOME = {"in_time": "đúng hạn", "late": "quá hạn", "running": "còn trong hạn"}


def deadlines(counts: Counts, knowledge: Knowledge) -> Part:
    """VI. Thời hạn và chỉ số."""
    blocks: list[Block] = [*_verified(counts), _on_time(counts, knowledge)]
    if counts.figures.cases:
        blocks.append(_case_table(counts, knowledge))
    blocks += [_unknown(counts), _indicators(counts, knowledge)]
    return Part("VI. THỜI HẠN PHÁT NGÔN, CẢI CHÍNH, TRẢ LỜI VÀ CÁC CHỈ SỐ", tuple(blocks), "thoi-han")


def _verified(counts: Counts) -> list[Block]:
    if not counts.number("flag"):
        return []
    handled = sum(
        counts.number("flag", status) for status in ("confirmed", "routed", "answered", "closed", "dismissed")
    )
    text = f"Đã có người xác minh {count(handled)} trên {count(counts.number('flag'))} tin, bài được gợi ý."
    return [Paragraph(text, tuple(f"flag/{status}" for status in labels.STATUS))]


def _on_time(counts: Counts, knowledge: Knowledge) -> Paragraph:
    hours = clocks.hours(knowledge)
    limit = next((d for d in knowledge.deadlines if d.id == clocks.STATEMENT), None)
    basis = f"; {limit.legal_basis}" if limit else ""
    if not counts.figures.cases:
        return Paragraph(
            f"Trong {counts.period} chưa có vụ việc nào được người có thẩm quyền xác định có tác động đến dư luận để tính"
            f" thời hạn {hours} giờ phát ngôn{f' ({basis[2:]})' if basis else ''}."
        )
    outcomes = [clocks.outcome(case, hours, counts.figures.as_of) for case in counts.figures.cases]
    said = "; ".join(f"{name} {count(outcomes.count(key))}" for key, name in OUTCOME.items())
    return Paragraph(
        f"Có {count(len(outcomes))} vụ việc được xác định có tác động đến dư luận (thời hạn {hours}"
        f" giờ{basis}): phát ngôn {said}.",
        ("impact/confirmed", *(f"impact/{key}" for key in OUTCOME)),
    )


def _case_table(counts: Counts, knowledge: Knowledge) -> Table:
    hours = clocks.hours(knowledge)
    rows = tuple(_case(at, case, hours, counts) for at, case in enumerate(counts.figures.cases[:20], 1))
    return Table(
        caption="Vụ việc tính thời hạn phát ngôn",
        header=("TT", "Mã tin trên bàn làm việc", "Xác định tác động lúc", "Hạn", "Phát ngôn lúc", "Kết quả"),
        rows=rows,
        widths=(10, 40, 30, 28, 28, 24),
        figures=("impact/confirmed",),
    )


def _case(at: int, case: Case, hours: int, counts: Counts) -> tuple[str, ...]:
    assert case.impact_confirmed_at
    start, said = case.impact_confirmed_at, case.first_statement_at
    until = vietnamese.time_text(start + timedelta(hours=hours))
    result = OUTCOME[clocks.outcome(case, hours, counts.figures.as_of)]
    told = vietnamese.time_text(said) if said else "chưa"
    return str(at), code(case.document), vietnamese.time_text(start), until, told, result


def _unknown(counts: Counts) -> Paragraph:
    """What is not recorded is not kept silent about."""
    named = {"press_request": "đề nghị của báo chí", "rebuttal": "văn bản phản hồi, yêu cầu cải chính"}
    missing = [name for dimension, name in named.items() if dimension not in counts.figures.carried]
    if missing:
        return Paragraph(
            f"Thời hạn đối với {', '.join(missing)}: không đủ dữ liệu, hệ thống chưa ghi nhận các việc này."
        )
    asked = ", ".join(f"{name} {count(counts.number(dimension))}" for dimension, name in named.items())
    return Paragraph(f"Đã ghi nhận trong {counts.period}: {asked}.", tuple(f"{dimension}/all" for dimension in named))


def _indicators(counts: Counts, knowledge: Knowledge) -> Table:
    values = indicators.values(counts, knowledge)
    rows = []
    for one in values:
        target = "–" if one.measure.target is None else f"{vietnamese.number_text(one.measure.target)}%"
        if one.met is not None:
            target += " (đạt)" if one.met else " (chưa đạt)"
        rows.append((one.measure.name, one.text, target, one.measure.document))
    carried = counts.figures.carried
    known = [id_ for one in values for id_ in one.figures if id_.split("/")[0] in carried]
    return Table(
        caption="Các chỉ số",
        header=("Chỉ số", "Giá trị", "Mục tiêu", "Văn bản"),
        rows=tuple(rows),
        widths=(56, 34, 26, 44),
        figures=tuple(dict.fromkeys(known)),
    )


def proposals(counts: Counts, knowledge: Knowledge, seen: Outlook) -> Part:
    """IX. Đề xuất: options for the signatory to choose from; each follows from a figure of this report."""
    items = [
        *_verify(counts),
        *_correct(counts),
        *_answer(counts),
        *_prepare(counts, knowledge),
        *_warn(knowledge, seen),
        *_sources(counts),
    ]
    if not items:
        items = [Paragraph(f"Duy trì theo dõi thường xuyên; {counts.period} này chưa có nội dung cần đề xuất riêng.")]
    lead = Paragraph("Các phương án sau do máy soạn từ số liệu, để người ký chọn, sửa hoặc bỏ:")
    return Part("IX. ĐỀ XUẤT", (lead, Bullets(tuple(items))), "de-xuat")


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
    keys = set(counts.keys("reply", "waiting"))
    if not keys:
        return []
    places = [(place, len(keys & set(counts.keys("province", place)))) for place, _ in counts.ranked("province")]
    most = [f"{place} ({count(n)})" for place, n in sorted(places, key=lambda pair: (-pair[1], pair[0])) if n][:3]
    text = f"Chuyển {count(len(keys))} phản ánh, kiến nghị chưa được trả lời tới đơn vị có thẩm quyền"
    return [Paragraph(text + (f"; nhiều nhất ở {', '.join(most)}." if most else "."), ("reply/waiting",))]


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


def _warn(knowledge: Knowledge, seen: Outlook) -> list[Paragraph]:
    if not seen.bursts:
        return []
    said = "; ".join(f"{name(one, knowledge)} ({count(one.count)} tin)" for one in seen.bursts[:3])
    ids = tuple(labels.figure(one) for one in seen.bursts[:3])
    return [
        Paragraph(f"Giao đơn vị nghiệp vụ xem xét, chuẩn bị thông tin về nội dung nổi lên bất thường: {said}.", ids)
    ]


def _sources(counts: Counts) -> list[Paragraph]:
    silent = [one for one in counts.figures.coverage if one.silent]
    if not silent:
        return []
    gap = situation.missing(counts)
    lost = f" (ước thiếu {vietnamese.percent(gap, 0)})" if gap else ""
    named = line(", ".join(sorted({one.outlet for one in silent})), 120)
    text = f"Kiểm tra {count(len(silent))} nguồn không thu được tin như thường lệ{lost}: {named}."
    return [Paragraph(text)]
