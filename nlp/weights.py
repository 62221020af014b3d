"""Trained weights on disk: arrays (no pickle) beside a manifest that names them, their sum and their making."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import Features
from nlp.heads import Head, Task
from records import BadInput

Floats = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "models"
ARRAYS, MANIFEST = "weights.npz", "manifest.json"
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


def load(directory: Path | None = None) -> Model:
    """The weights in `directory`, by default those shipped. Raises BadInput when damaged, absent or of another format."""
    directory = directory or SHIPPED
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        named = manifest["sha256"] if manifest.get("format") == FORMAT else {}
        found = {name: hashlib.sha256((directory / Path(name).name).read_bytes()).hexdigest() for name in named}
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise BadInput(f"{directory}: không đọc được mô hình: {error}") from error
    if ARRAYS not in named or found != named:
        raise BadInput(f"{directory}: mô hình bị hỏng hoặc khác phiên bản; hãy huấn luyện lại bằng `langnghe train`")
    with np.load(directory / ARRAYS, allow_pickle=False) as arrays:
        return _model(manifest, {name: arrays[name] for name in arrays.files})


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
        heads[task.name] = Head(task, weights, arrays[f"bias.{task.name}"], arrays[f"lean.{task.name}"])
    features = Features(columns, arrays["idf"])
    return Model(manifest["version"], features, heads, manifest["thresholds"], manifest["about"])
