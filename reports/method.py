"""The appendix: how the figures came to be, what they do not cover, how often the machine is wrong, what changed since the
report before, and the list of items."""

from __future__ import annotations

from datetime import timedelta

import vietnamese
from knowledge import Knowledge
from records import SourceLine
from reports import labels, situation
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line
from reports.statistics import MEASURED, share

ITEMS, SOURCES, REVISED = 60, 25, 8
UNWATCHED = (
    "Không theo dõi: nhóm kín trên Facebook, TikTok, tin nhắn và nhóm Zalo, Lotus (không có giao diện chính thức cho đọc, hoặc là"
    " trao đổi riêng tư). Số liệu mạng xã hội vì vậy chỉ gồm các trang, kênh, diễn đàn công khai trong danh sách nguồn."
)
"""what no source of the product can see: docs/sources.md says why"""
TASKS = {
    "relevance": "Liên quan",
    "sentiment": "Sắc thái",
    "target": "Đối tượng bị phê phán",
    "feedback": "Phản ánh, kiến nghị",
}


def appendix(counts: Counts, knowledge: Knowledge) -> tuple[Part, ...]:
    """Method, coverage, errors, revisions, items."""
    return (
        Part("1. Cách lập số liệu", (_method(counts, knowledge), *_revised(counts))),
        Part("2. Phạm vi thu thập", _coverage(counts)),
        Part("3. Sai số của máy phân loại", _errors(counts)),
        Part("4. Danh sách tin, bài", _items(counts)),
    )


def _method(counts: Counts, knowledge: Knowledge) -> Paragraph:
    figures = counts.figures
    models = ", ".join(line(model, 60) for model in figures.models) or "chưa ghi"
    return Paragraph(
        f"Số liệu lấy lúc {vietnamese.time_text(figures.as_of)}, gồm {count(counts.number('all'))} tin, bài được xếp là liên quan"
        f" đến BHXH, BHYT, BHTN và đăng {_period(counts)}; nhãn của người được dùng thay nhãn của máy khi có. Mô hình: {models};"
        f" dữ liệu nền: {knowledge.version}. Khoảng tin cậy 95% tính theo Wilson, coi các bài của một câu chuyện là phụ thuộc nhau."
        " So sánh hai kỳ dùng kiểm định quasi-Poisson, có tính độ phân tán của số đếm qua các tuần, ngưỡng 1%."
        " Tỷ lệ hiệu chỉnh theo Rogan-Gladen, khoảng theo Lang-Reiczigel. Tin chỉ đưa tin hoặc bác bỏ một hành vi, sai sót không có"
        " dấu hiệu cố ý, phê bình, kiến nghị đều không tính là vi phạm."
    )


def _period(counts: Counts) -> str:
    last = counts.figures.end - timedelta(seconds=1)
    return f"từ ngày {vietnamese.date_text(counts.figures.start)} đến ngày {vietnamese.date_text(last)}"


def _revised(counts: Counts) -> list[Block]:
    """What became of the figures of the report before this one."""
    changed = counts.figures.revised
    if not changed:
        return []
    said = "; ".join(f"{_named(one.figure)} {count(one.issued)} → {count(one.now)}" for one in changed[:REVISED])
    more = f" và {count(len(changed) - REVISED)} số liệu khác" if len(changed) > REVISED else ""
    text = (
        f"Điều chỉnh số liệu của báo cáo {counts.period} trước: {said}{more} (số đã phát hành → số tính lại, do tin đến muộn, nhãn"
        " được sửa hoặc tin bị gỡ). Báo cáo đã phát hành giữ nguyên."
    )
    return [Paragraph(text)]


def _named(figure: str) -> str:
    known = {
        "all/all": "tổng số tin, bài", "feedback/all": "phản ánh, kiến nghị", "flag/all": "gợi ý khả năng vi phạm",
        "correction/all": "cần đính chính", **{f"sentiment/{key}": f"tin {name}" for key, name in labels.SENTIMENT.items()},
    }  # fmt: skip
    return known.get(figure, figure)


def _coverage(counts: Counts) -> tuple[Block, ...]:
    lines = counts.figures.coverage
    if not lines:
        return situation.coverage(counts), Paragraph(UNWATCHED)
    late, all_ = sum(one.late for one in lines), sum(one.collected for one in lines)
    failing = [one for one in lines if one.polls and one.errors == one.polls]
    gap = situation.missing(counts)
    lost = "không đủ dữ liệu" if gap is None else vietnamese.percent(gap, 1)
    text = (
        f"{count(len(lines))} nguồn; im lặng {count(sum(one.silent for one in lines))}; bị chặn hoặc lỗi ở mọi lần đọc"
        f" {count(len(failing))}; tin đến muộn hơn 24 giờ {count(late)} trên {count(all_)}; tỷ lệ ước thiếu: {lost}"
        " (so với mức thường lệ của tám kỳ trước, hoặc mức tối thiểu khai báo)."
    )
    odd = [one for one in lines if one.silent or one in failing or one.late or _short(one)]
    odd.sort(key=lambda one: (not one.silent, one.outlet, one.source))
    if not odd:
        return Paragraph(text), Paragraph(UNWATCHED)
    rows = tuple(_source(one) for one in odd[:SOURCES])
    table = Table(
        caption="Nguồn im lặng, lỗi, đến muộn hoặc thu được ít hơn thường lệ" + _cut(len(odd), SOURCES),
        header=("Nguồn", "Thu được", "Thường lệ", "Đến muộn", "Lần đọc lỗi", "Tình trạng"),
        rows=rows,
        widths=(56, 18, 20, 18, 22, 26),
        numbers=(1, 2, 3, 4),
    )
    return Paragraph(text), Paragraph(UNWATCHED), table


def _short(one: SourceLine) -> bool:
    expected = one.usual if one.usual is not None else one.expected
    return bool(expected) and one.collected < (expected or 0) / 2


def _source(one: SourceLine) -> tuple[str, ...]:
    usual = one.usual if one.usual is not None else one.expected
    state = (
        "im lặng"
        if one.silent
        else "bị chặn, lỗi"
        if one.polls and one.errors == one.polls
        else "thiếu"
        if _short(one)
        else "đến muộn"
    )
    polls = f"{count(one.errors)}/{count(one.polls)}" if one.polls else "–"
    return line(one.outlet, 60), count(one.collected), "–" if usual is None else count(round(usual)), count(one.late), polls, state  # fmt: skip


def _errors(counts: Counts) -> tuple[Block, ...]:
    rows = []
    for task, name in TASKS.items():
        table, where = situation.errors(counts, task)
        whole = sum(sum(row.values()) for row in table.values())
        if whole < MEASURED:
            continue
        right = share(sum(row.get(label, 0) for label, row in table.items()), whole)
        rows.append((name, count(whole), *right.sure_text.split("; khoảng tin cậy 95%: "), where))
    if not rows:
        text = (
            f"Không đủ dữ liệu: cần ít nhất {MEASURED} tin của mẫu ngẫu nhiên do người gán nhãn, hoặc số liệu của thẻ mô hình."
            " Vì vậy tỷ lệ không được hiệu chỉnh."
        )
        return (Paragraph(text),)
    one = {row[-1] for row in rows}
    where, cut = (f", đo trên {one.pop()}", -1) if len(one) == 1 else ("", None)  # said once where it holds for all
    table_ = Table(
        caption=f"Tỷ lệ máy phân loại đúng{where}",
        header=("Việc", "Cỡ mẫu", "Đúng", "Khoảng tin cậy 95%", "Đo trên")[:cut],
        rows=tuple(row[:cut] for row in rows),
        widths=(50, 30, 30, 50) if cut else (42, 18, 20, 30, 50),
        numbers=(1, 2, 3),
    )
    text = "Phân loại do máy gợi ý. Hiệu chỉnh giả định máy sai với tỷ lệ như lúc đo; khi báo chí đổi cách viết, giả định này có thể không còn đúng."
    return table_, Paragraph(text)


def _items(counts: Counts) -> tuple[Block, ...]:
    items = sorted(counts.figures.items, key=lambda item: (item.at, item.key))
    if not items:
        return (Paragraph("Không có tin, bài nào." if not counts.number("all") else "Xem tệp số liệu kèm theo."),)
    held = set(counts.keys("flag"))
    rows = []
    for at, item in enumerate(items[:ITEMS], 1):
        open_ = item.kind in ("press", "official")
        title = line(item.title, 140) if open_ and item.key not in held else ""
        said = title or ("(đang xác minh, xem mục IV)" if item.key in held else "(không nêu nội dung)")
        where = line(item.outlet, 40) if open_ else labels.KIND.get(item.kind, item.kind)
        rows.append((str(at), said, where, vietnamese.date_text(item.at)))
    table = Table(
        caption="Tin, bài của kỳ báo cáo" + _cut(len(items), ITEMS),
        header=("TT", "Tiêu đề", "Nguồn", "Ngày đăng"),
        rows=tuple(rows),
        widths=(12, 90, 34, 24),
        figures=("all/all",),
    )
    return (table,)


def _cut(number: int, most: int) -> str:
    return f" ({count(most)} trong {count(number)}; đầy đủ trong tệp số liệu kèm theo)" if number > most else ""
