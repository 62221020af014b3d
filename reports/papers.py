"""Drafts made from one case: báo cáo nhanh, a written reply, a request for a correction. Content only, before any format.

A draft states what the store knows and leaves in [brackets] what a person must write. It accuses nobody: an act is a
possibility until a named person has confirmed it, and a wrong claim stands beside the provision it differs from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import vietnamese
from knowledge import Knowledge
from records import Act, BadInput, Claim, Document, Judged, PressEntry
from reports.labels import STATUS
from reports.outline import line

Kind = Literal["bao-cao-nhanh", "tra-loi", "cai-chinh"]
STATEMENT = "phat-ngon-24h"
HEADLINE, QUOTE, REASON, ADDRESS = 120, 240, 160, 90
"""code points kept, so that a báo cáo nhanh is one page"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph; `head` opens it in bold."""

    text: str
    head: str = ""
    left: bool = False
    """not spread over the line: an address"""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document in the form of NĐ 30/2020. `title` is empty for a letter, whose `about` stands under its number."""

    kind: Kind
    title: str
    about: str
    to: str
    pieces: tuple[Piece, ...]
    recipients: tuple[str, ...]
    note: str


def compose(
    kind: str,
    judged: Judged,
    lines: Sequence[PressEntry],
    agency: str,
    fingerprint: str,
    knowledge: Knowledge,
    now: datetime,
) -> Paper:
    """The draft `kind` about `judged`. `lines`: of the press register; `fingerprint`: SHA-256 of the words as kept.

    Raises BadInput for an unknown kind, and for a request to correct what nobody found wrong.
    """
    if kind == "bao-cao-nhanh":
        return _report(judged, lines, agency, fingerprint, knowledge, now)
    if kind == "tra-loi":
        return _reply(judged, agency, fingerprint, knowledge)
    if kind == "cai-chinh":
        return _correction(judged, agency, fingerprint, knowledge)
    raise BadInput(f"không có loại văn bản {kind[:40]!r}")


def _report(
    judged: Judged, lines: Sequence[PressEntry], agency: str, fingerprint: str, knowledge: Knowledge, now: datetime
) -> Paper:
    document, story = judged.document, judged.story
    reach = f" Câu chuyện hiện có {story.documents} tin, bài từ {story.outlets} nguồn." if story else ""
    found = f"{_kind(document)} của {line(document.outlet, 60)}, đăng {_when(document)}.{reach}"
    pieces = (
        Piece(found, "1. Nội dung phát hiện. "),
        Piece(f"Địa chỉ: {line(document.url, ADDRESS) or 'không có'}", left=True),
        *_quoted(judged, "2. Trích nguyên văn. "),
        Piece(_found(judged, knowledge), "3. Nhận định ban đầu. "),
        Piece(_handled(judged, lines, knowledge, now), "4. Tình hình xử lý. "),
        Piece(_proposed(judged), "5. Đề xuất. "),
    )
    return Paper(
        "bao-cao-nhanh", "BÁO CÁO NHANH", f"Về thông tin “{line(document.title, HEADLINE) or 'không có tiêu đề'}”",
        f"Lãnh đạo {line(agency, 120)}", pieces, ("Như trên (để b/c)", "Lưu: VT"), _note(judged, fingerprint),
    )  # fmt: skip


def _reply(judged: Judged, agency: str, fingerprint: str, knowledge: Knowledge) -> Paper:
    document = judged.document
    answers = _provisions(judged, knowledge)
    pieces = [
        Piece(f"{line(agency, 120)} ghi nhận thông tin phản ánh tại {_named(document)}."),
        *_quoted(judged, "1. Nội dung được phản ánh. "),
        Piece(
            " ".join(answers) or "[Kết quả kiểm tra, quy định áp dụng và căn cứ.]",
            "2. Ý kiến của cơ quan. ",
        ),
        Piece("[Hướng giải quyết, thời hạn và đầu mối liên hệ.]", "3. Hướng giải quyết. "),
        Piece(f"{line(agency, 120)} trân trọng thông tin và cảm ơn sự phối hợp."),
    ]
    about = f"V/v trả lời thông tin “{line(document.title, 100) or 'không có tiêu đề'}”"
    return Paper(
        "tra-loi", "", about, _addressee(document), tuple(pieces), ("Như trên", "Lưu: VT"), _note(judged, fingerprint)
    )


def _correction(judged: Judged, agency: str, fingerprint: str, knowledge: Knowledge) -> Paper:
    document, wrong = judged.document, _wrong(judged)
    confirmed = judged.case is not None and judged.case.status in ("confirmed", "routed", "answered", "closed")
    if not wrong and not confirmed:
        raise BadInput(
            "tin này chưa có nội dung nào trái quy định và chưa ai xác nhận; hãy xác nhận trước khi đề nghị cải chính"
        )
    online, paper = knowledge.deadline("bao-dien-tu-cai-chinh-ngay"), knowledge.deadline("bao-in-cai-chinh-2-ngay")
    asked = (
        f"Căn cứ {online.legal_basis}, {line(agency, 120)} đề nghị quý cơ quan cải chính, xin lỗi theo quy định: báo điện tử"
        f" cải chính ngay và gỡ nội dung sai; báo in hằng ngày, phát thanh, truyền hình trong {paper.amount} ngày;"
        " tiêu đề “Thông tin cải chính, xin lỗi”; các nơi đăng lại cũng thực hiện."
    )
    pieces = [
        Piece(f"Qua theo dõi, {line(agency, 120)} nhận thấy {_named(document)} có nội dung chưa chính xác."),
        *_quoted(judged, "1. Nội dung chưa chính xác. "),
        Piece(
            " ".join(_provisions(judged, knowledge)) or "[Nội dung đúng và căn cứ pháp lý.]",
            "2. Nội dung đúng theo quy định. ",
        ),
        Piece(asked, "3. Đề nghị. "),
        Piece("Đề nghị quý cơ quan thông báo kết quả thực hiện. Trân trọng cảm ơn sự phối hợp."),
    ]  # fmt: skip
    about = f"V/v đề nghị cải chính thông tin “{line(document.title, 100) or 'không có tiêu đề'}”"
    return Paper(
        "cai-chinh", "", about, _addressee(document), tuple(pieces), ("Như trên", "Lưu: VT"), _note(judged, fingerprint)
    )


def _named(document: Document) -> str:
    kind, title = _kind(document), line(document.title, HEADLINE) or "không có tiêu đề"
    return f"{kind[0].lower()}{kind[1:]} “{title}” của {line(document.outlet, 80)}, đăng {_when(document)}"


def _kind(document: Document) -> str:
    return {"press": "Bài", "official": "Thông tin", "post": "Nội dung", "report": "Phản ánh"}[document.kind]


def _when(document: Document) -> str:
    return vietnamese.time_text(document.published_at) if document.published_at else "không rõ giờ"


def _addressee(document: Document) -> str:
    return line(document.outlet, 120) if document.kind in ("press", "official") else "[Nơi nhận]"


def _quoted(judged: Judged, head: str) -> list[Piece]:
    acts, wrong = _acts(judged), _wrong(judged)
    quote = acts[0].quote if acts else wrong[0].quote if wrong else judged.document.lead or judged.document.text
    return [Piece(f"“{line(quote, QUOTE)}”", head)]


def _found(judged: Judged, knowledge: Knowledge) -> str:
    """What machine and people say of it; the machine's is named as the machine's."""
    said = []
    for act in _acts(judged)[:1]:
        said.append(
            f"Máy gợi ý khả năng {knowledge.act(act.clause).words_vi} (độ tin cậy {vietnamese.number_text(act.score * 100, 0)}%):"
            f" {line(act.reason, REASON).rstrip('.')}. Căn cứ theo ngày đăng: {knowledge.reference(act.clause, _day(judged))}."
        )
    said += _provisions(judged, knowledge)[:1]
    if judged.case and judged.case.status == "dismissed":
        return f"Người xác minh đã loại: {line(judged.case.note, REASON) or 'không ghi lý do'}."
    if not said:
        said.append(f"{line(judged.reason.text, REASON).rstrip('.')}.")
    return " ".join(said)


def _provisions(judged: Judged, knowledge: Knowledge) -> list[str]:
    """The right content beside each wrong claim, with its legal basis."""
    found = []
    for claim in _wrong(judged)[:3]:
        fact = knowledge.fact(claim.fact_id) if claim.fact_id else None
        right = line(fact.statement if fact else claim.draft or claim.differs, REASON).rstrip(".")
        basis = line(claim.legal_basis or (fact.legal_basis if fact else ""), 120)
        found.append(f"{right}{f' ({basis})' if basis else ''}.")
    return found


def _handled(judged: Judged, lines: Sequence[PressEntry], knowledge: Knowledge, now: datetime) -> str:
    case = judged.case
    if case is None:
        return "Chưa có người xác minh."
    said = [f"Phát hiện lúc {vietnamese.time_text(case.detected_at)}; {STATUS[case.status]}"]
    if case.by and case.at:
        said[0] += f" ({line(case.by, 60)}, {vietnamese.time_text(case.at)})"
    if case.note:
        said.append(f"Ghi chú: {line(case.note, REASON).rstrip('.')}")
    if case.impact_confirmed_at:
        due = knowledge.due(STATEMENT, case.impact_confirmed_at)
        said.append(
            f"Xác định có tác động đến dư luận lúc {vietnamese.time_text(case.impact_confirmed_at)};"
            f" hạn phát ngôn {vietnamese.time_text(due)} ({knowledge.deadline(STATEMENT).legal_basis})"
        )
        if case.first_statement_at:
            late = "đúng hạn" if case.first_statement_at <= due else "quá hạn"
            said.append(f"Đã phát ngôn lần đầu lúc {vietnamese.time_text(case.first_statement_at)}, {late}")
        else:
            said.append("Chưa phát ngôn" + ("; đã quá hạn" if now > due else ""))
    letters = sum(one.kind in ("reply", "correction") for one in lines)
    if letters:
        said.append(f"Đã gửi {letters} văn bản tới cơ quan báo chí")
    return ". ".join(said) + "."


def _proposed(judged: Judged) -> str:
    case = judged.case
    if case and case.status == "dismissed":
        return "Không đề xuất xử lý; tiếp tục theo dõi."
    steps = []
    if case is None or case.status in ("new", "acknowledged"):
        steps.append("phân công người xác minh")
    if _wrong(judged):
        steps.append("đơn vị nghiệp vụ cung cấp thông tin chính thức; xem xét đề nghị cải chính")
    if case and case.impact_confirmed_at and not case.first_statement_at:
        steps.append("duyệt nội dung phát ngôn ban đầu")
    steps.append("[ý kiến của người lập]")
    text = "; ".join(steps)
    return f"{text[0].upper()}{text[1:]}."


def _note(judged: Judged, fingerprint: str) -> str:
    return (
        f"Ghi chú cho người soạn, bỏ khi ban hành: phân loại do máy gợi ý (mô hình {line(judged.assessment.model, 60)}), chỉ để"
        " tham khảo, không thay cho xác minh và kết luận của người có thẩm quyền; phần trong [ ] cần điền. Nội dung lưu lúc"
        f" {vietnamese.time_text(judged.document.first_seen)}, dấu vết SHA-256: {fingerprint}"
    )


def _acts(judged: Judged) -> list[Act]:
    dismissed = judged.case is not None and judged.case.status == "dismissed"
    return [] if dismissed else [act for act in judged.assessment.acts if act.mode == "commits"]


def _wrong(judged: Judged) -> list[Claim]:
    return [claim for claim in judged.assessment.claims if claim.verdict == "contradicted"]


def _day(judged: Judged) -> date:
    moment = judged.document.published_at or judged.document.first_seen
    return moment.astimezone(vietnamese.HO_CHI_MINH).date()
