"""Reader of public forum threads (XenForo 2): the bytes of one page of a thread -> its posts. Pure.

What others said before (quotes), signatures, mentions of members and the forum's own words are left out: a post is what
its author wrote in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from records import UnreadablePage
from vietnamese import parse_date

from ..sources import Source
from .body import monstrous, paragraphs, parse, tidy
from .decode import utf8

MAX_POSTS = 1000
"""read of one page; forums show 10 to 50"""
MAX_CHARS = 50_000
"""of one post; forums allow 10,000 to 20,000"""
MAX_REACTIONS = 10**9
_POST = "article.message[data-content], article.message[id]"
_NESTED = "article.message article.message"
"""a post inside a post is markup smuggled into its words"""
_QUOTED = (
    "blockquote, .bbCodeBlock--quote, .bbCodeBlock-title, .bbCodeBlock-expandLink, .js-expandLink, .message-signature, "
    ".message-lastEdit, .bbCodeSpoiler-button, .bbMediaWrapper, .js-selectToQuoteEnd, a.username, img, select, textarea, input"
)
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d{1,9}")
_NO_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `author` is a person's name: it is hashed at the door and appears nowhere else."""

    id: str
    """the forum's number of the post"""
    author: str = field(repr=False)
    """"" where the page names none"""
    text: str
    """paragraphs joined by a blank line; "" for a post of pictures only"""
    published_at: datetime | None
    """with the page's offset"""
    reactions: int | None
    permalink: str


@dataclass(frozen=True, slots=True)
class Thread:
    """One page of a thread; `posts` in the page's order, each once."""

    title: str
    address: str
    """of the whole thread, ends in a slash"""
    posts: tuple[Post, ...]
    page: int = 1
    pages: int = 1
    doubtful: tuple[str, ...] = ()
    """"charset": the text may be damaged"""

    def at(self, page: int) -> str:
        """The address of one of its pages."""
        return self.address if page == 1 else f"{self.address}page-{page}"


def posts(url: str, body: bytes, content_type: str = "text/html", source: Source | None = None) -> Thread:
    """Read one fetched page of a thread. Raises UnreadablePage where there is no post (login wall, removed, rebuilt)."""
    raw, doubtful = utf8(body, content_type)
    if monstrous(raw):
        raise UnreadablePage(url, "trang có quá nhiều thẻ hoặc lồng quá sâu")
    tree = parse(raw)
    address = thread_address(url)
    nested = {node.mem_id for node in tree.css(_NESTED)}
    outer = (node for node in tree.css(_POST) if node.mem_id not in nested)
    found: dict[str, Post] = {}
    for node in outer:
        if len(found) == MAX_POSTS:
            break
        if (number := _id(node)) and number not in found:
            found[number] = _post(node, number, address)
    if not found:
        raise UnreadablePage(url, f"không tìm thấy bài viết nào của chủ đề{f' ({source.name})' if source else ''}")
    page, pages = _pages(tree)
    return Thread(_title(tree), address, tuple(found.values()), page, pages, ("charset",) if doubtful else ())


def thread_address(url: str) -> str:
    """The address of the thread an address of it, of one of its pages or of a post in it belongs to."""
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    return re.sub(r"/(?:(?:post|page)-\d+|latest|unread)?/?$", "", path) + "/"


def _id(node: LexborNode) -> str:
    stated = node.attributes.get("data-content") or node.attributes.get("id") or ""
    match = re.fullmatch(r"(?:js-)?post-([1-9]\d{0,17})", stated)
    return match[1] if match else ""


def _post(node: LexborNode, number: str, address: str) -> Post:
    wrapper = node.css_first(".bbWrapper")
    text = "\n\n".join(paragraphs(wrapper, _QUOTED)) if wrapper is not None else ""
    named = node.css_first(".message-name")
    author = tidy((node.attributes.get("data-author") or (named.text() if named is not None else "") or "")[:400])
    moments = (parse_date(stated, _NO_CLOCK) for stated in _times(node))
    return Post(
        id=number,
        author=author,
        text=text[:MAX_CHARS],
        published_at=next((moment for moment in moments if moment is not None), None),
        reactions=_reactions(node),
        permalink=f"{address}post-{number}",
    )


def _times(node: LexborNode) -> Iterator[str]:
    """Only the post's own header counts: its words may hold any markup."""
    for time in node.css(".message-attribution time[datetime]")[:3]:
        stated = (time.attributes.get("datetime") or "")[:40]
        if stated[:4].isdecimal():  # not "hôm qua": a page read alone has no clock
            yield stated


def _reactions(node: LexborNode) -> int | None:
    """Persons who reacted: those named and "and 4 others", or a plain count; None where the page shows no such place."""
    bar = node.css_first(".message-footer .reactionsBar")
    if bar is None:
        return None
    link = bar.css_first(".reactionsBar-link") or bar
    names = link.css("bdi")[:20]
    rest = link.text()[:2000]
    for name in names:
        rest = rest.replace(name.text(), " ", 1)
    others = _NUMBER.search(rest)
    return min(len(names) + (int(re.sub(r"\D", "", others[0])) if others else 0), MAX_REACTIONS)


def _title(tree: LexborHTMLParser) -> str:
    heading = tree.css_first("h1.p-title-value") or tree.css_first("h1")
    if heading is not None:
        parts = [
            node for node in heading.iter(include_text=True) if "label" not in (node.attributes.get("class") or "")
        ]
        if text := tidy("".join((node.text() or "")[:1000] for node in parts[:20])):
            return text[:500]
    stated = tree.css_first("meta[property='og:title']")
    return tidy((stated.attributes.get("content") or "") if stated is not None else "")[:500]


def _pages(tree: LexborHTMLParser) -> tuple[int, int]:
    """(number of this page, number of the last) as the thread's page navigation says."""
    numbers = [_number(node) for node in tree.css(".pageNav-main .pageNav-page a")[:50]]
    current = tree.css_first(".pageNav-main .pageNav-page--current")
    page = max(_number(current), 1) if current is not None else 1
    return page, max([page, *numbers])


def _number(node: LexborNode) -> int:
    text = node.text().strip()
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0
