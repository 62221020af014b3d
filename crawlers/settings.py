"""Scrapy's settings: every guard on, whether the product runs the crawl or somebody types `scrapy crawl NAME`.

`build` adds the operator's values; `verify` is asserted when a crawl starts and refuses to run with a guard off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import config
from records import BadSetting

_NO_REFERRER = "scrapy.spidermiddlewares.referer.NoReferrerPolicy"
_DEFAULTS = config.Crawl()
NO_DELAY = 0.001
"""what a delay of 0 becomes: without any delay Scrapy 2.19 starts all of a host's waiting requests at once, whatever
CONCURRENT_REQUESTS_PER_DOMAIN says (the slot counts a transfer only when its task first runs)"""

BOT_NAME = "langnghe"
SPIDER_MODULES = ["crawlers.spiders"]
SPIDER_LOADER_CLASS = "crawlers.spiders.loader.Loader"

# ------------------------------------------------ who we are, and manners
USER_AGENT = _DEFAULTS.user_agent
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = _DEFAULTS.concurrency
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = _DEFAULTS.delay
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = _DEFAULTS.delay
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
RETRY_TIMES = 1
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# ------------------------------------------------ guards
DOWNLOAD_HANDLERS = {
    "http": "crawlers.download.GuardedHandler",
    "https": "crawlers.download.GuardedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
ALLOW_LOOPBACK: list[str] = []
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = _DEFAULTS.max_bytes
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = _DEFAULTS.timeout
REDIRECT_MAX_TIMES = 10
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False
HTTPCACHE_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
REFERRER_POLICY = _NO_REFERRER
# a server's Referrer-Policy header chooses among these, so all of them are the same one
REFERRER_POLICIES = dict.fromkeys(
    ("no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
     "strict-origin-when-cross-origin", "unsafe-url", "scrapy-default", ""), _NO_REFERRER
)  # fmt: skip
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawlers.manners.Robots": 100,
    "crawlers.manners.Patience": 560,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,
}

# ------------------------------------------------ how it runs
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# Scrapy starts this many tasks for every response; a callback of ours gives requests only
CONCURRENT_ITEMS = 1
DOWNLOADER_STATS = False
WARN_ON_GENERATOR_RETURN_VALUE = False
LOG_LEVEL = "WARNING"
STATS_DUMP = False


def build(crawl: config.Crawl, hosts: int = 0) -> dict[str, Any]:
    """This module's settings with the operator's values. `hosts`: how many hosts one crawl serves; slow ones must not
    take every slot."""
    settings = {name: value for name, value in globals().items() if name.isupper() and name[0] != "_"}
    return settings | {
        "USER_AGENT": crawl.user_agent,
        "ALLOW_LOOPBACK": list(crawl.allow_loopback),
        "DOWNLOAD_DELAY": max(crawl.delay, NO_DELAY),
        "AUTOTHROTTLE_ENABLED": crawl.delay > 0,
        "AUTOTHROTTLE_START_DELAY": crawl.delay,
        "DOWNLOAD_TIMEOUT": crawl.timeout,
        "DOWNLOAD_MAXSIZE": crawl.max_bytes,
        "CONCURRENT_REQUESTS": max(crawl.concurrency, 2 * hosts),
    }


_GUARDS: Mapping[str, Callable[[Any], bool]] = {
    "DOWNLOAD_HANDLERS": lambda handlers: dict(handlers) == DOWNLOAD_HANDLERS,
    "ROBOTSTXT_OBEY": lambda on: _on(on),
    "DOWNLOAD_VERIFY_CERTIFICATES": lambda on: _on(on),
    "DOWNLOAD_MAXSIZE": lambda size: 0 < int(size) <= 64 * 2**20,
    "DOWNLOAD_TIMEOUT": lambda seconds: 0 < float(seconds) <= 120,
    "REDIRECT_MAX_TIMES": lambda times: 0 <= int(times) <= 10,
    "RETRY_TIMES": lambda times: 0 <= int(times) <= 5,
    "CONCURRENT_REQUESTS_PER_DOMAIN": lambda at_once: int(at_once) == 1,
    "CONCURRENT_REQUESTS": lambda at_once: int(at_once) >= 1,
    "COOKIES_ENABLED": lambda on: not _on(on),
    "METAREFRESH_ENABLED": lambda on: not _on(on),
    "HTTPPROXY_ENABLED": lambda on: not _on(on),
    "HTTPCACHE_ENABLED": lambda on: not _on(on),
    "TELNETCONSOLE_ENABLED": lambda on: not _on(on),
    "REMOTE_CONTROL_ENABLED": lambda on: not _on(on),
    "REFERRER_POLICY": lambda policy: policy == _NO_REFERRER,
    "REFERRER_POLICIES": lambda policies: set(dict(policies or {}).values()) == {_NO_REFERRER},
    "USER_AGENT": lambda agent: bool(agent) and not str(agent).startswith("Scrapy"),
}


def _on(value: Any) -> bool:
    return str(value).lower() in ("1", "true")


def verify(settings: Mapping[str, Any]) -> None:
    """Asserts that every guard is on. Raises BadSetting naming the first one that is not."""
    for name, holds in _GUARDS.items():
        value = settings.get(name)
        if not holds(value):
            raise BadSetting(f"thiết lập thu thập {name} = {value!r} tắt một lớp bảo vệ; bỏ thiết lập này rồi chạy lại")
    delay, throttle = float(settings.get("DOWNLOAD_DELAY") or 0), _on(settings.get("AUTOTHROTTLE_ENABLED"))
    if delay < NO_DELAY:
        raise BadSetting(f"DOWNLOAD_DELAY phải từ {NO_DELAY} giây; bỏ thiết lập này rồi chạy lại")
    if delay > NO_DELAY and not throttle:
        raise BadSetting("AUTOTHROTTLE_ENABLED phải bật khi DOWNLOAD_DELAY lớn hơn 0")
    middlewares = settings.get("DOWNLOADER_MIDDLEWARES") or {}
    if any(middlewares.get(name) is None for name in ("crawlers.manners.Robots", "crawlers.manners.Patience")):
        raise BadSetting("DOWNLOADER_MIDDLEWARES thiếu crawlers.manners; không chạy khi không tuân theo robots.txt")


def operator() -> config.Settings:
    """The operator's settings, for `scrapy list` and `scrapy crawl NAME`. Raises BadSetting."""
    return config.read()
