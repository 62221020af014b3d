"""The second reader: a PhoBERT-class encoder with one head a task, served by ONNX Runtime in 8-bit integers.

Optional: `pip install 'langnghe[transformer]'`; nothing of it is imported before an encoder is loaded. A directory holds
three files of kinds that cannot run code: the network (.onnx), the tokenizer (.json) and a manifest with their sums. A file
that is not what the manifest says is never handed to a library.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.text import segmented
from nlp.votes import TASKS, Vote
from records import BadInput, Text

Floats = NDArray[np.float32]
FILES = MODEL, TOKENIZER, MANIFEST = "encoder.onnx", "tokenizer.json", "encoder.json"
"""in the order they are written: until the manifest is, nothing is loaded"""
LARGEST = {MODEL: 2**31, TOKENIZER: 2**26, MANIFEST: 2**20}
"""bytes of a file that is read at all"""
FORMAT = 1
SHORTEST, LONGEST = 8, 512
"""tokens of a text the network may be made for"""
NEEDED = ("onnxruntime", "tokenizers")
EXTRA = "langnghe[transformer]"
TRAINING = (*NEEDED, "torch", "transformers", "safetensors", "onnx", "onnxscript")
TRAINING_EXTRA = "langnghe[transformer-train]"
PROBE = Text("thử", "Tin thử", "Bảo hiểm xã hội Việt Nam họp giao ban.", None)


@dataclass(frozen=True, slots=True)
class Answer:
    """How the logits of one task are read: calibrated = logits * scale + lean. `share`: see `votes.Reader`."""

    labels: tuple[str, ...]
    scale: float
    lean: tuple[float, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in encoder.json beside sums and making. `vocabulary`: token ids the network knows, below this number;
    any other is `unknown`. `length`: tokens of a text that are read."""

    version: str
    sha256: Mapping[str, str]
    length: int
    vocabulary: int
    unknown: int
    answers: Mapping[str, Answer]


def missing(needed: Sequence[str] = NEEDED) -> tuple[str, ...]:
    """The libraries of the extra that are not installed. Imports none of them."""
    return tuple(name for name in needed if importlib.util.find_spec(name) is None)


def demand(needed: Sequence[str] = NEEDED, extra: str = EXTRA) -> None:
    """Raises BadInput, saying what to install, where a library is not."""
    if absent := missing(needed):
        raise BadInput(f"chưa cài {', '.join(absent)}; hãy chạy: pip install '{extra}'")


def load(directory: Path) -> Encoder:
    """The encoder in `directory`, checked and tried. Raises BadInput where the extra is not installed or a file is absent,
    too large, of another format, or not what the manifest says."""
    demand()
    said = manifest(directory)
    files = {name: _bytes(directory, name) for name in (MODEL, TOKENIZER)}
    if {name: hashlib.sha256(body).hexdigest() for name, body in files.items()} != said.sha256:
        raise BadInput(f"{directory}: bộ mã hóa bị hỏng hoặc bị sửa; hãy huấn luyện lại bằng `langnghe train-encoder`")
    try:
        encoder = Encoder(said, files[MODEL], files[TOKENIZER])
        right = bool(np.isfinite(encoder.logits(PROBE)).all())
    except Exception as error:  # tokenizers raises nothing narrower
        raise BadInput(f"{directory}: không nạp được bộ mã hóa: {error}") from error
    if not right:
        raise BadInput(f"{directory}: bộ mã hóa không cho kết quả có nghĩa; hãy huấn luyện lại")
    return encoder


class Encoder:
    """Reads one text at a time: sums of 8-bit activations depend on what else is in a batch, and a text's answer must not."""

    def __init__(self, said: Manifest, model: bytes, tokenizer: bytes) -> None:
        """`model`, `tokenizer`: the files' contents."""
        import onnxruntime
        from tokenizers import Tokenizer

        self.version = said.version
        self.labels: Mapping[str, tuple[str, ...]] = {task: answer.labels for task, answer in said.answers.items()}
        self.shares: Mapping[str, float] = {task: answer.share for task, answer in said.answers.items()}
        self._said = said
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = (
            1  # processes share the cores, see judging.workers
        )
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        prepare(self._tokenizer, said.length)

    def votes(self, text: Text) -> dict[str, Vote]:
        """Task -> its answer."""
        logits, found, start = self.logits(text), {}, 0
        for task, answer in self._said.answers.items():
            end, lean = start + len(answer.labels), np.array(answer.lean, np.float32)
            found[task] = Vote(answer.labels, logits[start:end] * np.float32(answer.scale) + lean, lean)
            start = end
        return found

    def logits(self, text: Text) -> Floats:
        """What the network says, uncalibrated: the labels of all tasks in the manifest's order."""
        row = np.array([ids(self._tokenizer, text, self._said.vocabulary, self._said.unknown)], np.int64)
        (said,) = self._session.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})
        logits: Floats = np.asarray(said, np.float32)[0]
        if logits.shape != (sum(map(len, self.labels.values())),):
            raise ValueError(f"mạng cho {logits.shape} số")
        return logits


def prepare(tokenizer: Any, length: int) -> None:
    """Sets a `tokenizers.Tokenizer` up for texts of strangers: bounded, and "</s>" in a text is four letters, not an end."""
    tokenizer.enable_truncation(length)
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True


def ids(tokenizer: Any, text: Text, vocabulary: int, unknown: int) -> list[int]:
    """Token ids of headline and beginning of a text, in segmented words, between the tokenizer's own marks."""
    title, body = segmented(text.title or ""), segmented(text.text)
    found = tokenizer.encode(title, body) if title else tokenizer.encode(body)
    return [token if token < vocabulary else unknown for token in found.ids]


# ---------------------------------------------------------------- the manifest


def manifest(directory: Path) -> Manifest:
    """What encoder.json of a directory says, checked. Raises BadInput. Needs nothing of the extra."""
    try:
        said = json.loads(_bytes(directory, MANIFEST))
        if said.get("format") != FORMAT or said["version"] != version(said):
            raise ValueError("khác định dạng hoặc bị sửa")
        answers = {task: _answer(task, one) for task, one in said["tasks"].items()}
        found = Manifest(
            said["version"], said["sha256"], int(said["length"]), int(said["vocabulary"]), int(said["unknown"]), answers
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise BadInput(f"{directory / MANIFEST}: không đọc được mô tả bộ mã hóa: {error}") from error
    if not answers or not SHORTEST <= found.length <= LONGEST or not 0 <= found.unknown < found.vocabulary:
        raise BadInput(f"{directory / MANIFEST}: mô tả bộ mã hóa có số ngoài giới hạn")
    return found


def _answer(task: str, said: Mapping[str, Any]) -> Answer:
    found = Answer(
        tuple(map(str, said["labels"])), float(said["scale"]), tuple(map(float, said["lean"])), float(said["share"])
    )
    numbers = (found.scale, found.share, *found.lean)
    if task not in TASKS or len(set(found.labels)) != len(found.lean) or not all(map(math.isfinite, numbers)):
        raise ValueError(f"tasks.{task}")
    if not found.labels or found.scale <= 0 or not 0 <= found.share <= 1:
        raise ValueError(f"tasks.{task}")
    return found


def version(said: Mapping[str, Any]) -> str:
    """The name of what a manifest describes: another for other files, labels, calibration or shares."""
    sealed = {name: value for name, value in said.items() if name not in ("version", "about")}
    return f"enc-{hashlib.sha256(json.dumps(sealed, sort_keys=True).encode()).hexdigest()[:8]}"


def _bytes(directory: Path, name: str) -> bytes:
    """The whole of a file. Raises BadInput."""
    try:
        with (directory / name).open("rb") as stream:
            body = stream.read(LARGEST[name] + 1)
    except OSError as error:
        raise BadInput(f"{directory / name}: không đọc được: {error.strerror or error}") from error
    if len(body) > LARGEST[name]:
        raise BadInput(f"{directory / name}: tệp lớn hơn {LARGEST[name] >> 20} MiB")
    return body
