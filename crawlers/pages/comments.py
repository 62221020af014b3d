"""A fetched page without what other people wrote on it, and as a still for a picture. Pure.

Evidence is about one published item. Comments under an article, the other posts of a thread, quotes of other members and
the names of those who reacted are other people's words: they are cut out before anything is sealed.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from records import UnreadablePage

from .body import monstrous, parse, tidy
from .decode import utf8

_WORDS = r"comments?|commentlist|cmts?|binh[_-]?luan|y[_-]?kien(?:[_-]?ban[_-]?doc)?|disqus|fb-comments|repl(?:y|ies)|feedbacks?"
_NAMED = re.compile(rf"(?:^|[\s/_-])(?:box|list|lst)?(?:{_WORDS})(?:$|[\s_-])|(?:^|\s)bình luận", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOLD = ("class", "id", "itemprop", "itemtype", "role", "aria-label", "data-role", "data-component", "data-testid")
"""attributes that say what an element is for"""
_DATA = re.compile(
    r"(?:comments?|commentList|cmts?|binh_?luan|replies|suggestedAnswer|acceptedAnswer)\w{0,20}\\{0,5}[\"']?\s{0,20}:\s{0,20}(?:\[\s{0,20})?\{"
    r"|@type\\{0,5}\"\s{0,20}:\s{0,20}\\{0,5}\"(?:Comment|Answer)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:bình luận|ý kiến (?:bạn đọc|độc giả)|comments?)(?: \W?\d{1,9}\W?)?:?", re.IGNORECASE)
_PAGE = re.compile(rb"[\s\xef\xbb\xbf]*(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_KEPT = frozenset(("html", "head", "body", "main", "h1", "title", "meta", "link"))
_ACTIVE = (
    "script, iframe, frame, object, embed, applet, link, base, meta, noscript, template, form, audio, video, source"
)
_POLICY = (
    "<meta charset='utf-8'><meta http-equiv='Content-Security-Policy' "
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)
_POST = "article.message"
_OTHERS_IN_POST = (
    ".bbCodeBlock--quote, blockquote[data-quote], .reactionsBar, .message-responses, .message-articleUserInfo"
)
_AUTHOR = ".message-user, .message-name, .message-userDetails, a.username, .message-avatar, .message-signature"
MOST = 20_000
"""elements looked at"""


def is_html(body: bytes, content_type: str) -> bool:
    """Whether an answer is a page, whatever its head calls it."""
    return "html" in content_type.lower() or _PAGE.match(body[:2000]) is not None


def cut(body: bytes, content_type: str, words: str, post: str = "", named: bool = True) -> tuple[bytes, int]:
    """(the page, in how many places it was cut); with nothing to cut, the bytes as they came and 0.

    `words`: the text that is evidence, never cut. `post`: the number of the one forum post to keep, of a thread's page;
    its author's name stays where `named`. What was cut is UTF-8. Raises UnreadablePage for a page too monstrous to look at.
    """
    page, _ = utf8(body, content_type)
    if monstrous(page):
        raise UnreadablePage("", "trang có quá nhiều thẻ hoặc lồng quá sâu, không tách được lời người khác")
    tree = parse(page)
    places = _posts(tree, post, named) if post else _comments(tree, words)
    return ((tree.html or "").encode("utf-8", "replace"), places) if places else (body, 0)


def _comments(tree: LexborHTMLParser, words: str) -> int:
    marks, home = _marks(words), _home(tree, words)
    others = [
        node
        for node in tree.css("*")[:MOST]
        if _by_others(node) and node.tag not in _KEPT and node.css_first("h1") is None and not _holds(node, marks, home)
    ]
    others += [
        node.parent
        for node in tree.css("h2, h3, h4, h5, h6")[:MOST]
        if _HEADING.fullmatch(tidy(node.text())) and node.parent is not None and node.parent.tag not in _KEPT
        and node.parent.css_first("h1") is None and not _holds(node.parent, marks, home)
    ]  # fmt: skip
    others += [node for node in tree.css("script")[:MOST] if _DATA.search(node.text() or "")]
    # what a template holds is no part of the tree
    others += [node for node in tree.css("template")[:MOST] if re.search(_WORDS, node.html or "", re.IGNORECASE)]
    return _bared(tree) + _remove(others)


def _by_others(node: LexborNode) -> bool:
    """Whether an element says of itself that it is for what readers say."""
    told = (node.tag or "", *(node.attributes.get(name) or "" for name in _TOLD if name in node.attributes))
    return any(_NAMED.search(_CAMEL.sub("-", stated[:2000])) for stated in told)


def _bared(tree: LexborHTMLParser) -> int:
    """Takes off attributes that hold comments as data; gives how many."""
    found = [
        (node, name)
        for node in tree.css("*")[:MOST]
        for name, stated in node.attributes.items()
        if "{" in (stated or "") and (_DATA.search(stated or "") or _NAMED.search(name))
    ]
    for node, name in found:
        del node.attrs[name]
    return len(found)


def _posts(tree: LexborHTMLParser, post: str, named: bool) -> int:
    """Leaves one post of a thread. Scripts and descriptions may tell others' posts again, so they go as well."""
    all_posts = tree.css(_POST)[:MOST]
    wanted = re.compile(rf"(?:js-)?post-{re.escape(post)}")
    kept = next(
        (node for node in all_posts if wanted.fullmatch(node.attributes.get("data-content") or node.id or "")), None
    )
    others = [node for node in all_posts if kept is None or node.mem_id != kept.mem_id]
    selected = f"script, meta[name='description'], meta[property*='description'], {_OTHERS_IN_POST}"
    others += tree.css(selected if named else f"{selected}, {_AUTHOR}")[:MOST]
    if kept is None:
        return _remove(others + tree.css(_AUTHOR)[:MOST])
    if not named and kept.attributes.get("data-author"):
        kept.attrs["data-author"] = ""
    return _remove(others + _around(kept))


def _around(kept: LexborNode) -> list[LexborNode]:
    """What stands beside a post and above it, but for the title of its thread: names, other threads, who is there."""
    found: list[LexborNode] = []
    inner = kept
    while inner.parent is not None and inner.tag not in ("body", "html"):
        for node in inner.parent.iter():
            if node.mem_id != inner.mem_id:
                found += [node] if node.css_first("h1") is None else node.css(f".p-description, .username, {_AUTHOR}")
        inner = inner.parent
    return found


def _remove(nodes: list[LexborNode]) -> int:
    """Takes the nodes out, each with all it holds; gives how many lay in no other one."""
    chosen = {node.mem_id for node in nodes}
    outer = {node.mem_id: node for node in nodes if not _within(node, chosen)}
    for node in outer.values():
        node.decompose()
    return len(outer)


def _within(node: LexborNode, chosen: set[int]) -> bool:
    above = node.parent
    while above is not None:
        if above.mem_id in chosen:
            return True
        above = above.parent
    return False


def _marks(words: str) -> list[str]:
    """How the paragraphs of a text begin, as `tidy` writes them; up to the first number, which may be masked."""
    begun = (re.split(r"\d", tidy(text), maxsplit=1)[0][:60].strip() for text in words.split("\n\n")[:40])
    return [text for text in begun if len(text) >= 15] or [text for text in [tidy(words)[:60]] if text]


def _home(tree: LexborHTMLParser, words: str) -> set[int]:
    """The elements in which a text first begins, from the outermost to the innermost."""
    mark, found = tidy(words)[:60], set()
    inner = tree.body if mark else None
    while inner is not None:
        found.add(inner.mem_id)
        within = (node for node in inner.iter() if node.tag not in ("script", "style"))
        inner = next((node for node in within if mark in tidy(node.text())), None)
    return found


def _holds(node: LexborNode, marks: list[str], home: set[int]) -> bool:
    """Whether an element holds the text that is evidence, and does not only quote a piece of it."""
    if node.mem_id in home:
        return True
    text = tidy(node.text()) if len(marks) > 1 else ""
    return 2 * sum(mark in text for mark in marks) > len(marks)


def still(page: bytes, content_type: str) -> bytes:
    """The page as HTML (UTF-8) in which nothing acts and nothing is loaded; empty where there is nothing to show."""
    tree = parse(utf8(page, content_type)[0])
    _remove(tree.css(_ACTIVE)[:MOST])
    html = re.sub(r"<head[^>]*>", lambda head: head[0] + _POLICY, tree.html or "", count=1)
    return html.encode("utf-8", "replace") if _POLICY in html else b""
