"""Whether a told story has changed so much that it is told again, and in which words. Pure.

Told again: a prohibited act of another clause; twice the outlets since last time; the agency's own correction; every
flagged page taken down. Never more often than GAP, and never more of one kind than happened: a story that only grows by
a few reprints is in the daily mail.
"""

from __future__ import annotations

from datetime import timedelta

from knowledge import Knowledge
from records import Reason, Telling

GAP = timedelta(minutes=30)
"""between two mails about one story"""
WATCHED = timedelta(days=14)
"""since its last mail, a story is looked at so long"""
FEW = 3
"""a story in fewer outlets has not spread"""


def changed(last: Telling, now: Telling, knowledge: Knowledge, gap: timedelta = GAP) -> Reason | None:
    """Why to tell the story of `last` again, as it stands `now`; None: nothing material changed, or it is too early.

    A clock that was set back does not silence a story: a last mail from the future counts as long ago.
    """
    if timedelta(0) <= now.at - last.at < gap:
        return None
    news = []
    new = [clause for clause in now.clauses if clause not in last.clauses]
    if new:
        words = "; ".join(knowledge.act(clause).words_vi for clause in new)  # type: ignore[arg-type]
        news.append(f"thêm dấu hiệu hành vi khác, cần người xác minh: {words}")
    if now.outlets >= max(FEW, 2 * last.outlets):
        news.append(f"đã có {now.outlets} nguồn đăng ({now.documents} bài), lần báo trước là {last.outlets} nguồn")
    if now.corrected and not last.corrected:
        news.append("cơ quan nhà nước đã có bài bác bỏ hoặc đính chính")
    if now.gone and not last.gone:
        news.append("các bài bị gắn cờ đã được gỡ khỏi nguồn")
    if not news:
        return None
    text = "; ".join(news)
    return Reason("urgent", "followup", text[0].upper() + text[1:] + ".")


def told(last: Telling, now: Telling) -> Telling:
    """The row of the follow-up."""
    clauses = tuple(dict.fromkeys((*last.clauses, *now.clauses)))
    return Telling(
        last.story, now.at, last.number + 1, max(now.outlets, last.outlets), now.documents, clauses,
        now.corrected or last.corrected, now.gone,
    )  # fmt: skip
