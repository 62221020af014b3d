"""The way of a forum's posts into the store: no name gets through the door, nothing is lost, nothing is fetched twice."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import config
import masking
import store
from crawlers import collect, sources
from crawlers.manners import Memory
from crawlers.polls import Collected
from crawlers.sources import Source
from pipeline.sample import DEMO, SampleWeb
from pipeline.sample.sources import toml
from records import BadKnowledge, BadSetting

from .crawlers_forum_support import bar, post, thread
from .crawlers_support import NOW, OFFICIAL, Memorised, Web, rss, web

KEY = "khoa-but-danh-cua-bo-kiem-thu-32-ky-tu"


def settings(*hosts: str, **more: Any) -> config.Settings:
    crawl = config.Crawl(allow_loopback=hosts, delay=0, timeout=5)
    return config.Settings(
        author_key=SecretStr(KEY), desk_key=SecretStr(KEY), vault_key=SecretStr(KEY), crawl=crawl, **more
    )


def gather(kept: Any, found: Web, forum_source: Source, now: datetime = NOW) -> Collected:
    chosen = settings(f"{found.host}:{found.port}")
    run = collect.collect([forum_source], chosen, kept, lambda: now, official=OFFICIAL, memory=Memory())
    return asyncio.run(run)[0]


def board_of(found: Web, **more: Any) -> Source:
    values: dict[str, Any] = {"feeds": (f"{found.base}/rss",), "article": r"/t/[^/]+\.\d+"}
    return Source("dien-dan", "Diễn đàn Thử", f"{found.base}/", "post", **{**values, **more})


def feed(found: Web, hour: int, path: str = "/t/luong-huu.41/") -> str:
    return rss((found.base + path, "Hỏi lương hưu"), date=f"Thu, 26 Nov 2026 {hour:02}:00:00 +0700")


def test_posts_become_documents_without_names_or_numbers() -> None:
    kept = Memorised()
    call = "Gọi 0912 345 678, đừng gọi 1900 9068, vào bhxh-gov.top nhận tiền"
    with web() as found:
        found.put("/rss", feed(found, 8))
        found.put(
            "/t/luong-huu.41/",
            thread(post(1, call, "Nguyễn Văn Thợ", extra=bar("<bdi>Lê C</bdi>")), post(2, at=""), post(3, "<img>")),
        )
        result = gather(kept, found, board_of(found))
        base = found.base
    assert result == Collected("dien-dan", True, "", 1, 2)
    first, second = kept.kept["dien-dan:post-1"], kept.kept["dien-dan:post-2"]
    assert set(kept.kept) == {first.key, second.key}, "a post of pictures only says nothing"
    assert (first.kind, first.outlet, first.source, first.reach) == ("post", "Diễn đàn Thử", "dien-dan", 1)
    assert (first.title, second.title) == ("Hỏi lương hưu", None)
    assert first.url == f"{base}/t/luong-huu.41/post-1"
    assert first.published_at.isoformat() == "2026-11-26T07:00:00+07:00"
    assert second.published_at is None and second.gaps == ("date",)
    assert first.author == masking.pseudonym("nguyễn văn thợ", "dien-dan", KEY.encode())
    assert first.author != second.author and first.authors == ()
    assert "0912 345 678" not in first.body and "09xx" in first.body and "1900 9068" in first.body
    assert {indicator.value for indicator in kept.indicators[first.key]} == {"0912345678", "bhxh-gov.top"}
    everything = repr((kept.kept, kept.marks, kept.polls, kept.troubles))
    assert "Nguyễn Văn Thợ" not in everything and "tho_han" not in everything and "Lê C" not in everything


def test_a_thread_is_fetched_again_only_when_the_feed_names_a_later_post() -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", feed(found, 7))
        found.put("/t/luong-huu.41/", thread(post(1)))
        gather(kept, found, board_of(found))
        found.asked.clear()
        assert gather(kept, found, board_of(found)).new == 0 and found.paths("/t/") == []
        found.put("/rss", feed(found, 9))
        found.put("/t/luong-huu.41/", thread(post(1), post(2, "Về rồi", at="2026-11-26T09:00:00+0700")))
        assert gather(kept, found, board_of(found)).new == 1 and found.paths("/t/") == ["/t/luong-huu.41/"]
    assert kept.kept["dien-dan:post-2"].body == "Về rồi"


def test_a_long_thread_is_read_from_its_end() -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", feed(found, 9))
        for page in range(1, 10):
            path = "/t/luong-huu.41/" + (f"page-{page}" if page > 1 else "")
            found.put(path, thread(post(page, f"Trang {page}"), page=page, pages=9))
        gather(kept, found, board_of(found))
        asked = [path.removeprefix("/t/luong-huu.41/") for path in found.paths("/t/")]
    assert asked == ["", "page-9", "page-8", "page-7", "page-6"]
    assert {key: one.title for key, one in kept.kept.items()}["dien-dan:post-9"] is None
    assert kept.kept["dien-dan:post-1"].title == "Hỏi lương hưu"


class Breaking(Memorised):
    """A store that dies at its second document."""

    def keep(self, document: Any, indicators: Any = ()) -> str:
        if len(self.kept) == 1 and document.key not in self.kept:
            raise RuntimeError("mất điện")
        return super().keep(document, indicators)


@pytest.mark.filterwarnings("ignore")
def test_what_is_interrupted_is_read_again() -> None:
    kept = Breaking()
    with web() as found:
        body = feed(found, 8).encode()
        found.pages["/rss"] = (200, {"ETag": '"1"'}, body)
        found.put("/t/luong-huu.41/", thread(post(1), post(2)))
        gather(kept, found, board_of(found))
        assert kept.marks == {}, "neither the feed's validators nor the thread's mark may be kept"
        kept.keep = Memorised.keep.__get__(kept)  # type: ignore[method-assign]
        assert gather(kept, found, board_of(found)).new == 1
    assert set(kept.kept) == {"dien-dan:post-1", "dien-dan:post-2"}
    assert set(kept.marks) == {("dien-dan", f"{found.base}/rss"), ("dien-dan", "dien-dan:thread-41")}


def test_a_later_page_that_fails_keeps_the_thread_open() -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", feed(found, 8))
        found.put("/t/luong-huu.41/", thread(post(1), pages=2))
        found.put("/t/luong-huu.41/page-2", "bận", status=503)
        result = gather(kept, found, board_of(found))
        assert (result.new, kept.marks) == (1, {})
        found.put("/t/luong-huu.41/page-2", thread(post(2), page=2, pages=2))
        assert gather(kept, found, board_of(found)).new == 1


def test_a_login_wall_is_counted_and_says_nothing_of_persons() -> None:
    kept = Memorised()
    with web() as found:
        found.put("/rss", feed(found, 8))
        found.put("/t/luong-huu.41/", "<html><body>Xin chào tho_han, hãy đăng nhập</body></html>")
        assert gather(kept, found, board_of(found)).failed == 1
    assert "không tìm thấy bài viết nào" in kept.said() and "tho_han" not in kept.said()


def test_without_the_key_no_forum_is_read(tmp_path: Path) -> None:
    with web() as found, pytest.raises(BadSetting, match="author"):
        chosen = config.Settings(data_dir=tmp_path, crawl=config.Crawl(allow_loopback=(f"{found.host}:{found.port}",)))
        asyncio.run(collect.collect([board_of(found)], chosen, Memorised(), lambda: NOW, memory=Memory()))  # type: ignore[arg-type]


def test_later_looks_find_edits_and_removals() -> None:
    kept = Memorised()
    with web() as found:
        place = board_of(found)
        found.put("/rss", feed(found, 8))
        found.put("/t/luong-huu.41/", thread(post(1), post(2), post(3)))
        gather(kept, found, place)
        edited = thread(post(1, "Tôi xin đính chính"), post(3))
        for number, answer in ((1, (200, edited)), (2, (404, "đã xóa")), (3, (200, edited))):
            found.put(f"/t/luong-huu.41/post-{number}", answer[1], status=answer[0])
        looked = collect.refetch(
            list(kept.kept.values()), [place], settings(f"{found.host}:{found.port}"), kept, lambda: NOW, OFFICIAL, Memory()  # type: ignore[arg-type]
        )  # fmt: skip
        outcomes = {one.key.rpartition("-")[2]: one.outcome for one in asyncio.run(looked)}
    assert outcomes == {"1": "changed", "2": "missing", "3": "same"}
    assert kept.kept["dien-dan:post-1"].body == "Tôi xin đính chính" and kept.gone == {"dien-dan:post-2": 404}


# ---------------------------------------------------------------- rows, and the sample as a whole


@pytest.mark.parametrize(
    "wrong",
    ['article = ""', 'article = "/t/"\nsitemaps = ["https://dien-dan.vn/sitemap.xml"]'],
    ids=["no pattern", "sitemap"],
)
def test_a_forums_row_needs_a_pattern_and_no_sitemap(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        f'[[source]]\nid = "d"\nname = "D"\nhomepage = "https://dien-dan.vn/"\nkind = "post"\nfeeds = ["https://dien-dan.vn/rss"]\n{wrong}\n'
    )
    with pytest.raises(BadKnowledge, match="diễn đàn cần mẫu địa chỉ"):
        sources.load(file)


def test_the_samples_forum_is_collected_whole_and_once(tmp_path: Path) -> None:
    with SampleWeb(lambda: DEMO) as site:
        (tmp_path / "s.toml").write_text(toml([row for row in site.sources if row["kind"] == "post"]), encoding="utf-8")
        rows = sources.load(tmp_path / "s.toml")
        chosen = settings(*site.hosts, data_dir=tmp_path)
        store.create(chosen.database_url)
        kept = store.open(chosen.database_url)
        expected = {f"goc-tho:post-{row['id']}": row for row in site.posts()}
        for round_ in range(3):
            site.requests.clear()
            if round_ == 2:  # even a feed that has changed fetches no thread that has not
                for url in rows[0].feeds + rows[0].listings:
                    kept.sources.save_validators("goc-tho", url, None, None)
            done = asyncio.run(collect.collect(rows, chosen, kept, lambda: DEMO, memory=Memory()))
            fetched = [path for _, path, _ in site.requests if path.startswith("/threads/")]
            assert (
                len(fetched)
                == len(set(fetched))
                == (len({row["url"].rpartition("/")[0] for row in expected.values()}) if round_ == 0 else 0)
            )
            assert sum(one.new for one in done) == (len(expected) if round_ == 0 else 0)
    for key, row in expected.items():
        document = kept.documents.get(key)
        assert document is not None and document.kind == "post" and document.url == row["url"]
        assert document.author == masking.pseudonym(row["author"], "goc-tho", KEY.encode())
        assert (document.title or "") == row["title"] and document.published_at == datetime.fromisoformat(row["date"])
    kept.close()
    raw = (tmp_path / "langnghe.db").read_bytes()
    assert expected and not [row["author"] for row in expected.values() if row["author"].encode() in raw]
