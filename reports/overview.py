"""Part I: the period in five sentences; the mail begins with the same five."""

from __future__ import annotations

from knowledge import Knowledge
from reports import labels, outlook, situation, subjects
from reports.counts import Counts
from reports.labels import count
from reports.outline import Paragraph, Part, line


def overview(counts: Counts, knowledge: Knowledge, seen: outlook.Outlook) -> Part:
    """I. Tổng quan."""
    return Part("I. TỔNG QUAN", sentences(counts, knowledge, seen), "tong-quan")


def sentences(counts: Counts, knowledge: Knowledge, seen: outlook.Outlook) -> tuple[Paragraph, ...]:
    """Volume, tone, subjects, what waits for people, what may come: one sentence each. A period without items has two: that
    there were none, and which sources were silent."""
    if not counts.number("all"):
        return situation.volume(counts), situation.coverage(counts)
    return (
        situation.volume(counts),
        situation.sentiment(counts),
        _subjects(counts, knowledge),
        _waiting(counts),
        _ahead(counts, knowledge, seen),
    )


def _subjects(counts: Counts, knowledge: Knowledge) -> Paragraph:
    said = subjects.named(counts, knowledge) if counts.ranked("topic") else None
    text = said.text.rstrip(".") if said else "Không có chủ đề nào nổi bật"
    held = set(counts.keys("flag"))
    largest = [one for one in counts.figures.stories if len(one.keys) > 1 and not held & set(one.keys)]
    ids = said.figures if said else ("topic/all",)
    if not largest:
        return Paragraph(f"{text}.", ids)
    one = max(largest, key=lambda story: (len(story.keys), story.outlets))
    text += f"; câu chuyện được đăng nhiều nhất là “{line(one.headline, 120)}” ({count(len(one.keys))} bài)."
    return Paragraph(text, (*ids, f"story/{one.story}"))


def _waiting(counts: Counts) -> Paragraph:
    flags, wrong = counts.number("flag"), counts.number("correction")
    new, asked = counts.number("flag", "new"), counts.number("reply")
    lead = f"gợi ý {count(flags)} tin, bài có khả năng vi phạm, cần người xác minh (chưa xác minh {count(new)})"
    lead = lead if flags else "không gợi ý tin, bài nào có khả năng vi phạm"
    corrected = f"{count(wrong)} tin, bài có thông tin cần đính chính (sai sót, không phải vi phạm)"
    corrected = corrected if wrong else "không phát hiện thông tin cần đính chính"
    answered = counts.number("reply", "answered")
    said = f"ghi nhận {count(asked)} phản ánh, kiến nghị (đã trả lời {count(answered)})"
    said = said if asked else "không ghi nhận phản ánh, kiến nghị nào"
    text = f"Hệ thống {lead}; {corrected}; {said}."
    return Paragraph(text, ("flag/all", "flag/new", "correction/all", "reply/all", "reply/answered"))


def _ahead(counts: Counts, knowledge: Knowledge, seen: outlook.Outlook) -> Paragraph:
    parts = [outlook.next_week(seen)]
    if seen.bursts:
        first = seen.bursts[0]
        parts.append(f"nổi lên bất thường: {outlook.name(first, knowledge)} ({count(first.count)} tin)")
    silent = sum(one.silent for one in counts.figures.coverage)
    if silent:
        parts.append(f"{count(silent)} nguồn không thu được tin như thường lệ nên số liệu có thể chưa đầy đủ")
    text = "; ".join(parts)
    return Paragraph(f"{text[0].upper()}{text[1:]}.", ("all/all", *(labels.figure(one) for one in seen.bursts[:1])))
