"""YouTube: the recorded answers are read; uploads, search and comments are paged, bounded, counted and looked at again."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import masking
import store
from crawlers import sources
from crawlers.manners import Memory
from crawlers.social import quota, talk, youtube, youtube_feed
from crawlers.social.answers import BadAnswer
from crawlers.social.talk import Visit, Walk
from crawlers.sources import Source
from pipeline import trying
from pipeline.doors import Rooms
from records import BadKnowledge

from .crawlers_support import NOW, SHARED
from .social_support import KEY, Platform, Remembered, bare_visit, hostile, look_again, platform, poll, settings
from .store_support import KEY as VAULT

CHANNEL = "UC" + "a" * 22
SECRET = "AIza-bi-mat-cua-bo-kiem-thu"
RECORDED = SHARED / "web/api/youtube_data_api_v3"


def channel(**more: Any) -> Source:
    values: dict[str, Any] = {"id": "kenh", "name": "Kênh Thử", "homepage": "https://www.youtube.com/channel/x"}
    return Source(**{**values, "kind": "official", "connector": "youtube", "account": CHANNEL, **more})


def video(number: int, day: int = 26, comments: int = 0, **snippet: Any) -> dict[str, Any]:
    stated = {
        "publishedAt": f"2026-11-{day:02}T00:00:00Z", "channelId": CHANNEL, "title": f"Phim {number}",
        "description": f"Hướng dẫn lương hưu {number}", "channelTitle": "Kênh Thử", **snippet,
    }  # fmt: skip
    return {"id": f"v{number}", "snippet": stated, "statistics": {"viewCount": "36", "commentCount": str(comments)}}


def comment(name: str, text: str = "Cảm ơn", minute: int = 0, author: str = "UCnguoi", **more: Any) -> dict[str, Any]:
    said = {
        "videoId": "v1", "textDisplay": text, "authorDisplayName": "Nguyễn Văn Thợ", "authorChannelId": {"value": author},
        "publishedAt": f"2026-11-26T01:{minute:02}:00Z", "likeCount": 2,
    }  # fmt: skip
    return {"id": name, "snippet": {**said, **more}}


def thread(name: str, minute: int = 0, replies: int = 0, shown: int = 0) -> dict[str, Any]:
    within = [comment(f"{name}.r{number}", "Trả lời", minute) for number in range(shown)]
    found: dict[str, Any] = {
        "id": name,
        "snippet": {"topLevelComment": comment(name, minute=minute), "totalReplyCount": replies},
    }
    return found | ({"replies": {"comments": within}} if within else {})


class YouTube:
    """A channel: its videos (newest first), the threads under each, and replies; pages of `size`."""

    def __init__(self, found: Platform, size: int = 2) -> None:
        self.videos: list[dict[str, Any]] = []
        self.threads: dict[str, list[Any]] = {}
        self.replies: dict[str, list[Any]] = {}
        self.size = size
        for name in ("playlistItems", "search", "videos", "commentThreads", "comments"):
            found.ways[f"/youtube/v3/{name}"] = getattr(self, f"on_{name}")

    def page(self, rows: list[Any], asked: dict[str, str]) -> tuple[int, Any]:
        at = int(asked.get("pageToken", "0"))
        more = {"nextPageToken": str(at + self.size)} if at + self.size < len(rows) else {}
        return 200, {"items": rows[at : at + self.size], **more}

    def on_playlistItems(self, asked: dict[str, str]) -> tuple[int, Any]:
        assert asked["playlistId"] == "UU" + "a" * 22
        rows = [{"snippet": {**one["snippet"], "resourceId": {"videoId": one["id"]}}} for one in self.videos]
        return self.page(rows, asked)

    def on_search(self, asked: dict[str, str]) -> tuple[int, Any]:
        return self.page([{"id": {"videoId": one["id"]}, "snippet": one["snippet"]} for one in self.videos], asked)

    def on_videos(self, asked: dict[str, str]) -> tuple[int, Any]:
        return 200, {"items": [one for one in self.videos if one["id"] in asked["id"].split(",")]}

    def on_commentThreads(self, asked: dict[str, str]) -> tuple[int, Any]:
        return self.page(self.threads.get(asked["videoId"], []), asked)

    def on_comments(self, asked: dict[str, str]) -> tuple[int, Any]:
        if "id" in asked:
            all_ = [row["snippet"]["topLevelComment"] for rows in self.threads.values() for row in rows]
            return 200, {"items": [one for one in all_ if one["id"] in asked["id"].split(",")]}
        return self.page(self.replies.get(asked["parentId"], []), asked)


def test_replies_are_read_page_by_page_and_comments_are_not_done_before_them() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)
        tube.videos, tube.threads["v1"] = [video(1, comments=7)], [thread("c1", replies=5), thread("c2")]
        tube.replies["c1"] = [comment(f"c1.{number}") for number in range(5)]
        good = found.ways["/youtube/v3/comments"]
        found.ways["/youtube/v3/comments"] = lambda asked: (503, {}) if "pageToken" not in asked else good(asked)
        poll(kept, keys(found), channel())
        assert not [name for _, name in kept.marks if name.startswith(("comments-", "replies-"))], (
            "cut short: asked again"
        )
        found.ways["/youtube/v3/comments"] = good
        kept.rests.clear()
        assert poll(kept, keys(found), channel())[0].new == 5
        before = len(found.asked)
        assert poll(kept, keys(found), channel())[0].new == 0
        assert len(found.asked) == before + 2, "the list and its videos; the comments are done"


def error(reason: str, status: int = 403, message: str = "no") -> tuple[int, Any]:
    return status, {"error": {"code": status, "message": message, "errors": [{"reason": reason}]}}


def keys(found: Platform, **more: Any) -> Any:
    return settings(found, youtube_key=SECRET, **more)


# ---------------------------------------------------------------- what a poll brings


def test_uploads_and_comments_become_documents_without_names_or_numbers() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)
        tube.videos = [video(1, comments=3), video(2, 25)]
        tube.threads["v1"] = [
            {
                "id": "c1",
                "snippet": {"topLevelComment": comment("c1", "Gọi 0912 345 678 nhận tiền"), "totalReplyCount": 2},
            },
        ]
        tube.replies["c1"] = [comment("c1.a", "Đúng"), comment("c1.b", "Sai")]
        result = poll(kept, keys(found), channel())[0]
        assert all("key=" not in str(asked) and SECRET not in str(asked) for _, asked in found.asked)
        assert all(headers["x-goog-api-key"] == SECRET for headers in found.headers)
    assert (result.ok, result.error, result.new) == (True, "", 5)
    first, said = kept.kept["youtube:video-v1"], kept.kept["youtube:comment-c1"]
    assert (first.kind, first.title, first.body, first.reach) == ("official", "Phim 1", "Hướng dẫn lương hưu 1", 36)
    assert first.url == "https://www.youtube.com/watch?v=v1" and first.author is None and first.outlet == "Kênh Thử"
    assert (said.kind, said.title, said.reach, said.method) == ("post", None, 2, "api")
    assert said.published_at == datetime(2026, 11, 26, 1, tzinfo=UTC)
    assert said.author == masking.pseudonym("UCnguoi", "youtube", KEY.encode())
    assert "0912 345 678" not in said.body and "09xx" in said.body
    everything = repr((kept.kept, kept.marks, kept.polls, kept.troubles, kept.rests))
    assert "Nguyễn Văn Thợ" not in everything and "UCnguoi" not in everything and SECRET not in everything


def test_a_second_poll_asks_for_no_more_than_what_is_new() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)
        tube.videos = [video(number, 26 - number, comments=1) for number in range(1, 6)]
        tube.threads = {one["id"]: [thread(f"c-{one['id']}")] for one in tube.videos}
        assert poll(kept, keys(found), channel())[0].new == 10
        found.asked.clear()
        assert poll(kept, keys(found), channel())[0].new == 0
        assert len(found.asked) == 4, "two pages within a day of the newest, and no comments"
        tube.videos.insert(0, video(9, 26))
        tube.videos[1]["statistics"]["commentCount"] = "2"
        tube.threads["v1"].insert(0, thread("moi", 30))
        found.asked.clear()
        assert poll(kept, keys(found), channel())[0].new == 2
        assert found.paths("/youtube/v3/commentThreads") == ["/youtube/v3/commentThreads"]


def test_a_crash_between_pages_loses_nothing() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)
        tube.videos = [video(number, 26 - 2 * number) for number in range(1, 6)]
        good, broken = found.ways["/youtube/v3/playlistItems"], lambda asked: error("backendError", 500)
        found.ways["/youtube/v3/playlistItems"] = lambda asked: broken(asked) if "pageToken" in asked else good(asked)
        result = poll(kept, keys(found), channel())[0]
        assert (result.ok, result.new) == (True, 2) and "bận" in result.error
        assert ("kenh", "videos") not in kept.marks, "the mark waits for the last page"
        found.ways["/youtube/v3/playlistItems"] = good
        assert poll(kept, keys(found), channel(), now=NOW + timedelta(hours=1))[0].new == 3


def test_pages_are_bounded_where_they_never_end() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)

        def endless(asked: dict[str, str]) -> tuple[int, Any]:
            number = int(asked.get("pageToken", "0"))
            row = {"snippet": {"publishedAt": "2026-11-26T00:00:00Z", "resourceId": {"videoId": f"v{number}"}}}
            return 200, {"items": [row], "nextPageToken": str(number + 1)}

        found.ways["/youtube/v3/playlistItems"] = endless
        tube.videos = [video(number, comments=5) for number in range(100)]
        found.ways["/youtube/v3/commentThreads"] = lambda asked: (
            200, {"items": [thread("c" + asked.get("pageToken", "0"))], "nextPageToken": asked.get("pageToken", "0") + "1"}
        )  # fmt: skip
        poll(kept, keys(found), channel())
        assert len(found.paths("/youtube/v3/playlistItems")) == talk.PAGES
        assert len(found.paths("/youtube/v3/commentThreads")) == talk.PAGES * youtube.COMMENT_PAGES
        assert len(found.asked) <= talk.CALLS


def test_a_search_is_counted_in_its_own_bucket_and_watches_no_channel() -> None:
    kept = Remembered()
    with platform() as found:
        YouTube(found).videos = [video(1)]
        poll(kept, keys(found), channel(account="", query="lương hưu", kind="post"))
        asked = dict(found.asked)["/youtube/v3/search"]
    assert (asked["q"], asked["type"], asked["publishedAfter"]) == ("lương hưu", "video", "2026-11-19T03:00:00Z")
    assert kept.units == {("youtube-search", "2026-11-25"): 1, ("youtube", "2026-11-25"): 1}
    assert kept.kept["youtube:video-v1"].kind == "post" and kept.kept["youtube:video-v1"].author


def test_comments_that_are_off_stop_nothing() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)
        tube.videos = [video(1, comments=2), video(2, comments=1)]
        tube.threads["v2"] = [thread("c2")]
        good = found.ways["/youtube/v3/commentThreads"]
        found.ways["/youtube/v3/commentThreads"] = lambda asked: (
            error("commentsDisabled") if asked["videoId"] == "v1" else good(asked)
        )
        result = poll(kept, keys(found), channel())[0]
    assert (result.ok, result.error, result.new) == (True, "", 3)


def test_a_channel_feed_needs_no_key_and_doubles_nothing() -> None:
    kept = Remembered()
    entry = (
        "<entry><id>yt:video:v1</id><title>Phim 1</title><link rel='alternate' href='https://www.youtube.com/watch?v=v1'/>"
        "<author><name>Nguyễn Văn Thợ</name></author><published>2026-11-26T00:00:00+00:00</published></entry>"
    )
    feed = f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>K</title>{entry}</feed>"
    with platform() as found:
        found.ways["/feeds/videos.xml"] = lambda asked: (200, feed.encode() if asked["channel_id"] == CHANNEL else b"")
        own = channel(id="feed", connector="youtube-feed", homepage=f"{found.base}/kenh")
        YouTube(found).videos = [video(1)]
        assert poll(kept, settings(found), own)[0].new == 1
        assert poll(kept, keys(found), own, channel())[1].new == 0, "read through the interface it is the same video"
    (document,) = kept.kept.values()
    assert (document.title, document.url) == ("Phim 1", "https://www.youtube.com/watch?v=v1")
    assert "Nguyễn Văn Thợ" not in repr(kept.kept)


# ---------------------------------------------------------------- quotas


def test_the_day_of_the_quota_begins_at_midnight_in_california() -> None:
    before, after = datetime(2026, 11, 26, 7, 59, tzinfo=UTC), datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
    assert (quota.day(before), quota.day(after)) == ("2026-11-25", "2026-11-26")
    assert quota.reset(before) == after and quota.reset(after) == after + timedelta(days=1)
    long = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert quota.reset(long) == datetime(2026, 11, 2, 8, tzinfo=UTC), "the day of 25 hours"


@given(st.integers(0, 366 * 86_400), st.integers(1, 10_000))
def test_the_allowance_grows_over_the_day_up_to_the_quota(second: int, most: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    last = quota.reset(now) - timedelta(seconds=1)
    assert 1 <= quota.allowance(most, now) <= quota.allowance(most, last) == most
    assert quota.allowance(most, quota.reset(now)) <= most * quota.HEAD + 1


def test_what_is_counted_survives_a_restart_and_stops_at_the_budget(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store.create(url)
    with platform() as found:
        YouTube(found).videos = [video(1)]
        chosen = keys(found, youtube_units=4)
        evening = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
        for turn in range(3):
            kept = store.open(url, VAULT)
            result = poll(kept, chosen, channel(), now=evening + timedelta(minutes=turn))[0]
            assert result.ok == (turn < 2)
            kept.close()
        assert len(found.asked) == 4
        assert result.trouble == "quota" and "hạn mức" in result.error
        kept = store.open(url, VAULT)
        every = {"kenh": timedelta(minutes=5)}
        assert kept.sources.due(every, evening + timedelta(minutes=50)) == []
        assert kept.sources.due(every, evening + timedelta(minutes=61)) == ["kenh"], "at the reset"
        assert poll(kept, chosen, channel(), now=evening + timedelta(minutes=61))[0].ok
        kept.close()


def test_a_quota_spread_over_the_day_is_no_failure() -> None:
    kept = Remembered()
    with platform() as found:
        YouTube(found).videos = [video(1)]
        chosen, morning = keys(found, youtube_units=10), datetime(2026, 11, 26, 8, 1, tzinfo=UTC)
        kept.units["youtube", "2026-11-26"] = 3
        result = poll(kept, chosen, channel(), now=morning)[0]
        assert found.asked == [] and (result.ok, result.trouble) == (False, "wait")
        assert [entry for entry in kept.polls if len(entry) > 2] == [], "no poll is counted as failed"


def test_used_up_is_used_up_for_all_sources_until_the_reset() -> None:
    kept = Remembered()
    with platform() as found:
        YouTube(found)
        found.ways["/youtube/v3/playlistItems"] = lambda asked: error("quotaExceeded")
        one, other = (
            channel(),
            channel(id="khac", account="UC" + "b" * 22, homepage="https://www.youtube.com/channel/y"),
        )
        results = poll(kept, keys(found), one, other)
        assert len(found.asked) <= 2, "what was under way already"
        assert [result.trouble for result in results] == ["quota", "quota"]
        assert "hạn mức" in results[0].error and results[0].error.startswith("Kênh Thử")
        until = {name: rest[1] for (name, _), rest in kept.rests.items()}
        assert until == dict.fromkeys(("kenh", "khac"), datetime(2026, 11, 26, 8, 0, tzinfo=UTC))
        found.asked.clear()
        third = channel(id="ba", account="UC" + "c" * 22, homepage="https://www.youtube.com/channel/z")
        results = poll(kept, keys(found), one, other, third, now=NOW + timedelta(hours=1))
        assert found.asked == [] and [result.trouble for result in results] == ["wait", "wait", "quota"]


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("answer", "trouble", "says"),
    [
        (error("badRequest", 400, f"API key not valid: {SECRET}"), "token", "YOUTUBE_KEY"),
        (error("accessNotConfigured"), "token", "YOUTUBE_KEY"),
        (error("playlistNotFound", 404), "gone", "không có kênh"),
        (error("backendError", 500), "wait", "bận"),
        ((200, b"<html>"), "content", "JSON"),
        ((200, b"[" * 200_000), "content", "JSON"),
        ((200, b'{"items": [' + b'"x",' * 2_000_000 + b'"x"]}'), "content", "MB"),
        ((302, b"", {"Location": "http://127.0.0.1:9/"}), "http", "chuyển hướng"),
    ],
    ids=["key", "off", "gone", "busy", "html", "deep", "huge", "redirect"],
)
def test_a_bad_answer_is_told_and_the_other_sources_go_on(
    answer: Any, trouble: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Remembered()
    caplog.set_level(logging.DEBUG)
    with platform() as found:
        tube = YouTube(found)
        tube.videos, good = [video(1)], found.ways["/youtube/v3/playlistItems"]
        found.ways["/youtube/v3/playlistItems"] = lambda asked: answer if "b" in asked["playlistId"] else good(asked)
        bad = channel(id="khac", account="UC" + "b" * 22, homepage="https://www.youtube.com/channel/y")
        wrong, right = poll(kept, keys(found), bad, channel())
    assert (wrong.ok, wrong.trouble, right.ok, right.new) == (False, trouble, True, 1)
    assert says in wrong.error and says in kept.said()
    assert SECRET not in repr((wrong, kept.troubles, kept.polls, kept.rests)) and SECRET not in caplog.text


def test_without_a_key_the_operator_is_told_what_to_set() -> None:
    kept = Remembered()
    with platform() as found:
        result = poll(kept, settings(found), channel())[0]
    assert result.trouble == "token" and "LANGNGHE_SOCIAL__YOUTUBE_KEY" in result.error and found.asked == []


def test_retry_after_is_kept_across_restarts() -> None:
    kept = Remembered()
    with platform() as found:
        YouTube(found)
        found.ways["/youtube/v3/playlistItems"] = lambda asked: (429, {}, {"Retry-After": "1200"})
        assert poll(kept, keys(found), channel())[0].trouble == "wait"
        for minutes, asked in ((19, 1), (21, 2)):
            poll(kept, keys(found), channel(), now=NOW + timedelta(minutes=minutes), memory=Memory())
            assert len(found.asked) == asked


# ---------------------------------------------------------------- later looks


def test_later_looks_find_edits_and_deletions() -> None:
    kept = Remembered()
    with platform() as found:
        tube = YouTube(found)
        tube.videos = [video(1, comments=2), video(2)]
        tube.threads["v1"] = [thread("c1"), thread("c2")]
        poll(kept, keys(found), channel())
        tube.videos = [video(1, title="Phim 1 (đã sửa)")]
        tube.threads["v1"] = [thread("c2")]
        outcomes = look_again(kept, keys(found), channel(), documents=list(kept.kept.values()))
    assert outcomes == {
        "youtube:video-v1": "changed", "youtube:video-v2": "gone", "youtube:comment-c1": "gone", "youtube:comment-c2": "same"
    }  # fmt: skip
    assert set(kept.gone) == {"youtube:video-v2", "youtube:comment-c1"}


def test_a_look_that_fails_takes_nothing_for_deleted() -> None:
    kept = Remembered()
    with platform() as found:
        YouTube(found).videos = [video(1)]
        poll(kept, keys(found), channel())
        found.ways["/youtube/v3/videos"] = lambda asked: error("quotaExceeded")
        outcomes = look_again(kept, keys(found), channel(), documents=list(kept.kept.values()))
    assert outcomes == {"youtube:video-v1": "failed"} and kept.gone == {}


# ---------------------------------------------------------------- the recorded answers, and hostile ones


def visit() -> Visit:
    return bare_visit(channel(), youtube_key=SECRET)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/web/api")
def test_recorded_answers_are_read() -> None:
    def recorded(name: str) -> Any:
        return json.loads((RECORDED / name).read_text(encoding="utf-8"))

    listed = youtube.start(visit())[0].read(recorded("playlist_items/playlist_items_paged_1.json"))
    assert "CvTApw9X8aA" in listed.calls[0].url and "pageToken=CAoQAA" in listed.calls[1].url
    searched = youtube._search(visit()).read(recorded("search/search_by_keywords_p1.json"))
    assert "gQ_1zX-F_No" in searched.calls[0].url
    found = youtube.videos(visit(), recorded("videos/videos_info_multi.json"))
    assert found[0].title == "What are Actions on Google (Assistant on Air)" and found[0].published_at
    threads = youtube._comments(visit(), "F1UP7wRCPH8", Walk("c")).read(
        recorded("comment_threads/comment_threads_by_video_paged_1.json")
    )
    assert len(threads.posts) == 5 and threads.posts[0].author == "UCzj-CjKYmGlZ7vTL-vOe57A"
    assert "himani agarwal" not in repr(threads) and threads.calls[-1].url.count("pageToken=") == 1
    assert len(youtube.comments(visit(), recorded("comments/comments_multi.json"))) >= 2
    refused = recorded("error_permission_resp.json")
    fault = youtube.fault(403, refused, {})
    assert fault is not None and fault.trouble == "wait", "the recorded one says SERVICE_UNAVAILABLE"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/web/api")
def test_a_recorded_channel_feed_is_read() -> None:
    visit = bare_visit(channel(connector="youtube-feed"))
    (call,) = youtube_feed.start(visit)
    posts = call.read(call.parse((RECORDED / "channel_feed_videos_xml_huginn.xml").read_bytes())).posts
    assert len(posts) > 5 and posts[0].title == "SecDSM 2017 March - Talk 01"
    assert posts[0].url == "https://www.youtube.com/watch?v=OCs1E0vP7Oc" and posts[0].published_at
    with pytest.raises(BadAnswer):
        call.parse(b"<html><body>hay dang nhap</body></html>")


def test_a_row_names_its_connector_and_is_checked(tmp_path: Any) -> None:
    file = tmp_path / "nguon.toml"
    row = '[[source]]\nid = "k"\nname = "K"\nhomepage = "https://www.youtube.com/@k"\nkind = "post"\nconnector = "youtube"\n'
    file.write_text(f'{row}account = "{CHANNEL}"\n')
    assert sources.load(file)[0].account == CHANNEL
    file.write_text(f'{row}account = "x"\n')
    with pytest.raises(BadKnowledge, match=r"nguon\.toml:7: .*mã kênh"):
        sources.load(file)


def test_a_trial_reads_it_and_keeps_nothing(tmp_path: Any) -> None:
    with platform() as found:
        YouTube(found).videos = [video(1), video(2)]
        nothing = SimpleNamespace(switches=dict, trials=dict)
        rooms = SimpleNamespace(
            settings=keys(found), clock=lambda: NOW, sources=(), store=SimpleNamespace(catalogue=nothing)
        )
        done, documents, _ = asyncio.run(trying.crawl(cast(Rooms, rooms), [channel()]))
    assert done[0].ok and {document.title for document in documents} == {"Phim 1", "Phim 2"}


JSON = hostile(
    "items id snippet topLevelComment replies comments publishedAt resourceId videoId nextPageToken statistics commentCount"
    " error errors reason"
)


@given(JSON, st.integers(200, 599))
def test_no_answer_breaks_the_reading(answer: Any, status: int) -> None:
    one = visit()
    youtube.fault(status, answer, {})
    for call in (
        youtube.start(one)[0],
        youtube._search(one),
        youtube._comments(one, "v", Walk("c")),
        youtube._replies(one, "t", {}),
    ):
        reading = call.read(answer)
        for following in reading.calls:
            assert following.url.startswith("https://youtube.googleapis.com/youtube/v3/")
    youtube._found(one, {}, answer)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"account": ""}, "đúng một"),
        ({"query": "x"}, "đúng một"),
        ({"account": "UCngan"}, "mã kênh"),
        ({"connector": "tiktok"}, "một trong"),
        ({"feeds": ("https://www.youtube.com/x",)}, "không dùng feeds"),
    ],
)
def test_a_wrong_row_is_refused(row: dict[str, Any], says: str) -> None:
    from crawlers import social

    assert says in " ".join(text for _, text in social.problems(channel(**row)))
