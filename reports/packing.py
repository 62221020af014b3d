"""A Word document as bytes that depend on its content alone."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from docx.document import Document


def same_bytes(document: Document, as_of: datetime) -> bytes:
    """Packed again with one time stamp: zip entries otherwise carry the time of writing."""
    first, packed = io.BytesIO(), io.BytesIO()
    document.save(first)
    stamp = max(as_of.astimezone(UTC).timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(entry, source.read(name), compresslevel=6)
    return packed.getvalue()
