"""Parts III and IV: leads of possible violations, claims to be corrected, and what citizens ask for.

`reports` and `refutes` are news about an act, never counted here; feedback is a right, never a violation.
"""

from __future__ import annotations

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
    """III. Thông tin sai lệch và khả năng vi phạm."""
    blocks: list[Block] = [flags(counts)]
    dismissed = set(counts.keys("flag", "dismissed"))
    open_flags = [one for one in counts.judged("flag") if one.document.key not in dismissed]
    if open_flags:
        found = _flag_table(counts, open_flags, knowledge), *_law(counts, open_flags, knowledge)
        blocks += [_clauses(counts, knowledge), *found]
    blocks.append(corrections(counts))
    wrong = counts.judged("correction")
    if wrong:
        blocks.append(_correction_table(wrong))
    return Part("III. THÔNG TIN SAI LỆCH VÀ KHẢ NĂNG VI PHẠM", tuple(blocks))


def feedback(counts: Counts, knowledge: Knowledge) -> Part:
    """IV. Phản ánh, kiến nghị chính đáng."""
    blocks: list[Block] = [feedback_said(counts)]
    praise = set(counts.keys("feedback", "praise"))
    items = [one for one in counts.judged("feedback") if one.document.key not in praise]
    if items:
        blocks.append(_feedback_table(counts, items, knowledge))
    return Part("IV. PHẢN ÁNH, KIẾN NGHỊ CHÍNH ĐÁNG", tuple(blocks))


def flags(counts: Counts) -> Paragraph:
    """How many leads there are and how far people have verified them."""
    total = counts.number("flag")
    if not total:
        return Paragraph("Trong tuần hệ thống không gợi ý tin, bài nào có khả năng vi phạm.", ("flag/all",))
    parts = [f"{name} {count(counts.number('flag', status))}" for status, name in labels.STATUS.items()]
    kept = [part for part, status in zip(parts, labels.STATUS, strict=True) if counts.number("flag", status)]
    return Paragraph(
        f"Hệ thống gợi ý {count(total)} tin, bài có khả năng vi phạm, cần người xác minh: {'; '.join(kept)}"
        f" ({counts.change('flag').text}). Tin, bài chỉ đưa tin hoặc bác bỏ một hành vi không tính vào số này.",
        ("flag/all", *(f"flag/{status}" for status in labels.STATUS)),
    )


def corrections(counts: Counts) -> Paragraph:
    """How many items state something that differs from the rules in force: mistakes, not violations."""
    total = counts.number("correction")
    if not total:
        return Paragraph("Không phát hiện tin, bài có thông tin cần đính chính.", ("correction/all",))
    return Paragraph(
        f"Có {count(total)} tin, bài nêu thông tin khác với quy định đang áp dụng, cần đính chính"
        f" ({counts.change('correction').text}). Đây là sai sót cần làm rõ, không phải vi phạm.",
        ("correction/all",),
    )


def feedback_said(counts: Counts) -> Paragraph:
    """What citizens asked for, by kind."""
    kinds = [(kind, number) for kind, number in counts.ranked("feedback") if kind in labels.FEEDBACK]
    if not kinds:
        return Paragraph(
            "Trong tuần không ghi nhận phản ánh, kiến nghị của người dân trên các nguồn.", ("feedback/all",)
        )
    said = "; ".join(f"{labels.FEEDBACK[kind]} {count(number)}" for kind, number in kinds)
    return Paragraph(
        f"Ghi nhận {count(counts.number('feedback'))} ý kiến, phản ánh, kiến nghị của người dân ({counts.change('feedback').text}): {said}."
        " Đây là quyền của công dân; đề nghị chuyển đơn vị có thẩm quyền xem xét, trả lời.",
        ("feedback/all", *(f"feedback/{kind}" for kind, _ in kinds)),
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
    document = judged.document
    day = vietnamese.date_text(document.published_at) if document.published_at else "không rõ ngày"
    return f"{line(document.outlet, 60)}, {day}"


def _title(judged: Judged) -> str:
    document = judged.document
    return line(document.title, 160) or line(document.text, 100) or "(bài đăng không có tiêu đề)"


def _quoted(judged: Judged) -> str:
    """The headline with the words that raised the flag; a flag a person raised may have none."""
    acts = sorted(judged.assessment.acts, key=lambda act: (act.mode != "commits", -act.score))
    return f"{_title(judged)}. Trích: “{line(acts[0].quote)}”" if acts else _title(judged)


def _clauses(counts: Counts, knowledge: Knowledge) -> Paragraph:
    kept = set(counts.keys("flag")) - set(counts.keys("flag", "dismissed"))
    clauses = [(clause, len(kept & set(counts.keys("clause", clause)))) for clause, _ in counts.ranked("clause")]
    said = "; ".join(f"{labels.act(clause, knowledge)}: {count(number)}" for clause, number in clauses if number)
    ids = ("flag/dismissed", *(f"clause/{clause}" for clause, _ in clauses))
    return Paragraph(f"Theo hành vi gợi ý, trừ tin đã bỏ cờ (một tin có thể thuộc nhiều nhóm): {said}.", ids)


def _flag_table(counts: Counts, items: list[Judged], knowledge: Knowledge) -> Table:
    rows = []
    for at, one in enumerate(items[:LISTED], 1):
        key = one.document.key
        status = labels.STATUS.get(counts.labels_of("flag", key)[0], labels.STATUS["new"])
        rows.append((str(at), _quoted(one), _where(one), _acts(counts, key, knowledge), status))
    return Table(
        caption="Tin, bài có khả năng vi phạm, cần người xác minh" + _cut(items),
        header=("TT", "Nội dung", "Nguồn, ngày đăng", "Hành vi gợi ý", "Tình trạng"),
        rows=tuple(rows),
        widths=(10, 62, 30, 34, 24),
        figures=("flag/all",),
    )


def _acts(counts: Counts, key: str, knowledge: Knowledge) -> str:
    """The acts suggested, in words; those left to people alone only as something to be looked at."""
    people = {act.clause for act in knowledge.acts if act.human_only}
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
        rows.append((str(at), _title(one), _where(one), kinds, unit(counts, key, knowledge)))
    return Table(
        caption="Phản ánh, kiến nghị trong tuần" + _cut(items),
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
