"""Platforms read through their official interfaces, each by one small module of pure functions.

A connector says which calls to make and reads their answers; it opens nothing. `crawlers.spiders.social` makes the calls
through the guarded downloader, keeps what they bring, and counts what they cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ..sources import Source
    from .talk import Connector

NAMES = ("youtube", "youtube-feed", "facebook", "zalo", "mastodon", "json-feed")


def connector(name: str) -> Connector:
    """Raises KeyError. Imported when asked for: the list of sources is read without any of it."""
    if name not in NAMES:
        raise KeyError(name)
    return cast("Connector", import_module(f".{name.replace('-', '_')}", __name__))


def problems(source: Source) -> Iterator[tuple[str, str]]:
    """What is wrong with a row that names a connector: (key, reason)."""
    if source.connector not in NAMES:
        yield "connector", f"connector phải là một trong {', '.join(NAMES)}"
        return
    if source.sitemaps or source.listings or source.article or (source.feeds and source.connector != "json-feed"):
        yield "connector", f"nguồn đọc qua {source.connector} không dùng feeds, sitemaps, listings hay article"
    yield from connector(source.connector).problems(source)
