"""JSON Feed (jsonfeed.org, version 1 and 1.1): items with their text, page by page on the feed's own host."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from records import Document

from . import answers
from .talk import Call, Fault, Post, Reading, Visit, Walk

if TYPE_CHECKING:
    from ..sources import Source


def start(visit: Visit) -> Sequence[Call]:
    return [
        Call(url, partial(_read, visit, Walk(f"items-{url}"), (url,)), conditional=True) for url in visit.source.feeds
    ]


def again(visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:  # noqa: ARG001
    """A feed is a window: what left it was not deleted for that."""
    return ()


def problems(source: Source) -> Sequence[tuple[str, str]]:
    if not source.feeds or source.account or source.query:
        return [("connector", "json-feed cần feeds, không dùng account hay query")]
    return []


def fault(status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:  # noqa: ARG001
    if status != 200:
        gone = status in (404, 410)
        return Fault("gone" if gone else "http", f"máy chủ của feed trả lời HTTP {status}")
    if not answers.text(answer, "version", most=100).startswith("https://jsonfeed.org/version/1"):
        return Fault("content", "không phải JSON Feed (thiếu version của jsonfeed.org)")
    return None


def _read(visit: Visit, walk: Walk, pages: tuple[str, ...], answer: Any) -> Reading:
    posts = [post for row in answers.rows(answer, "items") if (post := _post(visit, row))]
    url = answers.address(answer, "next_url")
    more = bool(url and posts) and visit.source.owns(url) and url not in pages
    following, marks = walk.on(visit, [post.published_at for post in posts], more)
    return Reading(
        tuple(posts), (Call(url, partial(_read, visit, following, (*pages, url))),) if following else (), marks
    )


def _post(visit: Visit, row: Any) -> Post | None:
    """An item's own address is no promise of its host: it is for a person to open and never fetched."""
    stated = answers.number(row, "id")
    one = answers.text(row, "id", most=500) or ("" if stated is None else str(stated))
    if not one:
        return None
    first = next(iter(answers.rows(row, "authors")), answers.part(row, "author"))
    text = answers.text(row, "content_text") or answers.prose(answers.text(row, "content_html"))
    return Post(
        f"{visit.source.id}:item-{hashlib.sha256(one.encode()).hexdigest()[:32]}",
        answers.address(row, "url"),
        text or answers.text(row, "summary"),
        answers.text(row, "title", most=answers.MAX_TITLE),
        answers.text(first, "url", most=300) or answers.text(first, "name", most=300),
        answers.moment(row, "date_published"),
    )
