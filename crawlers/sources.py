"""The list of sources: rows of data in catalogue/*.toml, checked strictly. A wrong row is refused with FILE:LINE.

Adding a source needs no code: docs/adding-a-source.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from records import BadInput, BadKnowledge, Kind

from . import queries, social
from .address import canonical, same_site
from .readers import readers

SHIPPED = Path(__file__).with_name("catalogue")
OWN = "nguon-them.toml"
"""the operator's own rows, in data_dir"""
MAX_PATTERN = 300
_NESTED = re.compile(r"[+*}]\??[^()]{0,300}\)(?:[+*]|\{\d*,)")
"""a group that repeats something, itself repeated"""
Grade = Literal["A", "B", "C"]
SourceKind = Literal["press", "official", "post", "search"]
"""post: a public forum (XenForo); its feeds and listings name threads. search: a news search, articles of any outlet"""
WaitsFor = Literal["", "test", "person"]
Retention = Literal["", "long", "normal", "short"]
KEPT: Mapping[SourceKind, Retention] = {"press": "long", "official": "long", "post": "normal"}
"""kind -> how long the items of a source are kept that states nothing"""
INTERVALS = {1: 300, 2: 900, 3: 1800}
"""tier -> seconds between two polls of a source that states no interval"""


@dataclass(frozen=True, slots=True)
class Source:
    """One outlet. `feeds`, `sitemaps`, `listings`: where its links are found, at least one of them."""

    id: str
    name: str
    homepage: str
    kind: SourceKind
    tier: int = 2
    """1 national, 2 special or state, 3 provincial: how often it is polled"""
    grade: Grade = "C"
    """strength of the evidence for its addresses: A read for months, B named by several, C by one or by nobody"""
    evidence: str = ""
    """what the grade rests on"""
    waits_for: WaitsFor = ""
    """not polled until a trial has read an article ("test"), or a person switches it on, for the reason in `note`"""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    article: str = ""
    """regular expression an article's path (with query) must contain; empty: every link of a feed or sitemap"""
    reader: str = "templates"
    interval: int = 0
    """seconds between two polls; 0: by tier"""
    expected: int = 0
    """fewest new items a day when all is well; 0: unknown, silence is then no alarm"""
    province: str = ""
    robots: str = ""
    """what is known of its robots.txt; it is fetched and obeyed in any case"""
    retention: Retention = ""
    """how long its items are kept: a class of the settings (keep.*_days); empty: that of its kind"""
    note: str = ""
    connector: str = ""
    """the official interface it is read through (crawlers/social); empty: its pages"""
    account: str = ""
    """what the connector watches: a channel, a Page, an account, a tag"""
    query: str = ""
    """words a connector searches for"""
    search: str = ""
    """of a news search: the address of its feed, with {query} where the words go"""
    queries: tuple[str, ...] = ()
    """what a news search is asked for"""

    @property
    def host(self) -> str:
        return urlsplit(self.homepage).hostname or ""

    @property
    def lists(self) -> tuple[str, ...]:
        """Every address its links are found at."""
        return self.feeds + self.searches + self.sitemaps + self.listings

    @property
    def searches(self) -> tuple[str, ...]:
        """The feeds of a news search, one a query."""
        return queries.addresses(self.search, self.queries)

    @property
    def printed(self) -> Kind:
        """The kind of its documents."""
        return "press" if self.kind == "search" else self.kind

    @property
    def every(self) -> int:
        """Seconds between two polls."""
        return self.interval or INTERVALS[self.tier]

    @property
    def kept(self) -> Retention:
        return self.retention or KEPT[self.kind]

    def owns(self, url: str) -> bool:
        """Whether an address lies on this outlet's own hosts. A search finds articles anywhere."""
        return self.kind == "search" or same_site(self.host, urlsplit(url).hostname or "")

    def is_article(self, url: str) -> bool:
        """Whether an address looks like an article of this outlet."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.owns(url) and (not self.article or re.search(self.article, path) is not None)


class _Row(NamedTuple):
    source: Source
    where: _Lines
    number: int


def load(path: Path | None = None, own: Path | None = None) -> tuple[Source, ...]:
    """The sources of a file or directory (None: those shipped), and those of the operator's `own` file, where it is
    there: a row of it takes the place of the one with its id. Raises BadKnowledge beginning with FILE:LINE."""
    listed = [row for file in _files(path or SHIPPED) for row in _rows(file)]
    if own is not None and own.exists():
        added = _rows(own, may_be_empty=True)
        replaced = {row.source.id for row in added}
        listed = [row for row in listed if row.source.id not in replaced] + added
    if not listed:
        raise BadKnowledge(f"{path}:1: không có tệp nguồn nào trong thư mục")
    _refuse_doubles(listed)
    return tuple(row.source for row in listed)


class Listed:
    """The list as its files say now. A file that is broken while the product runs leaves the list as it was."""

    def __init__(self, path: Path | None = None, own: Path | None = None) -> None:
        """Raises BadKnowledge."""
        self._path, self._own = path, own
        self._stamp, self._sources = self._look(), load(path, own)
        self.fault = ""
        """what is wrong with the files now; the doctor says it"""

    def __call__(self) -> tuple[Source, ...]:
        if (stamp := self._look()) != self._stamp:
            self._stamp = stamp
            try:
                self._sources, self.fault = load(self._path, self._own), ""
            except BadKnowledge as error:
                self.fault = str(error)
        return self._sources

    def _look(self) -> list[tuple[str, int, int]]:
        files = [*_files(self._path or SHIPPED), *([self._own] if self._own else [])]
        stats = [(str(file), file.stat()) for file in files if file.exists()]
        return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats]


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def _rows(file: Path, may_be_empty: bool = False) -> list[_Row]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKnowledge(f"{file}:1: không đọc được danh sách nguồn: {error}") from error
    try:
        rows = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise BadKnowledge(f"{file}:{line[1] if line else 1}: sai cú pháp TOML: {error}") from error
    where = _Lines(file, text)
    listed = rows.get("source", [])
    if set(rows) - {"source"} or not isinstance(listed, list) or not (listed or may_be_empty):
        raise BadKnowledge(f"{file}:1: tệp phải gồm các bảng [[source]], không có gì khác")
    return [_Row(_source(row, where, number), where, number) for number, row in enumerate(listed)]


class _Lines:
    """Finds the line of a row or of a value in it, for messages."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.lines = file, text.splitlines()
        self.starts = [n for n, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*source\s*\]\]", line)]

    def error(self, row: int, what: str, sought: str = "") -> BadKnowledge:
        start = self.starts[row]
        end = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.lines)
        key = re.compile(rf"\s*{re.escape(sought)}\s*=")
        lines = [
            n for n in range(start, end) if sought and (key.match(self.lines[n]) or f'"{sought}"' in self.lines[n])
        ]
        return BadKnowledge(f"{self.file}:{(lines[-1] if lines else start) + 1}: {what}")


def _source(row: object, where: _Lines, number: int) -> Source:
    if not isinstance(row, Mapping):
        raise where.error(number, "mỗi nguồn phải là một bảng [[source]]")
    known = {field.name: str(field.type) for field in fields(Source)}
    for key, value in row.items():
        if key not in known:
            raise where.error(number, f"không có mục tên {key!r}", key)
        if not _fits(value, known[key]):
            raise where.error(number, f"{key}: giá trị {value!r} sai kiểu", key)
    missing = {"id", "name", "homepage", "kind"} - set(row)
    if missing:
        raise where.error(number, f"thiếu mục {', '.join(sorted(missing))}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    source = Source(**values)
    for key, what in _faults(source):
        raise where.error(number, f"nguồn {source.id!r}: {what}", key)
    return source


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, int) and not isinstance(value, bool) if kind == "int" else isinstance(value, str)


def _faults(source: Source) -> Iterator[tuple[str, str]]:
    """What is wrong with one row: (key or value to point at, reason)."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", source.id):
        yield "id", "id chỉ gồm chữ thường không dấu, số và dấu gạch nối"
    if not source.name.strip():
        yield "name", "tên không được để trống"
    chosen = ("kind", SourceKind), ("grade", Grade), ("waits_for", WaitsFor), ("retention", Retention)
    for key, allowed in (*((key, get_args(kind)) for key, kind in chosen), ("reader", ("templates", *readers()))):
        if getattr(source, key) not in allowed:
            yield key, f"{key} phải là một trong {', '.join(word or 'bỏ trống' for word in allowed)}"
    if source.waits_for == "person" and not source.note.strip():
        yield "waits_for", "nguồn chờ người bật thì phải ghi lý do ở note"
    if source.tier not in INTERVALS:
        yield "tier", f"tier phải là một trong {', '.join(map(str, INTERVALS))}"
    for key in ("interval", "expected"):
        if not 0 <= getattr(source, key) <= 86_400:
            yield key, f"{key} phải từ 0 đến 86400"
    if source.kind == "search" or source.search or source.queries:
        yield from queries.problems(source)
    elif source.connector:
        yield from social.problems(source)
    elif not source.lists:
        yield "id", "cần ít nhất một feed, sitemap hoặc trang danh sách"
    if source.listings and not source.article:
        yield "listings", "có trang danh sách thì cần mẫu địa chỉ bài viết (article)"
    if source.kind == "post" and not source.connector and (source.sitemaps or not source.article):
        yield "kind", "diễn đàn cần mẫu địa chỉ chủ đề (article) và không dùng sitemap"
    yield from _bad_addresses(source)
    try:
        re.compile(source.article)
    except re.error as error:
        yield "article", f"article không phải biểu thức chính quy: {error}"
        return
    if slow(source.article):
        yield (
            "article",
            "article là biểu thức quá dài hoặc lồng lặp trong lặp, có thể làm treo máy; hãy viết đơn giản hơn",
        )


def slow(pattern: str) -> bool:
    """Whether a pattern may take for ever on some address: too long, or a repetition within a repetition."""
    return len(pattern) > MAX_PATTERN or _NESTED.search(pattern) is not None


def _bad_addresses(source: Source) -> Iterator[tuple[str, str]]:
    for url in (source.homepage, *source.lists):
        try:
            canonical(url)
        except BadInput as error:
            yield url, str(error)
        else:
            if not same_site(source.host, urlsplit(url).hostname or ""):
                yield url, f"{url} không thuộc trang chủ {source.homepage}"


def _refuse_doubles(rows: Sequence[_Row]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for source, where, number in rows:
        marks = [("id", source.id), ("trang chủ", source.homepage)]
        marks += [("địa chỉ", url) for url in source.lists]
        for what, value in marks:
            key = (what, value if what == "id" else canonical(value).partition("://")[2])
            if key in seen:
                raise where.error(number, f"trùng {what} {value!r} với nguồn {seen[key]!r}", value)
            seen[key] = source.id
