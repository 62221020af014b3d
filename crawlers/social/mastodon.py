"""The public timeline of a tag on a Mastodon server, or on any that speaks its interface; no key.

A post that was federated to several watched servers is one: it is recognised by its own address (`uri`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

from records import Document

from . import answers
from .talk import Call, Fault, Post, Reading, Visit, Walk

if TYPE_CHECKING:
    from ..sources import Source

LIMIT = 40
LATE = timedelta(hours=6)
"""how far posts of other servers may appear behind newer ones"""
TIMELINE = Walk("statuses", late=LATE)


def start(visit: Visit) -> Sequence[Call]:
    return [_timeline(visit)]


def again(visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:
    calls = []
    for document in documents:
        one = document.key.removeprefix(_prefix(visit))
        if document.key.startswith(_prefix(visit)) and one:
            url = urljoin(visit.source.homepage, f"/api/v1/statuses/{quote(one)}")
            calls.append(Call(url, partial(_looked, visit), about=document.key))
    return calls


def problems(source: Source) -> Sequence[tuple[str, str]]:
    if source.query or not re.fullmatch(r"\w{2,100}", source.account):
        return [("account", "mastodon cần account: một thẻ, không có dấu #, và không dùng query")]
    return []


def fault(status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:  # noqa: ARG001
    if status == 200:
        return None
    if status in (401, 403, 422):
        return Fault("token", f"máy chủ không cho đọc thẻ này khi chưa đăng nhập (HTTP {status}); bỏ nguồn này")
    if status in (404, 410):
        return Fault("gone", f"máy chủ không còn trang này (HTTP {status})")
    return Fault("wait" if status == 429 or status >= 500 else "http", f"máy chủ trả lời HTTP {status}")


def _prefix(visit: Visit) -> str:
    return f"{visit.source.host}:status-"


def _timeline(visit: Visit, walk: Walk = TIMELINE, before: str = "") -> Call:
    asked = {"limit": str(LIMIT)} | ({"max_id": before} if before else {})
    url = urljoin(visit.source.homepage, f"/api/v1/timelines/tag/{quote(visit.source.account)}?{urlencode(asked)}")
    return Call(url, partial(_statuses, visit, walk))


def _statuses(visit: Visit, walk: Walk, answer: Any) -> Reading:
    rows = answers.rows({"all": answer}, "all")
    posts = [post for row in rows if (post := _post(visit, row))]
    before = answers.name(rows[-1], "id") if rows else ""
    following, marks = walk.on(visit, [post.published_at for post in posts], bool(before))
    return Reading(tuple(posts), (_timeline(visit, following, before),) if following else (), marks)


def _post(visit: Visit, row: Any) -> Post | None:
    """None for what is not public, only passes on another's post, or is by somebody who asks not to be indexed."""
    one, place = answers.name(row, "id"), answers.address(row, "url") or answers.address(row, "uri")
    if not one or answers.part(row, "visibility") not in ("public", "unlisted") or answers.part(row, "reblog"):
        return None
    if answers.part(row, "account", "noindex") is True:
        return None
    counts = [answers.number(row, name) for name in ("reblogs_count", "favourites_count", "replies_count")]
    writer = (
        answers.address(row, "account", "url")
        or f"{visit.source.host}/{answers.text(row, 'account', 'acct', most=200)}"
    )
    uri = answers.text(row, "uri", most=500)
    return Post(
        _prefix(visit) + one,
        place,
        answers.prose(answers.text(row, "content")),
        answers.text(row, "spoiler_text", most=answers.MAX_TITLE),
        writer,
        answers.moment(row, "created_at"),
        sum(count for count in counts if count is not None) if any(count is not None for count in counts) else None,
        own=False,
        names=(uri,) if uri else (),
    )


def _looked(visit: Visit, answer: Any) -> Reading:
    post = _post(visit, answer)
    return Reading((post,) if post is not None else ())
