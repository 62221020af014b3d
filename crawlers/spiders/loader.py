"""`scrapy list` and `scrapy crawl NAME`: one spider class a source, made when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import scrapy

from .. import sources
from ..polls import host_count
from ..settings import build, operator
from .search import SearchSpider
from .social import SocialSpider
from .source import SourceSpider


class Loader:
    """Scrapy's spider loader protocol over the list of sources."""

    def __init__(self) -> None:
        settings = operator()
        self._rows = {row.id: row for row in sources.load(settings.crawl.sources, settings.data_dir / sources.OWN)}

    @classmethod
    def from_settings(cls, settings: Any) -> Loader:  # noqa: ARG003
        return cls()

    def load(self, spider_name: str) -> type[scrapy.Spider]:
        """Raises KeyError for an unknown name."""
        if spider_name not in self._rows:
            raise KeyError(f"không có nguồn {spider_name!r}; xem `scrapy list`")
        row = self._rows[spider_name]
        settings = build(operator().crawl, host_count([row]))
        kind = SocialSpider if row.connector else SearchSpider if row.kind == "search" else SourceSpider
        return type("RowSpider", (kind,), {"name": spider_name, "row": row, "custom_settings": settings})

    def find_by_request(self, request: scrapy.Request) -> Sequence[str]:
        return [name for name, row in self._rows.items() if row.owns(request.url)]

    def list(self) -> Sequence[str]:
        return sorted(self._rows)
