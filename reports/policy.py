"""Part VII: the carrying out of the two laws in the press, and the campaign messages: by outlet, province, week, channel."""

from __future__ import annotations

from knowledge import Knowledge
from reports import labels
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line
from reports.spoken import tracked
from reports.statistics import share

LAWS = {
    "Luật Bảo hiểm xã hội số 41/2024/QH15": (
        "bhxh_mot_lan", "mua_ban_so", "cham_tron_dong", "luong_huu", "tuoi_nghi_huu", "bhxh_tu_nguyen", "tro_cap_huu_tri_xa_hoi",
        "thai_san", "om_dau_nghi_huong", "quy_bhxh", "chu_ho_kinh_doanh", "muc_dong_bat_buoc",
    ),
    "Luật số 51/2024/QH15 sửa đổi Luật Bảo hiểm y tế": (
        "bhyt_kcb", "bhyt_thieu_thuoc", "bhyt_muc_dong", "bhyt_the_thu_tuc",
    ),
}  # fmt: skip
"""law -> the topics of knowledge/topics.toml that are its subject"""
LINES = 8
CAMPAIGN_MONTH = 5


def policy(counts: Counts, knowledge: Knowledge) -> Part:
    """VII. Thực hiện hai luật và thông điệp truyền thông."""
    blocks: list[Block] = [_laws(counts)]
    if "message" not in counts.figures.carried:
        blocks.append(Paragraph("Thông điệp truyền thông: không đủ dữ liệu."))
    elif not counts.number("message"):
        text = f"Trong {counts.period} không tin, bài nào nêu nguyên văn hoặc gần nguyên văn các thông điệp truyền thông đang theo dõi."
        blocks.append(Paragraph(text, ("message/all",)))
    else:
        blocks += [_said(counts), _messages(counts, knowledge), *_where(counts), *_weeks(counts)]
    blocks += [*_campaign(counts), _channels(counts)]
    return Part("VII. THỰC HIỆN LUẬT 41/2024, LUẬT 51/2024 VÀ THÔNG ĐIỆP TRUYỀN THÔNG", tuple(blocks), "chinh-sach")


def _laws(counts: Counts) -> Table:
    rows = []
    for law, topics in LAWS.items():
        keys = {key for topic in topics for key in counts.keys("topic", topic)}
        tones = (len(keys & set(counts.keys("sentiment", label))) for label in labels.SENTIMENT)
        asked = len(keys & set(counts.keys("reply")))
        rows.append((law, count(len(keys)), *(count(n) for n in tones), count(asked)))
    return Table(
        caption="Tin, bài về nội dung của hai luật (theo chủ đề chính)",
        header=("Luật", "Số tin", *(name.capitalize() for name in labels.SENTIMENT.values()), "Phản ánh, kiến nghị"),
        rows=tuple(rows),
        widths=(58, 18, 20, 22, 20, 22),
        numbers=(1, 2, 3, 4, 5),
        figures=tuple(f"topic/{topic}" for topics in LAWS.values() for topic in topics),
    )


def _said(counts: Counts) -> Paragraph:
    told = share(
        counts.number("message"),
        counts.number("all"),
        counts.worth(set(counts.keys("message")), set(counts.keys("all"))),
    )
    exact, reach = counts.number("message_exact"), _reach(counts, set(counts.keys("message")))
    return Paragraph(
        f"{count(told.part)} trên {count(told.whole)} tin, bài nêu một thông điệp truyền thông ({told.sure_text}), trong đó"
        f" {count(exact)} tin nguyên văn; tại {count(len(_labels(counts, 'outlet')))} cơ quan, {reach}.",
        ("message/all", "message_exact/all", "all/all"),
    )  # fmt: skip


def _reach(counts: Counts, keys: set[str]) -> str:
    stated = [item.reach for item in counts.figures.items if item.key in keys and item.reach is not None]
    if not stated:
        return "không nguồn nào nêu số lượt xem"
    return f"{count(sum(stated))} lượt xem, tương tác ở {count(len(stated))} tin có nêu"


def _messages(counts: Counts, knowledge: Knowledge) -> Table:
    texts = {one.id: one.text for one in tracked(knowledge)}
    rows = []
    for id_, number in counts.ranked("message")[:LINES]:
        change = counts.change("message", id_)
        before = "–" if change.before is None else count(change.before)
        outlets = len({item.outlet for item in counts.figures.items if item.key in set(counts.keys("message", id_))})
        exact = count(counts.number("message_exact", id_))
        rows.append((line(texts.get(id_, id_), 130), count(number), exact, before, count(outlets)))
    return Table(
        caption="Thông điệp truyền thông trong tin, bài",
        header=("Thông điệp", "Số tin", "Nguyên văn", f"{counts.period.capitalize()} trước", "Số cơ quan"),
        rows=tuple(rows),
        widths=(80, 18, 22, 20, 20),
        numbers=(1, 2, 3, 4),
        figures=tuple(f"message/{id_}" for id_, _ in counts.ranked("message")[:LINES]),
    )


def _labels(counts: Counts, dimension: str) -> list[tuple[str, int]]:
    told = set(counts.keys("message"))
    found = [(label, len(told & set(counts.keys(dimension, label)))) for label, _ in counts.ranked(dimension)]
    return sorted(((label, n) for label, n in found if n), key=lambda pair: (-pair[1], pair[0]))


def _where(counts: Counts) -> list[Block]:
    blocks: list[Block] = []
    for dimension, name in (("outlet", "Theo cơ quan"), ("province", "Theo địa phương được nhắc đến")):
        found = _labels(counts, dimension)[:LINES]
        if found:
            said = "; ".join(f"{line(label, 60)} {count(n)}" for label, n in found)
            blocks.append(
                Paragraph(f"{name}: {said}.", ("message/all", *(f"{dimension}/{label}" for label, _ in found)))
            )
    return blocks


def _weeks(counts: Counts) -> list[Block]:
    """Week by week, in a period longer than a week."""
    if counts.period == "tuần":
        return []
    told = set(counts.keys("message"))
    weeks = sorted(counts.figures.groups.get("week", {}))
    said = "; ".join(f"{labels.week(week)} {count(len(told & set(counts.keys('week', week))))}" for week in weeks)
    return [Paragraph(f"Theo tuần: {said}.", ("message/all", *(f"week/{week}" for week in weeks)))]


def _campaign(counts: Counts) -> list[Block]:
    """The campaign month, wherever the period touches it: May beside the rest of the period, a day."""
    days = sorted(counts.figures.groups.get("day", {}))
    inside = [day for day in days if int(day[5:7]) == CAMPAIGN_MONTH]
    if not inside:
        return []
    told, all_ = set(counts.keys("message")), set(counts.keys("all"))
    keys = {key for day in inside for key in counts.keys("day", day)}
    text = (
        f"Tháng vận động triển khai BHXH toàn dân (tháng 5): {count(len(keys))} tin, bài, trong đó"
        f" {count(len(keys & told))} tin nêu thông điệp"
    )
    rest = all_ - keys
    if rest:
        text += f"; ngoài tháng 5: {count(len(rest))} tin, {count(len(rest & told))} tin nêu thông điệp"
    return [Paragraph(f"{text}.", ("message/all", *(f"day/{day}" for day in inside)))]


def _channels(counts: Counts) -> Table:
    """The effect of each channel: how much, how many stories, which tone, how many messages, what reach is stated."""
    told, negative, positive = (
        set(counts.keys(*which)) for which in (("message",), ("sentiment", "negative"), ("sentiment", "positive"))
    )
    rows = []
    for kind, number in counts.ranked("kind"):
        keys = set(counts.keys("kind", kind))
        stated = [item.reach for item in counts.figures.items if item.key in keys and item.reach is not None]
        good, bad = share(len(keys & positive), number).text, share(len(keys & negative), number).text
        reach = count(sum(stated)) if stated else "không đủ dữ liệu"
        stories = count(counts.stories("kind", kind))
        rows.append((labels.KIND.get(kind, kind), count(number), stories, good, bad, count(len(keys & told)), reach))
    return Table(
        caption="Hiệu quả từng kênh",
        header=("Kênh", "Số tin", "Câu chuyện", "Tích cực", "Tiêu cực", "Nêu thông điệp", "Lượt xem, tương tác có nêu"),
        rows=tuple(rows),
        widths=(32, 16, 20, 24, 24, 20, 24),
        numbers=(1, 2, 5),
        figures=tuple(f"kind/{kind}" for kind, _ in counts.ranked("kind")),
    )
