"""Scrapy's settings: every guard on, by every way a crawl can be started, and a crawl refuses to run without one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import config
from crawlers import settings
from records import BadSetting

from .crawlers_support import Web, article, rss, web

HOUSE = Path(__file__).resolve().parents[1]


def test_what_is_built_holds_every_guard() -> None:
    for crawl in (config.Crawl(), config.Crawl(delay=0), config.Crawl(concurrency=1, max_bytes=2**20)):
        settings.verify(settings.build(crawl, hosts=40))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROBOTSTXT_OBEY", False), ("ROBOTSTXT_OBEY", "0"), ("DOWNLOAD_VERIFY_CERTIFICATES", False),
        ("DOWNLOAD_MAXSIZE", 0), ("DOWNLOAD_MAXSIZE", 2**30), ("DOWNLOAD_TIMEOUT", 0), ("DOWNLOAD_TIMEOUT", 3600),
        ("REDIRECT_MAX_TIMES", 20), ("RETRY_TIMES", 100), ("CONCURRENT_REQUESTS_PER_DOMAIN", 8),
        ("CONCURRENT_REQUESTS", 0), ("COOKIES_ENABLED", True), ("METAREFRESH_ENABLED", True),
        ("HTTPPROXY_ENABLED", "True"), ("HTTPCACHE_ENABLED", True), ("TELNETCONSOLE_ENABLED", 1),
        ("REMOTE_CONTROL_ENABLED", True), ("USER_AGENT", ""), ("USER_AGENT", "Scrapy/2.19"), ("DOWNLOAD_DELAY", 0),
        ("REFERRER_POLICY", "scrapy.spidermiddlewares.referer.UnsafeUrlPolicy"), ("AUTOTHROTTLE_ENABLED", False),
        ("DOWNLOAD_HANDLERS", {}), ("DOWNLOAD_HANDLERS", {**settings.DOWNLOAD_HANDLERS, "file": "x.Y"}),
        ("REFERRER_POLICIES", {"": "os.system"}), ("REFERRER_POLICIES", None),
        ("DOWNLOADER_MIDDLEWARES", {}), ("DOWNLOADER_MIDDLEWARES", {"crawlers.manners.Robots": 100}),
    ],
)  # fmt: skip
def test_a_guard_that_is_off_is_named(name: str, value: Any) -> None:
    with pytest.raises(BadSetting, match=name):
        settings.verify({**settings.build(config.Crawl()), name: value})


def test_the_operators_values_arrive() -> None:
    built = settings.build(
        config.Crawl(user_agent="Thu/1 (+https://bao.vn)", delay=3, timeout=7, allow_loopback=("127.0.0.1:81",))
    )
    assert (built["USER_AGENT"], built["DOWNLOAD_DELAY"], built["DOWNLOAD_TIMEOUT"]) == (
        "Thu/1 (+https://bao.vn)",
        3,
        7,
    )
    assert built["ALLOW_LOOPBACK"] == ["127.0.0.1:81"] and built["AUTOTHROTTLE_ENABLED"]
    assert not settings.build(config.Crawl(delay=0))["AUTOTHROTTLE_ENABLED"]


# ---------------------------------------------------------------- scrapy's own command line


def scrapy(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LANGNGHE_CONFIG": str(home / "langnghe.toml"), "PYTHONPATH": str(HOUSE)}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True, timeout=120)


def configured(home: Path, found: Web, allowed: bool = True) -> None:
    (home / "sources.toml").write_text(
        f'[[source]]\nid = "bao-thu"\nname = "Báo thử"\nhomepage = "{found.base}/"\nkind = "press"\n'
        f'feeds = ["{found.base}/rss"]\n',
        encoding="utf-8",
    )
    loopback = f'allow_loopback = ["{found.host}:{found.port}"]\n' if allowed else ""
    (home / "langnghe.toml").write_text(
        f'[crawl]\nsources = "{home / "sources.toml"}"\ndelay = 0\n{loopback}', encoding="utf-8"
    )


@pytest.mark.slow
def test_scrapy_lists_the_sources_and_crawls_one_with_every_guard_on(tmp_path: Path) -> None:
    with web() as found:
        found.put("/rss", rss((f"{found.base}/a-100001.html", "Bài A")))
        found.put("/a-100001.html", article("Bài A"))
        configured(tmp_path, found)
        listed = scrapy(tmp_path, "list")
        assert (listed.returncode, listed.stdout) == (0, "bao-thu\n"), listed.stderr
        crawled = scrapy(tmp_path, "crawl", "bao-thu")
        assert crawled.returncode == 0 and "ERROR" not in crawled.stderr, crawled.stderr
        assert found.paths() == ["/robots.txt", "/rss", "/a-100001.html"]
        assert (tmp_path / "var" / "langnghe.db").is_file()
        again = scrapy(tmp_path, "crawl", "bao-thu")
        assert again.returncode == 0 and found.paths("/a-") == ["/a-100001.html"]


@pytest.mark.parametrize("off", ["ROBOTSTXT_OBEY=0", "DOWNLOAD_HANDLERS={}", "TELNETCONSOLE_ENABLED=1"])
def test_scrapy_refuses_to_crawl_with_a_guard_off(tmp_path: Path, off: str) -> None:
    with web() as found:
        configured(tmp_path, found)
        crawled = scrapy(tmp_path, "crawl", "bao-thu", "-s", off)
        assert found.asked == []
    assert off.split("=")[0] in crawled.stderr and "tắt một lớp bảo vệ" in crawled.stderr


def test_loopback_is_not_fetched_unless_it_is_allowed(tmp_path: Path) -> None:
    with web() as found:
        configured(tmp_path, found, allowed=False)
        scrapy(tmp_path, "crawl", "bao-thu")
        scrapy(tmp_path, "fetch", f"{found.base}/rss")
        assert found.asked == []


def test_an_unknown_name_is_said(tmp_path: Path) -> None:
    with web() as found:
        configured(tmp_path, found)
        assert "không có nguồn 'khac'" in scrapy(tmp_path, "crawl", "khac").stderr
