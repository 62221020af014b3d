"""The readers of known outlets and of the content systems many Vietnamese newspapers share: rows of readers.toml.

A reader is data: where title, lead, body, byline, time and number of comments stand. When a site changes its face, a
selector is added there and a small page in its shape to tests/pages. Nothing here looks at a page: pages/outlets.py does.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from records import BadKnowledge

FILE = Path(__file__).with_name("readers.toml")
_LISTS = ("title", "lead", "body", "authors", "section", "date", "comments", "junk")
_KEYS = {"name", "hosts", "outlet", "like", *_LISTS}


@dataclass(frozen=True, slots=True)
class Layout:
    """Selectors of one reader, each tried in order until one gives text."""

    name: str
    body: tuple[str, ...]
    title: tuple[str, ...] = ("h1",)
    lead: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    junk: str = ""
    """what in the body is no running text"""
    hosts: tuple[str, ...] = ()
    outlet: str = ""


@functools.cache
def readers() -> Mapping[str, Layout]:
    """Every reader of readers.toml by its name, in the file's order. Raises BadKnowledge naming the row."""
    try:
        rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["reader"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise BadKnowledge(f"{FILE}:1: không đọc được danh sách bộ đọc: {error}") from error
    by_name: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        name, like = row.get("name"), row.get("like")
        if not name or name in by_name or set(row) - _KEYS or (like and like not in by_name):
            raise BadKnowledge(f"{FILE}: bộ đọc {name!r}: trùng tên, có mục lạ hoặc like trỏ tới bộ đọc chưa có")
        by_name[name] = row
    return MappingProxyType({name: _layout(row, by_name) for name, row in by_name.items()})


def _layout(row: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> Layout:
    family = by_name.get(row.get("like", ""), {})
    lists = {key: tuple(dict.fromkeys([*row.get(key, []), *family.get(key, [])])) for key in _LISTS}
    if not lists["body"]:
        raise BadKnowledge(f"{FILE}: bộ đọc {row['name']!r} thiếu body")
    junk = ", ".join(lists.pop("junk"))
    lists["title"] = lists["title"] or ("h1",)
    return Layout(row["name"], hosts=tuple(row.get("hosts", ())), outlet=row.get("outlet", ""), junk=junk, **lists)


@functools.cache
def _systems() -> tuple[Layout, ...]:
    """The content systems, tried on every page."""
    return tuple(layout for layout in readers().values() if not layout.hosts)


@functools.lru_cache(maxsize=4096)
def own(host: str) -> Layout | None:
    """The reader of a host: the one that names most of it."""
    fitting = [
        (len(suffix), layout)
        for layout in readers().values()
        for suffix in layout.hosts
        if host == suffix or host.endswith("." + suffix)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def layouts(host: str, reader: str) -> Sequence[Layout]:
    """The layouts worth trying on a page: the one its source names, else the host's own, then the content systems."""
    first = readers().get(reader) or own(host)
    return (first, *(layout for layout in _systems() if layout is not first)) if first else _systems()


def outlet(host: str) -> str:
    """The name of a known outlet; "" for any other host."""
    layout = own(host)
    return layout.outlet if layout else ""
