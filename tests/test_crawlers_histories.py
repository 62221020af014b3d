"""Fifteen feeds over thirty polls each, with every trick feeds are known for: each article is stored once, none is missed.

A history says, poll by poll, what the feed holds; a page is what its links lead to. The way is the product's own from the
bytes of the feed to the store's doors; only the network is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import store
from crawlers import feeds
from crawlers.address import canonical
from crawlers.intake import Intake
from crawlers.links import choose
from crawlers.sources import Source

from .crawlers_support import NOW, OFFICIAL, article, settings

HOME = "https://bao-thu.vn"
BAO = Source("bao-thu", "Báo thử", HOME, "press", feeds=(f"{HOME}/rss",))
POLLS, WINDOW, FRESH = 30, 12, 2
Item = dict[str, str]
Trick = Callable[[int, int, random.Random], Item]
"""(number of the article, number of the poll, dice) -> link, title, guid, date of its item in that poll"""


def plain(n: int, poll: int, dice: random.Random) -> Item:
    moment = NOW + timedelta(minutes=20 * n)
    return {"link": f"{HOME}/bai-so-{500_000 + n}.html", "title": f"Bài số {n}", "guid": f"g{n}",
            "date": f"{moment:%a, %d %b %Y %H:%M:%S} +0000"}  # fmt: skip


def changed(**how: Callable[[int, int, random.Random], str]) -> Trick:
    return lambda n, poll, dice: {**plain(n, poll, dice), **{name: make(n, poll, dice) for name, make in how.items()}}


def _date(n: int, poll: int, dice: random.Random) -> str:
    return dice.choice(
        [
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 26 Nov 2066 09:00:00 GMT+7",
            "31/02/2026",
            "",
            "2 giờ trước",
            "Thu, 26 Nov 2569",
        ]
    )


HISTORIES: dict[str, Trick] = {
    "no guid": changed(guid=lambda *_: ""),
    "a guid that changes at each poll": changed(guid=lambda n, poll, _: f"{n}-{poll}"),
    "one guid for all": changed(guid=lambda *_: "tin-tuc"),
    "guids that wander from article to article": changed(guid=lambda n, poll, _: f"g{(n + poll) % WINDOW}"),
    "titles with counters": changed(title=lambda n, poll, _: f"Bài số {n} ({poll * 3} bình luận)"),
    "tracking parameters": changed(
        link=lambda n, poll, _: f"{HOME}/bai-so-{500_000 + n}.html?utm_source=rss&amp;fbclid={poll}#c{poll}"
    ),
    "scheme and host in turn": changed(
        link=lambda n, _, dice: dice.choice(["http://", "https://", "http://www.", "https://www."])
        + f"bao-thu.vn/muc/bai-viet-{n}"
    ),
    "mobile pages and last slashes": changed(
        link=lambda n, _, dice: f"https://{dice.choice(['', 'm.', 'www.'])}bao-thu.vn/muc/bai-viet-{n}{dice.choice(['', '/'])}"
    ),
    "headlines rewritten, and their addresses": changed(
        link=lambda n, poll, _: f"{HOME}/{'tin-moi' if poll % 7 else 'cap-nhat'}-{poll // 4}-{4_500_000 + n}.html",
        title=lambda n, poll, _: f"Bài số {n}, bản {poll // 4}",
    ),
    "impossible dates that change": changed(date=_date),
    "no date": changed(date=lambda *_: ""),
    "the same headline every day": changed(title=lambda *_: "Dự báo thời tiết hôm nay"),
    "session numbers": changed(
        link=lambda n, poll, _: f"{HOME}/bai-viet-{n}.aspx;jsessionid=A{poll}?PHPSESSID={poll * 7}&amp;id={n}"
    ),
    "links through a counter": changed(link=lambda n, poll, _: f"{HOME}/go/{poll}x{n}"),
    "everything at once": changed(
        guid=lambda n, poll, _: f"{poll % 3}",
        title=lambda n, poll, _: f"Bài số {n} ({poll})",
        link=lambda n, poll, dice: f"http{dice.choice(['', 's'])}://www.bao-thu.vn/sua-{poll % 5}-{7_000_000 + n}.html?utm_medium={poll}",
        date=_date,
    ),
}  # fmt: skip


def feed(items: list[Item], dice: random.Random) -> bytes:
    rows = "".join(
        f"<item><title>{one['title']}</title><link>{one['link']}</link>"
        + (f"<guid isPermaLink='false'>{one['guid']}</guid>" if one["guid"] else "")
        + (f"<pubDate>{one['date']}</pubDate>" if one["date"] else "")
        + "</item>"
        for one in items
    )
    noise = dice.choice(["", "\0", "<!-- x -->"])
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Báo</title>{noise}{rows}</channel></rss>'.encode()


def number_of(url: str, poll: int) -> int:
    """Which article an address leads to, as its server knows."""
    path = url.split("bao-thu.vn", 1)[1].split("?")[0].split(";")[0].rstrip("/")
    digits = path.removesuffix(".html").removesuffix(".aspx").replace("x", "-").rsplit("-", 1)[-1]
    return int(digits) % 500_000


def page(url: str, n: int) -> tuple[str, bytes]:
    """Where an address ends and what stands there; the counter leads on to the article and its own address."""
    if "/go/" not in url:
        return url, article(f"Bài số {n}", date="").replace("Đoạn thứ nhất", f"Bài mang số {n}").encode()
    end = f"{HOME}/bai-so-{500_000 + n}.html"
    head = f'<link rel="canonical" href="{end}">'
    return end, article(f"Bài số {n}", date="", head=head).replace("Đoạn thứ nhất", f"Bài mang số {n}").encode()


@pytest.mark.parametrize("name", list(HISTORIES))
def test_each_article_once_and_none_missed(name: str, tmp_path: Path) -> None:
    dice, trick = random.Random(name), HISTORIES[name]
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store.create(url)
    kept = store.open(url)
    now = [NOW]
    published: set[int] = set()
    told: list[int] = []
    shown: list[int] = []
    for poll in range(POLLS):
        now[0] = NOW + poll * timedelta(minutes=30)
        intake = Intake(kept, settings(), lambda: now[0], OFFICIAL)  # a new one: nothing is remembered in the process
        shown = ([poll * FRESH + extra for extra in range(FRESH)] + shown)[: WINDOW * 2]
        listed = [n for n in shown if n // FRESH == poll or dice.random() < 0.7]  # items vanish and come back
        dice.shuffle(listed)
        published.update(listed)
        body = feed([trick(n, poll, dice) for n in listed], dice)
        links = choose(feeds.read(body, f"{HOME}/rss", now[0]), BAO, 500)
        for link in intake.wanted(BAO, links):
            n = number_of(link.url, poll)
            outcome, _, _ = intake.take(BAO, link, *page(link.url, n), "text/html")
            told += [n] * (outcome != "same")
    assert sorted(set(told)) == sorted(published), "recall"
    assert len(told) == len(published), "precision: an article told twice"
    assert kept.documents.count() == len(published)
    for document in kept.documents.unassessed("x", 1000):
        assert document.published_at is None or datetime(2000, 1, 1, tzinfo=UTC) < document.published_at <= now[0]
    kept.close()


def test_a_feed_of_fifty_thousand_items_gives_its_newest_wherever_they_stand() -> None:
    rows: list[Any] = [plain(n, 0, random.Random(1)) for n in range(50_000)]
    for listed in (rows, rows[::-1]):
        body = feed(listed, random.Random(1))
        if len(body) > feeds.MAX_BYTES:
            body = feed(listed[:8000] + listed[-8000:], random.Random(1))
        found = choose(feeds.read(body, f"{HOME}/rss", NOW + timedelta(days=900)), BAO, 500)
        assert {link.key for link in found} >= {canonical(one["link"]) for one in rows[-400:]}
