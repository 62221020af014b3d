"""The Atom feed of a YouTube channel, without a key: its fifteen latest videos, title and description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from records import Document

from .. import feeds
from ..links import BadFeed, Link
from . import answers, youtube
from .talk import Call, Fault, Post, Reading, Visit

if TYPE_CHECKING:
    from ..sources import Source


def start(visit: Visit) -> Sequence[Call]:
    asked = urlencode({"channel_id": visit.source.account})
    url = urljoin(visit.source.homepage, f"/feeds/videos.xml?{asked}")
    return [Call(url, partial(_read, visit), parse=partial(_parse, visit, url), conditional=True)]


def again(visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:  # noqa: ARG001
    return ()


def problems(source: Source) -> Sequence[tuple[str, str]]:
    if not source.account or source.query:
        return [("connector", "youtube-feed cần account (mã kênh UC…) và không dùng query")]
    return youtube.problems(source)


def fault(status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:  # noqa: ARG001
    if status == 200:
        return None
    if status in (404, 410):
        return Fault("gone", "YouTube không có kênh này; kiểm tra account trong danh sách nguồn")
    return Fault("wait" if status == 429 or status >= 500 else "http", f"YouTube trả lời HTTP {status}")


def _parse(visit: Visit, url: str, body: bytes) -> list[Link]:
    try:
        return feeds.read(body, url, visit.now, "application/xml", limit=50)
    except BadFeed as error:
        raise answers.BadAnswer(str(error)) from error


def _read(visit: Visit, links: list[Link]) -> Reading:
    posts = []
    for link in links:
        video = answers.name({"id": (parse_qs(urlsplit(link.url).query).get("v") or [""])[0]}, "id")
        if video:
            posts.append(
                Post(
                    f"youtube-feed:video-{video}",
                    f"https://www.youtube.com/watch?v={video}",
                    link.lead,
                    link.title,
                    visit.source.account,
                    link.published_at,
                    names=(youtube.VIDEO + video,),
                )
            )
    return Reading(tuple(posts))
