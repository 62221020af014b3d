"""Rows of a .csv or .jsonl file from outside, each with its line. What cannot be read is refused by number; nothing stops the rest."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from pipeline import lines
from records import BadInput

LONGEST_FIELD = 1_000_000
LONGEST_LINE = 2_000_000
"""characters; a longer line is refused without being held"""
DELIMITERS = ",;\t"
EXCEL = {f"sep={delimiter}" for delimiter in DELIMITERS} | {"sep="}
"""a first line that tells Excel how the table is separated"""
Refuse = Callable[[str], None]


def rows(file: Path, refuse: Refuse, needed: tuple[str, ...] = ("text",)) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line it begins on, values) of each row of a .csv (with a header row) or .jsonl file.

    A table may be separated by commas, semicolons or tabs, in UTF-8 or UTF-16. Raises BadInput where the file itself is
    wrong, or a table lacks one of the columns `needed`.
    """
    if file.suffix.lower() == ".jsonl":
        yield from ((number, value) for number, value in lines.lines(file, refuse))
        return
    if file.suffix.lower() != ".csv":
        raise BadInput(f"{file}: chỉ nhận tệp .csv hoặc .jsonl")
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with file.open(encoding=encoding(file), errors="surrogateescape", newline="") as stream:
            yield from table(stream, file, refuse, needed)
    except OSError as error:
        raise BadInput(f"{file}: không đọc được: {error.strerror or error}") from error
    except UnicodeError as error:
        raise BadInput(f"{file}: không đọc được: bảng mã của tệp bị hỏng ({error})") from error


def encoding(file: Path) -> str:
    with file.open("rb") as stream:
        mark = stream.read(2)
    return "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def table(
    stream: TextIO, file: Path, refuse: Refuse, needed: tuple[str, ...]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    first, skipped = stream.readline(LONGEST_LINE), 0
    if first.strip().lower() in EXCEL:
        first, skipped = stream.readline(LONGEST_LINE), 1
    delimiter = max(DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), []) if len(first) < LONGEST_LINE else []
    names = [name.strip() for name in header]
    if missing := [name for name in needed if name not in names]:
        known = ", ".join(name for name in names if name)[:500] or "không có"
        raise BadInput(f"{file}:1: thiếu cột {', '.join(repr(name) for name in missing)}; tệp có các cột: {known}")
    if doubled := sorted({name for name in names if name and names.count(name) > 1}):
        raise BadInput(f"{file}:1: có hai cột cùng tên: {', '.join(doubled)}")
    # strict: a quote that is never closed would swallow the rest of the file into one text
    reader = csv.reader(bounded(stream, file, refuse, skipped + 1), delimiter=delimiter, strict=True)
    while True:
        begun = reader.line_num + 2 + skipped
        try:
            cells = next(reader, None)
        except csv.Error as error:
            refuse(f"{file}:{span(begun, reader.line_num + 1 + skipped)}: không đọc được: {complaint(error)}")
            continue
        if cells is None:
            return
        if len(cells) > len(names):
            refuse(f"{file}:{begun}: nhiều ô hơn dòng tiêu đề; ô có dấu {delimiter!r} phải đặt trong ngoặc kép")
        elif cells:
            yield begun, {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}


def bounded(stream: TextIO, file: Path, refuse: Refuse, number: int = 1) -> Iterator[str]:
    """The lines after the first `number`; one that is too long is refused and becomes an empty one."""
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            refuse(f"{file}:{number}: dòng dài quá {LONGEST_LINE} ký tự")
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            line = "\n"
        yield line


def span(first: int, last: int) -> str:
    return str(first) if last <= first else f"{first}-{last}"


def complaint(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return "ngoặc kép mở mà không đóng"
    if "field larger" in said:
        return f"ô dài quá {LONGEST_FIELD} ký tự, hoặc ngoặc kép mở mà không đóng"
    return "ngoặc kép đặt sai chỗ" if "expected after" in said else said
