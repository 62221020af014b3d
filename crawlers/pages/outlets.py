"""A reader's selectors used on a page: the article's container, single texts, bylines, counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..readers import Layout
from .body import paragraphs, tidy

PLACE = ".location-stamp"


def container(tree: LexborHTMLParser, layout: Layout) -> LexborNode | None:
    """The element that holds the article. A page may hold several articles (popups, the next one to read): the first
    that has text is the one asked for."""
    for selector in layout.body:
        for node in tree.css(selector):
            if len(node.text(strip=True)) > 60:
                return node
    return None


def text_of(tree: LexborHTMLParser, selectors: Sequence[str]) -> str:
    """The text of the first element that has any; the place a report is dated from goes before a dash, as it is shown."""
    for selector in selectors:
        for node in tree.css(selector)[:5]:
            text = " ".join(paragraphs(node, PLACE)) or tidy(node.text())
            place = node.css_first(PLACE)
            if text:
                return f"{tidy(place.text())} - {text}" if place and place.text(strip=True) else text
    return ""


def bylines(tree: LexborHTMLParser, selectors: Sequence[str]) -> tuple[str, ...]:
    """Names of authors as printed: "Hà Thu (tổng hợp)"."""
    for selector in selectors:
        texts = [tidy(node.text()) for node in tree.css(selector)[:10]]
        names = [name for text in texts for name in re.split(r" [-–] | ?; ?", text) if _is_name(name)]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _is_name(text: str) -> bool:
    return 1 < len(text) <= 60 and not re.search(r"[@:/!?\d]|^(theo|nguồn|ảnh|xem|bài|tin)\b", text, re.IGNORECASE)


def counted(tree: LexborHTMLParser, selectors: Sequence[str]) -> int | None:
    """The number a page shows in one of these places ("Ý kiến (1.204)"); None where it shows none."""
    for selector in selectors:
        for node in tree.css(selector)[:3]:
            shown = re.search(r"\d{1,3}(?:[.,]\d{3})+|\d{1,9}", node.text()[:200])
            if shown:
                return int(re.sub(r"\D", "", shown[0]))
    return None
