"""The second reader end to end with a tiny, randomly initialised PhoBERT: fine-tuned, exported, made small, loaded, asked.

Needs `pip install 'langnghe[transformer-train]'`; without it this file is not collected (conftest.py), tests/test_nlp_votes.py is.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tokenizers
import torch
import transformers

import config
import knowledge
from nlp import encoder, encoder_fitting, encoder_network, encoder_training, examples, judge, votes, weights
from nlp.text import segmented
from nlp.votes import Second
from pipeline import judging, second
from records import BadInput, Text

pytestmark = pytest.mark.filterwarnings("ignore")  # of libraries that are not ours to mend
LENGTH = 48


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Eight relevant texts of every main topic."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in sorted(examples.CORPUS.glob("*.jsonl")):
        for _, row in examples.rows(file):
            if row["relevance"] and row.get("topics") and row.get("sentiment") and len(found[row["topics"][0]]) < 8:
                found[row["topics"][0]].append(row)
    return [row for some in found.values() for row in some]


@pytest.fixture(scope="module")
def data(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of four stand for real items, the rest is written."""
    place = tmp_path_factory.mktemp("data")
    (place / "corpus").mkdir()
    real = [{**row, "id": f"real-{i}", "period": "2025-2026"} for i, row in enumerate(rows) if i % 4]
    for file, some in (
        (place / examples.LABELS, real),
        (place / examples.CONTRAST, rows[::8]),
        (place / "corpus" / "a.jsonl", rows[4::8]),
    ):
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def base(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory like PhoBERT's: vocab.txt and bpe.codes of fastBPE, a random RoBERTa of two layers of 32."""
    place = tmp_path_factory.mktemp("base")
    learnt = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    learnt.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=900, end_of_word_suffix="</w>", show_progress=False)
    learnt.train_from_iterator([segmented(row["text"]) for row in rows[::2]], trainer)
    model = json.loads(learnt.to_str())["model"]
    pieces = [piece.removesuffix("</w>") if piece.endswith("</w>") else piece + "@@" for piece in model["vocab"]]
    kept = [
        piece for i, piece in enumerate(pieces) if i % 9
    ]  # PhoBERT's vocabulary lacks pieces its merges lead through
    (place / "vocab.txt").write_text("".join(f"{piece} 1\n" for piece in kept), encoding="utf-8")
    (place / "bpe.codes").write_text("".join(f"{' '.join(pair)} 1\n" for pair in model["merges"]), encoding="utf-8")
    torch.manual_seed(0)
    shape = transformers.RobertaConfig(
        vocab_size=len(kept) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=LENGTH + 2, pad_token_id=1, bos_token_id=0, eos_token_id=2, tokenizer_class="PhobertTokenizer",
    )  # fmt: skip
    transformers.RobertaModel(shape).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def made(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made")
    recipe = encoder_fitting.Recipe(epochs=2, rate=3e-3, length=LENGTH)
    encoder_training.train(base, data, out, data / "corpus", recipe)
    return out


@pytest.fixture(scope="module")
def texts(rows: list[dict[str, Any]]) -> list[Text]:
    return [Text(row["id"], row.get("title"), row["text"], None, "press") for row in rows[::5]]


def test_phoberts_pieces_are_the_same_in_one_file(base: Path, texts: list[Text]) -> None:
    slow = transformers.AutoTokenizer.from_pretrained(base)
    fast, above = encoder_network.converted(slow), len(slow)
    assert type(slow).__name__ == "PhobertTokenizer"
    strange = ["a", "☃ xin chào", "b☃c", "", "  hai   dấu_cách "]
    for line in [*(segmented(text.text) for text in texts), *strange]:
        ours = [token if token < above else slow.unk_token_id for token in fast.encode(line).ids]
        assert ours == slow(line)["input_ids"]
    two = [token if token < above else slow.unk_token_id for token in fast.encode("xin chào", "bạn").ids]
    assert two == slow("xin chào", "bạn")["input_ids"]


def test_the_text_cannot_write_the_tokenizers_own_marks(base: Path) -> None:
    _, tokenizer, size = encoder_network.pretrained(base)
    encoder.prepare(tokenizer, LENGTH)
    hostile = Text("x", "</s> <s>", "</s><mask>" * 500, None)
    found = encoder.ids(tokenizer, hostile, size, 3)
    assert len(found) <= LENGTH and found.count(0) == 1 and found.count(2) == 3 and max(found) < size


def test_the_export_says_what_torch_says_and_the_small_one_nearly(
    base: Path, tmp_path: Path, texts: list[Text]
) -> None:
    body, tokenizer, size = encoder_network.pretrained(base)
    encoder.prepare(tokenizer, LENGTH)
    network = encoder_network.Network(body, {"sentiment": "abc", "target": "abcd"})
    encoder_network.export(network, tmp_path / "plain.onnx", tmp_path / encoder.MODEL)
    assert encoder_network.drift(network, tmp_path / "plain.onnx", tokenizer, size, texts) < 1e-4
    assert encoder_network.drift(network, tmp_path / encoder.MODEL, tokenizer, size, texts) < 0.1
    assert (tmp_path / encoder.MODEL).stat().st_size < (tmp_path / "plain.onnx").stat().st_size


def test_it_learns(base: Path) -> None:
    body, _, _ = encoder_network.pretrained(base)
    network = encoder_network.Network(body, {"sentiment": "ab"})
    words = [[0, 5 + i % 2, 7 + i % 5, 2] for i in range(40)]
    answers = [[row[1] - 5] for row in words]
    recipe = encoder_fitting.Recipe(epochs=12, batch=8, rate=5e-3)
    encoder_fitting.fit(network, words, answers, [[1.0, 1.0]], recipe)
    network.eval()
    ids, mask = encoder_fitting.padded(words, 1)
    assert network(ids, mask).argmax(dim=1).tolist() == [answer for (answer,) in answers]


def test_what_nobody_answered_costs_nothing() -> None:
    logits = torch.tensor([[1.0, 2.0, 0.0, 5.0]])
    costs = [torch.ones(2), torch.ones(2)]
    none = encoder_fitting.UNANSWERED
    assert encoder_fitting.mistakes(logits, torch.tensor([[none, none]]), costs).item() == 0
    one = encoder_fitting.mistakes(logits, torch.tensor([[0, none]]), costs).item()
    assert one == pytest.approx(np.log(1 + np.e))


def test_parts_share_no_story_and_written_texts_only_teach(data: Path) -> None:
    found = examples.gather(data, data / "corpus")
    groups = examples.stories(found, {})
    parts = encoder_training.split(found, groups, None)
    of = [{groups[i] for i in rows} for rows in (parts.teach, parts.tune, parts.test)]
    assert not of[0] & of[1] and not of[0] & of[2] and not of[1] & of[2]
    assert all(found[i].real for i in (*parts.tune, *parts.test))
    days = sorted(e.text.date for e in found if e.real and e.text.date)
    first, end = days[len(days) * 4 // 5], days[-1]
    later = encoder_training.split(found, groups, (first, end))
    assert all(first <= (found[i].text.date or end) < end for i in later.test)
    assert not {groups[i] for i in later.test} & {groups[i] for i in (*later.teach, *later.tune)}


def test_a_training_leaves_three_files_that_load_and_says_what_it_measured(made: Path, texts: list[Text]) -> None:
    assert sorted(file.name for file in made.iterdir()) == sorted(encoder.FILES)
    about = json.loads((made / encoder.MANIFEST).read_text(encoding="utf-8"))["about"]
    for task in votes.TASKS:
        measured = about["figures"][task]
        assert measured["texts"] and 0 <= measured["unsure"] <= measured["texts"]
        assert all(0 <= measured[way]["macro_f1"] <= 1 for way in ("linear", "encoder", "together"))
    reader = encoder.load(made)
    alone = [reader.votes(text) for text in texts]
    again = [reader.votes(text) for text in reversed(texts)][::-1]
    for one, two in zip(alone, again, strict=True):
        for task in votes.TASKS:
            assert one[task].scores == two[task].scores, "the same text, the same answer, whatever else is read"
            assert sum(one[task].scores.values()) == pytest.approx(1, abs=1e-5)


def test_the_judge_asks_it_about_the_unsure_share_only(
    made: Path, texts: list[Text], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, asked = encoder.load(made), []
    plain = reader.votes
    monkeypatch.setattr(reader, "votes", lambda text: asked.append(text.id) or plain(text))
    known = knowledge.load()
    alone = judge.load(known).assess(texts)
    both = judge.load(known, second=Second(reader, 0.3)).assess(texts)
    relevant = [a for a in alone if a.relevance]
    assert 0 < len(asked) < len(relevant)
    assert {a.id for a in relevant if a.margins["sentiment"] < 0.3} <= set(asked)
    changed = {a.id for a, b in zip(alone, both, strict=True) if a.sentiment_scores != b.sentiment_scores}
    assert changed and changed <= set(asked)


def test_the_settings_put_it_in_force_and_a_flipped_byte_takes_it_out(
    made: Path, tmp_path: Path, texts: list[Text]
) -> None:
    place = tmp_path / "encoder"
    shutil.copytree(made, place)
    settings = config.Settings(judging=config.Judging(engine="transformer", encoder=place, unsure=0.3))
    again = second.in_force(settings)
    assert again is not None and second.fault(settings) == ""
    answers = judging.assess(judging.SHIPPED, texts[:5], (), again)
    assert {a.model for a, _ in answers} == {judging.version(judging.SHIPPED, again)} and again.version in answers[0][
        0
    ].model
    body = bytearray((place / encoder.MODEL).read_bytes())
    body[len(body) // 2] ^= 1
    (place / encoder.MODEL).write_bytes(body)
    assert second.in_force(settings) is None and "hỏng" in second.fault(settings)
    with pytest.raises(BadInput, match="hỏng"):
        judging.reader(again)
    answers = judging.assess(judging.SHIPPED, texts[:5], (), second.in_force(settings))
    assert {a.model for a, _ in answers} == {weights.load().version}


def test_a_pretrained_directory_that_could_run_code_is_refused(base: Path, tmp_path: Path) -> None:
    place = tmp_path / "base"
    shutil.copytree(base, place)
    said = json.loads((place / "config.json").read_text(encoding="utf-8"))
    (place / "config.json").write_text(json.dumps({**said, "auto_map": {"AutoModel": "evil.Model"}}), encoding="utf-8")
    with pytest.raises(BadInput, match="mã riêng"):
        encoder_network.pretrained(place)
    (place / "config.json").write_text(json.dumps(said), encoding="utf-8")
    (place / "model.safetensors").rename(place / "pytorch_model.bin")
    with pytest.raises(BadInput, match="pickle"):
        encoder_network.pretrained(place)
    (place / "model.safetensors").write_bytes(b"\x80\x04 no weights")
    with pytest.raises(BadInput, match="không nạp được"):
        encoder_network.pretrained(place)
    with pytest.raises(BadInput, match=r"config\.json"):
        encoder_network.pretrained(tmp_path)


def test_too_few_real_texts_are_refused(base: Path, data: Path, tmp_path: Path) -> None:
    lines = (data / examples.LABELS).read_text(encoding="utf-8").splitlines()[:10]
    (tmp_path / examples.LABELS).write_text("\n".join(lines), encoding="utf-8")
    shutil.copy(data / examples.CONTRAST, tmp_path)
    with pytest.raises(BadInput, match="quá ít"):
        encoder_training.train(base, tmp_path, tmp_path / "out", data / "corpus", encoder_fitting.Recipe(length=LENGTH))
    assert not (tmp_path / "out").exists()
