"""The evidence pack of one item: its words, every version seen, what the machine and people said, and the hashes of it all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import store
from pipeline import answers
from records import BadInput


def pack(kept: store.Store, key: str, out: Path, now: datetime) -> None:
    """Writes the .zip. Raises BadInput when the item is not kept or the file cannot be written."""
    document = kept.documents.get(key)
    if document is None:
        raise BadInput(f"không có tin {key}")
    judged = kept.judged.get(key)
    files: dict[str, Any] = {
        "tin.json": dataclasses.asdict(document),
        "cac-phien-ban.json": [dataclasses.asdict(version) for version in kept.documents.versions(key)],
        "danh-gia.json": answers.assessment(judged.assessment) if judged else None,
        "quyet-dinh.json": dataclasses.asdict(judged.reason) if judged else None,
        "nhan.json": [dataclasses.asdict(label) for label in kept.labels.of(key)],
    }
    contents = {
        name: json.dumps(value, ensure_ascii=False, indent=1, default=plain).encode() for name, value in files.items()
    }
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents["MA-BAM.json"] = json.dumps({"lap_luc": now.isoformat(), "sha256": manifest}, indent=1).encode()
    try:
        with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
    except FileExistsError as error:
        raise BadInput(f"{out}: đã có tệp này; hãy chọn tên khác") from error
    except OSError as error:
        out.unlink(missing_ok=True)  # ours, and cut short
        raise BadInput(f"{out}: không ghi được: {error.strerror or error}") from error
    kept.audit("dòng lệnh", "gói chứng cứ", key, now, hashlib.sha256(contents["MA-BAM.json"]).hexdigest())


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"không viết được {type(value).__name__} thành JSON")
