"""What the sample web holds: its outlets and items, from the TOML files beside this module, at a given time.

Pure but for reading those files. It does not render (`pages.py`) nor serve (`web.py`).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VIETNAM = timezone(timedelta(hours=7))
START = datetime(2026, 8, 10, tzinfo=VIETNAM)
"""the first moment at which something is live"""
DEMO = datetime(2026, 9, 14, 7, 10, tzinfo=VIETNAM)
"""the moment the demonstration shows: Monday after the last of the five weeks, all items live"""


@dataclass(frozen=True, slots=True)
class Outlet:
    """A site of the sample. Paths begin with a slash."""

    id: str
    name: str
    host: int
    kind: str
    template: str
    address: str
    article: str
    feed_dates: str
    feeds: tuple[str, ...] = ()
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    html_feeds: tuple[str, ...] = ()
    """feeds that answer with a web page"""
    tracking: str = ""
    """query added to the addresses in feeds; the canonical address has none"""
    robots: str = "User-agent: *\nAllow: /\nDisallow: /tim-kiem\n"
    broken: bool = False
    """answers 500 to everything"""


@dataclass(frozen=True, slots=True)
class Edit:
    """From `at` on, each (old, new) is replaced in title, lead and body."""

    at: datetime
    replace: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One article, notice or forum post. `at`: when it goes live; `modified`: when its words last changed."""

    id: str
    source: str
    at: datetime
    title: str | None
    lead: str | None
    body: str | None
    section: str
    authors: tuple[str, ...] = ()
    author: str | None = None
    thread: str | None = None
    board: str | None = None
    edits: tuple[Edit, ...] = ()
    gone: datetime | None = None
    gone_status: int = 410
    flaw: str | None = None
    copy_of: str | None = None
    modified: datetime | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)
    """what the product should answer (labels as in the labelling guide); see `pipeline/sample/__init__.py`"""

    @property
    def number(self) -> int:
        """The number in its address: the same for ever."""
        return 1_000_000 + int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 9_000_000


@dataclass(frozen=True, slots=True)
class Content:
    outlets: tuple[Outlet, ...]
    items: tuple[Item, ...]
    """in order of time, as first published"""

    def outlet(self, source: str) -> Outlet:
        return next(outlet for outlet in self.outlets if outlet.id == source)

    def live(self, source: str, now: datetime) -> list[Item]:
        """The items of a source to be seen at `now`, newest first, in their state of that time."""
        seen = [i for i in self.items if i.source == source and i.at <= now and not (i.gone and i.gone <= now)]
        return [at_time(item, now) for item in reversed(seen)]

    def changed(self, source: str, now: datetime) -> datetime:
        """When anything of a source last changed, at `now`."""
        mine = [item for item in self.items if item.source == source]
        moments = [moment for i in mine for moment in (i.at, i.gone, *(e.at for e in i.edits)) if moment]
        return max((moment for moment in moments if moment <= now), default=START)


def at_time(item: Item, now: datetime) -> Item:
    """The item with the edits made up to `now`."""
    for edit in item.edits:
        if edit.at <= now:
            title, lead, body = (_replaced(words, edit.replace) for words in (item.title, item.lead, item.body))
            item = replace(item, title=title, lead=lead, body=body, modified=edit.at)
    return item


def slug(text: str) -> str:
    """ "Lương hưu tháng 9" -> "luong-huu-thang-9", at most 70 characters."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:70].strip("-") or "bai-viet"


def path_of(item: Item, outlet: Outlet, first_title: str | None) -> str:
    """Path and query of an item. `first_title`: the title it was published under (an edit moves no address)."""
    if item.flaw == "forbidden":
        return f"/noi-bo/{slug(first_title or '')}-{item.number}.html"
    path = outlet.address.format(
        slug=slug(first_title or ""), number=item.number, section=slug(item.section), thread=item.thread
    )
    return f"{path}post-{item.number}" if item.thread else path


@cache
def load() -> Content:
    """Everything, read once."""
    outlets = tomllib.loads((HERE / "outlets.toml").read_text(encoding="utf-8"))["outlet"]
    rows: dict[str, dict[str, Any]] = {}
    for file in sorted((HERE / "items").glob("*.toml")):
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["item"]:
            if row["id"] in rows:
                raise ValueError(f"{file.name}: {row['id']} stands twice")
            rows[row["id"]] = row
    items = sorted((_item(row, rows) for row in rows.values()), key=lambda item: (item.at, item.id))
    return Content(tuple(Outlet(**{k: _tuple(v) for k, v in row.items()}) for row in outlets), tuple(items))


def _item(row: dict[str, Any], rows: Mapping[str, dict[str, Any]]) -> Item:
    words = {key: row.get(key) for key in ("title", "lead", "body")}
    if original := rows.get(row.get("copy_of", "")):
        pairs = [tuple(pair) for pair in row.get("replace", [])]
        words = {key: row.get(key) or _replaced(original.get(key), pairs) for key in words}
    edits = tuple(Edit(e["at"], tuple((old, new) for old, new in e["replace"])) for e in row.get("edit", []))
    values: dict[str, Any] = {key: _tuple(row[key]) for key in row.keys() & Item.__dataclass_fields__.keys()}
    body = words["body"]
    values = {"section": "", **values, **words, "body": body.strip() if body else None, "edits": edits}
    return Item(**values)


def _replaced(text: str | None, pairs: Any) -> str | None:
    for old, new in pairs:
        text = text.replace(old, new) if text else text
    return text


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
