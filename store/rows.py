"""Between rows and records: identity, and the mapping of documents and JSON. No SQL is run here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from records import BadInput, Document, Version
from store.columns import clean

KEY_BYTES = 2000
NAME_BYTES = 300
TEXT_CHARS = 4_000_000
HASH_BITS = 29
_LAST_SECOND = (1 << 34) - 1
T = TypeVar("T")


def short_id(key: str) -> str:
    """The document's id in desk addresses: the first 16 hex digits of the SHA-256 of its key."""
    return hashlib.sha256(clean(key).encode()).hexdigest()[:16]


def fingerprint(document: Document | Version) -> str:
    """SHA-256 of the words alone: title, lead and body. It changes exactly when they do."""
    parts = [clean(part) if part is not None else None for part in (document.title, document.lead, document.body)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def effective_time(document: Document) -> datetime:
    """When it counts as published: never after it was first seen, whatever the page claims."""
    stated = document.published_at or document.first_seen
    return min(stated, document.first_seen).astimezone(UTC)


def number(key: str, at: datetime) -> int:
    """The row's number: seconds since 1970 in the high bits, a hash of the key below. Order of numbers = order of
    time."""
    seconds = min(max(int(at.timestamp()), 0), _LAST_SECOND)
    low = int.from_bytes(hashlib.sha256(clean(key).encode()).digest()[8:12], "big") >> (32 - HASH_BITS)
    return (seconds << HASH_BITS) | low


def first_number(at: datetime) -> int:
    """The smallest number a document of that second or later can have."""
    return min(max(int(at.timestamp()), 0), _LAST_SECOND) << HASH_BITS


def document_values(document: Document) -> dict[str, Any]:
    """The row of a new document. Raises BadInput for what no document may be."""
    _check(document)
    at = effective_time(document)
    return {
        "id": number(document.key, at),
        "short_id": short_id(document.key),
        "key": document.key,
        "kind": document.kind,
        "source": document.source,
        "outlet": clipped(document.outlet, NAME_BYTES),
        "url": document.url,
        "title": document.title,
        "lead": document.lead,
        "body": document.body,
        "at": at,
        "published_at": document.published_at,
        "first_seen": document.first_seen,
        "modified_at": document.modified_at,
        "section": document.section,
        "authors": json.dumps(document.authors),
        "author": document.author,
        "method": document.method,
        "gaps": json.dumps(document.gaps),
        "reach": document.reach,
        "digest": fingerprint(document),
        "version": 1,
        "version_at": document.first_seen,
        "listed_at": document.listed_at,
    }


def _check(document: Document) -> None:
    if not document.key or len(document.key.encode("utf-8", "replace")) > KEY_BYTES:
        raise BadInput(f"khóa của tài liệu phải có từ 1 đến {KEY_BYTES} byte: {document.key[:80]!r}…")
    if sum(len(part or "") for part in (document.title, document.lead, document.body)) > TEXT_CHARS:
        raise BadInput(f"{document.key[:200]}: văn bản dài quá {TEXT_CHARS} ký tự")
    for name in ("first_seen", "published_at", "modified_at", "listed_at"):
        moment = getattr(document, name)
        if moment is not None and moment.utcoffset() is None:
            raise BadInput(f"{document.key[:200]}: thời điểm {name} thiếu múi giờ")


def clipped(value: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8 (index entries have a largest size)."""
    return clean(value).encode()[:limit].decode("utf-8", "ignore")


def document(row: Mapping[Any, Any]) -> Document:
    return Document(
        key=row["key"],
        kind=row["kind"],
        source=row["source"],
        outlet=row["outlet"],
        url=row["url"],
        title=row["title"],
        lead=row["lead"],
        body=row["body"],
        published_at=row["published_at"],
        first_seen=row["first_seen"],
        modified_at=row["modified_at"],
        section=row["section"],
        authors=tuple(json.loads(row["authors"])),
        author=row["author"],
        method=row["method"],
        gaps=tuple(json.loads(row["gaps"])),
        reach=row["reach"],
        listed_at=row["listed_at"],
    )


def version(key: str, row: Mapping[Any, Any]) -> Version:
    return Version(key, row["seen_at"], row["digest"], row["title"], row["lead"], row["body"])


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def dump(kind: type[T], value: T) -> str:
    """A record as JSON text (ASCII escapes: no byte of it can trouble a database)."""
    return json.dumps(
        _adapter(cast(Hashable, kind)).dump_python(value, mode="json"), sort_keys=True, separators=(",", ":")
    )


def load(kind: type[T], text: str) -> T:
    """The record back from its JSON text."""
    loaded: T = _adapter(cast(Hashable, kind)).validate_json(text)
    return loaded
