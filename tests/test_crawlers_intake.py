"""Intake: from page to Document: masking, indicators, impossible dates; on the real store; follow-ups; crashes."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import store
from crawlers import collect
from crawlers.intake import Intake, dated, document
from crawlers.links import Link
from crawlers.manners import Memory
from crawlers.pages import Page
from crawlers.sources import Source
from records import Document, StoreError, StoreFull, UnreadablePage

from .crawlers_support import NOW, OFFICIAL, PROSE, Memorised, Web, article, rss, settings, source, web

HOUSE = Path(__file__).resolve().parents[1]
BAO = Source("bao-thu", "Báo thử", "https://bao-thu.vn", "press", feeds=("https://bao-thu.vn/rss",))
LINK = Link(
    "https://bao-thu.vn/a-100001.html", "https://bao-thu.vn/a-100001.html", "Tên trong feed", "Tóm tắt trong feed", NOW
)
PAGE = Page(
    "Tên", "Tóm tắt", "Nội dung", NOW - timedelta(hours=1), None, ("Hà Thu",), "Xã hội", None, None, "selectors"
)


def made(page: Page | None = PAGE, link: Link = LINK) -> Document:
    return document(page, link, BAO, link.url, NOW)


def test_a_page_becomes_a_document() -> None:
    found = made()
    assert (found.key, found.kind, found.source, found.outlet) == (LINK.key, "press", "bao-thu", "Báo thử")
    assert (found.title, found.lead, found.body, found.gaps) == ("Tên", "Tóm tắt", "Nội dung", ())
    assert found.first_seen == NOW and found.authors == ("Hà Thu",)


def test_what_the_page_lacks_comes_from_the_feed_or_is_marked() -> None:
    bare = replace(PAGE, lead=None, body=None, published_at=None)
    assert (made(bare).lead, made(bare).published_at, made(bare).gaps) == ("Tóm tắt trong feed", NOW, ("body",))
    undated = replace(LINK, published_at=None)
    assert made(bare, undated).gaps == ("body", "date")
    assert made(replace(PAGE, doubtful=("charset",))).gaps == ("charset",)
    told = made(None)
    assert (told.title, told.method, told.gaps) == ("Tên trong feed", "feed", ("body",))


def test_the_pages_own_address_is_the_key_where_it_names_the_same_article() -> None:
    def key(own: str | None, link: str = LINK.key) -> str:
        return made(replace(PAGE, canonical_url=own), replace(LINK, key=link)).key

    assert key(None) == LINK.key
    assert key("https://m.bao-thu.vn/a-moi-100001.html") == "https://m.bao-thu.vn/a-moi-100001.html"
    assert key("http://www.bao-thu.vn/a-100001.html") == LINK.key
    assert key("https://bao-thu.vn/b-100002.html") == LINK.key
    portal = "https://bao-thu.vn/tin.aspx?ItemID=1"
    assert key("https://bao-thu.vn/tin.aspx", portal) == portal


@pytest.mark.parametrize(
    ("stated", "wanted", "gap"),
    [
        (NOW - timedelta(days=30), NOW - timedelta(days=30), ()),
        (NOW + timedelta(minutes=9), NOW + timedelta(minutes=9), ()),
        (NOW + timedelta(hours=1), NOW, ("future_date",)),
        (NOW.replace(year=2569), NOW, ("future_date",)),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW, ("old_date",)),
    ],
)
def test_impossible_dates_are_clamped_and_marked(stated: datetime, wanted: datetime, gap: tuple[str, ...]) -> None:
    found = dated(replace(made(), published_at=stated))
    assert (found.published_at, found.gaps) == (wanted, gap)


def test_numbers_are_masked_and_indicators_taken_out_before() -> None:
    kept = Memorised()
    intake = Intake(kept, settings(), lambda: NOW, OFFICIAL)  # type: ignore[arg-type]
    text = "Gọi 0912345678 hoặc tổng đài 1900 9068, vào baohiemxahoi-gov.top để nhận tiền."
    assert intake.keep(replace(made(), title="Gọi 0912345678", lead=text, body=text)) == "new"
    (found,) = kept.kept.values()
    assert "0912345678" not in f"{found.title}{found.lead}{found.body}" and "1900 9068" in found.body
    assert len(found.body) == len(text)
    assert {(one.kind, one.value) for one in kept.indicators[LINK.key]} >= {
        ("phone", "0912345678"), ("domain", "baohiemxahoi-gov.top"),
    }  # fmt: skip


def test_without_values_handed_in_the_official_numbers_are_those_the_centre_knows() -> None:
    intake = Intake(Memorised(), settings(), lambda: NOW)  # type: ignore[arg-type]
    assert "19009068" in intake.official.numbers and "baohiemxahoi.gov.vn" in intake.official.domains


def test_a_page_without_title_needs_a_feed_that_names_it() -> None:
    intake = Intake(Memorised(), settings(), lambda: NOW, OFFICIAL)  # type: ignore[arg-type]
    with pytest.raises(UnreadablePage):
        intake.take(BAO, replace(LINK, title=""), LINK.url, b"<html><body>x</body></html>", "text/html")
    assert intake.take(BAO, LINK, LINK.url, b"<html><body>x</body></html>", "text/html") == ("new", LINK.key, True)


# ---------------------------------------------------------------- on the real store


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[store.Store]:
    address = f"sqlite:///{tmp_path / 'tin.db'}"
    store.create(address)
    opened = store.open(address, vault_key=b"k" * 32)
    yield opened
    opened.close()


def gather(opened: Any, found: Web, memory: Memory | None = None) -> collect.Collected:
    work = collect.collect([source(found)], settings(found), opened, lambda: NOW, OFFICIAL, memory or Memory())
    return asyncio.run(work)[0]


def test_collecting_into_the_real_store(kept: store.Store) -> None:
    with web() as found:
        key = f"{found.base}/a-100001.html"
        found.put("/rss", rss((key, "Bài A"), (f"{found.base}/mat-100002.html", "Mất")), ETag='"1"')
        found.put("/a-100001.html", article("Bài A"))
        found.put("/mat-100002.html", "", 410)
        first = gather(kept, found)
        assert (first.ok, first.items, first.new, first.failed) == (True, 2, 1, 1)
        document_ = kept.documents.get(key)
        assert document_ is not None and document_.body == PROSE
        assert kept.sources.validators("bao-thu", f"{found.base}/rss") == ('"1"', None)
        (state,) = kept.sources.health()
        assert (state.source, state.error, state.success_at) == ("bao-thu", "", NOW)
        (problem,) = kept.runs.problems(NOW - timedelta(hours=1))
        assert problem.what == "page" and problem.where == "bao-thu" and "HTTP 410" in problem.detail


def test_later_looks_find_edits_and_removals(kept: store.Store) -> None:
    with web() as found:
        keys = [f"{found.base}/{name}-10000{number}.html" for number, name in enumerate("abcde")]
        found.put("/rss", rss(*((key, key[-14:]) for key in keys)))
        for key in keys:
            found.put(key.removeprefix(found.base), article(f"Bài {key[-13:]}"))
        assert gather(kept, found).new == 5
        documents = [kept.documents.get(key) for key in keys]
        found.put("/a-100000.html", article("Tên đã sửa"))
        found.put("/b-100001.html", b"", 410)
        found.put("/c-100002.html", b"", 500)
        found.put("/e-100004.html", "<html><head><title>Bài e</title></head><body>Bảo trì</body></html>")
        later = [NOW + timedelta(days=1)]

        def look() -> dict[str, str]:
            chosen = [one for one in documents if one]
            work = collect.refetch(chosen, [source(found)], settings(found), kept, lambda: later[0], OFFICIAL, Memory())
            return {one.key: one.outcome for one in asyncio.run(work)}

        assert look() == dict(zip(keys, ("changed", "missing", "failed", "same", "failed"), strict=True))
        assert kept.documents.gone(keys[1]) is None, "one look removes nothing"
        later[0] += timedelta(hours=6)
        assert look()[keys[1]] == "gone" and kept.documents.gone(keys[1]) == (NOW + timedelta(days=1), 410)
        found.put("/b-100001.html", article("Bài b"))
        later[0] += timedelta(days=6)
        look()
        assert kept.documents.gone(keys[1]) is None and kept.documents.absences(keys[1])[0].back_at == later[0]
        assert len(kept.documents.versions(keys[0])) == 2
        stored = kept.documents.get(keys[4])
        assert stored is not None and stored.body == PROSE, (
            "a page that lost its text does not wipe out what was stored"
        )


def test_a_store_that_is_full_ends_the_crawl_with_its_own_error() -> None:
    class Full(Memorised):
        def keep(self, document: Any, indicators: Any = ()) -> str:
            raise StoreFull("đĩa đầy")

    with web() as found:
        links = tuple((f"{found.base}/a-10000{number}.html", f"Bài {number}") for number in range(9))
        found.put("/rss", rss(*links), ETag='"1"')
        for link, _ in links:
            found.put(link.removeprefix(found.base), article(link[-14:]))
        full = Full()
        with pytest.raises(StoreError, match="đĩa đầy"):
            gather(full, found)
        assert full.marks == {}


CHILD = """
import asyncio, json, sys
from datetime import UTC, datetime
import config, store
from crawlers import collect
from crawlers.sources import Source
base, host, address = sys.argv[1:]
now = datetime(2026, 11, 26, 3, tzinfo=UTC)
row = Source("bao-thu", "Báo thử", base + "/", "press", feeds=(base + "/rss",))
chosen = config.Settings(crawl=config.Crawl(allow_loopback=(host,), delay=0))
kept = store.open(address)
print(json.dumps([done.new for done in collect.run([row], chosen, kept, lambda: now)]))
"""


@pytest.mark.slow
def test_no_article_is_lost_or_doubled_by_kill_9(tmp_path: Path) -> None:
    """A feed of 60 with validators; the process is killed again and again in the middle of fetching them."""
    address = f"sqlite:///{tmp_path / 'tin.db'}"
    store.create(address)
    with web() as found:
        keys = [f"{found.base}/a-{100000 + number}.html" for number in range(60)]
        body = rss(*((key, key[-13:]) for key in keys)).encode()

        def feed(handler: Any) -> None:
            if handler.headers.get("If-None-Match") == '"v1"':
                handler.wfile.write(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nContent-Length: 0\r\n\r\n')
            else:
                handler.wfile.write(b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: %d\r\n\r\n' % len(body) + body)

        found.pages["/rss"] = feed
        for key in keys:
            found.put(key.removeprefix(found.base), article(f"Bài {key[-13:]}"))
        command = [sys.executable, "-c", CHILD, found.base, f"{found.host}:{found.port}", address]
        kills = 0
        while kills < 5:
            before = len(found.paths("/a-"))
            child = subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE)
            while child.poll() is None and len(found.paths("/a-")) < before + 9:
                time.sleep(0.01)
            if child.poll() is not None:
                child.communicate()
                break
            child.send_signal(signal.SIGKILL)
            child.communicate()
            kills += 1
        assert kills >= 3
        last = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=120)
        assert last.returncode == 0, last.stderr
        fetched = len(found.paths("/a-"))
        again = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=120)
        assert json.loads(again.stdout) == [0] and len(found.paths("/a-")) == fetched
    opened = store.open(address)
    assert opened.documents.known(keys) == set(keys) and opened.documents.count() == 60
    assert fetched <= 60 + 16 * kills, "at most what was in flight is fetched again"
    opened.close()


def test_a_correction_is_tied_to_the_one_own_item_its_text_links_to(kept: store.Store) -> None:
    with web() as found:
        body = "Trong bài <a href='/a-100000.html?utm_source=x'>này</a> đăng ngày 20/8, số liệu chưa đúng. " + PROSE
        found.put("/rss", rss((f"{found.base}/a-100000.html", "Bài A"), (f"{found.base}/b-100001.html", "Bài B")))
        found.put("/a-100000.html", article("Bài A"))
        found.put("/b-100001.html", article("Bài B", body))
        gather(kept, found)
        assert kept.corrections.of(f"{found.base}/a-100000.html") == [], "any page links; only a correction corrects"
        found.put(
            "/rss", rss((f"{found.base}/c-100002.html", "Cải chính"), (f"{found.base}/d-100003.html", "Đính chính"))
        )
        found.put("/c-100002.html", article("Cải chính", body))
        found.put("/d-100003.html", article("Đính chính", body + "<a href='/b-100001.html'>và bài này</a>"))
        gather(kept, found)
        (link,) = kept.corrections.of(f"{found.base}/a-100000.html")
    assert (link.correction, link.how) == (f"{found.base}/c-100002.html", "link"), "two items named: nobody can tell"
