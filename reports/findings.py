"""Parts IV and V: leads of possible violations by clause and status, claims to be corrected, and what citizens ask for.

`reports` and `refutes` are news about an act, never counted here; feedback is a right, never a violation. A lead is named by its
code on the desk, not by its headline or words: those may name a person, and nothing is proven yet.
"""

from __future__ import annotations

import hashlib
from datetime import date

import vietnamese
from knowledge import Basis, Knowledge
from records import Judged
from reports import labels
from reports.counts import Counts
from reports.labels import count
from reports.outline import Block, Paragraph, Part, Table, line

LISTED = 15
"""items listed of each kind; the JSON names them all"""
LOOK = "nội dung cần xem xét"


def violations(counts: Counts, knowledge: Knowledge) -> Part:
    """IV. Thông tin sai lệch và khả năng vi phạm."""
    blocks: list[Block] = [flags(counts)]
    dismissed = set(counts.keys("flag", "dismissed"))
    open_flags = [one for one in counts.judged("flag") if one.document.key not in dismissed]
    if counts.number("flag"):
        blocks.append(_matrix(counts, knowledge))
    if open_flags:
        blocks += [_flag_table(counts, open_flags, knowledge), *_law(counts, open_flags, knowledge)]
    blocks.append(corrections(counts))
    wrong = counts.judged("correction")
    if wrong:
        blocks.append(_correction_table(wrong))
    refuted = counts.number("refute")
    if refuted:
        text = f"Có {count(refuted)} tin, bài phản bác thông tin sai lệch, cảnh báo lừa đảo (tin liên quan, không phải vi phạm)."
        blocks.append(Paragraph(text, ("refute/all",)))
    return Part("IV. THÔNG TIN SAI LỆCH VÀ KHẢ NĂNG VI PHẠM", tuple(blocks), "vi-pham")


def feedback(counts: Counts, knowledge: Knowledge) -> Part:
    """V. Phản ánh, kiến nghị của người dân và việc trả lời."""
    blocks: list[Block] = [feedback_said(counts)]
    praise = set(counts.keys("feedback", "praise"))
    items = [one for one in counts.judged("feedback") if one.document.key not in praise]
    if counts.number("reply"):
        blocks.append(_replies(counts))
    if items:
        blocks.append(_feedback_table(counts, items, knowledge))
    return Part("V. PHẢN ÁNH, KIẾN NGHỊ VÀ VIỆC TRẢ LỜI", tuple(blocks), "phan-anh")


def code(key: str) -> str:
    """The id of an item on the desk: the first 16 hex digits of the SHA-256 of its key, as in the store."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def flags(counts: Counts) -> Paragraph:
    """How many leads there are and how far people have verified them."""
    total = counts.number("flag")
    if not total:
        return Paragraph(f"Trong {counts.period} hệ thống không gợi ý tin, bài nào có khả năng vi phạm.", ("flag/all",))
    parts = [f"{name} {count(counts.number('flag', status))}" for status, name in labels.STATUS.items()]
    kept = [part for part, status in zip(parts, labels.STATUS, strict=True) if counts.number("flag", status)]
    return Paragraph(
        f"Hệ thống gợi ý {count(total)} tin, bài có khả năng vi phạm, cần người xác minh: {'; '.join(kept)}"
        f" ({counts.said('flag')}). Tin, bài chỉ đưa tin hoặc bác bỏ một hành vi không tính vào số này.",
        ("flag/all", *(f"flag/{status}" for status in labels.STATUS)),
    )


def corrections(counts: Counts) -> Paragraph:
    """How many items state something that differs from the rules in force: mistakes, not violations."""
    total = counts.number("correction")
    if not total:
        return Paragraph("Không phát hiện tin, bài có thông tin cần đính chính.", ("correction/all",))
    return Paragraph(
        f"Có {count(total)} tin, bài nêu thông tin khác với quy định đang áp dụng, cần đính chính"
        f" ({counts.said('correction')}). Đây là sai sót cần làm rõ, không phải vi phạm.",
        ("correction/all",),
    )


def feedback_said(counts: Counts) -> Paragraph:
    """What citizens asked for, by kind."""
    kinds = [(kind, number) for kind, number in counts.ranked("feedback") if kind in labels.FEEDBACK]
    if not kinds:
        return Paragraph(
            f"Trong {counts.period} không ghi nhận phản ánh, kiến nghị của người dân trên các nguồn.", ("feedback/all",)
        )
    praise, asked = counts.number("feedback", "praise"), counts.number("reply")
    said = "; ".join(f"{labels.FEEDBACK[kind]} {count(number)}" for kind, number in kinds if kind != "praise")
    said = f"; trong đó {count(asked)} phản ánh, kiến nghị: {said}" if said else ""
    more = f"; lời khen {count(praise)}" if praise else ""
    return Paragraph(
        f"Ghi nhận {count(counts.number('feedback'))} ý kiến của người dân ({counts.said('feedback')}){said}{more}."
        " Đây là quyền của công dân; đề nghị chuyển đơn vị có thẩm quyền xem xét, trả lời.",
        ("feedback/all", "reply/all", *(f"feedback/{kind}" for kind, _ in kinds)),
    )


def unit(counts: Counts, key: str, knowledge: Knowledge) -> str:
    """Who can answer: the office of the one province named, else the central unit of the main topic."""
    places, topics = counts.labels_of("province", key), counts.labels_of("topic", key)
    province = knowledge.province(places[0]) if len(places) == 1 else None
    if province:
        return province.office
    units = next((known.units for known in knowledge.topics if topics and known.id == topics[0]), ())
    return knowledge.unit(units[0]).name if units else "cần xác định"


def _where(judged: Judged) -> str:
    """The outlet, or what kind of place: the name of a page of the social networks may be a person's."""
    document = judged.document
    day = vietnamese.date_text(document.published_at) if document.published_at else "không rõ ngày"
    named = document.kind in ("press", "official")
    return f"{line(document.outlet, 60) if named else labels.KIND.get(document.kind, document.kind)}, {day}"


def _title(counts: Counts, judged: Judged, knowledge: Knowledge) -> str:
    """The headline of a published article; of a post or a report only its topic: its words may name its author."""
    document = judged.document
    if document.title and document.kind in ("press", "official") and document.key not in counts.keys("flag"):
        return line(document.title, 160)
    topics = counts.labels_of("topic", document.key)
    return f"Về {labels.topic(topics[0], knowledge)}" if topics else "(không nêu nội dung)"


def _replies(counts: Counts) -> Table:
    """What became of each kind of feedback."""
    kinds = [
        (kind, number) for kind, number in counts.ranked("feedback") if kind in labels.FEEDBACK and kind != "praise"
    ]
    rows = []
    for kind, number in kinds:
        keys = set(counts.keys("feedback", kind))
        replied = (len(keys & set(counts.keys("reply", state))) for state in labels.REPLY)
        rows.append((labels.FEEDBACK[kind], count(number), *(count(n) for n in replied)))
    return Table(
        caption="Phản ánh, kiến nghị theo loại và việc trả lời",
        header=("Loại", "Số tin", *(name.capitalize() for name in labels.REPLY.values())),
        rows=tuple(rows),
        widths=(48, 20, 28, 34, 30),
        numbers=(1, 2, 3, 4),
        figures=tuple(f"feedback/{kind}" for kind, _ in kinds) + tuple(f"reply/{state}" for state in labels.REPLY),
    )


def _matrix(counts: Counts, knowledge: Knowledge) -> Table:
    """Leads by act and status; an item may stand under several acts, and every item once in the last line."""
    statuses = [status for status in labels.STATUS if counts.number("flag", status)]
    rows = []
    for clause, number in counts.ranked("clause"):
        keys = set(counts.keys("clause", clause))
        said = labels.act(clause, knowledge) if clause not in _people(knowledge) else f"{LOOK} (mã {clause})"
        by_status = (len(keys & set(counts.keys("flag", status))) for status in statuses)
        rows.append((said, *(count(n) for n in by_status), count(number)))
    totals = (count(counts.number("flag", status)) for status in statuses)
    rows.append(("Số tin, bài (mỗi tin một lần)", *totals, count(counts.number("flag"))))
    width = min(24, 96 // (len(statuses) + 1))
    return Table(
        caption="Tin, bài có khả năng vi phạm theo hành vi gợi ý và tình trạng xác minh",
        header=("Hành vi gợi ý", *(labels.STATUS[status] for status in statuses), "Tổng"),
        rows=tuple(rows),
        widths=(160 - width * (len(statuses) + 1), *(width for _ in (*statuses, "Tổng"))),
        numbers=tuple(range(1, len(statuses) + 2)),
        figures=("flag/all", *(f"clause/{clause}" for clause, _ in counts.ranked("clause"))),
    )


def _flag_table(counts: Counts, items: list[Judged], knowledge: Knowledge) -> Table:
    rows = []
    for at, one in enumerate(items[:LISTED], 1):
        key = one.document.key
        status = labels.STATUS.get(counts.labels_of("flag", key)[0], labels.STATUS["new"])
        rows.append((str(at), code(key), _where(one), _acts(counts, key, knowledge), status))
    return Table(
        caption="Tin, bài có khả năng vi phạm, cần người xác minh" + _cut(items),
        header=("TT", "Mã tin trên bàn làm việc", "Nguồn, ngày đăng", "Hành vi gợi ý", "Tình trạng"),
        rows=tuple(rows),
        widths=(10, 40, 38, 44, 28),
        figures=("flag/all",),
    )


def _people(knowledge: Knowledge) -> set[str]:
    """The clauses that only people may judge."""
    return {act.clause for act in knowledge.acts if act.human_only}


def _acts(counts: Counts, key: str, knowledge: Knowledge) -> str:
    """The acts suggested, in words; those left to people alone only as something to be looked at."""
    people = _people(knowledge)
    said = [labels.act(c, knowledge) if c not in people else LOOK for c in counts.labels_of("clause", key)]
    return "; ".join(said) or LOOK


def _law(counts: Counts, items: list[Judged], knowledge: Knowledge) -> list[Block]:
    """The legal basis, one paragraph for each version of the law that applies to the items' dates."""
    days: dict[str, date] = {}
    for one in items:
        moment = one.document.published_at or one.document.first_seen
        day = moment.astimezone(vietnamese.HO_CHI_MINH).date()
        days.setdefault(knowledge.law_on(day).id, day)
    blocks: list[Block] = []
    for version, day in sorted(days.items()):
        law = knowledge.law_version(version)
        where = f"{law.article} {law.name}" if law.article else f"{law.name} ({law.note})"
        codes = {code for one in items for code in counts.labels_of("clause", one.document.key)}
        bases = [basis for basis in knowledge.bases if codes & set(basis.clauses) and _holds(basis, day)]
        others = dict.fromkeys(f"{basis.article} {basis.name}" for basis in bases)
        text = f"Căn cứ đối với tin, bài đăng từ {vietnamese.date_text(law.valid_from)}: {where}"
        blocks.append(Paragraph(text + (f"; {'; '.join(others)}." if others else ".")))
    return blocks


def _correction_table(items: list[Judged]) -> Table:
    rows = []
    for at, one in enumerate(items[:LISTED], 1):
        claim = next((claim for claim in one.assessment.claims if claim.verdict == "contradicted"), None)
        quote, differs, basis = (claim.quote, claim.differs, claim.legal_basis) if claim else ("", "", "")
        rows.append((str(at), f"“{line(quote)}” ({_where(one)})", line(differs), line(basis)))
    return Table(
        caption="Thông tin cần đính chính" + _cut(items),
        header=("TT", "Thông tin đã đăng", "Khác với quy định", "Căn cứ"),
        rows=tuple(rows),
        widths=(10, 70, 44, 36),
        figures=("correction/all",),
    )


def _feedback_table(counts: Counts, items: list[Judged], knowledge: Knowledge) -> Table:
    rows = []
    for at, one in enumerate(items[:LISTED], 1):
        key = one.document.key
        kinds = ", ".join(labels.FEEDBACK.get(kind, kind) for kind in counts.labels_of("feedback", key))
        rows.append((str(at), _title(counts, one, knowledge), _where(one), kinds, unit(counts, key, knowledge)))
    return Table(
        caption=f"Phản ánh, kiến nghị trong {counts.period}" + _cut(items),
        header=("TT", "Nội dung", "Nguồn, ngày đăng", "Loại", "Đơn vị có thể trả lời"),
        rows=tuple(rows),
        widths=(10, 60, 32, 22, 36),
        figures=("feedback/all",),
    )


def _holds(basis: Basis, day: date) -> bool:
    return basis.valid_from <= day and (basis.valid_to is None or day <= basis.valid_to)


def _cut(items: list[Judged]) -> str:
    return (
        f" ({LISTED} trong {count(len(items))} tin; đầy đủ trong tệp số liệu kèm theo)" if len(items) > LISTED else ""
    )
