"""Tag timelines of Mastodon and JSON feeds: read without a key, page by page, once wherever they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import masking
from crawlers import social
from crawlers.social import json_feed, mastodon, talk
from crawlers.sources import Source

from .crawlers_support import NOW
from .social_support import KEY, Platform, Remembered, bare_visit, hostile, look_again, platform, poll, settings

TAG = "/api/v1/timelines/tag/bhxh"


def server(found: Platform, **more: Any) -> Source:
    values: dict[str, Any] = {"id": "may", "name": "Máy Thử", "homepage": f"{found.base}/", "account": "bhxh"}
    return Source(**{**values, "kind": "post", "connector": "mastodon", **more})


def status(number: int, content: str = "<p>Lương hưu</p><p>Gọi 0912 345 678</p>", **more: Any) -> dict[str, Any]:
    who = {"url": "https://xa.example/@tho", "acct": "tho@xa.example", "display_name": "Nguyễn Văn Thợ"}
    return {
        "id": str(number), "uri": f"https://xa.example/users/tho/statuses/{number}", "url": f"https://xa.example/@tho/{number}",
        "content": content, "created_at": f"2026-11-{number % 20 + 5:02}T01:00:00.000Z", "visibility": "public", "spoiler_text": "",
        "account": who, "reblog": None, "reblogs_count": 1, "favourites_count": 2, "replies_count": 3, **more,
    }  # fmt: skip


def timeline(found: Platform, rows: list[Any], size: int = 2) -> None:
    def answer(asked: dict[str, str]) -> tuple[int, Any]:
        before = int(asked.get("max_id", "1000000"))
        return 200, [row for row in rows if int(row["id"]) < before][:size]

    found.ways[TAG] = answer


def test_public_posts_of_a_tag_become_documents_without_names_or_numbers() -> None:
    kept = Remembered()
    with platform() as found:
        timeline(found, [
            status(9), status(8, visibility="private"), status(7, reblog=status(3)), status(6, "<script>x()</script>"),
            status(5, account={"noindex": True, "url": "https://xa.example/@an"}), status(4, url="javascript:alert(1)"),
        ])  # fmt: skip
        result = poll(kept, settings(found), server(found))[0]
    assert (result.ok, result.error, result.new) == (True, "", 2)
    first, last = kept.kept.values()
    assert first.key == "127.0.0.1:status-9" and first.body == "Lương hưu\n\nGọi 09xx xxx xxx"
    assert (first.kind, first.url, first.reach) == ("post", "https://xa.example/@tho/9", 6)
    assert first.author == masking.pseudonym("https://xa.example/@tho", "mastodon", KEY.encode())
    assert last.url.startswith("https://xa.example/"), "an address nobody should click is left out"
    assert "Nguyễn Văn Thợ" not in repr((kept.kept, kept.marks)) and "@xa" not in repr(kept.kept)


def test_a_post_that_came_late_from_another_server_is_had_behind_newer_ones() -> None:
    kept = Remembered()

    def at(number: int, hour: int) -> dict[str, Any]:
        return status(number, created_at=f"2026-11-26T{hour:02}:00:00.000Z")

    with platform() as found:
        rows = [at(50, 1)]
        timeline(found, rows)
        poll(kept, settings(found), server(found))
        rows[:0] = [at(70, 2), at(60, 0)]
        rows[2:2] = [at(55, 0)]  # written before the known one, delivered after it
        rows[3:3] = [at(54, 0)]
        assert poll(kept, settings(found), server(found))[0].new == 4


def test_what_two_servers_show_is_one_post() -> None:
    kept = Remembered()
    with platform() as one, platform() as other:
        timeline(one, [status(9)])
        timeline(other, [status(9) | {"id": "77"}])
        chosen = settings(one)
        crawl = chosen.crawl.model_copy(
            update={"allow_loopback": tuple(f"{p.web.host}:{p.web.port}" for p in (one, other))}
        )
        chosen = chosen.model_copy(update={"crawl": crawl})
        poll(kept, chosen, server(one))
        poll(kept, chosen, server(other, id="may-hai", homepage=f"{other.base}/x"))
    assert len(kept.kept) == 1


def test_a_timeline_is_paged_by_its_last_id_until_what_is_known() -> None:
    kept = Remembered()
    with platform() as found:
        rows = [status(number) for number in range(8, 1, -1)]
        timeline(found, rows)
        assert poll(kept, settings(found), server(found))[0].new == 7
        rows.insert(0, status(9))
        found.asked.clear()
        assert poll(kept, settings(found), server(found))[0].new == 1
        assert [asked.get("max_id") for _, asked in found.asked] == [None, "8"]


def test_pages_are_bounded_where_they_never_end() -> None:
    with platform() as found:
        found.ways[TAG] = lambda asked: (200, [status(9)])
        poll(Remembered(), settings(found), server(found))
        assert len(found.asked) == talk.PAGES


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((422, {"error": "requires login"}), "token"),
        ((404, {}), "gone"),
        ((503, {}), "wait"),
        ((200, b"<html>"), "content"),
    ],
)
def test_a_server_that_refuses_is_told(answer: Any, trouble: str) -> None:
    with platform() as found:
        found.ways[TAG] = lambda asked: answer
        result = poll(Remembered(), settings(found), server(found))[0]
    assert (result.ok, result.trouble) == (False, trouble)


def test_robots_txt_is_obeyed_where_no_key_is_held() -> None:
    with platform() as found:
        timeline(found, [status(9)])
        found.ways["/robots.txt"] = lambda asked: (
            200,
            b"User-agent: *\nDisallow: /api/",
            {"Content-Type": "text/plain"},
        )
        result = poll(Remembered(), settings(found), server(found))[0]
        assert result.trouble == "robots" and found.paths("/api") == []


def test_later_looks_find_edits_and_deletions() -> None:
    kept = Remembered()
    with platform() as found:
        timeline(found, [status(9), status(8), status(7)])
        poll(kept, settings(found), server(found))
        found.ways["/api/v1/statuses/9"] = lambda asked: (200, status(9, "<p>Đã sửa</p>"))
        found.ways["/api/v1/statuses/8"] = lambda asked: (404, {"error": "Record not found"})
        found.ways["/api/v1/statuses/7"] = lambda asked: (200, status(7))
        outcomes = look_again(kept, settings(found), server(found), documents=list(kept.kept.values()))
    assert [outcomes[f"127.0.0.1:status-{number}"] for number in (9, 8, 7)] == ["changed", "gone", "same"]
    assert set(kept.gone) == {"127.0.0.1:status-8"}


# ---------------------------------------------------------------- JSON feeds


def feed(found: Platform, **more: Any) -> Source:
    values: dict[str, Any] = {
        "id": "feed",
        "name": "Feed Thử",
        "homepage": f"{found.base}/",
        "feeds": (f"{found.base}/feed.json",),
    }
    return Source(**{**values, "kind": "official", "connector": "json-feed", **more})


def items(*rows: Any, **more: Any) -> tuple[int, Any]:
    return 200, {"version": "https://jsonfeed.org/version/1.1", "title": "Feed", "items": list(rows), **more}


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "url": f"https://bao.example/{number}", "title": f"Tin {number}", "content_html": "<p>Một</p><p>Hai</p>",
        "date_published": f"2026-11-{number:02}T09:00:00+07:00", "authors": [{"name": "Nguyễn Văn Thợ"}], **more,
    }  # fmt: skip


def test_items_become_documents() -> None:
    kept = Remembered()
    with platform() as found:
        found.ways["/feed.json"] = lambda asked: items(
            item(9), item(8, content_html="", content_text="Chữ", url="file:///x"), {"id": ""}
        )
        result = poll(kept, settings(found), feed(found))[0]
    assert (result.ok, result.new) == (True, 2)
    first, second = kept.kept.values()
    assert (first.kind, first.title, first.body, first.url) == (
        "official",
        "Tin 9",
        "Một\n\nHai",
        "https://bao.example/9",
    )
    assert first.published_at == datetime(2026, 11, 9, 2, tzinfo=UTC) and first.author is None
    assert (second.body, second.url) == ("Chữ", "") and "Nguyễn Văn Thợ" not in repr(kept.kept)


def test_a_feeds_next_page_stays_at_home() -> None:
    for following, asked in (
        ("/hai.json", 2),
        ("http://169.254.169.254/x", 1),
        ("http://127.0.0.2:9/x", 1),
        ("file:///x", 1),
        (7, 1),
    ):
        kept = Remembered()
        with platform() as found:
            url = found.base + following if str(following).startswith("/") else following
            found.ways["/feed.json"] = lambda _, url=url: items(item(9), next_url=url)
            found.ways["/hai.json"] = lambda _: items(item(8), next_url=f"{found.base}/feed.json")
            result = poll(kept, settings(found), feed(found))[0]
            assert (result.ok, len(found.asked), result.error) == (True, asked, "")


def test_an_unchanged_feed_is_asked_for_with_its_validators() -> None:
    kept, etag = Remembered(), 'W/"một, hai"'.encode().decode("latin-1")
    with platform() as found:
        found.ways["/feed.json"] = lambda _: (*items(item(9)), {"ETag": etag, "Cache-Control": "max-age=900"})
        assert poll(kept, settings(found), feed(found))[0].new == 1
        assert kept.rests["feed", f"json-feed:{found.base}/"][1] == NOW + timedelta(minutes=15)
        kept.rests.clear()
        found.ways["/feed.json"] = lambda _: (304, b"")
        result = poll(kept, settings(found), feed(found))[0]
        assert (result.ok, result.error, result.new) == (True, "", 0)
        assert found.headers[1]["if-none-match"] == etag
        found.ways["/feed.json"] = lambda _: (*items(item(10), item(9)), {"ETag": '"2"'})
        assert poll(kept, settings(found), feed(found))[0].new == 1


def test_a_feed_whose_next_page_fails_is_not_taken_for_read() -> None:
    kept = Remembered()
    with platform() as found:
        found.ways["/feed.json"] = lambda _: (*items(item(9), next_url=f"{found.base}/hai.json"), {"ETag": '"1"'})
        found.ways["/hai.json"] = lambda _: (500, {})
        poll(kept, settings(found), feed(found))
        poll(kept, settings(found), feed(found))
        assert not [headers for headers in found.headers if "if-none-match" in headers]


def test_what_is_no_json_feed_is_told() -> None:
    with platform() as found:
        found.ways["/feed.json"] = lambda asked: (200, {"items": []})
        result = poll(Remembered(), settings(found), feed(found))[0]
    assert (result.ok, result.trouble) == (False, "content") and "JSON Feed" in result.error


WORDS = (
    "id uri url content created_at visibility account reblog reblogs_count acct items next_url version authors name"
    " content_html content_text date_published title summary spoiler_text"
)


@given(hostile(WORDS), st.integers(200, 599))
def test_no_answer_breaks_the_reading(answer: Any, code: int) -> None:
    place = Source(
        "s", "S", "https://may.example/", "post", connector="mastodon", account="bhxh", feeds=("https://may.example/f",)
    )
    visit = bare_visit(place)
    for connector in (mastodon, json_feed):
        connector.fault(code, answer, {})
        for following in connector.start(visit)[0].read(answer).calls:
            assert following.url.startswith("https://may.example/")
        for row in answer if isinstance(answer, list) else [answer]:
            mastodon._post(visit, row)
            json_feed._post(visit, row)


@pytest.mark.parametrize(
    "row",
    [
        {"account": "#bhxh"},
        {"account": ""},
        {"query": "x"},
        {"connector": "json-feed"},
        {"connector": "json-feed", "account": "", "feeds": ()},
    ],
)
def test_a_wrong_row_is_refused(row: dict[str, Any]) -> None:
    values: dict[str, Any] = {"connector": "mastodon", "account": "bhxh", **row}
    assert list(social.problems(Source("s", "S", "https://may.example/", "post", **values)))
