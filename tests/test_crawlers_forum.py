"""Forum threads: what is read of a page, which threads are worth fetching, and which of their pages."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import threads
from crawlers.links import Link
from crawlers.pages import forum
from crawlers.sources import Source
from crawlers.threads import Walk
from records import UnreadablePage

from .crawlers_forum_support import ADDRESS, bar, post, thread
from .crawlers_support import SHARED


def read(html: str, url: str = ADDRESS) -> forum.Thread:
    return forum.posts(url, html.encode())


# ---------------------------------------------------------------- one page


def test_a_recorded_thread() -> None:
    file = SHARED / "web" / "html" / "voz_1_hieuntg81.html"
    if not file.exists():
        pytest.skip("needs ../shared/web/html/voz_1_hieuntg81.html")
    address = "https://voz.vn/t/moi-kham-pha-ra-rss-feed-cua-tung-box-trong-voz.209170/"
    found = forum.posts(address + "post-6458419", file.read_bytes())
    assert (found.title, found.address) == ("Mới khám phá ra rss feed của từng box trong voz", address)
    assert (found.page, found.pages) == (1, 1)
    assert [one.id for one in found.posts] == ["6458240", "6458419", "6458444", "6458603", "6458955", "8618563"]
    assert [one.reactions for one in found.posts] == [7, 2, 1, 0, 0, 0]
    first, second, third = found.posts[:3]
    assert first.author == "kiemrong08" and first.permalink == address + "post-6458240"
    assert first.published_at is not None and first.published_at.isoformat() == "2021-01-07T15:49:14+07:00"
    assert first.text.startswith("Lâu rồi em tự hỏi voz có rss không") and first.text.endswith(
        "Chúc các bác thành công"
    )
    assert "\n\nhttps://voz.vn/f/-/index.rss\n\n" in first.text and "Code:" not in first.text
    assert second.text == "Đức. Theo dõi để làm gì vậy fen?", (
        "the quotation and its 'Click to expand' are another's words"
    )
    assert third.text.endswith("thích thôi . Đỡ phải vào box mà vào thẳng bài luôn, nó load sẵn lên mà")


def test_a_post_is_what_its_author_wrote_in_it() -> None:
    quote = (
        '<blockquote class="bbCodeBlock bbCodeBlock--quote"><div class="bbCodeBlock-title">ba_ngoai said:</div>'
        '<div class="bbCodeBlock-content">Rút một lần đi<blockquote>trong nữa</blockquote></div>'
        '<div class="bbCodeBlock-expandLink"><a role="button">Bấm để xem thêm...</a></div></blockquote>'
    )
    body = (
        f'{quote}Không nên rút <img class="smilie" alt=":(">đâu <a class="username" data-user-id="7">@ba_ngoai</a> ơi.<br><br>'
        "Giữ lại <b>có lợi</b> hơn.<script>alert('x')</script><style>.a{}</style><p>Đoạn ba</p>"
        '<div class="bbCodeBlock bbCodeBlock--spoiler"><button>Spoiler</button><div>Ẩn mà vẫn là lời</div></div>'
    )
    (one,) = read(thread(post(5, body))).posts
    assert one.text == "Không nên rút đâu ơi.\n\nGiữ lại có lợi hơn.\n\nĐoạn ba\n\nẨn mà vẫn là lời"
    assert "tho_han" not in repr(one)


@pytest.mark.parametrize(
    ("inside", "count"),
    [
        ("<bdi>A</bdi>", 1),
        ("<bdi>A</bdi> và <bdi>B</bdi>", 2),
        ("<bdi>nam1990</bdi>, <bdi>B</bdi>, <bdi>C</bdi> và 1.204 người khác", 1207),
        ("<bdi>A</bdi>, <bdi>B</bdi>, <bdi>C</bdi> and 4 others", 7),
        ("12 lượt thích", 12),
        ("", 0),
        ("9" * 400, 999_999_999),
    ],
)
def test_reactions_are_counted_in_persons(inside: str, count: int) -> None:
    assert read(thread(post(5, extra=bar(inside)))).posts[0].reactions == count


def test_a_page_that_shows_no_reactions_gives_none() -> None:
    assert read(thread(post(5))).posts[0].reactions is None


@pytest.mark.parametrize("at", ["", "hôm qua", "2026-13-45T99:99:99+0700", "x" * 100_000])
def test_a_missing_or_broken_time_is_none(at: str) -> None:
    smuggled = '<time datetime="1999-01-01T00:00:00+0700">trong bài</time>'
    assert read(thread(post(5, smuggled, at=at))).posts[0].published_at is None


def test_posts_smuggled_into_a_post_do_not_count() -> None:
    forged = post(666, "Tôi là cán bộ", author="bhxh")
    found = read(thread(post(5, forged + "lời thật"), post(5, "trùng số"), post(6).replace("post-6", "post-x")))
    assert [one.id for one in found.posts] == ["5"] and found.posts[0].author == "tho_han"


def test_a_thousand_posts_are_read_and_no_more() -> None:
    started = time.process_time()
    found = read(thread(*(post(number, f"Lời thứ {number}") for number in range(1, 1101))))
    assert len(found.posts) == forum.MAX_POSTS and found.posts[-1].text == "Lời thứ 1000"
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "inside",
    ["x" * 7_000_000, "<p>a" * 200_000, "<b>" * 100_000, "<a class=username>b</a>" * 100_000, "&" * 1_000_000, "<!--" * 100_000,
     "<table><tr><td>" * 20_000, "\0" * 1_000_000, "<article class=message><div class=bbWrapper>" * 100_000, "<div>" * 200_000,
     "<p>a" * 25_000, "<aside>" * 20_000],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_monstrous_posts_cost_little(inside: str) -> None:
    started = time.process_time()
    try:
        (one,) = read(thread(post(5, inside))).posts
        assert len(one.text) <= forum.MAX_CHARS
    except UnreadablePage as error:
        assert "quá nhiều thẻ" in str(error)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 1000,
        b"<html><body>Dang nhap de xem</body></html>",
        b"<article class=message id=post-0>",
        b"\xff\xfe<",
    ],
)
def test_what_is_no_thread_is_named(body: bytes) -> None:
    with pytest.raises(UnreadablePage, match="không tìm thấy bài viết nào"):
        forum.posts(ADDRESS, body)


def test_the_page_navigation_is_read_and_not_believed_blindly() -> None:
    found = read(thread(post(5), page=3, pages=7))
    assert (found.page, found.pages, found.at(7), found.at(1)) == (3, 7, ADDRESS + "page-7", ADDRESS)
    wild = thread(post(5), pages=2).replace(">2<", ">99999999999<")
    assert (read(wild).page, read(wild).pages) == (1, 1)


@pytest.mark.parametrize(
    "tail", ["", "post-9", "post-9/", "page-3", "latest", "unread", "?order=1", "#post-9", "page-3#post-9"]
)
def test_one_thread_has_one_address(tail: str) -> None:
    assert forum.thread_address(ADDRESS + tail) == ADDRESS
    assert forum.thread_address(ADDRESS.rstrip("/")) == ADDRESS


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_words_of_a_post_are_read_without_markup(words: str, name: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    quoted = name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    (one,) = read(thread(post(5, escaped, author=quoted))).posts
    assert one.permalink == ADDRESS + "post-5" and "\n\n\n" not in one.text and one.author == one.author.strip()


# ---------------------------------------------------------------- which threads, which pages

FORUM = Source(
    "dien-dan", "Diễn đàn", "https://dien-dan.vn/", "post", feeds=("https://dien-dan.vn/rss",), article=r"/t/[^/]+\.\d+"
)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 26, hour, tzinfo=UTC)


def linked(path: str, moment: datetime | None = None) -> Link:
    return Link(f"https://dien-dan.vn{path}", f"https://dien-dan.vn{path}", published_at=moment)


def test_links_of_one_thread_are_one_with_the_latest_time() -> None:
    found = threads.choose(
        [linked("/t/cu.9/", at(0)), linked("/t/a.41/post-1", at(1)), linked("/t/doi-ten.41/post-2", at(2)), linked("/t/a.41/page-2"),
         linked("/members/a.41/"), Link("https://noi-khac.vn/t/a.41/", "https://noi-khac.vn/t/a.41/")],
        FORUM, 10, at(3),
    )  # fmt: skip
    assert [(link.key, link.published_at) for link in found] == [
        ("dien-dan:thread-41", at(2)),
        ("dien-dan:thread-9", at(0)),
    ]
    assert threads.choose([linked("/t/a.41/", at(2)), linked("/t/b.42/", at(1))], FORUM, 1, at(3))[0].key.endswith("41")


def test_a_time_far_ahead_says_nothing() -> None:
    (found,) = threads.choose([linked("/t/a.41/", at(0) + timedelta(days=400))], FORUM, 10, at(3))
    assert found.published_at is None


def test_a_board_lists_threads_with_their_latest_time() -> None:
    row = (
        '<div class="structItem structItem--thread"><div class="structItem-title"><a href="/f/b.1/?prefix_id=2">Nhãn</a>'
        '<a href="/t/a.41/">A</a></div><time class="structItem-startDate" datetime="2020-01-01T00:00:00+0700"></time>'
        '<time class="structItem-latestDate" datetime="2026-11-26T08:00:00+0700"></time></div>'
    )
    (found,) = threads.board(row.encode(), "https://dien-dan.vn/f/b.1/", FORUM, "text/html", at(3))
    assert (found.key, found.title, found.published_at) == ("https://dien-dan.vn/t/a.41/", "A", at(1))
    plain = threads.board(b'<a href="/t/b.42/">B</a>', "https://dien-dan.vn/f/b.1/", FORUM, "text/html", at(3))
    assert [one.key for one in plain] == ["https://dien-dan.vn/t/b.42/"]


@pytest.mark.parametrize(
    ("stated", "mark", "wanted"),
    [(at(2), None, True), (at(2), at(1), True), (at(2), at(2), False), (None, None, True), (None, at(1), False),
     (None, at(1) - timedelta(days=2), True)],
)  # fmt: skip
def test_a_thread_is_fetched_when_it_may_hold_something_new(
    stated: datetime | None, mark: datetime | None, wanted: bool
) -> None:
    assert threads.may_be_new(linked("/t/a.41/", stated), mark, at(3)) is wanted


def walked(pages: int, mark: datetime | None, hours: Iterable[int]) -> tuple[list[str], Walk]:
    """Follows a thread whose page n has one post of the hour given for it; gives the addresses asked for."""
    walk, moments, asked, number = Walk(linked("/t/a.41/", at(20))), list(hours), list[str](), 1
    while True:
        one = forum.Post(str(number), "a", "b", at(moments[number - 1]), None, "")
        following = walk.after(forum.Thread("T", ADDRESS, (one,), number, pages), mark)
        if following is None:
            return asked, walk
        asked.append(following.removeprefix(ADDRESS))
        number = int(asked[-1].removeprefix("page-"))


def test_the_last_pages_are_read_first_and_no_more_than_needed() -> None:
    hours = range(1, 10)
    assert walked(1, None, hours)[0] == []
    assert walked(9, at(7), hours)[0] == ["page-9", "page-8", "page-7"]
    asked, walk = walked(9, None, hours)
    assert asked == ["page-9", "page-8", "page-7", "page-6"] and walk.unread == 0
    asked, walk = walked(9, at(2), hours)
    assert len(asked) + 1 == threads.MAX_PAGES and walk.unread == 4
    assert walk.mark(at(22)) == at(20)


def test_pages_that_lie_about_their_number_end_the_walk() -> None:
    walk = Walk(linked("/t/a.41/"))
    lying = forum.Thread("T", ADDRESS, (forum.Post("1", "a", "b", None, None, ""),), 7, 9)
    steps = 0
    while walk.after(lying, None):
        steps += 1
    assert steps < threads.MAX_PAGES
    assert walk.mark(at(3)) == at(3), "a thread without any time is dealt with up to now"
