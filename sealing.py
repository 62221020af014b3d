"""The form of sealed evidence: the text of a document, the links of the chain of hashes, the pack handed out. Pure.

A link is canonical JSON that names the hash of the link before it; its own hash is the SHA-256 of those bytes, and a time
stamp (RFC 3161) is one over them. Who changes a file, a link or their order breaks every hash that follows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from records import Document, Judged, Label, Sealed, Version

FIRST = "0" * 64
"""what the first link names as the one before"""
TEXT, PAGE, PICTURE, ACCOUNT = "van-ban.txt", "trang.warc.gz", "anh.png", "bien-ban.json"
"""the files of a record: the words as stored (numbers masked), the page, its picture, how it was fetched"""
MANIFEST, CHAIN, LINK, STAMP = "MA-BAM.json", "chuoi.json", "mat-xich.json", "dau-thoi-gian.tsr"
FOLDER = "chung-cu"


@dataclasses.dataclass(frozen=True, slots=True)
class Dossier:
    """What is handed out about one document."""

    document: Document
    versions: Sequence[Version]
    judged: Judged | None
    labels: Sequence[Label]
    records: Sequence[tuple[Sealed, Mapping[str, bytes]]]
    """the sealed records with their files; none where they were deleted"""
    chain: Sequence[Sealed]
    """the links around them, in order"""


def text(of: Document | Version) -> bytes:
    """Title, lead and body as the evidence holds them: UTF-8, joined by blank lines."""
    parts = (of.title, of.lead, of.body)
    return "\n\n".join(part for part in parts if part).encode("utf-8", "replace")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def link(record: Sealed) -> bytes:
    """The bytes a record's hash and time stamp are over."""
    said = {
        "number": record.number,
        "previous": record.previous,
        "document": record.document,
        "version": record.version,
        "sealed_at": record.sealed_at.astimezone(UTC).isoformat(),
        "files": dict(record.files),
    }
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def sealed(number: int, previous: str, document: str, version: int, at: datetime, files: Mapping[str, bytes]) -> Sealed:
    """The next link of the chain."""
    hashes = {name: sha256(content) for name, content in files.items()}
    record = Sealed(number, document, version, at, hashes, previous, "")
    return dataclasses.replace(record, hash=sha256(link(record)))


def broken(chain: Sequence[Sealed], previous: str | None = None) -> int | None:
    """The number of the first link that does not follow from the one before it, or was changed; None: all hold.

    `previous`: the hash before the first one given; None: it is taken at its word."""
    before: Sealed | None = None
    for record in chain:
        follows = record.previous == before.hash and record.number == before.number + 1 if before else (
            previous is None or record.previous == previous
        )  # fmt: skip
        if not follows or sha256(link(record)) != record.hash:
            return record.number
        before = record
    return None


def pack(dossier: Dossier, now: datetime) -> tuple[bytes, str]:
    """The .zip, and the SHA-256 of its list of hashes."""
    judged, plain = dossier.judged, dataclasses.asdict(dossier.document)
    del plain["author"]  # the pseudonym of a post's author is of no use outside
    files: dict[str, bytes] = {
        "tin.json": _json(plain),
        "cac-phien-ban.json": _json([_version(version) for version in dossier.versions]),
        "danh-gia.json": _json(_answer(judged) if judged else None),
        "quyet-dinh.json": _json(dataclasses.asdict(judged.reason) if judged else None),
        "nhan.json": _json([dataclasses.asdict(label) for label in dossier.labels]),
        CHAIN: _json([_link(record) for record in dossier.chain]),
    }
    for record, contents in dossier.records:
        folder = f"{FOLDER}/{record.number}"
        files |= {f"{folder}/{name}": content for name, content in contents.items()}
        files[f"{folder}/{LINK}"] = _json(_link(record))
        if record.token:
            files[f"{folder}/{STAMP}"] = record.token
    hashes = {name: sha256(content) for name, content in files.items()}
    stamps = {record.number: _stamp(record) for record, _ in dossier.records}
    files[MANIFEST] = _json({"lap_luc": now, "sha256": hashes, "dau_thoi_gian": stamps})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue(), sha256(files[MANIFEST])


def _version(version: Version) -> dict[str, Any]:
    return dataclasses.asdict(version) | {"sha256_van_ban": sha256(text(version))}


def _answer(judged: Judged) -> dict[str, Any]:
    answer = dataclasses.asdict(judged.assessment)
    del answer["spans"]
    return answer


def _link(record: Sealed) -> dict[str, Any]:
    """A link with its hash; without the hash it is what `link` gives."""
    return {**json.loads(link(record)), "hash": record.hash}


def _stamp(record: Sealed) -> str:
    return "có" if record.token else f"chưa có: {record.stamp_trouble or 'chưa xin'}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"không viết được {type(value).__name__} thành JSON")


def read_link(said: Any) -> Sealed:
    """A link of a pack as a record. Raises ValueError, TypeError, KeyError for what is none."""
    return Sealed(
        number=int(said["number"]),
        document=str(said["document"]),
        version=int(said["version"]),
        sealed_at=datetime.fromisoformat(said["sealed_at"]),
        files={str(name): str(value) for name, value in said["files"].items()},
        previous=str(said["previous"]),
        hash=str(said["hash"]),
    )
