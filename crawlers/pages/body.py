"""The running text of an article: paragraphs out of a container, or out of a page nobody knows."""

from __future__ import annotations

import re

import numpy as np
import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode
from trafilatura.settings import Document

from vietnamese import nfc

JUNK = "script, style, noscript, template, iframe, figure, figcaption, aside, nav, form, button, video, audio, svg, h1"
MAX_PARAGRAPHS = 2000
MAX_TEXT = 300_000
"""characters of one article; what comes after is cut off"""
MAX_TAGS, MAX_DEPTH = 30_000, 1000
"""real pages have some 2,000 elements, 30 deep; the parsers' time grows with the square of a hostile page's"""
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
     "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu", "ol", "p",
     "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul")
)  # fmt: skip
"""what ends a paragraph; within one, every other element is passed through"""
_BREAK = "\x1e"
_BREAKS = re.compile(rf"{_BREAK}\s*{_BREAK}")


def paragraphs(container: LexborNode, junk: str = "") -> list[str]:
    """The text blocks of a container in reading order, without what `junk` (and JUNK) selects. The tree stays as it is.

    Walks without recursion: a hostile tree may be as deep as it is long.
    """
    skipped = {node.mem_id for node in container.css(f"{JUNK}, {junk}" if junk else JUNK)}
    found: list[str] = []
    texts: list[str] = []
    stack: list[LexborNode | None] = [container]
    while stack and len(found) < MAX_PARAGRAPHS:
        node = stack.pop()
        if node is None:  # the end of a block
            _add(found, texts)
        elif (tag := node.tag) == "-text":
            texts.append(node.text() or "")
        elif tag == "br":
            texts.append(_BREAK)
        elif node.mem_id not in skipped and not (tag or "-").startswith("-"):
            if tag in _BLOCKS:
                _add(found, texts)
                stack.append(None)
            elif tag in ("td", "th"):
                texts.append(" ")
            stack += list(node.iter(include_text=True))[::-1]
    return found


def _add(found: list[str], texts: list[str]) -> None:
    joined = "".join(texts)
    for piece in _BREAKS.split(joined) if _BREAK in joined else (joined,):
        if text := tidy(piece):
            found.append(text)
    texts.clear()


def tidy(text: str) -> str:
    """NFC, one line, single spaces."""
    return " ".join(nfc(text.replace(_BREAK, " ")).split())


def unknown(source: str) -> list[str]:
    """The paragraphs trafilatura finds in a page of an unknown outlet; none where it finds no article."""
    found = trafilatura.bare_extraction(
        source, fast=True, favor_precision=True, include_comments=False, include_tables=False, with_metadata=False
    )
    if not isinstance(found, Document) or found.body is None:
        return []
    texts = ("".join(node.itertext()) for node in found.body.iter("p", "head", "item", "quote", "code"))
    return [text for text in map(tidy, texts) if text][:MAX_PARAGRAPHS]


_CAPTION = re.compile(
    r"^(\(?(Ảnh|Nguồn ảnh|Đồ họa|Video|Clip)\s*[:.].{0,80}|.{0,300}[.)]\s+\(?(Ảnh|Đồ họa|Nguồn ảnh)\s*:.{0,60})$"
)
_LETTER = re.compile(r"\w")
_INVITATION = re.compile(
    r"^(>{1,3}|»|Xem thêm|Đọc thêm|Mời (quý )?(độc giả|bạn đọc)|Tin liên quan|Bài liên quan|Theo dõi .{0,40}(trên|tại)"
    r"|(Bình luận|Chia sẻ|Đọc tiếp|Quay lại chủ đề|Trở thành người đầu tiên)\b)",
    re.IGNORECASE,
)


def settle(found: list[str], title: str, lead: str | None, authors: tuple[str, ...]) -> list[str]:
    """Without what is not running text: title and lead told again, byline, captions, invitations to read on."""
    said = {_key(title)} | ({_key(lead)} if lead else set())
    names = {_key(name) for name in authors}
    kept: list[str] = []
    room = MAX_TEXT
    for number, text in enumerate(found):
        if not _LETTER.search(text) or _INVITATION.match(text) or (len(text) <= 400 and _CAPTION.match(text)):
            continue
        if number < 5 or number > len(found) - 6:
            key = _key(text)
            told = key in said and number < 5
            signed = key in names and not 3 <= number <= len(found) - 6
            if not key or told or signed:
                continue
        kept.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    return kept


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", re.sub(r"^\(\w[\w. -]{1,20}\)\s*[-–]\s*", "", text)).strip().lower()


def parse(page: bytes) -> LexborHTMLParser:
    """The tree of a page in UTF-8. Ask `monstrous` first."""
    return LexborHTMLParser(page)


_NESTING = ("div", "span", "section", "article", "main", "ul", "ol", "table", "font", "center", "blockquote")
_TAG = re.compile(rb"</?(?:%s)\b" % "|".join(_NESTING).encode(), re.IGNORECASE)
_BEGINNINGS = np.array([ord(name[0]) << 8 | ord(name[1]) for name in _NESTING], np.uint16)


def monstrous(page: bytes) -> bool:
    """Whether a page is too much for the parsers: more elements, or a deeper nesting, than any article has."""
    letters = np.frombuffer(page + b"  ", np.uint8)
    tags = np.flatnonzero(letters[:-2] == ord("<"))
    first, second = letters[tags + 1] | 0x20, letters[tags + 2] | 0x20
    if np.count_nonzero((first >= ord("a")) & (first <= ord("z"))) > MAX_TAGS:
        return True
    # most pages do not have as many of these elements as they would have to lie within each other
    if np.count_nonzero(np.isin(first.astype(np.uint16) << 8 | second, _BEGINNINGS)) <= MAX_DEPTH:
        return False
    depth = 0
    for tag in _TAG.findall(page):
        depth = max(0, depth - 1) if tag[1] == ord("/") else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False
