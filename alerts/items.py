"""What a mail shows of a judged document: bounded, cleaned strings in Vietnamese, ready for the templates.

Decides no telling (rules.py) and writes no markup (templates/). A dismissed flag is no flag here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sealing
import vietnamese
from alerts import links, rules
from alerts.plain import HEADLINE, QUOTE, one_line
from knowledge import Knowledge
from records import Act, Claim, Judged

STATEMENT = "phat-ngon-24h"
"""id of the time limit, in hours, that a person starts by confirming the impact"""
SECTIONS = {
    "urgent": "Cần xử lý ngay",
    "flag": "Khả năng vi phạm (cần người xác minh)",
    "review": "Nội dung cần xem xét",
    "correction": "Cần đính chính",
    "feedback": "Phản ánh, kiến nghị",
    "negative": "Tin tiêu cực",
    "other": "Tin khác",
}
"""in the order of the digest"""


@dataclass(frozen=True, slots=True)
class Item:
    """One document as a mail shows it. Empty strings and tuples: nothing to show."""

    key: str
    section: str
    headline: str
    outlet: str
    when: str
    url: str
    host: str
    """host name of `url`: shown, so that nobody follows a link unseen"""
    desk: str
    why: str
    marks: tuple[str, ...] = ()
    quote: str = ""
    evidence: tuple[str, ...] = ()
    """why the machine thinks so, and what to check: one line each"""
    law: tuple[str, ...] = ()
    place: str = ""
    unit: str = ""
    deadline: str = ""
    digest: str = ""
    """SHA-256 of the stored words of a flagged document, as its sealed evidence holds them"""


def view(judged: Judged, public_url: str, knowledge: Knowledge) -> Item:
    """Everything a mail says about one document."""
    document, part = judged.document, section(judged)
    acts = flags(judged) if part in ("urgent", "flag", "review") else ()
    wrong = contradicted(judged)
    return Item(
        key=document.key,
        section=part,
        headline=headline(judged),
        outlet=one_line(document.outlet, 80),
        when=vietnamese.time_text(document.published_at) if document.published_at else "không rõ giờ đăng",
        url=links.web(document.url),
        host=links.host(document.url),
        desk=links.item(public_url, document.key),
        why=one_line(judged.reason.text, 500),
        marks=_marks(judged),
        quote=_quote(judged, acts, wrong),
        evidence=tuple(_act_line(act, judged, knowledge) for act in acts[:3]) + tuple(map(_claim_line, wrong[:3])),
        law=law_lines(judged, acts, knowledge),
        place=", ".join(one_line(name, 40) for name in judged.assessment.provinces[:3]),
        unit=unit_to_answer(judged, knowledge),
        deadline=deadline(judged, knowledge),
        digest=sealing.sha256(sealing.text(document)) if acts or wrong else "",
    )


def headline(judged: Judged) -> str:
    """The headline, or the beginning of the text where there is none (posts)."""
    document = judged.document
    return one_line(document.title, HEADLINE) or one_line(document.text, 100) or "(không có tiêu đề)"


def section(judged: Judged) -> str:
    """The key in SECTIONS a document belongs under: the gravest that fits."""
    acts = flags(judged)
    if acts and judged.reason.decision == "urgent":
        return "urgent"
    if acts:
        return "review" if judged.reason.code == "flag_review" else "flag"
    if contradicted(judged):
        return "correction"
    if judged.assessment.feedback not in ("none", "praise"):
        return "feedback"
    return "negative" if judged.assessment.sentiment == "negative" else "other"


def flags(judged: Judged) -> tuple[Act, ...]:
    """Acts of mode `commits` that no person has dismissed."""
    dismissed = judged.case is not None and judged.case.status == "dismissed"
    return () if dismissed else rules.commits(judged.assessment)


def contradicted(judged: Judged) -> tuple[Claim, ...]:
    """Claims that differ from the facts valid on the document's date."""
    return tuple(claim for claim in judged.assessment.claims if claim.verdict == "contradicted")


def day_of(judged: Judged) -> date:
    """The day, in Viet Nam, whose law and facts apply."""
    moment = judged.document.published_at or judged.document.first_seen
    return moment.astimezone(vietnamese.HO_CHI_MINH).date()


def law_lines(judged: Judged, acts: Iterable[Act], knowledge: Knowledge) -> tuple[str, ...]:
    """The legal basis of the acts on the document's date; where the text of that law is not in the system yet, that it
    is not. Then the other bases in force."""
    day, clauses = day_of(judged), tuple(dict.fromkeys(act.clause for act in acts))
    if not clauses:
        return ()
    lines = [f"Căn cứ theo ngày đăng: {knowledge.reference(clause, day)}." for clause in clauses]
    others = [f"{basis.article} {basis.name}" for clause in clauses for basis in knowledge.bases_on(day, clause)]
    if others:
        lines.append(f"Căn cứ khác đang có hiệu lực: {'; '.join(dict.fromkeys(others))}.")
    return tuple(dict.fromkeys(lines))


def unit_to_answer(judged: Judged, knowledge: Knowledge) -> str:
    """Who can answer: the office of the one province named, and the central unit of the main topic. A state body that
    published something wrong corrects it itself."""
    if judged.document.kind == "official" and contradicted(judged):
        return f"{one_line(judged.document.outlet, 80)} (đơn vị đã đăng)"
    places, topics = judged.assessment.provinces, judged.assessment.topics
    names = []
    province = knowledge.province(places[0]) if len(places) == 1 else None
    if province:
        names.append(province.office)
    if topics and topics[0] != "khac":
        names += [knowledge.unit(unit).name for unit in knowledge.topic(topics[0]).units[:1]]
    return "; ".join(names)


def _quote(judged: Judged, acts: tuple[Act, ...], wrong: tuple[Claim, ...]) -> str:
    if acts:
        return one_line(acts[0].quote, QUOTE)
    if wrong:
        return one_line(wrong[0].quote, QUOTE)
    related = judged.assessment.acts
    if related and not rules.commits(judged.assessment):
        return one_line(related[0].quote, QUOTE)
    return one_line(judged.document.lead or judged.document.body, 240)


def _marks(judged: Judged) -> tuple[str, ...]:
    document, marks = judged.document, []
    if rules.told_late(document) or judged.reason.code == "old_news":
        marks.append("tin cũ, thu thập lại")
    if judged.reason.code == "rejudged":
        marks.append("đánh giá lại bằng mô hình mới")
    if judged.case is not None:
        marks.append(CASES[judged.case.status])
    if "body" in document.gaps:
        marks.append("thiếu nội dung, đánh giá theo tiêu đề và tóm tắt")
    if document.kind == "official":
        marks.append("trang của cơ quan nhà nước")
    if judged.labels:
        marks.append("đã có người gán nhãn lại")
    return tuple(marks)


CASES = {
    "new": "chưa có người xác minh",
    "acknowledged": "đang có người xác minh",
    "confirmed": "đã có người xác nhận",
    "dismissed": "người xác minh đã bỏ cờ",
    "routed": "đã chuyển đơn vị xử lý",
    "answered": "đã trả lời",
    "closed": "đã kết thúc",
}


def _act_line(act: Act, judged: Judged, knowledge: Knowledge) -> str:
    words = knowledge.act(act.clause).words_vi
    basis = f"quy tắc {one_line(act.rule, 60)}" if act.rule else f"dữ kiện {act.fact_id}" if act.fact_id else ""
    return (
        f"Hành vi gợi ý: {words}. {one_line(act.reason, 300)}"
        f" (độ tin cậy {vietnamese.number_text(act.score * 100, 0)}%"
        + (f"; {basis}" if basis else "")
        + f"; mô hình {one_line(judged.assessment.model, 40)})"
    )


def _claim_line(claim: Claim) -> str:
    parts = [f"Khác ở: {one_line(claim.differs, 200)}" if claim.differs else "Khác với quy định đang áp dụng"]
    if claim.legal_basis:
        parts.append(f"Căn cứ: {one_line(claim.legal_basis, 200)}")
    if claim.draft:
        parts.append(f"Gợi ý trả lời (dự thảo): {one_line(claim.draft, 500)}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def deadline(judged: Judged, knowledge: Knowledge) -> str:
    """When the first statement is due or was made; empty where no clock was started."""
    case = judged.case
    limit = next((d for d in knowledge.deadlines if d.id == STATEMENT), None)
    if case is None or case.impact_confirmed_at is None or limit is None:
        return ""
    until = vietnamese.time_text(case.impact_confirmed_at + timedelta(hours=limit.amount))
    if case.first_statement_at:
        return f"Đã phát ngôn lúc {vietnamese.time_text(case.first_statement_at)} (hạn {until})"
    return f"Hạn phát ngôn: {until} ({limit.amount} giờ kể từ {limit.starts}; {limit.legal_basis})"
