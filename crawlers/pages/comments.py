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

_NAMED = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|cmts?|binh-?luan|y-?kien|disqus|fb-comments)(?:$|[\s_-])", re.IGNORECASE
)
_DATA = re.compile(r"\"(?:comments?|commentList|listComments?|binhLuan|binh_luan)\"\s*:\s*(?:\[\s*)?\{", re.IGNORECASE)
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
    mark = _beginning(words)
    named = (
        node
        for node in tree.css("[class], [id]")[:MOST]
        if any(_NAMED.search(node.attributes.get(name) or "") for name in ("class", "id"))
    )
    others = [
        node
        for node in named
        if node.tag not in _KEPT and node.css_first("h1") is None and not (mark and mark in tidy(node.text()))
    ]
    others += [script for script in tree.css("script")[:MOST] if _DATA.search(script.text() or "")]
    return _remove(others)


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
    if not named and kept is not None and kept.attributes.get("data-author"):
        kept.attrs["data-author"] = ""
    return _remove(others)


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


def _beginning(words: str) -> str:
    """The first words of a text, as `tidy` writes them."""
    return tidy(words)[:60]


def still(page: bytes, content_type: str) -> bytes:
    """The page as HTML (UTF-8) in which nothing acts and nothing is loaded; empty where there is nothing to show."""
    tree = parse(utf8(page, content_type)[0])
    _remove(tree.css(_ACTIVE)[:MOST])
    html = re.sub(r"<head[^>]*>", lambda head: head[0] + _POLICY, tree.html or "", count=1)
    return html.encode("utf-8", "replace") if _POLICY in html else b""
