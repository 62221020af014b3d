"""The form of a backup file: a zip of the database and a manifest (kind, schema, size, SHA-256, counts). Reading
trusts nothing."""

from __future__ import annotations

import errno
import hashlib
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

from records import StoreDamaged, StoreFull

MANIFEST = "manifest.json"
DATA = "database"
CHUNK = 1 << 20
MANIFEST_BYTES = 1 << 20
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    OSError,
    OverflowError,
)
"""what zipfile raises for a file that is damaged, by the kind of damage"""


@dataclass(frozen=True, slots=True)
class Manifest:
    kind: Literal["sqlite", "postgresql"]
    revision: str
    size: int
    """bytes of the database file or dump"""
    sha256: str
    counts: dict[str, int]
    """table -> rows"""


def digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(target: Path, data: Path, manifest: Manifest) -> None:
    """The archive appears under its name only when it is whole and on the disk."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
                archive.write(data, DATA)
            stream.flush()
            _sync(stream)
        read(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sync(stream: IO[bytes]) -> None:
    os.fsync(stream.fileno())


def read(file: Path) -> Manifest:
    """The manifest of an archive that was read to its end and found whole. Raises StoreDamaged."""
    with _opened(file) as (archive, manifest):
        _copy(archive, manifest, None, file)
        return manifest


def extract(file: Path, target: Path) -> Manifest:
    """Write the database of the archive to `target`, a new file. Raises StoreDamaged; then `target` is gone."""
    with _opened(file) as (archive, manifest):
        try:
            with target.open("xb") as stream:
                _copy(archive, manifest, stream, file)
                stream.flush()
                _sync(stream)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return manifest


@contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sorted(archive.namelist()) != sorted((MANIFEST, DATA)):
                raise StoreDamaged(f"{file}: không phải bản sao lưu của Lắng Nghe; chọn tệp khác")
            if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
                raise StoreDamaged(f"{file}: bản sao lưu bị hỏng (mục lục quá lớn); chọn bản khác")
            yield archive, Manifest(**json.loads(archive.read(MANIFEST)))
    except UNREADABLE as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StoreFull(f"{file}: đĩa đầy khi đọc bản sao lưu; giải phóng chỗ rồi chạy lại") from error
        if isinstance(error, FileNotFoundError):
            raise StoreDamaged(f"{file}: không có tệp sao lưu này; kiểm tra lại đường dẫn") from error
        raise StoreDamaged(f"{file}: bản sao lưu bị hỏng ({error}); chọn bản khác") from error


def _copy(archive: zipfile.ZipFile, manifest: Manifest, out: IO[bytes] | None, file: Path) -> None:
    found, size = hashlib.sha256(), 0
    with archive.open(DATA) as stream:
        while block := stream.read(CHUNK):
            size += len(block)
            if size > manifest.size:
                break
            found.update(block)
            if out:
                out.write(block)
    if size != manifest.size or found.hexdigest() != manifest.sha256:
        raise StoreDamaged(f"{file}: bản sao lưu bị hỏng (sai mã băm); chọn bản khác")
