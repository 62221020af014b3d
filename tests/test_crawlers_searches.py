"""News searches as feeds: any outlet's articles, each once whoever names it first, through redirects and pages in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import store
from crawlers import collect, searches, sources
from crawlers.links import Link
from crawlers.manners import Memory
from crawlers.owners import Owners
from crawlers.polls import Collected
from crawlers.sources import Source
from records import BadKnowledge

from .crawlers_support import NOW, OFFICIAL, Memorised, Web, article, rss, settings, source, web

HTML = {"Content_Type": "text/html; charset=utf-8"}


@pytest.fixture
def aggregator() -> Iterator[Web]:
    with web("127.0.0.2") as found:
        yield found


@pytest.fixture
def paper() -> Iterator[Web]:
    with web("127.0.0.3") as found:
        found.put("/luong-huu-100001.html", article("Lương hưu tăng"), **HTML)
        yield found


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[store.Store]:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    store.create(url)
    opened = store.open(url)
    yield opened
    opened.close()


def search(found: Web, *queries: str) -> Source:
    return Source(
        "tim",
        "Tìm tin",
        f"{found.base}/",
        "search",
        search=f"{found.base}/rss?q={{query}}",
        queries=queries or ("bhxh",),
    )


def outlet(paper: Web, **more: Any) -> Source:
    return source(paper, id="bao", name="Báo Giấy", **more)


def crawl(chosen: Sequence[Source], kept: Any, owners: Owners | None = None, *webs: Web) -> list[Collected]:
    work = collect.collect(chosen, settings(*webs), kept, lambda: NOW, OFFICIAL, Memory(), owners)
    return asyncio.run(work)


def test_each_query_is_a_feed_of_its_own(aggregator: Web, paper: Web, kept: store.Store) -> None:
    aggregator.put("/rss?q=bhxh", rss((f"{paper.base}/luong-huu-100001.html", "Lương hưu tăng")))
    aggregator.put(
        "/rss?q=b%E1%BA%A3o+hi%E1%BB%83m+y+t%E1%BA%BF", rss((f"{paper.base}/luong-huu-100001.html", "Lương hưu tăng"))
    )
    (done,) = crawl([search(aggregator, "bhxh", "bảo hiểm y tế")], kept, None, aggregator, paper)
    assert (done.new, done.failed, kept.documents.count()) == (1, 0, 1)
    found = kept.documents.get(f"{paper.base}/luong-huu-100001.html")
    assert found and (found.kind, found.source, found.outlet) == ("press", "tim", "127.0.0.3") and found.body
    assert len(aggregator.paths("/rss")) == 2


@pytest.mark.parametrize("way", ["parameter", "redirect", "refresh", "canonical"])
def test_the_article_is_found_behind_the_search(aggregator: Web, paper: Web, kept: store.Store, way: str) -> None:
    target = f"{paper.base}/luong-huu-100001.html?utm_source=tim"
    paper.put("/luong-huu-100001.html?utm_source=tim", article("Lương hưu tăng"), **HTML)
    aggregator.put(
        "/rss?q=bhxh",
        rss((f"{aggregator.base}/di?url={quote(target) if way == 'parameter' else 'x'}", "Lương hưu tăng")),
    )
    pages = {
        "redirect": lambda: aggregator.put("/di?url=x", b"", 302, Location=target),
        "refresh": lambda: aggregator.put(
            "/di?url=x", f'<meta http-equiv="Refresh" content="0; URL={target}">', **HTML
        ),
        "canonical": lambda: aggregator.put(
            "/di?url=x", f'<link rel="canonical" href="{target}"><p>Đang chuyển</p>', **HTML
        ),
    }
    pages.get(way, lambda: None)()
    (done,) = crawl([search(aggregator)], kept, Owners([outlet(paper)]), aggregator, paper)
    found = kept.documents.get(f"{paper.base}/luong-huu-100001.html")
    assert done.new == 1 and found and (found.source, found.outlet) == ("tim", "Báo Giấy")
    assert (way == "parameter") == (aggregator.paths("/di") == [])
    again = len(aggregator.paths("/di"))
    (done,) = crawl([search(aggregator)], kept, Owners([outlet(paper)]), aggregator, paper)
    assert done.new == 0 and len(paper.paths("/luong-huu")) == 1 and len(aggregator.paths("/di")) == again, (
        "never fetched again"
    )


def test_a_page_in_between_that_names_nothing_is_counted(aggregator: Web, paper: Web, kept: store.Store) -> None:
    aggregator.put("/rss?q=bhxh", rss((f"{aggregator.base}/di-1", "A"), (f"{aggregator.base}/di-2", "B")))
    aggregator.put("/di-1", "<script>location='https://bao.example/'</script>", **HTML)
    aggregator.put("/di-2", f'<link rel="canonical" href="{aggregator.base}/khac">', **HTML)
    (done,) = crawl([search(aggregator)], kept, None, aggregator, paper)
    assert (done.new, done.failed, kept.documents.count()) == (0, 2, 0)
    assert [one.detail.count("trang trung gian") for one in kept.runs.problems(NOW.replace(year=2020))] == [1]


def test_what_the_outlet_brought_first_is_no_news(aggregator: Web, paper: Web, kept: store.Store) -> None:
    mine = outlet(paper)
    paper.put("/rss", rss((f"{paper.base}/luong-huu-100001.html", "Lương hưu tăng")))
    crawl([mine], kept, None, paper)
    paper.put("/tieu-de-khac-100001.html", article("Lương hưu tăng"), **HTML)
    aggregator.put(
        "/rss?q=bhxh",
        rss((f"{paper.base}/luong-huu-100001.html", "A"), (f"{paper.base}/tieu-de-khac-100001.html", "B")),
    )
    (done,) = crawl([search(aggregator)], kept, Owners([mine]), aggregator, paper)
    assert (done.new, kept.documents.count(), len(paper.paths("/"))) == (0, 1, 3), "robots.txt, the feed, the article"


def test_what_a_search_brought_first_the_outlet_does_not_bring_again(
    aggregator: Web, paper: Web, kept: store.Store
) -> None:
    mine = outlet(paper)
    aggregator.put("/rss?q=bhxh", rss((f"{paper.base}/luong-huu-100001.html", "A")))
    crawl([search(aggregator)], kept, Owners([mine]), aggregator, paper)
    paper.put("/rss", rss((f"{paper.base}/tieu-de-moi-100001.html", "A"), (f"{paper.base}/luong-huu-100001.html", "A")))
    (done,) = crawl([mine], kept, None, paper)
    assert (done.new, kept.documents.count()) == (0, 1) and paper.paths("/tieu-de") == []


def test_nothing_is_taken_of_closed_outlets_and_forums(aggregator: Web, paper: Web, kept: store.Store) -> None:
    aggregator.put("/rss?q=bhxh", rss((f"{paper.base}/luong-huu-100001.html", "A")))
    closed = Owners([outlet(paper)], {"bao"})
    forum = Owners([outlet(paper, kind="post", article="x")])
    for owners in (closed, forum):
        (done,) = crawl([search(aggregator)], kept, owners, aggregator, paper)
        assert done.new == 0 and paper.asked == []
    paper.put(
        "/luong-huu-100001.html",
        '<!doctype html><html id="XF"><h1>Hỏi</h1><article><p>Nội dung</p></article></html>',
        **HTML,
    )
    (done,) = crawl([search(aggregator)], kept, None, aggregator, paper)
    assert (done.new, done.failed, kept.documents.count()) == (0, 1, 0)


def test_a_later_look_keeps_whose_it_is(aggregator: Web, paper: Web, kept: store.Store) -> None:
    aggregator.put("/rss?q=bhxh", rss((f"{paper.base}/luong-huu-100001.html", "A")))
    rows = [search(aggregator)]
    crawl(rows, kept, Owners([outlet(paper)]), aggregator, paper)
    paper.put("/luong-huu-100001.html", article("Lương hưu tăng mạnh"), **HTML)
    (document,) = kept.documents.unassessed("m", 10)
    (looked,) = asyncio.run(
        collect.refetch([document], rows, settings(aggregator, paper), kept, lambda: NOW, OFFICIAL, Memory())
    )
    again = kept.documents.get(document.key)
    assert looked.outcome == "changed" and again and (again.kind, again.outlet) == ("press", "Báo Giấy")
    assert again.title == "Lương hưu tăng mạnh"


def test_a_link_is_unwrapped_only_away_from_the_search() -> None:
    row = Source("tim", "Tìm", "https://tim.example/", "search")

    def target(url: str) -> str:
        return searches.unwrapped(Link(url, url), row).key

    assert (
        target("https://tim.example/di?a=1&url=https%3A%2F%2Fbao.example%2Fa-1.html") == "https://bao.example/a-1.html"
    )
    for kept_as_is in (
        "https://tim.example/di?url=javascript:alert(1)", "https://tim.example/di?url=https://www.tim.example/x",
        "https://tim.example/di?url=ftp://bao.example/x", "https://tim.example/di?url=https://u@bao.example/",
        "https://bao.example/chia-se?url=https://khac.example/",
    ):  # fmt: skip
        assert target(kept_as_is) == kept_as_is


def test_the_owner_of_an_address_is_the_nearest() -> None:
    rows = [
        Source(name, name, f"https://{host}/", "press") for name, host in (("a", "www.bao.vn"), ("b", "hue.bao.vn"))
    ]
    owners = Owners(rows)
    named = {
        url: owners.of(url)
        for url in ("https://bao.vn/1", "https://tin.bao.vn/1", "https://m.hue.bao.vn/1", "https://bao.vn.example/")
    }
    assert [found.id if found else None for found in named.values()] == ["a", "a", "b", None]


ROW = """[[source]]
id = "tim"
name = "Tìm tin"
homepage = "https://tim.example"
kind = "search"
search = "https://tim.example/rss?q={query}&hl=vi"
queries = ["bảo hiểm xã hội", "BHXH"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{query}", "x", "đúng một chỗ {query}"),
        ("{query}", "{query}{query}", "đúng một chỗ {query}"),
        ('["bảo hiểm xã hội", "BHXH"]', "[]", "từ 1 đến 50"),
        ('"BHXH"', '" "', "mỗi cụm từ"),
        ('"BHXH"', f'"{"x" * 201}"', "mỗi cụm từ"),
        ('"BHXH"', '"bảo hiểm xã hội"', "trùng địa chỉ"),
        ('"https://tim.example/rss', '"https://khac.example/rss', "không thuộc trang chủ"),
        ('"https://tim.example/rss', '"file:///rss', "không phải địa chỉ http"),
        ('"search"\n', '"press"\n', "chỉ dùng với kind"),
        ("queries =", 'feeds = ["https://tim.example/f"]\nqueries =', "chỉ dùng search và queries"),
    ],
)
def test_a_wrong_row_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(ROW, encoding="utf-8")
    (row,) = sources.load(file)
    assert row.lists[1] == "https://tim.example/rss?q=BHXH&hl=vi" and row.printed == "press"
    file.write_text(ROW.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"s\.toml:\d+: ") as caught:
        sources.load(file)
    assert said in str(caught.value)


def test_none_is_shipped() -> None:
    assert not [one.id for one in sources.load() if one.kind == "search"]


def test_inner_addresses_behind_a_search_are_not_asked(aggregator: Web) -> None:
    with web("127.0.0.9") as sentinel:
        inner = (f"{sentinel.base}/a-1.html", "http://169.254.169.254/latest")
        links = [(f"{aggregator.base}/di-{n}", "A") for n, _ in enumerate(inner)]
        links += [(f"{aggregator.base}/x?url={quote(address)}", "B") for address in inner] + [
            (address, "C") for address in inner
        ]
        for n, address in enumerate(inner):
            aggregator.put(f"/di-{n}", f'<meta http-equiv="refresh" content="0;url={address}">', **HTML)
        aggregator.put("/rss?q=bhxh", rss(*links))
        memory = Memorised()
        (done,) = crawl([search(aggregator)], memory, None, aggregator)
        assert done.new == 0 and sentinel.asked == [] and not memory.kept
