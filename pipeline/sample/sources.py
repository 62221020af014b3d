"""The sample's outlets as rows of crawlers/sources.toml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .content import Content, load

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
