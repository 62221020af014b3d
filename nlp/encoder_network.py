"""The network of the second reader in training: a pretrained encoder from a local directory, one linear head a task, and
its way into ONNX and 8-bit integers. Alone speaks to torch's modules, transformers and onnx; imported for training only.

Nothing is fetched, no code of the directory is run, and weights are read from .safetensors only: a pickle can run code.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnxruntime
import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from nlp import encoder
from records import BadInput, Text

KINDS = ("roberta", "xlm-roberta", "bert")
"""kinds of encoder whose first token stands for the text; PhoBERT is a "roberta" """
WEIGHTS = "model.safetensors"
END, MORE = "</w>", "@@"
"""how `tokenizers` marks the last piece of a word, how PhoBERT marks every other"""


class Network(torch.nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Token ids and mask (texts x tokens) -> logits (texts x all labels, task after task)."""

    def __init__(self, body: Any, labels: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.body = body
        self.drop = torch.nn.Dropout(0.1)
        self.heads = torch.nn.ModuleList(torch.nn.Linear(body.config.hidden_size, len(of)) for of in labels.values())

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        first = self.drop(states[:, 0])
        return torch.cat([head(first) for head in self.heads], dim=1)


def pretrained(base: Path) -> tuple[Any, Tokenizer, int]:
    """Encoder, tokenizer and number of token ids of a pretrained directory. Raises BadInput where it is none or unsafe."""
    try:
        config = json.loads((base / "config.json").read_text(encoding="utf-8"))
        kind = config["model_type"]
        foreign = kind not in KINDS or "auto_map" in config
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{base}: không phải thư mục mô hình tiền huấn luyện (config.json): {error}") from error
    if foreign:
        raise BadInput(
            f"{base}: loại mô hình {kind!r} không được dùng; chỉ nhận {', '.join(KINDS)}, không kèm mã riêng"
        )
    if not (base / WEIGHTS).is_file():
        raise BadInput(
            f"{base}: thiếu {WEIGHTS}; tệp .bin (pickle) không được nạp, xem docs/judgement.md để chuyển đổi"
        )
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        body = transformers.AutoModel.from_pretrained(base, use_safetensors=True, add_pooling_layer=False, **local)
        slow = transformers.AutoTokenizer.from_pretrained(base, **local)
    except Exception as error:  # what transformers raises has no common name
        raise BadInput(f"{base}: không nạp được mô hình tiền huấn luyện: {error}") from error
    return body.float(), converted(slow), int(body.config.vocab_size)


def converted(tokenizer: Any) -> Tokenizer:
    """What a tokenizer of transformers does, as one file of `tokenizers`. PhoBERT's own is Python only and is rewritten."""
    if hasattr(tokenizer, "backend_tokenizer"):
        return Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    if hasattr(tokenizer, "bpe_ranks") and hasattr(tokenizer, "encoder"):
        return pieces(tokenizer)
    raise BadInput(f"bộ tách từ {type(tokenizer).__name__} không chuyển được sang tokenizer.json")


def pieces(phobert: Any) -> Tokenizer:
    """PhoBERT's byte-pair pieces: "ng@@" (more follows) becomes "ng", "ng" (ends a word) becomes "ng</w>".

    Merges lead through pieces its vocabulary lacks; these get ids above it, which are read as unknown (`encoder.ids`).
    """
    special = {str(token): phobert.convert_tokens_to_ids(token) for token in ("<s>", "<pad>", "</s>", "<unk>")}
    known = {
        (piece.removesuffix(MORE) if piece.endswith(MORE) else piece + END): number
        for piece, number in phobert.encoder.items()
        if piece not in special
    }
    merges = [(str(a), str(b)) for a, b in phobert.bpe_ranks]
    above = len(phobert)
    for piece in (piece for a, b in merges for piece in (a, b, a + b)):
        if piece not in known:
            known[piece] = above
            above += 1
    made = Tokenizer(models.BPE(vocab=special | known, merges=merges, unk_token="<unk>", end_of_word_suffix=END))  # noqa: S106
    made.add_special_tokens(list(special))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.post_processor = processors.RobertaProcessing(
        ("</s>", special["</s>"]), ("<s>", special["<s>"]), trim_offsets=False, add_prefix_space=False
    )
    return made


def unknown(tokenizer: Tokenizer) -> int:
    """The id of what the vocabulary does not know. Raises BadInput where there is none."""
    found = next((number for name in ("<unk>", "[UNK]") if (number := tokenizer.token_to_id(name)) is not None), None)
    if found is None:
        raise BadInput("bộ tách từ không có ký hiệu cho từ lạ")
    return int(found)


# ---------------------------------------------------------------- out of torch


def export(network: Network, plain: Path, small: Path) -> None:
    """Writes a trained network as ONNX in 32-bit floats (`plain`) and with weights in 8-bit integers (`small`)."""
    network.cpu().eval()
    row = torch.full((2, encoder.SHORTEST), 2, dtype=torch.int64)
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    for noisy in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    torch.onnx.export(
        network,
        (row, torch.ones_like(row)),
        plain,
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes={"input_ids": free, "attention_mask": free},
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    quantize_dynamic(plain, small, weight_type=QuantType.QInt8)


def drift(network: Network, plain: Path, tokenizer: Tokenizer, vocabulary: int, texts: Sequence[Text]) -> float:
    """The greatest difference between a logit of torch and of the exported network over some texts."""
    session = onnxruntime.InferenceSession(plain, providers=["CPUExecutionProvider"])
    most = 0.0
    for text in texts:
        row = torch.tensor([encoder.ids(tokenizer, text, vocabulary, unknown(tokenizer))])
        mask = torch.ones_like(row)
        with torch.no_grad():
            ours = network(row, mask).numpy()
        (theirs,) = session.run(None, {"input_ids": row.numpy(), "attention_mask": mask.numpy()})
        most = max(most, float(abs(ours - theirs).max()))
    return most
