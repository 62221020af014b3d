"""The row of a news search by keyword, delivered as feeds: one a query. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from .sources import Source

PLACE = "{query}"
MOST, LONGEST = 50, 200
"""queries of one source; characters of one"""


def addresses(template: str, queries: tuple[str, ...]) -> tuple[str, ...]:
    """The feed of each query."""
    return tuple(template.replace(PLACE, quote_plus(query)) for query in queries)


def problems(source: Source) -> Iterator[tuple[str, str]]:
    """What is wrong with a row of kind "search": (key, reason)."""
    if source.kind != "search":
        yield "search", 'search và queries chỉ dùng với kind = "search"'
    if source.search.count(PLACE) != 1:
        yield "search", f"search phải là địa chỉ RSS có đúng một chỗ {PLACE}"
    if not 0 < len(source.queries) <= MOST:
        yield "queries", f"queries phải có từ 1 đến {MOST} cụm từ"
    if any(not query.strip() or len(query) > LONGEST for query in source.queries):
        yield "queries", f"mỗi cụm từ của queries dài từ 1 đến {LONGEST} ký tự"
    if source.feeds or source.sitemaps or source.listings or source.connector or source.article:
        yield "kind", "nguồn tìm kiếm chỉ dùng search và queries"
