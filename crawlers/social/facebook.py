"""Facebook Graph API: the posts of a Page and the comments under them.

One's own Page needs a Page token, another's the feature Page Public Content Access. The token goes in a header; a page's
`next` address, which repeats it, is never followed: only its cursor is taken. Names of persons are not even asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from records import Document

from . import answers
from .talk import Call, Fault, NoKey, Post, Reading, Visit, Walk

if TYPE_CHECKING:
    from ..sources import Source

COMMENT_PAGES = 3
LATE = timedelta(days=2)
"""how far back comments of posts are looked for anew"""
POST, COMMENT = "facebook:post-", "facebook:comment-"
POST_FIELDS = "id,message,created_time,permalink_url,from{id},shares,reactions.limit(0).summary(true),comments.limit(0).summary(true)"
COMMENT_FIELDS = "id,message,created_time,permalink_url,from{id},like_count"
_LIMITS = {4: "ứng dụng", 17: "người dùng", 32: "Trang", 613: "lời gọi"}
_HOUR = 3600.0
_CURSORS = ("after", "until", "__paging_token")
FEED = Walk("posts", late=LATE)


def start(visit: Visit) -> Sequence[Call]:
    return [_feed(visit, {})]


def again(visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:
    """Each by itself: Facebook answers for several ids all together with an error where one is gone. The Page comes first:
    Facebook says of what the token may no longer see that it is gone, so nothing is believed while the Page cannot be read."""
    calls = [_call(visit, f"{visit.source.account}/feed?fields=id&limit=1", lambda _: Reading())]
    for document in documents:
        for kind, fields in ((POST, POST_FIELDS), (COMMENT, COMMENT_FIELDS)):
            if one := document.key.removeprefix(kind) if document.key.startswith(kind) else "":
                read = partial(_looked, kind, document.key)
                calls.append(_call(visit, f"{quote(one)}?{urlencode({'fields': fields})}", read, document.key))
    return calls


def problems(source: Source) -> Sequence[tuple[str, str]]:
    if source.query or not re.fullmatch(r"[\w.-]{2,100}", source.account, re.ASCII):
        return [("account", "facebook cần account: số hoặc tên của Trang trong địa chỉ của nó; không dùng query")]
    return []


def fault(status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:
    said = answers.part(answer, "error")
    if status == 200 and said is None:
        return None
    code, sub = answers.number(said, "code"), answers.number(said, "error_subcode")
    if code in _LIMITS or status == 429:
        text = f"Facebook báo quá hạn mức của {_LIMITS.get(code or 0, 'ứng dụng')} (mã {code}); sẽ hỏi lại sau"
        return Fault("wait", text, rest=_regain(headers))
    if code in (190, 102) or status == 401:
        why = {463: "hết hạn", 460: "mật khẩu đã đổi", 467: "bị thu hồi", 458: "ứng dụng bị gỡ"}.get(
            sub or 0, "không còn dùng được"
        )
        text = f"khóa Facebook {why} (mã {code}); cấp khóa mới và đặt LANGNGHE_SOCIAL__FACEBOOK_TOKEN"
        return Fault("token", text)
    if code == 803 or (code == 100 and sub == 33) or status == 404:
        return Fault("gone", "Facebook không cho xem Trang hoặc bài này: không còn, hoặc khóa không đủ quyền")
    if code in (10, 100) or (code is not None and 200 <= code <= 299):
        text = (
            f"khóa Facebook không đủ quyền (mã {code}): Trang của mình cần pages_read_engagement và"
            " pages_read_user_content, Trang khác cần tính năng Page Public Content Access"
        )
        return Fault("token", text)
    return Fault("wait" if status >= 500 or code in (1, 2) else "http", f"Facebook trả lời HTTP {status} (mã {code})")


def _regain(headers: Mapping[str, str]) -> float:
    """Seconds until Facebook takes calls again, as it states them; an hour where it does not."""
    try:
        stated = json.loads(headers.get("x-business-use-case-usage", "{}")[:10_000])
    except (ValueError, RecursionError):
        stated = {}
    uses = [row for name in stated if isinstance(stated, dict) for row in answers.rows(stated, name)]
    minutes = max((answers.number(row, "estimated_time_to_regain_access") or 0 for row in uses), default=0)
    return min(max(60.0 * minutes, 60.0), 24 * _HOUR) if minutes else _HOUR


# ------------------------------------------------ calls


def _call(visit: Visit, path: str, read: Any, about: str = "") -> Call:
    social = visit.settings.social
    token = social.facebook_page_tokens.get(visit.source.account) or social.facebook_token
    if token is None:
        raise NoKey("chưa có khóa Facebook: đặt biến môi trường LANGNGHE_SOCIAL__FACEBOOK_TOKEN")
    keyed = {"Authorization": f"Bearer {token.get_secret_value()}"}
    return Call(f"{social.facebook_api}/{path}", read, keyed, about=about)


def _feed(visit: Visit, cursor: Mapping[str, str], walk: Walk = FEED) -> Call:
    asked = urlencode({"fields": POST_FIELDS, "limit": "50", **cursor})
    return _call(visit, f"{visit.source.account}/feed?{asked}", partial(_posts, visit, walk))


def _comments(visit: Visit, post: str, walk: Walk, cursor: Mapping[str, str]) -> Call:
    asked = {"fields": COMMENT_FIELDS, "limit": "100", "filter": "stream", "order": "reverse_chronological", **cursor}
    return _call(visit, f"{post}/comments?{urlencode(asked)}", partial(_said, visit, post, walk))


# ------------------------------------------------ readings


def _posts(visit: Visit, walk: Walk, answer: Any) -> Reading:
    rows, cursor = answers.rows(answer, "data"), _next(answer)
    posts = [post for row in rows if (post := _post(row))]
    following, marks = walk.on(visit, [post.published_at for post in posts], bool(cursor and rows))
    calls = [_feed(visit, cursor, following)] if following else []
    for row in rows:
        one, count = answers.name(row, "id"), answers.number(row, "comments", "summary", "total_count")
        if one and count and visit.keeper.mark(visit.source, f"comments-{one}").state != str(count):
            calls.append(_comments(visit, one, Walk(f"comments-{one}", COMMENT_PAGES, state=str(count)), {}))
    return Reading(tuple(posts), tuple(calls), marks)


def _said(visit: Visit, post: str, walk: Walk, answer: Any) -> Reading:
    rows, cursor = answers.rows(answer, "data"), _next(answer)
    found = [comment for row in rows if (comment := _comment(row))]
    following, marks = walk.on(visit, [one.published_at for one in found], bool(cursor and rows))
    return Reading(tuple(found), (_comments(visit, post, following, cursor),) if following else (), marks)


def _post(row: Any) -> Post | None:
    one, writer = answers.name(row, "id"), answers.name(row, "from", "id")
    if not one:
        return None
    reactions, shares = (
        answers.number(row, "reactions", "summary", "total_count"),
        answers.number(row, "shares", "count"),
    )
    reach = (reactions or 0) + (shares or 0) + (answers.number(row, "comments", "summary", "total_count") or 0)
    return Post(
        POST + one,
        _place(row, one),
        answers.text(row, "message"),
        author=writer,
        published_at=answers.moment(row, "created_time"),
        reach=reach if reactions is not None or shares is not None else None,
        own=not writer or writer == one.partition("_")[0],
    )


def _comment(row: Any) -> Post | None:
    one = answers.name(row, "id") or _in_address(row)
    if not one:
        return None
    return Post(
        COMMENT + one,
        _place(row, one),
        answers.text(row, "message"),
        author=answers.name(row, "from", "id"),
        published_at=answers.moment(row, "created_time"),
        reach=answers.number(row, "like_count"),
        own=False,
    )


def _in_address(row: Any) -> str:
    """The number a comment's own address ends with: the interface leaves out an id that was not asked for."""
    asked = parse_qs(urlsplit(answers.address(row, "permalink_url")).query)
    return answers.name({"id": (asked.get("reply_comment_id") or asked.get("comment_id") or [""])[0]}, "id")


def _place(row: Any, one: str) -> str:
    """Where a person can open it: on Facebook's own hosts or nowhere."""
    stated = answers.address(row, "permalink_url")
    host = urlsplit(stated).hostname or ""
    return stated if host == "facebook.com" or host.endswith(".facebook.com") else f"https://www.facebook.com/{one}"


def _next(answer: Any) -> dict[str, str]:
    """The cursor of the next page, out of an address of which nothing else is used."""
    stated = answers.part(answer, "paging", "next")
    if not isinstance(stated, str) or len(stated) > 5000:
        return {}
    after = answers.name(answer, "paging", "cursors", "after")
    try:
        asked = parse_qs(urlsplit(stated).query, max_num_fields=50)
    except ValueError:
        asked = {}
    found = {name: asked[name][0] for name in _CURSORS if name in asked and len(asked[name][0]) <= 1000}
    return {"after": after} if after else found


def _looked(kind: str, key: str, answer: Any) -> Reading:
    post = _post(answer) if kind == POST else _comment(answer)
    return Reading((post,) if post is not None and post.key == key else ())
