"""Whether a pack of evidence is whole: every file against its hash, every record against the chain, every time stamp.

It trusts nothing of the pack: sizes are bounded, and it opens no store. What it cannot prove, it says.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

import sealing
import vietnamese
from pipeline import stamping
from records import BadInput, Sealed

MOST_FILES, MOST_BYTES = 2000, 512 * 2**20
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Checked:
    good: bool
    lines: tuple[str, ...]
    """what was found, for a person"""


class Wrong(Exception):
    """What does not hold, in Vietnamese."""


def check(file: Path, roots: Sequence[x509.Certificate] = ()) -> Checked:
    """Raises BadInput for what is no pack at all."""
    contents = unpacked(file)
    lines: list[str] = []
    try:
        for line in findings(contents, roots):
            lines.append(line)
    except Wrong as error:
        return Checked(False, (*lines, f"KHÔNG KHỚP: {error}"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return Checked(False, (*lines, f"KHÔNG KHỚP: gói bị sửa hoặc hỏng ({type(error).__name__})"))
    return Checked(True, tuple(lines))


def unpacked(file: Path) -> dict[str, bytes]:
    """Every file of a pack. Raises BadInput for one that is damaged or too large."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(names) > MOST_FILES or len(set(names)) < len(names):
                raise BadInput(f"{file}: quá nhiều tệp, hoặc có tệp trùng tên")
            left, contents = MOST_BYTES, {}
            for entry in entries:
                with archive.open(entry) as stream:
                    contents[entry.filename] = stream.read(left + 1)
                left -= len(contents[entry.filename])
                if left < 0:
                    raise BadInput(f"{file}: gói lớn quá {MOST_BYTES >> 20} MiB")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BadInput(f"{file}: không phải gói chứng cứ đọc được") from error
    if sealing.MANIFEST not in contents:
        raise BadInput(f"{file}: thiếu {sealing.MANIFEST}; không phải gói chứng cứ của Lắng Nghe")
    return contents


def findings(contents: Mapping[str, bytes], roots: Sequence[x509.Certificate]) -> Iterator[str]:
    """One line for each thing that holds. Raises Wrong at the first that does not."""
    listed = json.loads(contents[sealing.MANIFEST])["sha256"]
    if set(listed) != set(contents) - {sealing.MANIFEST}:
        raise Wrong("các tệp trong gói khác danh sách mã băm")
    for name, digest in listed.items():
        if sealing.sha256(contents[name]) != digest:
            raise Wrong(f"{name} khác mã băm trong danh sách")
    yield f"{len(listed)} tệp khớp danh sách; mã băm của danh sách: {sealing.sha256(contents[sealing.MANIFEST])}"
    chain = [sealing.read_link(said) for said in json.loads(contents[sealing.CHAIN])]
    if (number := sealing.broken(chain)) is not None:
        raise Wrong(f"mắt xích số {number} không nối đúng vào chuỗi")
    records = [link_of(contents, name) for name in contents if name.endswith(f"/{sealing.LINK}")]
    if chain:
        yield f"chuỗi mã băm liền mạch từ số {chain[0].number} đến số {chain[-1].number}"
    if not records:
        yield "không có bản ghi niêm phong nào trong gói (tin không bị gắn cờ, chưa niêm phong, hoặc đã xóa)"
    for record in sorted(records, key=lambda one: one.number):
        yield from about(record, contents, chain, roots)


def link_of(contents: Mapping[str, bytes], name: str) -> Sealed:
    record = sealing.read_link(json.loads(contents[name]))
    if name != f"{sealing.FOLDER}/{record.number}/{sealing.LINK}":
        raise Wrong(f"{name} là mắt xích số {record.number}")
    return record


def about(
    record: Sealed, contents: Mapping[str, bytes], chain: Sequence[Sealed], roots: Sequence[x509.Certificate]
) -> Iterator[str]:
    """The lines about one record."""
    folder, number = f"{sealing.FOLDER}/{record.number}/", record.number
    if record not in chain:
        raise Wrong(f"bản ghi số {number} không nằm trong chuỗi")
    there = {name.removeprefix(folder) for name in contents if name.startswith(folder)}
    there -= {sealing.LINK, sealing.STAMP}
    if there and there != set(record.files):
        raise Wrong(f"bản ghi số {number} thiếu hoặc thừa tệp")
    for name in there:
        if sealing.sha256(contents[folder + name]) != record.files[name]:
            raise Wrong(f"bản ghi số {number}: {name} khác mã băm đã niêm phong")
    if sealing.PAGE in there:
        warc(contents[folder + sealing.PAGE], number)
    sealed = f"niêm phong lúc {vietnamese.time_text(record.sealed_at)}"
    yield f"bản ghi số {number}: {sealed}, " + (
        f"{len(there)} tệp khớp" if there else "nội dung đã xóa, chỉ còn mã băm"
    )
    yield f"bản ghi số {number}: {stamped(record, contents.get(folder + sealing.STAMP), roots)}"


def stamped(record: Sealed, token: bytes | None, roots: Sequence[x509.Certificate]) -> str:
    if token is None:
        return "chưa có dấu thời gian; giờ niêm phong chỉ theo đồng hồ của hệ thống"
    try:
        moment = vietnamese.time_text(stamping.check(token, record, roots))
    except BadInput as error:
        raise Wrong(f"bản ghi số {record.number}: {error}") from error
    if not roots:
        return f"dấu thời gian lúc {moment} đúng mã băm; CHƯA kiểm chữ ký (thêm --roots CHỨNG-THƯ.pem)"
    return f"dấu thời gian lúc {moment}, chữ ký hợp lệ"


def warc(content: bytes, number: int) -> None:
    """Raises Wrong for a WARC that cannot be read, or whose records differ from their own digests."""
    found: list[str] = []
    try:
        for record in ArchiveIterator(io.BytesIO(content), check_digests=True):
            reader: Any = record.content_stream()
            while reader.read(CHUNK):
                pass
            if record.digest_checker.passed is False:
                raise Wrong(f"bản ghi số {number}: WARC có bản ghi khác mã băm của nó")
            found.append(record.rec_type)
    except (ArchiveLoadFailed, zlib.error, OSError, EOFError) as error:
        raise Wrong(f"bản ghi số {number}: WARC không đọc được") from error
    if "request" not in found or not {"response", "conversion"} & set(found):
        raise Wrong(f"bản ghi số {number}: WARC thiếu câu hỏi hoặc câu trả lời")
