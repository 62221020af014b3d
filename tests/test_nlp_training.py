"""Training end to end on a small made-up set: deterministic, loadable, refusing damage, leaving out what it is told to."""

from __future__ import annotations

import json
import lzma
import unicodedata
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

import knowledge
from nlp import beliefs, examples, heads, training, weights
from records import BadInput

TONES = {"negative": "chậm trả bức xúc", "neutral": "quy định cách tính", "positive": "tăng hỗ trợ miễn phí"}

PLACES = [f"{a}{b}" for a in "bcdghklmn" for b in ("an", "inh", "ong", "ung", "iên")]
"""made-up places, so that no two stories share three words in a row"""


def row(number: int, **answers: object) -> dict[str, object]:
    tone = list(TONES)[number % 3]
    return {
        "id": f"r{number}",
        "kind": "press" if number % 2 else "post",
        "title": f"{PLACES[number // 2]} BHXH" if number % 2 else None,
        "text": " ".join(f"{PLACES[number // 2]} {word}" for word in TONES[tone].split()),
        "date": f"2025-{number % 12 + 1:02d}-10",
        "relevance": 2 if number % 5 else 0,
        "sentiment": tone,
        "target": ("agency_policy", "none", "none")[number % 3],
        "topics": [("luong_huu", "bhyt_kcb")[number % 2]],
        "acts": [{"clause": "1a", "mode": "commits"}] if number % 6 == 1 else [],
        "feedback": ("complaint", "none", "praise")[number % 3],
        "group": f"g{number // 2}",
    } | answers


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in (examples.LABELS, examples.CONTRAST):
        rows = [row(i, period="2025-2026") for i in range(90)]
        (tmp_path / name).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    (tmp_path / "corpus").mkdir()
    return tmp_path


@pytest.mark.slow
def test_the_same_labels_make_the_same_bytes_and_load_again(data: Path) -> None:
    made = [training.train(data, data / name, data / "corpus") for name in ("a", "b")]
    assert made[0] == made[1]
    assert (data / "a" / weights.ARRAYS).read_bytes() == (data / "b" / weights.ARRAYS).read_bytes()
    assert (data / "a" / beliefs.NAME).read_bytes() == (data / "b" / beliefs.NAME).read_bytes()
    assert "F001" in beliefs.load(data / "a").facts
    model = weights.load(data / "a")
    assert model.version == made[0]["version"]
    assert {"relevance", "sentiment", "target", "topic", "topics", "feedback", "acts"} <= set(model.heads)
    for head in model.heads.values():
        assert head.weights.shape == (model.features.width, len(head.task.labels))


def test_damaged_or_missing_weights_are_refused(data: Path) -> None:
    training.train(data, data / "a", data / "corpus")
    arrays = data / "a" / weights.ARRAYS
    arrays.write_bytes(arrays.read_bytes()[:-10] + b"0123456789")
    with pytest.raises(BadInput, match="hỏng"):
        weights.load(data / "a")
    with pytest.raises(BadInput):
        weights.load(data / "nowhere")
    claims = data / "a" / beliefs.NAME
    claims.write_bytes(claims.read_bytes()[:1000])
    with pytest.raises(BadInput, match=r"claims\.npz"):
        beliefs.load(data / "a")
    with pytest.raises(BadInput, match=r"claims\.npz"):
        beliefs.load(data / "nowhere")


def test_held_out_days_are_left_out(data: Path) -> None:
    found = examples.gather(data, data / "corpus", (date(2025, 3, 1), date(2025, 4, 1)))
    real = [e for e in found if e.real]
    assert real
    assert not [e for e in real if e.text.date and e.text.date.month == 3]


def test_near_copies_and_groups_stay_in_one_story() -> None:
    found = [examples._example(row(i), "x") for i in range(4)]
    groups = examples.stories(found, {})
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]


BODY = "Bệnh viện nợ tiền thuốc vì bảo hiểm y tế từ chối thanh toán. " * 9


def lend(data: Path, *labels: dict[str, object]) -> Path:
    """A directory of labels whose texts are old news in `data`."""
    (data / "labels").mkdir()
    about = {"sentiment": "negative", "target": "agency_policy", "topics": ["bhyt_kcb"], "acts": [], "feedback": "none"}
    lines = [json.dumps({"part": [0, 60], "relevance": 2, **about, **label}) + "\n" for label in labels]
    (data / "labels" / "vntc10_text.jsonl").write_text("".join(lines), encoding="utf-8")
    news = [{"title": "Nợ tiền thuốc", "text": unicodedata.normalize("NFD", BODY)}, {"title": "Khác", "text": "khác"}]
    with lzma.open(data / examples.OLD_NEWS[0], "wt", encoding="utf-8") as out:
        out.write("".join(json.dumps(text, ensure_ascii=False) + "\n" for text in news))
    return data / "labels"


def test_labels_kept_apart_find_their_part_of_the_text_whatever_its_form(data: Path) -> None:
    known = examples.key("Nợ tiền thuốc", BODY)
    labels = lend(data, {"key": known}, {"key": known, "part": [61, 120]}, {"key": "0" * 32})
    found, absent = examples.join(data, labels)
    assert [e.text.text for e in found] == [BODY[:60], BODY[61:120]]
    assert absent == 1 and examples.kept_apart(labels) == 3
    assert {e.text.title for e in found} == {"Nợ tiền thuốc"}
    assert len({e.story for e in found}) == 1 and len({e.text.id for e in found}) == 2
    assert found[0].answers["sentiment"] == "negative"
    assert not any(e.real or e.written for e in found), "they teach and are never measured"
    assert examples.join(data / "nowhere", labels) == ([], 3)


def test_a_text_near_the_field_teaches_tone_and_nothing_else(data: Path) -> None:
    labels = lend(data, {"key": examples.key("Nợ tiền thuốc", BODY), "relevance": 2})
    near, _ = examples.join(data, labels, "near")
    assert near[0].answers["relevance"] == 0 and not near[0].answers["topics"] and not near[0].real
    found = [*examples.gather(data, data / "corpus"), *near]
    last = len(found) - 1
    taught = {task.name: set(which.tolist()) for task, which, _ in training._lessons(found)}
    assert {name for name, which in taught.items() if last in which} == {"sentiment", "target", "feedback"}


@pytest.mark.parametrize("fault", [{"part": [9, 3]}, {"part": [1]}, {"key": "ab"}, {"relevance": "x"}, {"acts": [{}]}])
def test_a_spoilt_label_is_named_by_its_line(data: Path, fault: dict[str, object]) -> None:
    labels = lend(data, {"key": "0" * 32}, {"key": "1" * 32} | fault)
    with pytest.raises(BadInput, match=r"vntc10_text\.jsonl:2: "):
        examples.join(data, labels)


def test_labels_kept_apart_teach_no_judge_of_their_own_story(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lent, _ = examples.join(data, lend(data, {"key": examples.key("Nợ tiền thuốc", BODY)}))
    gather = examples.gather
    monkeypatch.setattr(examples, "gather", lambda *where: gather(*where) + lent)
    same = row(1, id="same", title="Nợ tiền thuốc", text="tin khác hẳn về tiền thuốc của năm ấy", group=None)
    with (data / examples.LABELS).open("a", encoding="utf-8") as out:
        out.write(json.dumps(same | {"period": "2003-2013"}, ensure_ascii=False) + "\n")
    taught: list[list[examples.Example]] = []
    fit = training.fit
    monkeypatch.setattr(training, "fit", lambda found, *rest: taught.append(list(found)) or fit(found, *rest))
    tested = [unseen for unseen, _ in training.cross_validate(data, knowledge.load(), data / "corpus", folds=3)]
    assert not any(e.origin == "apart" for unseen in tested for e in unseen)
    for seen, unseen in zip(taught, tested, strict=True):
        assert any(e.origin == "apart" for e in seen) != any(e.text.id == "same" for e in unseen)


def test_probabilities_are_made_true_for_the_texts_of_the_field_alone() -> None:
    rng = np.random.default_rng(0)
    y = np.eye(2, dtype=np.int8)[(rng.random(800) < np.where(np.arange(800) < 400, 0.1, 0.9)).astype(int)]
    x = sp.csr_matrix(np.ones((800, 1), np.float32))
    task, own = heads.Task("sentiment", ("no", "yes"), "w"), np.arange(800) < 400
    head = heads.fit(task, x, np.array([0]), heads.Lesson(y, np.arange(800), np.ones(800, np.float32), own))
    assert head.probabilities(x[:1] @ head.weights + head.bias)[0, 1] == pytest.approx(y[:400, 1].mean(), abs=0.02)


def test_calibration_makes_overconfident_logits_true() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 2000)
    y = np.eye(2, dtype=np.int8)[np.where(rng.random(2000) < 0.8, truth, 1 - truth)]
    logits = np.where(np.eye(2)[truth] > 0, 5.0, -5.0).astype(np.float32)
    scale, shift = heads.calibration(logits, y, many=False)
    p = heads.squash(logits * scale + shift, many=False)
    assert p.max(axis=1).mean() == pytest.approx(0.8, abs=0.03)
