"""The sample's outlets as rows of crawlers/sources.toml, and its forum posts as rows of an import file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .content import Content, load, path_of

INTERVAL = 60
"""seconds between two polls of a sample source"""


def rows(content: Content, bases: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row an outlet. `bases`: outlet -> "http://host:port"."""
    result = []
    for outlet in content.outlets:
        base = bases[outlet.id]
        sitemaps = [base + path for path in outlet.news_sitemaps + outlet.sitemaps]
        row = {
            "id": outlet.id, "name": outlet.name, "homepage": f"{base}/", "kind": outlet.kind, "tier": 1, "grade": "A",
            "feeds": [base + path for path in outlet.feeds], "sitemaps": sitemaps,
            "listings": [base + path for path in outlet.listings], "article": outlet.article, "interval": INTERVAL,
        }  # fmt: skip
        result.append({key: value for key, value in row.items() if value != []})
    return result


def posts(
    content: Content, bases: Mapping[str, str], now: datetime, since: datetime | None = None
) -> list[dict[str, str]]:
    """The forum posts live at `now` and published after `since`, oldest first, as `langnghe import` takes them."""
    result = []
    for outlet in (outlet for outlet in content.outlets if outlet.kind == "post"):
        for item in reversed(content.live(outlet.id, now)):
            if since is None or item.at > since:
                address = bases[outlet.id] + path_of(item, outlet, item.title)
                values = {
                    "id": str(item.number), "kind": "post", "outlet": outlet.name, "url": address, "title": item.title or "",
                    "text": item.body or "", "date": item.at.isoformat(), "author": item.author or "",
                }  # fmt: skip
                result.append(values)
    return result


def sources_toml(port: int, content: Content | None = None) -> str:
    """The text of a sources.toml for the sample served on `port`."""
    content = content or load()
    bases = {outlet.id: f"http://127.0.2.{outlet.host}:{port}" for outlet in content.outlets}
    return toml(rows(content, bases))


def toml(listed: list[dict[str, Any]]) -> str:
    """Rows as the text of a sources.toml. (A JSON string, number or list of strings is also a TOML value.)"""
    return "\n".join(
        "[[source]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in row.items())
        for row in listed
    )
