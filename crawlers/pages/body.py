"""The running text of an article: paragraphs out of a container, or out of a page nobody knows."""

from __future__ import annotations

import re

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
        elif node.tag == "-text":
            texts.append(node.text() or "")
        elif node.tag == "br":
            texts.append(_BREAK)
        elif node.mem_id not in skipped and not (node.tag or "-").startswith("-"):
            if node.tag in _BLOCKS:
                _add(found, texts)
                stack.append(None)
            elif node.tag in ("td", "th"):
                texts.append(" ")
            stack += list(node.iter(include_text=True))[::-1]
    return found


def _add(found: list[str], texts: list[str]) -> None:
    for piece in re.split(rf"{_BREAK}\s*{_BREAK}", "".join(texts)):
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
        key = _key(text)
        if not key or (key in said and number < 5) or _INVITATION.match(text) or _CAPTION.match(text):
            continue
        if key in names and (number < 3 or number > len(found) - 6):
            continue
        kept.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    return kept


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", re.sub(r"^\(\w[\w. -]{1,20}\)\s*[-–]\s*", "", text)).strip().lower()


def parse(text: str) -> LexborHTMLParser:
    """The tree of a page's text. Ask `monstrous` first."""
    return LexborHTMLParser(text)


_TAG = re.compile(r"<(/?)(div|span|section|article|main|ul|ol|table|font|center|blockquote)\b", re.IGNORECASE)


def monstrous(text: str) -> bool:
    """Whether a page is too much for the parsers: more elements, or a deeper nesting, than any article has."""
    if len(re.findall("<[a-zA-Z]", text)) > MAX_TAGS:
        return True
    depth = 0
    for closing, _ in _TAG.findall(text):
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False
