"""YouTube Data API v3: the uploads of a channel or the videos a search finds, and the comments under them.

Each call takes one unit of the day's quota, a search one of a bucket of its own. The key goes in a header.
Comments of a video are read again when YouTube counts another number of them; a late reply to an old comment is seen only
where its thread stands on the pages read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from records import Document

from . import answers
from .talk import Call, Fault, Mark, NoKey, Post, Reading, Visit, Walk

if TYPE_CHECKING:
    from ..sources import Source

UNITS, SEARCHES = "youtube", "youtube-search"
COMMENT_PAGES, SEARCH_PAGES = 3, 2
AT_ONCE = 50
"""ids of one look"""
LATE = timedelta(days=1)
"""how far videos may appear behind newer ones"""
LOOK_BACK = timedelta(days=7)
"""of a search that was never made"""
UPLOADS, SEARCH = Walk("videos", late=LATE), Walk("videos", SEARCH_PAGES, LATE)
VIDEO, COMMENT = "youtube:video-", "youtube:comment-"
_BUSY = frozenset(
    ("rateLimitExceeded", "userRateLimitExceeded", "backendError", "internalError", "SERVICE_UNAVAILABLE")
)
_USED_UP = frozenset(("quotaExceeded", "dailyLimitExceeded"))
_OFF = frozenset(("commentsDisabled", "videoNotFound", "commentNotFound"))


def start(visit: Visit) -> Sequence[Call]:
    return [_search(visit)] if visit.source.query else [_uploads(visit)]


def again(visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:
    calls = []
    for path, kind, read in (("videos", VIDEO, videos), ("comments", COMMENT, comments)):
        ids = [document.key.removeprefix(kind) for document in documents if document.key.startswith(kind)]
        for some in (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)):
            part = "snippet,statistics" if path == "videos" else "snippet"
            asked = {"part": part, "id": ",".join(some)} | ({"textFormat": "plainText"} if kind == COMMENT else {})
            calls.append(_call(visit, path, asked, partial(_looked, visit, read, kind, some)))
    return calls


def problems(source: Source) -> Sequence[tuple[str, str]]:
    if bool(source.account) == bool(source.query):
        return [("connector", "youtube cần đúng một trong hai: account (mã kênh UC…) hoặc query (từ cần tìm)")]
    if source.account and not re.fullmatch(r"UC[\w-]{22}", source.account, re.ASCII):
        return [("account", "account phải là mã kênh YouTube, 24 ký tự, bắt đầu bằng UC")]
    return []


def fault(status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:  # noqa: ARG001
    if status == 200 and answers.part(answer, "error") is None:
        return None
    reasons = {answers.text(row, "reason", most=100) for row in answers.rows(answer, "error", "errors")}
    said = answers.text(answer, "error", "message", most=200)
    if reasons & _USED_UP:
        return Fault("quota", "YouTube báo đã hết hạn mức hôm nay; đọc tiếp khi YouTube mở lại", used_up=True)
    if reasons & _OFF:
        return Fault("http", "bình luận đã tắt hoặc không còn", skip=True)
    if reasons & {"playlistNotFound", "channelNotFound"}:
        return Fault("gone", "YouTube không có kênh này; kiểm tra account trong danh sách nguồn")
    if status == 429 or reasons & _BUSY or status >= 500:
        return Fault("wait", f"YouTube đang bận (HTTP {status})", rest=300)
    if status in (400, 401, 403):
        text = f"YouTube từ chối khóa ({said or status}); kiểm tra LANGNGHE_SOCIAL__YOUTUBE_KEY và YouTube Data API v3"
        return Fault("token", text)
    return Fault("http", f"YouTube trả lời HTTP {status}")


# ------------------------------------------------ calls


def _call(visit: Visit, path: str, asked: Mapping[str, str], read: Any, bucket: str = UNITS) -> Call:
    key = visit.settings.social.youtube_key
    if key is None:
        raise NoKey("chưa có khóa YouTube: đặt biến môi trường LANGNGHE_SOCIAL__YOUTUBE_KEY")
    url = f"{visit.settings.social.youtube_api}/youtube/v3/{path}?{urlencode(asked)}"
    return Call(url, read, {"X-Goog-Api-Key": key.get_secret_value()}, bucket=bucket)


def _uploads(visit: Visit, walk: Walk = UPLOADS, token: str = "") -> Call:
    uploads = "UU" + visit.source.account.removeprefix("UC")
    asked = {"part": "snippet", "playlistId": uploads, "maxResults": "50"} | ({"pageToken": token} if token else {})
    return _call(visit, "playlistItems", asked, partial(_listed, visit, _uploads, walk))


def _search(visit: Visit, walk: Walk = SEARCH, token: str = "") -> Call:
    known = visit.keeper.mark(visit.source, "videos").until
    since = (known - LATE if known else visit.now - LOOK_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {
        "part": "snippet", "type": "video", "order": "date", "maxResults": "50", "regionCode": "VN",
        "relevanceLanguage": "vi", "q": visit.source.query, "publishedAfter": since,
    }  # fmt: skip
    asked |= {"pageToken": token} if token else {}
    return _call(visit, "search", asked, partial(_listed, visit, _search, walk), SEARCHES)


def _comments(visit: Visit, video: str, walk: Walk, token: str = "") -> Call:
    asked = {
        "part": "snippet,replies", "videoId": video, "order": "time", "textFormat": "plainText", "maxResults": "100"
    } | ({"pageToken": token} if token else {})  # fmt: skip
    return _call(visit, "commentThreads", asked, partial(_threads, visit, video, walk))


def _replies(visit: Visit, thread: str, marks: Mapping[str, Mark], page: int = 1, token: str = "") -> Call:
    asked = {"part": "snippet", "parentId": thread, "textFormat": "plainText", "maxResults": "100"}
    asked |= {"pageToken": token} if token else {}
    return _call(visit, "comments", asked, partial(_replied, visit, thread, marks, page))


# ------------------------------------------------ readings


def _listed(visit: Visit, more: Callable[[Visit, Walk, str], Call], walk: Walk, answer: Any) -> Reading:
    """A page of a list of videos: they are asked for by their ids, then the next page, until what is known is reached."""
    items, token = answers.rows(answer, "items"), answers.name(answer, "nextPageToken")
    ids = [answers.name(row, "snippet", "resourceId", "videoId") or answers.name(row, "id", "videoId") for row in items]
    moments = [answers.moment(row, "snippet", "publishedAt") for row in items]
    following, marks = walk.on(visit, moments, bool(token and items))
    calls = []
    if any(ids):  # what was listed is dealt with once its videos are stored: they carry the marks
        asked = {"part": "snippet,statistics", "id": ",".join(filter(None, ids))}
        calls.append(_call(visit, "videos", asked, partial(_found, visit, marks)))
    if following:
        calls.append(more(visit, following, token))
    return Reading(calls=tuple(calls), marks={} if any(ids) else marks)


def _found(visit: Visit, marks: Mapping[str, Mark], answer: Any) -> Reading:
    """Videos with their counts; the comments of those that have other ones than last time are asked for."""
    calls = []
    for row in answers.rows(answer, "items"):
        video, count = answers.name(row, "id"), answers.number(row, "statistics", "commentCount")
        if video and count and visit.keeper.mark(visit.source, f"comments-{video}").state != str(count):
            walk = Walk(f"comments-{video}", COMMENT_PAGES, state=str(count))
            calls.append(_comments(visit, video, walk))
    return Reading(videos(visit, answer), tuple(calls), marks)


def _replied(visit: Visit, thread: str, marks: Mapping[str, Mark], page: int, answer: Any) -> Reading:
    token = answers.name(answer, "nextPageToken")
    if token and page < COMMENT_PAGES:
        return Reading(comments(visit, answer), following=_replies(visit, thread, marks, page + 1, token))
    return Reading(comments(visit, answer), marks=marks)


def _threads(visit: Visit, video: str, walk: Walk, answer: Any) -> Reading:
    """A page of comments. That they were dealt with is marked once the replies under them are: the last call carries it."""
    said, open_, moments = [], {}, []
    rows, token = answers.rows(answer, "items"), answers.name(answer, "nextPageToken")
    for row in rows:
        top, within = answers.part(row, "snippet", "topLevelComment"), answers.rows(row, "replies", "comments")
        said += [_comment(one) for one in (top, *within) if _is_comment(one)]
        moments.append(answers.moment(top, "snippet", "publishedAt"))
        replies, thread = answers.number(row, "snippet", "totalReplyCount") or 0, answers.name(row, "id")
        known = visit.keeper.mark(visit.source, f"replies-{thread}").state
        if thread and replies > len(within) and known != str(replies):
            open_[thread] = {f"replies-{thread}": Mark(str(replies))}
    following, marks = walk.on(visit, moments, bool(token and rows))
    if open_:
        open_[next(reversed(open_))].update(marks)
    calls = [_replies(visit, thread, own) for thread, own in open_.items()]
    if following:
        calls.append(_comments(visit, video, following, token))
    return Reading(tuple(said), tuple(calls), {} if open_ else marks)


def videos(visit: Visit, answer: Any) -> tuple[Post, ...]:
    found = []
    for row in answers.rows(answer, "items"):
        if video := answers.name(row, "id"):
            channel = answers.name(row, "snippet", "channelId")
            found.append(
                Post(
                    VIDEO + video,
                    f"https://www.youtube.com/watch?v={video}",
                    answers.text(row, "snippet", "description"),
                    answers.text(row, "snippet", "title", most=answers.MAX_TITLE),
                    channel,
                    answers.moment(row, "snippet", "publishedAt"),
                    answers.number(row, "statistics", "viewCount"),
                    own=bool(channel) and channel == visit.source.account,
                    names=(VIDEO + video,),
                )
            )
    return tuple(found)


def comments(visit: Visit, answer: Any) -> tuple[Post, ...]:  # noqa: ARG001
    return tuple(_comment(row) for row in answers.rows(answer, "items") if _is_comment(row))


def _is_comment(row: Any) -> bool:
    return bool(answers.name(row, "id"))


def _comment(row: Any) -> Post:
    comment, video = answers.name(row, "id"), answers.name(row, "snippet", "videoId")
    place = f"https://www.youtube.com/watch?lc={comment}&v={video}" if video else ""
    return Post(
        COMMENT + comment,
        place,
        answers.text(row, "snippet", "textDisplay") or answers.text(row, "snippet", "textOriginal"),
        author=answers.name(row, "snippet", "authorChannelId", "value"),
        published_at=answers.moment(row, "snippet", "publishedAt"),
        reach=answers.number(row, "snippet", "likeCount"),
        own=False,
    )


def _looked(visit: Visit, read: Any, kind: str, asked: Sequence[str], answer: Any) -> Reading:
    """What is not among the answers is no longer public."""
    posts = read(visit, answer)
    there = {post.key for post in posts}
    return Reading(posts, gone=tuple(kind + one for one in asked if kind + one not in there))
