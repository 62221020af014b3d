"""Reads one .toml file of the knowledge into frozen dataclasses, strictly: an unknown key, a missing key, a wrong type
or a broken date is a BadKnowledge that begins with FILE:LINE. What this file does *not* do: know any entry's meaning.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from records import BadKnowledge
from vietnamese import nfc

T = TypeVar("T")


@dataclass(frozen=True)
class File:
    """A .toml file as read: its raw text is kept so that errors can name the line."""

    path: Path
    text: str
    tables: dict[str, Any]

    @classmethod
    def read(cls, path: Path, content: bytes) -> File:
        try:
            text = content.decode("utf-8")
            return cls(path, text, tomllib.loads(text))
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise BadKnowledge(f"{path}:{line}: không phải UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            raise BadKnowledge(f"{path}:{line}: không đúng cú pháp TOML: {error}") from error

    def bad(self, table: str, index: int, what: str, key: str = "") -> BadKnowledge:
        """The error for entry `index` of [[table]], at the line of its `key` where it has that line."""
        lines = self.text.splitlines()
        heads = [number for number, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]", line)]
        at = heads[index] if index < len(heads) else 0
        for number in range(at + 1, len(lines)):
            if lines[number].lstrip().startswith("[["):
                break
            if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
                at = number
                break
        return BadKnowledge(f"{self.path}:{at + 1}: {what}")

    def only(self, *tables: str) -> None:
        """Refuses tables other than these."""
        for name in self.tables:
            if name not in tables:
                line = next((i for i, text in enumerate(self.text.splitlines(), 1) if name in text), 1)
                raise BadKnowledge(f"{self.path}:{line}: không biết bảng {name!r}")

    def entries(self, table: str, cls: type[T], unique: Callable[[T], object] | None = None) -> tuple[T, ...]:
        """All [[table]] entries as `cls`, in order; `unique` gives what two entries must not share."""
        rows = self.tables.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.bad(table, 0, f"{table!r} phải là các bảng [[{table}]]")
        entries: list[T] = []
        seen: dict[object, int] = {}
        for index, row in enumerate(rows):
            entry = _build(cls, row, lambda what, key="", index=index: self.bad(table, index, what, key))
            name = unique(entry) if unique else index
            if name in seen:
                raise self.bad(table, index, f"trùng với mục thứ {seen[name] + 1}: {name}")
            seen[name] = index
            entries.append(entry)
        return tuple(entries)


@lru_cache
def _shape(cls: Any) -> tuple[dict[str, Any], dict[str, dataclasses.Field[Any]]]:
    return typing.get_type_hints(cls), {field.name: field for field in dataclasses.fields(cls)}


def _build(cls: type[T], row: dict[str, Any], bad: Callable[..., BadKnowledge]) -> T:
    made: Any = cls
    hints, fields = _shape(made)
    for key in row:
        if key not in fields:
            raise bad(f"không biết khóa {key!r}", key)
    for name, field in fields.items():
        if name not in row and field.default is dataclasses.MISSING:
            raise bad(f"thiếu khóa {name!r}")
    values = {key: _value(value, hints[key], key, bad) for key, value in row.items()}
    start, end = values.get("valid_from"), values.get("valid_to")
    if start and end and end < start:
        raise bad(f"valid_to {end} trước valid_from {start}", "valid_to")
    return cls(**values)


def _value(value: Any, hint: Any, key: str, bad: Callable[..., BadKnowledge]) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        if value in arguments and isinstance(value, str):
            return value
        raise bad(f"{key} = {value!r}: phải là một trong {', '.join(map(str, arguments))}", key)
    if origin is types.UnionType:  # "… | None": an absent key is None
        return _value(value, arguments[0], key, bad)
    if origin is tuple:
        if not isinstance(value, list):
            raise bad(f"{key} phải là danh sách", key)
        return tuple(_value(item, arguments[0], key, bad) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise bad(f"{key} phải là bảng", key)
        return _build(hint, value, lambda what, _inner="": bad(f"{key}: {what}", key))
    return _plain(value, hint, key, bad)


def _plain(value: Any, hint: Any, key: str, bad: Callable[..., BadKnowledge]) -> Any:
    if hint is float and type(value) in (int, float) and value == value and abs(value) != float("inf"):
        return float(value)
    if hint is date and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if type(value) is not hint:
        names = {str: "chữ", int: "số nguyên", float: "số", bool: "true hoặc false", date: "ngày dạng 2026-09-01"}
        raise bad(f"{key} = {value!r}: phải là {names[hint]}", key)
    if hint is str and value != nfc(value):
        raise bad(f"{key} phải là chữ NFC, không có ký tự ẩn", key)
    return value
