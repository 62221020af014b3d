"""Figures of an evaluation: right on hand-made pairs, readable as text, honest about what is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp import card, evaluation, examples
from records import Act, Assessment, BadInput, Text


def pair(
    relevance: int, said: int, sentiment: str = "neutral", tone: str = "neutral", p: float = 0.9
) -> evaluation.Pair:
    answers = {
        "relevance": relevance,
        "sentiment": sentiment if relevance else None,
        "target": "none" if relevance else None,
        "topics": ("luong_huu",) if relevance else (),
        "feedback": "none",
        "clauses": (),
    }
    answer = Assessment("1", "m", 0, 0.1)
    if said:
        scores = {tone: p}
        answer = Assessment("1", "m", 2, 0.9, tone, scores, "none", ("luong_huu",))  # type: ignore[arg-type]
    return examples.Example(Text("1", "Tin", "Thân tin", None), answers, "2025-2026"), answer


def flag(mode: str) -> Act:
    return Act("1a", mode, 0.9, "text", 0, 3, "Thâ", "vì", None, None, "2016")  # type: ignore[arg-type]


def with_acts(true: tuple[tuple[str, str], ...], *said: Act) -> evaluation.Pair:
    example, answer = pair(2, 2)
    from dataclasses import replace

    return replace(example, answers={**example.answers, "clauses": true}), replace(answer, acts=said)


def test_precision_recall_f1_and_confusion() -> None:
    pairs = [pair(2, 2, "negative", "negative")] * 3 + [pair(2, 2, "negative", "neutral")] + [pair(2, 2)] * 4
    table = evaluation.measure(pairs)["sentiment"]
    assert table["negative"] | {"ci95": None} == {
        "precision": 1.0,
        "recall": 0.75,
        "f1": pytest.approx(6 / 7),
        "support": 4,
        "ci95": None,
    }
    assert table["neutral"]["precision"] == 0.8
    assert table["macro_f1"] == pytest.approx((6 / 7 + 8 / 9) / 2)
    assert table["confusion"]["negative"] == {"negative": 3, "neutral": 1}
    low, high = table["macro_ci95"]
    assert low < table["macro_f1"] <= high


def test_a_missed_relevant_text_counts_against_every_task() -> None:
    figures = evaluation.measure([pair(2, 0, "negative"), pair(2, 2, "negative", "negative")])
    assert figures["relevant"]["yes"]["recall"] == 0.5
    assert figures["sentiment"]["negative"]["recall"] == 0.5


def test_flags_are_counted_by_text_with_intervals() -> None:
    wrong, right = with_acts((), flag("commits")), with_acts((("1a", "commits"),), flag("commits"))
    other = with_acts((("1a", "reports"),), flag("refutes"))
    figures = evaluation.acts([wrong, right, right, other, pair(2, 2)])
    assert (figures["precision"]["part"], figures["precision"]["of"]) == (2, 3)
    assert figures["recall"]["rate"] == 1.0
    assert (figures["mode_right"]["part"], figures["mode_right"]["of"]) == (2, 3)
    assert (figures["false_flags"]["part"], figures["false_flags"]["of"]) == (1, 2)
    assert 0 < figures["false_flags"]["ci95"][0] < 0.5 < figures["false_flags"]["ci95"][1] < 1


def test_calibration_error_of_a_perfect_and_of_an_overconfident_judge() -> None:
    assert evaluation.ece([1.0] * 20, [True] * 20) == 0
    assert evaluation.ece([1.0] * 20, [True] * 10 + [False] * 10) == pytest.approx(0.5)
    assert evaluation.ece([], []) is None


def test_calibration_error_of_chance_alone_shrinks_with_the_texts() -> None:
    assert evaluation.by_chance([]) is None
    few, many = evaluation.by_chance([0.7] * 100), evaluation.by_chance([0.7] * 10_000)
    assert few is not None and many is not None
    # the mean distance of a bin of 10 (of 1,000) from 0.7: sqrt(2 / pi * 0.7 * 0.3 / 10)
    assert few == pytest.approx(0.116, abs=0.01) and many == pytest.approx(0.0116, abs=0.001)


def test_worst_errors_come_first_and_can_be_read() -> None:
    example, answer = with_acts((), flag("commits"))
    found = evaluation.worst([pair(2, 2, "negative", "neutral", 0.7), (example, answer), pair(2, 2)])
    assert [error["task"] for error in found] == ["acts", "sentiment"]
    assert "Thân tin" in found[0]["text"]


def test_figures_print_as_vietnamese_text_and_as_json() -> None:
    pairs = [pair(2, 2, "negative", "negative"), pair(2, 2), pair(0, 0), pair(0, 2)]
    figures = evaluation.figures(pairs, pairs)
    shown = evaluation.render(figures)
    assert "macro-F1" in shown
    assert "gõ không dấu" in shown
    assert json.loads(json.dumps(figures))["relevant"]["yes"]["support"] == 2
    assert "khả năng vi phạm" in card.card("v", {"examples": {"contrast": 3}}, {"Tin báo": figures})


def test_labels_are_read_and_a_broken_line_is_named(tmp_path: Path) -> None:
    row = {"id": "a", "title": None, "text": "Chậm", "date": "2026-01-02", "relevance": 2, "sentiment": "negative"}
    file = tmp_path / "l.jsonl"
    file.write_text(json.dumps(row) + "\n" + json.dumps({"id": "b"}) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"l\.jsonl:2"):
        examples.read(file)
    file.write_text(json.dumps(row) + "\nnot json\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"l\.jsonl"):
        examples.read(file)
