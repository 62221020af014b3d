"""Facebook: the recorded answers are read; posts and comments of a Page are paged by cursor alone; limits, tokens, deletions."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import masking
from crawlers import social
from crawlers.social import facebook, talk
from crawlers.social.talk import Walk
from crawlers.sources import Source

from .crawlers_support import NOW, SHARED
from .social_support import KEY, Platform, Remembered, bare_visit, hostile, look_again, platform, poll, settings

TOKEN = "EAAB-bi-mat-cua-bo-kiem-thu"
PAGE = "100"
RECORDED = SHARED / "web/api/facebook_graph_api"


def page(**more: Any) -> Source:
    values: dict[str, Any] = {
        "id": "trang",
        "name": "Trang Thử",
        "homepage": "https://www.facebook.com/bhxh",
        "account": PAGE,
    }
    return Source(**{**values, "kind": "official", "connector": "facebook", **more})


def keys(found: Platform, **more: Any) -> Any:
    return settings(found, facebook_token=TOKEN, **more)


def post(number: int, day: int = 26, comments: int = 0, by: str = PAGE, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{PAGE}_{number}", "message": f"Bài {number}", "created_time": f"2026-11-{day:02}T01:00:00+0000",
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{number}/", "from": {"id": by, "name": "Nguyễn Văn Thợ"},
        "reactions": {"data": [], "summary": {"total_count": 4}}, "comments": {"data": [], "summary": {"total_count": comments}},
        **more,
    }  # fmt: skip


def comment(name: str, text: str = "Cảm ơn", minute: int = 0) -> dict[str, Any]:
    when = f"2026-11-26T02:{minute:02}:00+0000"
    return {
        "id": name,
        "message": text,
        "created_time": when,
        "from": {"id": "777"},
        "like_count": 1,
        "permalink_url": "x",
    }


class Graph:
    """A Page: its posts and their comments, newest first; pages of `size`; `next` addresses that repeat the token."""

    def __init__(self, found: Platform, size: int = 2) -> None:
        self.found, self.size, self.next = found, size, f"https://graph.facebook.com/x?access_token={TOKEN}&after="
        self.posts: list[Any] = []
        self.comments: dict[str, list[Any]] = {}
        found.ways[f"/v23.0/{PAGE}/feed"] = lambda asked: self.page(self.posts, asked)

    def say(self, one: str, *rows: Any) -> None:
        self.comments[one] = list(rows)
        self.found.ways[f"/v23.0/{one}/comments"] = lambda asked: self.page(self.comments[one], asked)

    def page(self, rows: list[Any], asked: dict[str, str]) -> tuple[int, Any]:
        at = int(asked.get("after", "0"))
        paging = {"cursors": {"before": "0", "after": str(at + self.size)}}
        more = {"next": f"{self.next}{at + self.size}"} if at + self.size < len(rows) else {}
        return 200, {"data": rows[at : at + self.size], "paging": {**paging, **more}}


def error(code: int, sub: int = 0, status: int = 400, message: str = "no", **headers: str) -> Any:
    said = {"message": message, "type": "OAuthException", "code": code, "error_subcode": sub, "fbtrace_id": "A"}
    return status, {"error": said}, {name.replace("_", "-"): value for name, value in headers.items()}


def test_posts_and_comments_become_documents_without_names_numbers_or_tokens(caplog: pytest.LogCaptureFixture) -> None:
    kept = Remembered()
    caplog.set_level(logging.DEBUG)
    with platform() as found:
        graph = Graph(found)
        graph.posts = [post(1, comments=2), post(2, 25, by="888")]
        graph.say("100_1", comment("1_5", "Gọi 0912 345 678"), comment("1_6"))
        result = poll(kept, keys(found), page())[0]
        assert TOKEN not in repr(found.asked) and "name" not in dict(found.asked)[f"/v23.0/{PAGE}/feed"]["fields"]
        assert {headers["authorization"] for headers in found.headers} == {f"Bearer {TOKEN}"}
    assert (result.ok, result.error, result.new) == (True, "", 4)
    own, visitor = kept.kept["facebook:post-100_1"], kept.kept["facebook:post-100_2"]
    assert (own.kind, own.author, own.body, own.reach) == ("official", None, "Bài 1", 6)
    assert own.published_at == datetime(2026, 11, 26, 1, tzinfo=UTC)
    assert (visitor.kind, visitor.author) == ("post", masking.pseudonym("888", "facebook", KEY.encode()))
    said = kept.kept["facebook:comment-1_5"]
    assert (said.kind, said.url) == ("post", "https://www.facebook.com/1_5") and "0912 345 678" not in said.body
    everything = repr((kept.kept, kept.marks, kept.polls, kept.troubles, kept.rests, result)) + caplog.text
    assert "Nguyễn Văn Thợ" not in everything and TOKEN not in everything


def test_a_second_poll_asks_only_for_what_is_new() -> None:
    kept = Remembered()
    with platform() as found:
        graph = Graph(found)
        graph.posts = [post(number, 26 - 2 * number, comments=1) for number in range(1, 6)]
        for number in range(1, 6):
            graph.say(f"100_{number}", comment(f"{number}_1"))
        assert poll(kept, keys(found), page())[0].new == 10
        found.asked.clear()
        graph.posts.insert(0, post(9))
        graph.posts[1]["comments"]["summary"]["total_count"] = 2
        graph.say("100_1", comment("1_2", minute=9), comment("1_1"))
        assert poll(kept, keys(found), page())[0].new == 2
        assert found.paths() == [f"/v23.0/{PAGE}/feed"] * 2 + ["/v23.0/100_1/comments"]


@pytest.mark.parametrize(
    "where", ["http://169.254.169.254/x?after=", "http://127.0.0.1:9/x?access_token=y&after=", "file:///x?after="]
)
def test_a_next_address_is_never_followed(where: str) -> None:
    kept = Remembered()
    with platform() as found:
        graph = Graph(found)
        graph.posts, graph.next = [post(number) for number in range(5)], where
        result = poll(kept, keys(found), page())[0]
        assert len(found.asked) == 3
    assert (result.ok, result.new, result.error) == (True, 5, "")


def test_older_answers_page_by_time_and_a_token_of_the_page() -> None:
    answer = {
        "paging": {
            "next": "https://graph.facebook.com/v10.0/4/posts?access_token=t&fields=id&until=1624&since&__paging_token=enc_x&__previous"
        }
    }
    assert facebook._next(answer) == {"until": "1624", "__paging_token": "enc_x"}
    assert facebook._next({"paging": {"cursors": {"after": "a"}}}) == {}, "without a next page there is none"


def endless(*rows: Any) -> Any:
    return lambda asked: (200, {"data": rows, "paging": {"cursors": {"after": "x"}, "next": "https://g/x"}})


def test_pages_are_bounded_where_they_never_end() -> None:
    kept = Remembered()
    with platform() as found:
        found.ways[f"/v23.0/{PAGE}/feed"] = endless(post(1, comments=1))
        found.ways["/v23.0/100_1/comments"] = endless(comment("1_1"))
        poll(kept, keys(found), page())
        assert len(found.paths(f"/v23.0/{PAGE}/feed")) == talk.PAGES and len(found.asked) <= talk.CALLS


def test_a_page_of_its_own_token_uses_it() -> None:
    with platform() as found:
        Graph(found).posts = [post(1)]
        poll(Remembered(), keys(found, facebook_page_tokens={PAGE: "EAAB-rieng"}), page())
        assert found.headers[0]["authorization"] == "Bearer EAAB-rieng"


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("answer", "trouble", "says"),
    [
        (error(4), "wait", "ứng dụng"),
        (error(17), "wait", "người dùng"),
        (error(32), "wait", "Trang"),
        (error(613), "wait", "hạn mức"),
        (error(190, 463, 401, f"Malformed access token {TOKEN}"), "token", "hết hạn"),
        (error(190, 460), "token", "mật khẩu"),
        (error(10, status=403), "token", "Page Public Content Access"),
        (error(100), "token", "Page Public Content Access"),
        (error(803), "gone", "không cho xem"),
        (error(2, status=500), "wait", "500"),
        ((200, b"{"), "content", "JSON"),
        ((302, b"", {"Location": "http://127.0.0.1:9/"}), "http", "chuyển hướng"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_complaint_is_told_and_the_other_sources_go_on(answer: Any, trouble: str, says: str) -> None:
    kept = Remembered()
    with platform() as found:
        Graph(found).posts = [post(1)]
        found.ways["/v23.0/xau/feed"] = lambda asked: answer
        bad = page(id="xau", account="xau", homepage="https://www.facebook.com/xau")
        wrong, right = poll(kept, keys(found), bad, page())
    assert (wrong.ok, wrong.trouble, right.ok, right.new) == (False, trouble, True, 1)
    assert says in wrong.error and TOKEN not in repr((wrong, kept.troubles, kept.polls))


def test_a_limit_is_waited_out_as_facebook_states_it() -> None:
    stated = json.dumps({"9": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}]})
    kept = Remembered()
    with platform() as found:
        found.ways[f"/v23.0/{PAGE}/feed"] = lambda asked: error(32, X_Business_Use_Case_Usage=stated)
        poll(kept, keys(found), page())
        poll(kept, keys(found), page(), now=NOW + timedelta(minutes=18))
        assert len(found.asked) == 1
        poll(kept, keys(found), page(), now=NOW + timedelta(minutes=20))
        assert len(found.asked) == 2
    assert facebook._regain({}) == 3600 and facebook._regain({"x-business-use-case-usage": "["}) == 3600
    assert (
        facebook._regain({"x-business-use-case-usage": '{"a":[{"estimated_time_to_regain_access":999999}]}'}) == 86_400
    )


def test_without_a_token_the_operator_is_told_what_to_set() -> None:
    with platform() as found:
        result = poll(Remembered(), settings(found), page())[0]
    assert result.trouble == "token" and "LANGNGHE_SOCIAL__FACEBOOK_TOKEN" in result.error and found.asked == []


def test_later_looks_find_edits_and_deletions() -> None:
    kept = Remembered()
    with platform() as found:
        graph = Graph(found)
        graph.posts = [post(1, comments=1), post(2), post(3)]
        graph.say("100_1", comment("1_5"))
        poll(kept, keys(found), page())
        found.ways["/v23.0/100_1"] = lambda asked: (200, post(1, message="Bài 1, đã sửa"))
        found.ways["/v23.0/100_2"] = lambda asked: error(100, 33)
        found.ways["/v23.0/100_3"] = lambda asked: (200, post(3))
        found.ways["/v23.0/1_5"] = lambda asked: error(100, 33)
        outcomes = look_again(kept, keys(found), page(), documents=list(kept.kept.values()))
    assert outcomes == {
        "facebook:post-100_1": "changed", "facebook:post-100_2": "gone", "facebook:post-100_3": "same",
        "facebook:comment-1_5": "gone",
    }  # fmt: skip
    assert set(kept.gone) == {"facebook:post-100_2", "facebook:comment-1_5"}


def test_a_right_that_was_lost_takes_nothing_for_deleted() -> None:
    kept = Remembered()
    with platform() as found:
        Graph(found).posts = [post(1)]
        poll(kept, keys(found), page())
        for path in (f"/v23.0/{PAGE}/feed", "/v23.0/100_1"):
            found.ways[path] = lambda asked: error(100, 33)
        outcomes = look_again(kept, keys(found), page(), documents=list(kept.kept.values()))
    assert outcomes == {"facebook:post-100_1": "failed"} and kept.gone == {}


# ---------------------------------------------------------------- the recorded answers, and hostile ones


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/web/api")
def test_recorded_answers_are_read() -> None:
    def recorded(name: str) -> Any:
        return json.loads((RECORDED / name).read_text(encoding="utf-8"))

    visit = bare_visit(page(), facebook_token=TOKEN)
    first = facebook.start(visit)[0].read(recorded("base/full_connecions_p1.json"))
    assert first.posts[0].key == "facebook:post-19292868552_10158333323653553" and first.posts[0].own
    assert first.posts[0].published_at == datetime(2021, 6, 30, 21, 21, 18, tzinfo=UTC)
    assert "after=after" in first.calls[0].url and "access_token" not in first.calls[0].url
    last = facebook.start(visit)[0].read(recorded("base/full_connecions_p2.json"))
    assert last.posts and last.calls == () and last.marks
    older = facebook.start(visit)[0].read(recorded("groups/feed_p1.json"))
    assert "until=" in older.calls[0].url and "access_token" not in older.calls[0].url
    said = facebook._comments(visit, "1_2", Walk("c"), {}).read(recorded("comments/comments_p1.json"))
    assert len(said.posts) == 10 and said.posts[0].published_at
    assert all(one.url.startswith("https://www.facebook.com/") for one in said.posts)
    refused = facebook.fault(400, recorded("base/error_data.json"), {})
    assert refused is not None and refused.trouble == "token"
    everyone = [facebook._post(row) for row in recorded("posts/multi_posts_data.json").values()]
    assert "Vivian Smith" not in repr(everyone)


WORDS = (
    "data id message created_time permalink_url from shares reactions comments summary total_count paging next cursors after"
    " error code error_subcode"
)


@given(
    hostile(WORDS),
    st.integers(200, 599),
    st.dictionaries(st.just("x-business-use-case-usage"), st.text(max_size=50)),
)
def test_no_answer_breaks_the_reading(answer: Any, status: int, headers: dict[str, str]) -> None:
    visit = bare_visit(page(), facebook_token=TOKEN)
    facebook.fault(status, answer, headers)
    for call in (facebook.start(visit)[0], facebook._comments(visit, "1_2", Walk("c"), {})):
        for following in call.read(answer).calls:
            assert following.url.startswith("https://graph.facebook.com/v23.0/")
    facebook._looked(facebook.POST, "x", answer)


@pytest.mark.parametrize("row", [{"account": ""}, {"account": "a b"}, {"account": "../x"}, {"query": "x"}])
def test_a_wrong_row_is_refused(row: dict[str, Any]) -> None:
    assert list(social.problems(page(**row)))
