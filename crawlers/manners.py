"""Manners towards other people's servers: robots.txt as RFC 9309 says, Retry-After, and leaving a failing host alone.

What is learnt about a host (its robots.txt for at most a day, when it asked us to come back) outlives one crawl:
`Memory` is one object for the process. Times here are seconds of `time.monotonic`.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK, Request
from scrapy.robotstxt import ProtegoRobotParser

from records import BlockedAddress

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ROBOTS_BYTES = 500 * 1024
ROBOTS_FRESH, ROBOTS_RETRY = 24 * 3600.0, 300.0
LONGEST_WAIT = 24 * 3600.0
"""what a server may ask for at most: a hostile one must not silence a source for ever"""
LONGEST_FRESH = 3600.0
"""what a Cache-Control may hold back at most"""
BUSY_WAIT = 60.0
"""seconds a host is left alone after 429 without Retry-After"""
GIVE_UP = 3
"""failures in a row after which a host is left alone for the rest of the crawl, and an article at every poll"""
LAST_TRY = 10
"""failures after which a list is no longer read in full for an article's sake: a day and a half after the first"""
AGAIN, LONGEST_AGAIN, FORGIVEN = 3600.0, 6 * 3600.0, 24 * 3600.0
"""seconds an article rests after GIVE_UP failures, twice as long each time; and one that failed for good"""
T = TypeVar("T")


class Remembered(OrderedDict[str, T]):
    """A dictionary that forgets its oldest entries above a size."""

    def __init__(self, most: int = 20_000) -> None:
        super().__init__()
        self.most = most

    def __setitem__(self, key: str, value: T) -> None:
        super().__setitem__(key, value)
        while len(self) > self.most:
            self.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Tried:
    """How an article fared. `until`: of the memory's clock, it is not asked for again before; `final`: nor does its list
    wait for it."""

    times: int
    until: float
    final: bool


class Memory:
    """What the process remembers between crawls. `now`: seconds of a clock that only goes forward."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.robots: Remembered[tuple[float, ProtegoRobotParser | None, str]] = Remembered()
        """scheme://host:port -> (until when, rules or None for "all allowed", why nothing may be fetched)"""
        self.not_before: Remembered[float] = Remembered()
        """host -> when it may be asked again"""
        self.attempts: Remembered[Tried] = Remembered(100_000)
        """article -> how it failed so far"""

    def failed(self, article: str, tries: int = 1) -> Tried:
        """An article could not be had; after `tries` failures its list no longer waits for it. It is asked for again later
        on, where it is listed still: what a server refuses today it may answer tomorrow."""
        times = (self.attempts[article].times if article in self.attempts else 0) + 1
        rest = 0.0 if times < GIVE_UP else min(AGAIN * 2.0 ** (times - GIVE_UP), LONGEST_AGAIN)
        final = times >= tries
        self.attempts[article] = tried = Tried(times, self.now() + (FORGIVEN if final else rest), final)
        return tried

    def done(self, article: str) -> None:
        """Not to be asked for again under this address."""
        self.attempts[article] = Tried(0, float("inf"), True)

    def resting(self, article: str) -> Tried | None:
        """How an article fared that is not to be asked for now."""
        tried = self.attempts.get(article)
        return tried if tried is not None and tried.until > self.now() else None


class Later(IgnoreRequest):
    """Not fetched now; it is tried again at a later poll. `trouble`: why, as a code of records.TROUBLES."""

    def __init__(self, text: str, trouble: str = "wait") -> None:
        super().__init__(text)
        self.trouble = trouble


class Disallowed(IgnoreRequest):
    """robots.txt forbids this address."""


FAULTS = {
    "DownloadTimeoutError": "quá thời gian chờ",
    "DownloadConnectionRefusedError": "máy chủ từ chối kết nối",
    "CannotResolveHostError": "không phân giải được tên máy chủ",
    "gaierror": "không phân giải được tên máy chủ",
    "DownloadCancelledError": "trang lớn quá giới hạn hoặc không phải văn bản",
    "ResponseDataLossError": "kết nối đứt giữa chừng",
    "DownloadFailedError": "tải không thành công",
}
"""errors of the downloader as an operator reads them"""


def in_words(error: BaseException) -> str:
    name = type(error).__name__
    return f"{FAULTS[name]} ({error})"[:300] if name in FAULTS else f"{error}"[:300] or name


def memory_of(crawler: Crawler) -> Memory:
    found = getattr(crawler.spider, "memory", None)
    return found if isinstance(found, Memory) else Memory()


def clock_of(crawler: Crawler) -> datetime | None:
    """The moment, by the clock of the crawl."""
    intake = getattr(crawler.spider, "intake", None)
    return intake.clock() if intake is not None else None


class Robots(RobotsTxtMiddleware):
    """RFC 9309: 2xx is obeyed, 4xx allows all; anything else (5xx, time-out, no connection) forbids all for now."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked: dict[str, asyncio.Task[tuple[float, ProtegoRobotParser | None, str]]] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:  # noqa: ARG002
        if request.meta.get("dont_obey_robotstxt"):
            return
        _, rules, refused = await self._rules(request)
        if refused:
            text = f"robots.txt không truy cập được ({refused}); chưa được phép tải gì của máy chủ này"
            raise Later(text, "http" if refused.startswith("HTTP") else "network")
        agent = request.headers.get(b"User-Agent") or self._default_useragent
        if rules is not None and not rules.allowed(request.url, agent):
            self._stats.inc_value("robotstxt/forbidden")
            raise Disallowed("robots.txt không cho phép tải địa chỉ này")

    async def _rules(self, request: Request) -> tuple[float, ProtegoRobotParser | None, str]:
        parts = urlsplit(request.url)
        place = f"{parts.scheme}://{parts.netloc}"
        known = memory_of(self.crawler).robots.get(place)
        if known is not None and known[0] > memory_of(self.crawler).now():
            return known
        if place not in self._asked:
            self._asked[place] = asyncio.ensure_future(self._ask(place))
        return await self._asked[place]

    async def _ask(self, place: str) -> tuple[float, ProtegoRobotParser | None, str]:
        meta = {"dont_obey_robotstxt": True, "dont_retry": True, "robots": True}
        asked = Request(f"{place}/robots.txt", priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        rules, refused, wait = None, "", ROBOTS_RETRY
        try:
            response = await self.crawler.engine.download_async(asked)
        except BlockedAddress:
            raise  # no host of ours to be polite to: the address itself is refused
        except IgnoreRequest as error:
            # more redirects than anyone follows count as "no robots.txt"
            refused = "" if "redirections" in str(error) else str(error)
        except Exception as error:
            refused = in_words(error)
        else:
            self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
            if 200 <= response.status < 300:
                rules = ProtegoRobotParser(response.body[:ROBOTS_BYTES], self.crawler.spider)
            elif not 400 <= response.status < 500 or (response.status == 429 and "Retry-After" in response.headers):
                refused = f"HTTP {response.status}"
                wait = max(ROBOTS_RETRY, retry_after(response, clock_of(self.crawler)))
        memory = memory_of(self.crawler)
        memory.robots[place] = learnt = (memory.now() + (wait if refused else ROBOTS_FRESH), rules, refused)
        return learnt


class Patience:
    """Waits as a server asks, leaves a host that fails alone, and ends a source's turn when its time is over."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.failures: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Patience:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        host = _host(request.url)
        memory = memory_of(self.crawler)
        if memory.not_before.get(host, float("-inf")) > memory.now():
            raise Later(f"{host} yêu cầu chờ (Retry-After)")
        if self.failures[host] >= GIVE_UP:
            raise Later(f"{host} không trả lời {GIVE_UP} lần liền", "network")
        if time.monotonic() > request.meta.get("until", float("inf")):
            raise Later("hết thời gian dành cho nguồn này trong lượt")

    def process_response(self, request: Request, response: Response) -> Response:
        host = _host(request.url)
        self.failures[host] = 0
        wait = retry_after(response, clock_of(self.crawler))
        if wait:
            request.meta["dont_retry"] = True
            if not request.meta.get("robots"):
                memory = memory_of(self.crawler)
                memory.not_before[host] = memory.now() + wait
        return response

    def failed(self, request: Request) -> None:
        """The download handler says that a host did not answer: before the next request to it is let through."""
        self.failures[_host(request.url)] += 1


def _host(url: str) -> str:
    return urlsplit(url).netloc


def retry_after(response: Response, now: datetime | None = None) -> float:
    """Seconds a 429 or 503 asks us to wait, bounded; BUSY_WAIT where 429 does not say; 0 where 503 does not. `now`: what a
    stated moment counts from where the server does not tell its own time."""
    if response.status not in (429, 503):
        return 0.0
    stated = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if stated.isdigit():
        return min(float(stated[:9]), LONGEST_WAIT)
    try:
        then = parsedate_to_datetime(stated).timestamp()
        theirs = (response.headers.get("Date") or b"").decode("latin-1")
        began = parsedate_to_datetime(theirs) if theirs or now is None else now
        return min(max(then - began.timestamp(), 0.0), LONGEST_WAIT)
    except (ValueError, TypeError):
        return BUSY_WAIT if response.status == 429 else 0.0


def fresh_for(response: Response) -> float:
    """Seconds for which Cache-Control says that the answer stays as it is, less its Age; bounded."""
    stated = ",".join(value.decode("latin-1") for value in response.headers.getlist("Cache-Control")).lower()[:1000]
    age = (response.headers.get("Age") or b"0").decode("latin-1").strip()
    longest = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", stated)
    if longest is None or re.search(r"(?:^|[,\s])no-(?:cache|store)\b", stated):
        return 0.0
    return min(max(float(longest[1]) - (float(age[:9]) if age.isdigit() else 0.0), 0.0), LONGEST_FRESH)


def moved_to(response: Response) -> str | None:
    """Where the address has moved for good: every hop said so (301, 308)."""
    hops = response.meta.get("redirect_reasons") or []
    return response.url if hops and all(hop in (301, 308) for hop in hops) else None
