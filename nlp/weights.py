"""Trained weights on disk: arrays (no pickle) beside a manifest that names them, their sum and their making."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import BLOCKS, Features
from nlp.heads import Head, Task
from records import BadInput

Floats = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "models"
ARRAYS, MANIFEST = "weights.npz", "manifest.json"
FILES = (ARRAYS, "claims.npz")
"""the only files a manifest may name"""
LARGEST = 2**30
"""bytes the arrays may have unpacked"""
UNREADABLE = (OSError, EOFError, ValueError, AttributeError, KeyError, TypeError, zipfile.BadZipFile)
FORMAT = 3
SMALLEST = 2e-3
"""weights nearer to nothing are stored as nothing"""


@dataclass(frozen=True, slots=True)
class Model:
    """Vocabulary and heads, with the thresholds chosen in training. All heads share one matrix product."""

    version: str
    features: Features
    heads: Mapping[str, Head]
    thresholds: Mapping[str, float]
    about: Mapping[str, Any]
    """what it was made from, and the figures of its cross-validation"""


def save(
    out: Path,
    features: Features,
    heads: Sequence[Head],
    thresholds: Mapping[str, float],
    about: Mapping[str, Any],
    beside: Sequence[str] = (),
) -> str:
    """Write weights and manifest into directory `out`; gives the version. The same input gives the same bytes.

    `beside`: names of other weight files already in `out`; the version and the check at loading cover them too.
    """
    out.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {"idf": features.idf}
    for block, columns in features.columns.items():
        arrays[f"vocabulary.{block}"] = np.frombuffer("\n".join(columns).encode(), np.uint8)
    for head in heads:
        small = np.where(np.abs(head.weights) < SMALLEST, 0, head.weights)
        arrays[f"weights.{head.task.name}"] = small.astype(np.float16)
        arrays[f"bias.{head.task.name}"] = head.bias
        arrays[f"lean.{head.task.name}"] = head.lean
    np.savez_compressed(out / ARRAYS, **arrays)  # type: ignore[arg-type]
    digests = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (ARRAYS, *beside)}
    manifest = {
        "format": FORMAT,
        "version": f"lang-nghe-{hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:10]}",
        "sha256": digests,
        "tasks": [asdict(head.task) for head in heads],
        "thresholds": dict(thresholds),
        "about": dict(about),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (out / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return str(manifest["version"])


def load(directory: Path | None = None, digest: str = "") -> Model:
    """The weights in `directory`, by default those shipped. `digest`: what `digest_of` must say of it.

    Raises BadInput when damaged, absent, of another format or another digest, or where anything but known arrays is in it.
    """
    directory = directory or SHIPPED
    try:
        said = (directory / MANIFEST).read_bytes()
        if digest and hashlib.sha256(said).hexdigest() != digest:
            raise BadInput(f"{directory}: mô hình không phải là mô hình đã được đo và ghi sổ")
        manifest = json.loads(said)
        named = manifest["sha256"] if manifest.get("format") == FORMAT else {}
        found = {name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in named if name in FILES}
        if ARRAYS not in named or found != named:
            raise BadInput(
                f"{directory}: mô hình bị hỏng hoặc khác phiên bản; hãy huấn luyện lại bằng `langnghe train`"
            )
        return _model(manifest, _arrays(directory / ARRAYS, manifest))
    except UNREADABLE as error:
        raise BadInput(f"{directory}: không đọc được mô hình: {error}") from error


def digest_of(directory: Path) -> str:
    """The sha256 of the manifest, which holds those of the arrays: it stands for the whole model."""
    return hashlib.sha256((directory / MANIFEST).read_bytes()).hexdigest()


def version_of(directory: Path | None = None) -> str:
    """The version a directory says of itself, by default that of the shipped weights. Raises BadInput."""
    try:
        return str(json.loads(((directory or SHIPPED) / MANIFEST).read_bytes())["version"])
    except UNREADABLE as error:
        raise BadInput(f"{directory}: không đọc được mô hình: {error}") from error


def _arrays(file: Path, manifest: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of a file, each of a name and type that belongs there. Raises BadInput."""
    allowed = {f"{kind}.{task['name']}": "f" for task in manifest["tasks"] for kind in ("weights", "bias", "lean")}
    allowed |= {f"vocabulary.{block}": "u" for block in BLOCKS} | {"idf": "f"}
    with zipfile.ZipFile(file) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
            raise BadInput(f"{file}: mô hình lớn bất thường")
    with np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if wrong := [name for name, array in arrays.items() if allowed.get(name) != array.dtype.kind]:
        raise BadInput(f"{file}: có phần lạ trong mô hình: {', '.join(sorted(wrong))[:200]}")
    return arrays


def _model(manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Model:
    columns: dict[str, dict[str, int]] = {}
    width = 0
    for name, array in arrays.items():
        kind, _, block = name.partition(".")
        if kind == "vocabulary":
            names = array.tobytes().decode().split("\n") if array.size else []
            columns[block] = {feature: width + i for i, feature in enumerate(names)}
            width += len(names)
    heads = {}
    for fields in manifest["tasks"]:
        task = Task(**{**fields, "labels": tuple(fields["labels"])})
        weights = arrays[f"weights.{task.name}"].astype(np.float32)
        if weights.shape != (width, len(task.labels)) or not np.isfinite(weights).all():
            raise BadInput(f"mô hình có phần không khớp: {task.name}")
        heads[task.name] = Head(task, weights, arrays[f"bias.{task.name}"], arrays[f"lean.{task.name}"])
    features = Features(columns, arrays["idf"])
    return Model(manifest["version"], features, heads, manifest["thresholds"], manifest["about"])
