"""Documents from a file: what a partner, a province or an older system exports. Each bad row is refused with its line."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

import vietnamese
from crawlers import address
from pipeline import lines
from records import BadInput, Document, Kind

COLUMNS = ("title", "text", "url", "date", "outlet", "kind", "id")
LONGEST_FIELD = 1_000_000


def rows(file: Path, refuse: Callable[[str], None]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line, values) of a .csv (with a header row) or .jsonl file. Raises BadInput where the file itself is wrong."""
    if file.suffix.lower() == ".jsonl":
        yield from ((number, value) for number, value in lines.lines(file, refuse))
        return
    if file.suffix.lower() != ".csv":
        raise BadInput(f"{file}: chỉ nhận tệp .csv hoặc .jsonl")
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            yield from table(csv.DictReader(stream), file, refuse)
    except OSError as error:
        raise BadInput(f"{file}: không đọc được: {error.strerror or error}") from error


def table(
    reader: csv.DictReader[str], file: Path, refuse: Callable[[str], None]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows that can be read; one that cannot is refused and stops nothing. Raises BadInput without a "text" column."""
    try:
        named = reader.fieldnames or ()
    except csv.Error as error:
        raise BadInput(f"{file}:1: không đọc được: {error}") from error
    if "text" not in named:
        raise BadInput(f'{file}:1: thiếu cột "text"; các cột nhận: {", ".join(COLUMNS)}')
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            refuse(f"{file}:{reader.reader.line_num}: không đọc được: {error}")
            continue
        if row is None:
            return
        yield reader.line_num, {k: v for k, v in row.items() if k and v}


def document(value: Any, source: str, now: datetime) -> Document:
    """One row as a Document. Its key is the canonical address, else source + id, else a hash of the words.

    Raises BadInput saying which column is wrong.
    """
    row = {name: text(value, name) for name in COLUMNS} if isinstance(value, Mapping) else None
    if row is None:
        raise BadInput("mỗi dòng phải là một đối tượng")
    if not row["text"]:
        raise BadInput('thiếu "text"')
    kind = cast(Kind, row["kind"] or "press")
    if kind not in get_args(Kind):
        raise BadInput('"kind" phải là press, official, post hoặc report')
    published = vietnamese.parse_date(row["date"], now) if row["date"] else None
    if row["date"] and published is None:
        raise BadInput(f'"date" không đọc được: {row["date"]!r}')
    return Document(
        key(row, source), kind, source, row["outlet"] or source, row["url"] or "", row["title"] or None, None, row["text"],
        published, now, method="import", gaps=() if published else ("date",),
    )  # fmt: skip


def key(row: Mapping[str, str], source: str) -> str:
    if row["url"]:
        return address.canonical(row["url"])
    if row["id"]:
        return f"{source}:{row['id']}"
    return "import:" + hashlib.sha256(f"{source}\n{row['title']}\n{row['text']}".encode()).hexdigest()[:32]


def text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > LONGEST_FIELD:
        raise BadInput(f'"{name}" phải là chuỗi, dài không quá {LONGEST_FIELD} ký tự')
    if any("\ud800" <= letter <= "\udfff" for letter in found):
        raise BadInput(f'"{name}" không phải UTF-8')
    return vietnamese.nfc(found).strip()
