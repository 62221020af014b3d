"""Documents from a file: what a listening service, a partner, a province or an older system exports.

Columns are named by a mapping. Each bad row is refused with its line, and rows that are stored already are recognised: under
their address, their number in the source, or their words.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

import masking
import vietnamese
from crawlers import address
from crawlers.intake import Intake
from pipeline.tables import LONGEST_FIELD, Refuse, rows
from records import BadInput, Document, Kind

COLUMNS = ("title", "text", "url", "date", "outlet", "kind", "id", "author", "reach")
REACH = 10**12
_COUNT = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*)(?:[.,]0{1,2})?")


def mapping(stated: str | None) -> dict[str, str]:
    """Our columns -> the file's, of "title=tieu_de,text=noi_dung" or of a TOML file of such pairs. Without one, the names
    are ours. Raises BadInput."""
    if not stated:
        return {name: name for name in COLUMNS}
    pairs: dict[str, Any] = _from_file(Path(stated)) if stated.lower().endswith(".toml") else {}
    for pair in [] if pairs else stated.split(","):
        ours, equals, theirs = pair.partition("=")
        if not equals or not theirs.strip() or ours.strip() in pairs:
            raise BadInput(f"--map: {pair!r} phải có dạng cột_của_ta=cột_của_tệp, mỗi cột một lần")
        pairs[ours.strip()] = theirs.strip()
    for ours, theirs in pairs.items():
        if ours not in COLUMNS or not isinstance(theirs, str) or not theirs:
            raise BadInput(f"--map: không có cột {ours!r}; các cột nhận: {', '.join(COLUMNS)}")
    if "text" not in pairs:
        raise BadInput("--map: thiếu cột text (nội dung)")
    return pairs


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"--map: {file}: không đọc được: {error}") from error


def named(value: Any, columns: Mapping[str, str]) -> Any:
    """A row under our names. In JSON "a.b" is the value b within a."""
    if not isinstance(value, Mapping):
        return value
    return {ours: _within(value, theirs) for ours, theirs in columns.items()}


def _within(value: Any, path: str) -> Any:
    if path in value:
        return value[path]
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


@dataclass
class Import:
    """One file on its way in. `done`: what became of its rows: new, changed, same."""

    intake: Intake
    source: str
    kind: str = "press"
    columns: Mapping[str, str] = field(default_factory=lambda: mapping(None))
    done: Counter[str] = field(default_factory=Counter)
    _met: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """key -> the line it was first met on, a digest of its words"""

    def take(self, file: Path, refuse: Refuse) -> None:
        """Keep every row that can be read. Raises BadInput where the file itself is wrong, StoreError."""
        mapped = any(ours != theirs for ours, theirs in self.columns.items())
        needed = tuple(self.columns.values()) if mapped else ("text",)
        for line, value in rows(file, refuse, needed):
            try:
                self.done[self._row(line, value)] += 1
            except BadInput as error:
                refuse(f"{file}:{line}: {error}")

    def _row(self, line: int, value: Any) -> str:
        """Raises BadInput: also where an earlier row has the same key and says something else, which would be lost."""
        row = named(value, self.columns)
        read = document(row, self.source, self.intake.clock(), self.kind, self.intake.author_key)
        digest = hashlib.sha256(repr((read.title, read.body)).encode("utf-8", "replace")).digest()
        before = self._met.setdefault(read.key, (line, digest))
        if before[1] != digest:
            raise BadInput(f"trùng địa chỉ hoặc mã với dòng {before[0]} mà nội dung khác; thêm cột id để phân biệt")
        stored = self.intake.store.documents.get(read.key)
        if stored is not None and stored.source != self.source:
            return "same"  # collected by ourselves: the words of the page are better than an export's
        return self.intake.keep(read)


def document(value: Any, source: str, now: datetime, kind: str = "press", author_key: bytes = b"") -> Document:
    """One row as a Document. Its key: a post's number in the source, the canonical address, else source + id, else a hash of
    the words. `kind`: of rows that state none. An author is kept as a keyed hash, of posts alone.

    Raises BadInput saying which column is wrong.
    """
    row = {name: text(value, name) for name in COLUMNS} if isinstance(value, Mapping) else None
    if row is None:
        raise BadInput("mỗi dòng phải là một đối tượng")
    if not row["text"]:
        raise BadInput('thiếu "text"')
    sort = cast(Kind, row["kind"] or kind)
    if sort not in get_args(Kind):
        raise BadInput('"kind" phải là press, official, post hoặc report')
    published = vietnamese.parse_date(row["date"], now) if row["date"] else None
    if row["date"] and published is None:
        raise BadInput(f'"date" không đọc được: {row["date"][:100]!r}')
    author = masking.pseudonym(row["author"], source, author_key) if row["author"] and author_key else None
    return Document(
        key(row, source, sort), sort, source, row["outlet"] or source, row["url"] or "", row["title"] or None, None, row["text"],
        published, now, author=author if sort == "post" else None, method="import", gaps=() if published else ("date",),
        reach=reach(row["reach"]),
    )  # fmt: skip


def key(row: Mapping[str, str], source: str, kind: str = "press") -> str:
    place = address.canonical(row["url"]) if row["url"] else ""
    if row["id"] and (kind == "post" or not place):  # comments share the address of what they are about
        return f"{source}:{row['id']}"
    if place:
        return place
    return "import:" + hashlib.sha256(f"{source}\n{row['title']}\n{row['text']}".encode()).hexdigest()[:32]


def reach(stated: str) -> int | None:
    """ "1.234" and "1,234" are the same count, "12.0" is 12 (how tables write a count that is missing elsewhere). Raises
    BadInput."""
    if not stated:
        return None
    digits = re.sub(r"[., ]", "", re.sub(r"[.,]0{1,2}$", "", stated)) if _COUNT.fullmatch(stated) else ""
    if not digits or int(digits[:20]) > REACH:
        raise BadInput(f'"reach" phải là số đếm, không phải {stated[:50]!r}')
    return int(digits)


def text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if found is None:
        return ""
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**18:
        found = str(found)
    if isinstance(found, float) and found.is_integer() and abs(found) < 10**15:
        found = str(int(found))
    if not isinstance(found, str) or len(found) > LONGEST_FIELD:
        raise BadInput(f'"{name}" phải là chuỗi, dài không quá {LONGEST_FIELD} ký tự')
    if any("\ud800" <= letter <= "\udfff" for letter in found):
        raise BadInput(f'"{name}" không phải UTF-8')
    return vietnamese.nfc(found).strip()
