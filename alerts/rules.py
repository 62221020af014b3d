"""What is told, to whom and how fast: one pure function from a judged document to a Reason.

The first line that fits decides:

    spam                                                     none    spam
    relevance 0                                              none    irrelevant
    an act of mode "commits" (a lead for a person, never a verdict):
        of a clause left to people (2)                       daily   flag_review     worded "cần xem xét"
        not severe (see `severity`)                          daily   flag
        by the learned voice alone, no rule, severe or spreading daily   flag
        severe, but judged again after a change of model     daily   rejudged
        severe, but its publication time is unknown          daily   undated
        severe, but first seen > 24 h after publication      daily   old_news
        severe, but waited > 24 h to be judged               daily   old_news
        severe, but a copy of something already told         daily   near_duplicate
        severe, but its story already rang                   daily   told_story
        severe, but a person asked for silence               daily   silenced
        severe                                               urgent  flag_severe or flag_spreading
    no answer beyond relevance (the judge failed)            daily   unjudged
    a claim that contradicts the facts                       daily   correction
    a question, complaint, petition, … (praise: by tone)     daily   feedback
    reprint, relevance 2                                     daily   near_duplicate  listed as "+N" under its story
    negative                                                 daily   negative
    relevance 2                                              daily   reports, refutes or relevant
    relevance 1, neutral or positive                         weekly  mention         counted only

Not here: recipients, texts of mails, whether a digest has already listed the document (the store knows).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import vietnamese
from knowledge import Knowledge
from records import Act, Assessment, Decision, Document, Reason, Silence, Story

FRESH = timedelta(hours=24)
"""old news does not ring bells"""
SURE = 0.7
"""score from which a flag of a severe act rings"""
SURE_SPREADING = 0.7
"""score from which a flag of any other act rings once it spreads"""
WIDE_OUTLETS = 3
WIDE_REACH = 1000
"""views or reactions the source states"""
FAST_DOCUMENTS = 5
FAST = timedelta(hours=6)
CAREFUL = "cần người xác minh"

FEEDBACK = {
    "question": "Câu hỏi của người dân",
    "complaint": "Phản ánh, khiếu nại",
    "petition": "Kiến nghị",
    "denunciation": "Tố cáo",
    "lawsuit": "Khởi kiện",
    "suggestion": "Góp ý, hiến kế",
    "praise": "Lời khen",
}
BLAMED = {
    "agency_policy": ", phê phán chính sách hoặc cơ quan BHXH",
    "hospital": ", phê phán cơ sở khám, chữa bệnh",
    "employer": ", phê phán người sử dụng lao động",
    "fraudster": ", nói về đối tượng lừa đảo, trục lợi",
    "private_insurer": ", phê phán doanh nghiệp bảo hiểm thương mại",
}


def decide(
    document: Document,
    assessment: Assessment,
    story: Story | None,
    near_duplicate_of: str | None,
    now: datetime,
    knowledge: Knowledge,
    rejudged: bool = False,
    silences: Sequence[Silence] = (),
) -> Reason:
    """The decision for one document with why, in Vietnamese. `now` is aware; `story` is as it was before this document
    was told; `rejudged` says that an earlier model has already answered for it."""
    if assessment.spam:
        return Reason("none", "spam", "Trang nhồi từ khóa BHXH để bán thứ khác; không đưa vào bản tin và số liệu.")
    if assessment.relevance == 0:
        return Reason("none", "irrelevant", "Không nói về BHXH, BHYT, BHTN; không đưa vào bản tin.")
    flags = commits(assessment)
    if flags:
        reason = _flagged(document, flags, story, near_duplicate_of, now, knowledge, rejudged)
        held = silence(document, assessment, story, silences, now) if reason.decision == "urgent" else None
        if held:
            what = reason.text.partition(" Gửi tin khẩn")[0]
            until = vietnamese.time_text(held.end)
            return Reason("daily", "silenced", f"{what} Tạm im đến {until}: {held.reason} ({held.author}).")
        return reason
    return _unflagged(assessment, near_duplicate_of, knowledge)


def commits(assessment: Assessment) -> tuple[Act, ...]:
    """The acts the text itself may commit, the surest first. `reports` and `refutes` are never among them."""
    return tuple(sorted((a for a in assessment.acts if a.mode == "commits"), key=lambda a: (-a.score, a.clause)))


def severity(
    flags: Sequence[Act], story: Story | None, reach: int | None, knowledge: Knowledge
) -> tuple[Decision, str, str]:
    """(decision, code, why) of acts of mode `commits` from clause, score, reach and speed of spread alone."""
    spread = _spread(story, reach)
    flags = [act for act in flags if not knowledge.act(act.clause).human_only]
    ruled = [act for act in flags if act.rule]
    if not ruled:
        return "daily", "flag", "chỉ có mô hình học máy gợi ý, chưa có quy tắc nào xác nhận"
    serious = [act for act in ruled if knowledge.act(act.clause).severe]
    if serious and serious[0].score >= SURE:
        return "urgent", "flag_severe", "hành vi thuộc nhóm cần xử lý ngay" + (f"; {spread}" if spread else "")
    if spread and any(act.score >= SURE_SPREADING for act in ruled):
        return "urgent", "flag_spreading", spread
    return "daily", "flag", "chưa lan rộng hoặc chưa thuộc nhóm cần xử lý ngay"


def silence(
    document: Document, assessment: Assessment, story: Story | None, silences: Sequence[Silence], now: datetime
) -> Silence | None:
    """The silence that holds a document's ring back, if any does at `now`."""
    of: dict[str, tuple[str, ...]] = {
        "story": (story.id,) if story else (),
        "outlet": (document.outlet, document.source),
        "topic": assessment.topics,
        "clause": tuple(act.clause for act in commits(assessment)),
        "province": assessment.provinces,
    }
    for one in silences:
        if one.ended_by is None and one.start <= now < one.end and one.value in of[one.scope]:
            return one
    return None


def told_late(document: Document) -> bool:
    """Whether the document was first seen more than 24 hours after it was published."""
    return document.published_at is not None and document.first_seen - document.published_at > FRESH


def _spread(story: Story | None, reach: int | None) -> str:
    if story and story.outlets >= WIDE_OUTLETS:
        return f"đã có {story.outlets} nguồn đăng"
    if story and story.documents >= FAST_DOCUMENTS and story.last_at - story.first_at <= FAST:
        hours = max(1, round((story.last_at - story.first_at) / timedelta(hours=1)))
        return f"lan nhanh: {story.documents} bài trong {hours} giờ"
    if reach is not None and reach >= WIDE_REACH:
        return f"khoảng {reach:,} lượt tiếp cận".replace(",", ".")
    return ""


def _flagged(
    document: Document,
    flags: tuple[Act, ...],
    story: Story | None,
    near_duplicate_of: str | None,
    now: datetime,
    knowledge: Knowledge,
    rejudged: bool,
) -> Reason:
    first = next((act for act in flags if not knowledge.act(act.clause).human_only), None)
    if first is None:
        return Reason("daily", "flag_review", f"Nội dung cần xem xét: {CAREFUL}; máy không kết luận.")
    what = f"Khả năng vi phạm, {CAREFUL}: {knowledge.act(first.clause).words_vi}"
    decision, code, why = severity(flags, story, document.reach, knowledge)
    if decision != "urgent":
        return Reason("daily", code, f"{what}. Báo trong bản tin ngày: {why}.")
    held = _held_back(document, story, near_duplicate_of, now, rejudged)
    if held:
        return Reason("daily", held[0], f"{what}. Không gửi tin khẩn: {held[1]}.")
    return Reason("urgent", code, f"{what}. Gửi tin khẩn: {why}.")


def _held_back(
    document: Document, story: Story | None, near_duplicate_of: str | None, now: datetime, rejudged: bool
) -> tuple[str, str] | None:
    """(code, why) when a severe flag must not ring; what a provincial office sends in counts from its receipt."""
    if rejudged:
        return "rejudged", "tin đã có, được đánh giá lại bằng mô hình mới"
    if document.published_at is None and document.kind != "report":
        return "undated", "không rõ thời điểm đăng"
    if told_late(document):
        return "old_news", "tin cũ, thu thập được sau khi đăng hơn 24 giờ"
    if now - document.first_seen > FRESH:
        return "old_news", "tin đã thu thập hơn 24 giờ trước"
    if story and near_duplicate_of and (story.told_urgent_at or story.told_daily_at):
        return "near_duplicate", "nội dung trùng với bài đã báo"
    if story and story.told_urgent_at:
        return "told_story", "câu chuyện này đã được báo khẩn"
    return None


def _unflagged(assessment: Assessment, near_duplicate_of: str | None, knowledge: Knowledge) -> Reason:
    main = assessment.relevance == 2
    if assessment.sentiment is None:
        return Reason("daily", "unjudged", "Máy chưa đánh giá được nội dung này; cần người đọc.")
    wrong = next((c for c in assessment.claims if c.verdict == "contradicted"), None)
    if wrong:
        differs = f" ({wrong.differs})" if wrong.differs else ""
        return Reason("daily", "correction", f"Cần đính chính: có thông tin khác với quy định đang áp dụng{differs}.")
    if assessment.feedback not in ("none", "praise"):
        return Reason("daily", "feedback", f"{FEEDBACK[assessment.feedback]}: chuyển đơn vị có thể trả lời.")
    if main and near_duplicate_of:
        return Reason("daily", "near_duplicate", "Đăng lại nội dung đã có; liệt kê dưới cùng câu chuyện.")
    if assessment.sentiment == "negative":
        blamed = BLAMED.get(assessment.target or "none", "")
        return Reason("daily", "negative", f"Tin bất lợi{blamed}; không phải vi phạm.")
    if main:
        return _relevant(assessment, knowledge)
    return Reason("weekly", "mention", "Có nhắc đến BHXH, không bất lợi; chỉ tính vào số liệu tuần.")


def _relevant(assessment: Assessment, knowledge: Knowledge) -> Reason:
    if assessment.acts:
        act = max(assessment.acts, key=lambda a: a.score)
        words = knowledge.act(act.clause).words_vi
        if act.mode == "refutes":
            return Reason("daily", "refutes", f"Tin bác bỏ hoặc cảnh báo về: {words}; không phải vi phạm.")
        return Reason("daily", "reports", f"Tin đưa về việc: {words}; bài báo không phải vi phạm.")
    names = [topic.name for topic in knowledge.topics if topic.id in assessment.topics[:2]]
    return Reason("daily", "relevant", f"Nội dung chính: {'; '.join(names) or 'BHXH, BHYT, BHTN'}.")
