"""The phrases of headlines: runs of two to four syllables that say something. Pure."""

from __future__ import annotations

import re

import vietnamese

LONGEST = 4
STORIES = 3
"""stories whose headlines share a phrase before it is counted"""
MOST = 40
_SYLLABLE = re.compile(r"[^\W\d_]+(?:[/-][^\W\d_]+)*|\d+(?:[.,/]\d+)*%?")
_SMALL_WORDS = (
    "và của cho với là có không được bị đã đang sẽ từ đến tại trong trên dưới về ở ra vào theo khi nếu thì mà hay hoặc những"
    " các một hai ba cái này đó kia để do vì bởi như thế nào sao gì ai đâu rồi nữa cũng vẫn chỉ còn lại sau trước qua phải"
    " cần nên người ngày tháng năm tuần giờ thêm nhiều ít mới vừa hơn nhất rất bao nhiêu gần"
)
_EMPTY = frozenset(_SMALL_WORDS.split())
"""a phrase neither begins nor ends with one of these"""


def of(title: str | None) -> frozenset[str]:
    """The phrases of a headline, in lower case: each within one stretch between punctuation marks."""
    found: set[str] = set()
    for part in re.split(r"[.,:;!?\"“”‘’()\[\]–—|…]\s|\s[-–—]\s|[\"“”‘’()\[\]]", vietnamese.nfc(title or "")[:500]):
        words = _SYLLABLE.findall(part.lower())
        for size in range(2, LONGEST + 1):
            for at in range(len(words) - size + 1):
                run = words[at : at + size]
                if run[0] in _EMPTY or run[-1] in _EMPTY or not any(len(word) > 1 and word.isalpha() for word in run):
                    continue
                found.add(" ".join(run))
    return frozenset(found)


def shared(titles: list[tuple[str, str, str | None]]) -> dict[str, tuple[str, ...]]:
    """Phrase -> keys of the items that have it, from (key, story, title): the phrases of STORIES stories or more, the most
    stories first, at most MOST; a part of a longer phrase with the same items is left out."""
    keys: dict[str, set[str]] = {}
    stories: dict[str, set[str]] = {}
    for key, story, title in titles:
        for phrase in of(title):
            keys.setdefault(phrase, set()).add(key)
            stories.setdefault(phrase, set()).add(story)
    often = [phrase for phrase, told in stories.items() if len(told) >= STORIES]
    often.sort(key=lambda phrase: (-len(stories[phrase]), -len(phrase.split()), phrase))
    kept: list[str] = []
    for phrase in sorted(often[: 8 * MOST], key=lambda phrase: (-len(phrase.split()), phrase)):
        if not any(f" {phrase} " in f" {longer} " and keys[phrase] == keys[longer] for longer in kept):
            kept.append(phrase)
    chosen = set(kept)
    return {phrase: tuple(sorted(keys[phrase])) for phrase in [p for p in often if p in chosen][:MOST]}
