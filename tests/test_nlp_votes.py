"""When the second reader is asked and what both say together; what an encoder's directory must be. Needs nothing of the extra."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import knowledge
from nlp import encoder, examples, heads, judge, votes, weights
from nlp.votes import Second, Vote
from pipeline import doors, judging, second
from pipeline.commands import texts as texts_commands
from records import BadInput, BadSetting, Text

HOUSE = Path(__file__).resolve().parents[1]
LABELS = ("a", "b", "c")
LOGITS = st.lists(st.floats(-20, 20), min_size=3, max_size=3)


def vote(logits: list[float], lean: list[float] | None = None, labels: tuple[str, ...] = LABELS) -> Vote:
    return Vote(labels, np.array(logits, np.float32), np.array(lean or [0.0] * len(logits), np.float32))


# ---------------------------------------------------------------- the rule


@given(LOGITS, LOGITS, LOGITS, st.floats(0, 1))
def test_a_blend_is_a_vote_between_the_two(
    first: list[float], second: list[float], lean: list[float], share: float
) -> None:
    one, two = vote(first, lean), vote(second, lean)
    both = votes.blend(one, two, share)
    assert sum(both.scores.values()) == pytest.approx(1, abs=1e-5)
    if one.choice == two.choice:
        fair = both.logits - both.lean
        assert fair[both.labels.index(one.choice)] == pytest.approx(fair.max(), abs=1e-3), "or as good, where they tie"
    assert votes.blend(one, two, 0).scores == pytest.approx(one.scores, abs=1e-4)
    assert votes.blend(one, two, 1).scores == pytest.approx(two.scores, abs=1e-4)


@given(LOGITS, st.floats(-50, 50))
def test_where_a_readers_zero_lies_does_not_matter(logits: list[float], zero: float) -> None:
    plain, moved = vote([1, 0, 0]), vote([x + zero for x in logits])
    assert votes.blend(plain, moved, 0.5).scores == pytest.approx(
        votes.blend(plain, vote(logits), 0.5).scores, abs=1e-3
    )


def test_labels_are_matched_by_name() -> None:
    both = votes.blend(vote([0, 0, 0]), vote([5, 0, 0], labels=("c", "a", "b")), 0.5)
    assert both.labels == LABELS and both.choice == "c"


def test_the_choice_is_made_without_the_lean_and_the_probabilities_with_it() -> None:
    shy = vote([0.5, 0, -5], lean=[2, -1, 0])
    assert max(shy.scores, key=lambda label: shy.scores[label]) == "a" and shy.choice == "b"
    assert votes.unsure(shy, 0.0), "a choice that is not the likeliest label is unsure by any bound"


@pytest.mark.parametrize(
    ("logits", "bound", "expected"), [([9, 0, 0], 0.4, False), ([0.5, 0, 0], 0.4, True), ([0.5, 0, 0], 0.1, False)]
)
def test_a_lead_below_the_bound_is_unsure(logits: list[float], bound: float, expected: bool) -> None:
    assert votes.unsure(vote(logits), bound) is expected


# ---------------------------------------------------------------- in the judge


class Counting:
    """A reader that is sure of the last label, and counts how often it is asked."""

    version = "enc-test"

    def __init__(self, share: float = 1.0) -> None:
        model = weights.load()
        self.labels: Mapping[str, tuple[str, ...]] = {task: model.heads[task].task.labels for task in votes.TASKS}
        self.shares: Mapping[str, float] = dict.fromkeys(votes.TASKS, share)
        self.asked: list[str] = []

    def votes(self, text: Text) -> dict[str, Vote]:
        self.asked.append(text.id)
        return {task: vote([0.0] * (len(of) - 1) + [30.0], labels=of) for task, of in self.labels.items()}


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    found = [e.text for e in examples.read(examples.CORPUS / "bao_chi_sac_thai.jsonl")[:40]]
    return [*found, Text("off", "Đội tuyển thắng ba bàn", "Trận đấu diễn ra tối qua.", None)]


def test_only_the_unsure_share_is_asked_and_only_what_is_unsure_changes(texts: list[Text]) -> None:
    reader, known = Counting(), knowledge.load()
    alone = judge.load(known).assess(texts)
    both = judge.load(known, second=Second(reader, 0.3)).assess(texts)
    doubted = {
        a.id: [task for task, name in judge.CHOICES.items() if task in votes.TASKS and a.margins[name] < 0.3]
        for a in alone
        if a.relevance
    }
    sure = {a.id for a in alone} - set(reader.asked)
    assert len(reader.asked) == len(set(reader.asked)), "once a text"
    assert {key for key, tasks in doubted.items() if tasks} <= set(reader.asked)
    assert sure and reader.asked and "off" in sure
    for before, after in zip(alone, both, strict=True):
        assert after.model == f"{before.model}+enc-test@0.3"
        if before.id in sure:
            assert (after.sentiment, after.target, after.topics) == (before.sentiment, before.target, before.topics)
        if "sentiment" in doubted.get(before.id, ()):
            assert after.sentiment == reader.labels["sentiment"][-1]
        assert (after.acts, after.claims, after.relevance) == (before.acts, before.claims, before.relevance)


def test_a_reader_without_a_share_is_never_asked(texts: list[Text]) -> None:
    reader = Counting(share=0.0)
    judge.load(knowledge.load(), second=Second(reader, 1.0)).assess(texts)
    assert not reader.asked


def test_a_reader_of_other_labels_is_refused() -> None:
    reader = Counting()
    reader.labels = {**reader.labels, "topic": ("một", "hai")}
    with pytest.raises(BadInput, match="bộ nhãn khác"):
        judge.load(knowledge.load(), second=Second(reader, 0.3))


def test_the_heads_choose_as_a_vote_does() -> None:
    head = weights.load().heads["sentiment"]
    logits = np.array([0.3, 0.2, -1], np.float32)
    said = Vote(head.task.labels, logits, head.lean).scores
    assert list(said.values()) == heads.squash(logits[None], False)[0].tolist()


# ---------------------------------------------------------------- a directory


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Files that are what their manifest says; they are no network."""
    model = weights.load()
    for name in encoder.FILES[:2]:
        (tmp_path / name).write_bytes(name.encode())
    tasks = {
        task: {"labels": of, "scale": 1.0, "lean": [0.0] * len(of), "share": 0.5}
        for task in votes.TASKS
        if (of := list(model.heads[task].task.labels))
    }
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in encoder.FILES[:2]}
    described(tmp_path, {"format": 1, "sha256": digests, "length": 64, "vocabulary": 100, "unknown": 3, "tasks": tasks})
    return tmp_path


def described(directory: Path, said: dict[str, Any]) -> None:
    said = {**said, "version": encoder.version(said)}
    (directory / encoder.MANIFEST).write_text(json.dumps(said), encoding="utf-8")


def test_a_manifest_is_read(directory: Path) -> None:
    said = encoder.manifest(directory)
    assert set(said.answers) == set(votes.TASKS) and said.version.startswith("enc-")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "\x80\x04", '{"format": 1}', "[" * 100_000, '{"format": 1e999}']
)
def test_a_manifest_of_nonsense_is_refused(directory: Path, text: str) -> None:
    (directory / encoder.MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"encoder\.json"):
        encoder.manifest(directory)


def test_an_edited_manifest_is_refused(directory: Path) -> None:
    text = (directory / encoder.MANIFEST).read_text(encoding="utf-8")
    (directory / encoder.MANIFEST).write_text(text.replace('"scale": 1.0', '"scale": 9.0', 1), encoding="utf-8")
    with pytest.raises(BadInput, match="bị sửa"):
        encoder.manifest(directory)


@pytest.mark.parametrize(
    "change",
    [
        {"length": 100_000},
        {"length": 0},
        {"unknown": 100},
        {"tasks": {}},
        {"tasks": {"acts": {"labels": ["a"], "scale": 1, "lean": [0], "share": 0.5}}},
        {"tasks": {"topic": {"labels": ["a", "a"], "scale": 1, "lean": [0, 0], "share": 0.5}}},
        {"tasks": {"topic": {"labels": ["a"], "scale": 1, "lean": [0, 0], "share": 0.5}}},
        {"tasks": {"topic": {"labels": ["a"], "scale": -1, "lean": [0], "share": 0.5}}},
        {"tasks": {"topic": {"labels": ["a"], "scale": float("nan"), "lean": [0], "share": 0.5}}},
        {"tasks": {"topic": {"labels": ["a"], "scale": 1, "lean": [0], "share": 2}}},
    ],
)
def test_numbers_out_of_bounds_are_refused(directory: Path, change: dict[str, Any]) -> None:
    said = json.loads((directory / encoder.MANIFEST).read_text(encoding="utf-8"))
    described(directory, {**{k: v for k, v in said.items() if k != "version"}, **change})
    with pytest.raises(BadInput):
        encoder.manifest(directory)


@pytest.mark.parametrize("name", encoder.FILES)
def test_a_tampered_or_absent_file_is_refused_before_a_library_sees_it(
    directory: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "missing", lambda *_: ())
    monkeypatch.setattr(encoder, "Encoder", lambda *_: pytest.fail("a file that was not checked was handed on"))
    body = (directory / name).read_bytes()
    (directory / name).write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(BadInput):
        encoder.load(directory)
    (directory / name).unlink()
    with pytest.raises(BadInput, match="không đọc được"):
        encoder.load(directory)


def test_a_file_too_large_is_not_read(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "missing", lambda *_: ())
    monkeypatch.setitem(encoder.LARGEST, encoder.MODEL, 5)
    with pytest.raises(BadInput, match="lớn hơn"):
        encoder.load(directory)


# ---------------------------------------------------------------- the configuration


def asked(directory: Path | None, **more: Any) -> config.Settings:
    return config.Settings(judging=config.Judging(engine="transformer", encoder=directory, **more))


def test_without_the_extra_the_start_is_refused_in_one_line(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "missing", lambda *_: ("onnxruntime",))
    with pytest.raises(BadSetting, match=r"chưa cài onnxruntime; hãy chạy: pip install 'langnghe\[transformer\]'"):
        second.check(asked(directory))
    with pytest.raises(BadSetting, match="chưa cài"), doors.open_all(asked(directory)):
        pass
    with pytest.raises(BadInput, match="chưa cài"):
        encoder.load(directory)
    second.check(config.Settings())


def test_the_command_says_what_to_install(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "missing", lambda *_: ("torch",))
    with pytest.raises(BadInput, match=r"chưa cài torch.*langnghe\[transformer-train\]"):
        texts_commands.train_encoder(directory, directory, directory)


def test_an_engine_without_its_directory_is_refused() -> None:
    with pytest.raises(BadSetting, match=r"judging\.encoder"):
        second.check(asked(None))
    with pytest.raises(ValueError, match="engine"):
        config.Judging(engine="gpt")


def test_what_is_not_installed_is_named() -> None:
    assert encoder.missing(("json", "no_such_library_here")) == ("no_such_library_here",)


def test_a_damaged_encoder_leaves_the_default_judge_alone_and_says_so(directory: Path, texts: list[Text]) -> None:
    settings = asked(directory)
    assert second.fault(settings) and second.in_force(settings) is None
    answers = judging.assess(judging.SHIPPED, texts[:3], (), second.in_force(settings))
    assert {answer.model for answer, _ in answers} == {judging.version(judging.SHIPPED, None)}


def test_the_default_asks_for_nothing() -> None:
    assert second.in_force(config.Settings()) is None and second.fault(config.Settings()) == ""


def test_a_directory_counts_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "langnghe.toml").write_text(
        '[judging]\nengine = "transformer"\nencoder = "bo-ma-hoa"\n', encoding="utf-8"
    )
    assert config.read(tmp_path / "langnghe.toml").judging.encoder == tmp_path / "bo-ma-hoa"


@pytest.mark.slow
def test_the_default_locks_nothing_of_the_extra_and_works_where_none_of_it_can_be_imported() -> None:
    heavy = ("torch", "transformers", "onnx", "onnxruntime", "onnxscript", "tokenizers", "safetensors")
    for lock in ("requirements.lock", "requirements-dev.lock"):
        pinned = {
            line.split("==")[0] for line in (HOUSE / lock).read_text(encoding="utf-8").splitlines() if "==" in line
        }
        assert pinned and not pinned & set(heavy)
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({heavy!r}))\n"  # each import of one of them fails from here on
        "import knowledge, nlp.judge, pipeline.__main__, pipeline.service\n"
        "from records import Text\n"
        "text = Text('x', 'BHXH chậm trả lương hưu', 'Người dân bức xúc.', None)\n"
        "assert nlp.judge.load(knowledge.load()).assess([text])[0].relevance\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOUSE, timeout=120, env={"PYTHONPATH": str(HOUSE)})
