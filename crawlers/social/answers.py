"""Answers of interfaces: JSON from outside, read as if somebody hostile had written it.

Whatever is missing, of another type or too long is as if it were not there; nothing here raises but `parse`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from records import BadInput, LangNgheError
from vietnamese import nfc

from ..address import canonical
from ..pages.body import monstrous, paragraphs
from ..pages.body import parse as tree_of

MAX_BYTES = 4 * 2**20
MAX_TEXT, MAX_TITLE, MAX_ROWS = 50_000, 500, 200
MAX_NUMBER = 10**15


class BadAnswer(LangNgheError):
    """An answer is not what the interface's documents say; the message says how."""


def parse(body: bytes) -> Any:
    """The JSON of a body: an object or an array. Raises BadAnswer."""
    if len(body) > MAX_BYTES:
        raise BadAnswer(f"câu trả lời lớn quá {MAX_BYTES // 2**20} MB")
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadAnswer("câu trả lời không phải JSON đọc được") from error
    if not isinstance(value, dict | list):
        raise BadAnswer("câu trả lời không phải đối tượng JSON")
    return value


def part(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def rows(value: Any, *path: str) -> list[dict[str, Any]]:
    """The objects of a list, the first MAX_ROWS of it."""
    found = part(value, *path)
    return [row for row in found[:MAX_ROWS] if isinstance(row, dict)] if isinstance(found, list) else []


def text(value: Any, *path: str, most: int = MAX_TEXT) -> str:
    found = part(value, *path)
    if not isinstance(found, str):
        return ""
    return nfc(found[:most].encode("utf-8", "ignore").decode()).strip()


def name(value: Any, *path: str) -> str:
    """An identifier of the platform: "" for what could not stand in an address."""
    found = part(value, *path)
    found = str(found) if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 10**30 else found
    return found if isinstance(found, str) and re.fullmatch(r"[\w.:=-]{1,200}", found, re.ASCII) else ""


def number(value: Any, *path: str) -> int | None:
    """A count, also one written as a string."""
    found = part(value, *path)
    if isinstance(found, str) and re.fullmatch(r"\d{1,15}", found, re.ASCII):
        found = int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MAX_NUMBER else None


def moment(value: Any, *path: str) -> datetime | None:
    """An ISO time with its offset, or milliseconds since 1970."""
    found, stated = part(value, *path), number(value, *path)
    try:
        if stated is not None:
            return datetime.fromtimestamp(stated / 1000, UTC)
        when = datetime.fromisoformat(found[:40]) if isinstance(found, str) else None
        return when.astimezone(UTC) if when is not None and when.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


def address(value: Any, *path: str) -> str:
    """A web address a person may open; "" for anything else."""
    found = part(value, *path)
    try:
        return canonical(found) if isinstance(found, str) else ""
    except BadInput:
        return ""


def prose(html: str) -> str:
    """The paragraphs of a piece of HTML, joined by a blank line."""
    page = f"<body>{html}".encode("utf-8", "replace")
    if not html or monstrous(page):
        return ""
    body = tree_of(page).body
    return "\n\n".join(paragraphs(body))[:MAX_TEXT] if body is not None else ""
