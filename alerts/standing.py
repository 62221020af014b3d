"""What the daily mail says beside the news of the day: what still waits for a decision, which clocks run, what changed.

Pure; the store's answers come in, short bounded lines go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import vietnamese
from alerts import items, links
from alerts.plain import one_line
from knowledge import Knowledge
from records import Changes, Judged

TITLE = 120
NOTHING = Changes({})
DECIDED = {
    "acknowledged": "có người nhận",
    "confirmed": "xác nhận",
    "dismissed": "bỏ cờ",
    "routed": "chuyển đơn vị",
    "answered": "trả lời",
    "closed": "kết thúc",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """State at the hour of an edition."""

    undecided: Sequence[Judged] = ()
    """flags told before that nobody has decided, as many as are to be named"""
    waiting: int = 0
    """how many there are in all"""
    clocks: Sequence[Judged] = ()
    """items whose impact a person confirmed and that nobody has spoken to yet"""
    changes: Changes = NOTHING
    """since the last edition"""


NONE = Standing()


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    about: str = ""
    """address of the item's page on the desk"""


@dataclass(frozen=True, slots=True)
class Block:
    heading: str
    lines: tuple[Line, ...]


def blocks(standing: Standing, public_url: str, knowledge: Knowledge) -> tuple[Block, ...]:
    """In the order a reader wants them; what is empty is left out."""
    all_ = (
        Block("Đồng hồ đang chạy", tuple(_clock(one, public_url, knowledge) for one in standing.clocks)),
        Block(f"Còn chờ quyết định ({standing.waiting})", tuple(_undecided(standing, public_url))),
        Block("Thay đổi từ bản tin trước", tuple(_changes(standing.changes, public_url))),
    )
    return tuple(block for block in all_ if block.lines)


def _clock(judged: Judged, public_url: str, knowledge: Knowledge) -> Line:
    text = f"{items.deadline(judged, knowledge)} – {one_line(items.headline(judged), TITLE)}"
    return Line(text, links.item(public_url, judged.document.key))


def _undecided(standing: Standing, public_url: str) -> list[Line]:
    found = []
    for one in standing.undecided:
        state = items.CASES[one.case.status] if one.case else items.CASES["new"]
        since = f", từ {vietnamese.time_text(one.case.detected_at)}" if one.case else ""
        found.append(
            Line(f"{one_line(items.headline(one), TITLE)} ({state}{since})", links.item(public_url, one.document.key))
        )
    if found and standing.waiting > len(found):
        found.append(Line(f"và {standing.waiting - len(found)} mục khác trên bàn làm việc", public_url.rstrip("/")))
    return found


def _changes(changes: Changes, public_url: str) -> list[Line]:
    said = [f"{changes.decided[name]} {words}" for name, words in DECIDED.items() if changes.decided.get(name)]
    found = [Line(f"Quyết định: {'; '.join(said)}.")] if said else []
    for words, named in (("Bài đã sửa", changes.edited), ("Bài đã gỡ", changes.gone)):
        found += [
            Line(f"{words}: {one_line(title, TITLE) or '(không có tiêu đề)'}", links.item(public_url, key))
            for key, title in named
        ]
    return found
