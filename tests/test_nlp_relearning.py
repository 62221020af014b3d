"""Heads taught by people's answers: they follow them, keep what nobody spoke of, and stay where the answers bring nothing."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import relearning, training, weights
from nlp.examples import Example
from nlp.votes import Vote
from tests.learning_support import NEW, OLD, texts, trained


@pytest.fixture(scope="module")
def base() -> weights.Model:
    return trained()


def right(model: weights.Model, task: str, found: list[Example]) -> float:
    head = model.heads[task]
    logits = model.features.matrix([e.text for e in found]) @ head.weights + head.bias
    said = [Vote(head.task.labels, row, head.lean).choice for row in logits]
    return float(np.mean([label == training.answer(e, task)[0] for label, e in zip(said, found, strict=True)]))


def test_answers_teach_new_words_and_the_old_are_kept(base: weights.Model) -> None:
    unseen, known = list(texts(90, NEW, 3)), list(texts(90, OLD, 4))
    learnt, changed = relearning.relearn(base, list(texts(120, NEW, 5)), [])
    assert changed["sentiment"] == 120
    assert right(base, "sentiment", unseen) < 0.7 < 0.9 < right(learnt, "sentiment", unseen)
    assert right(learnt, "sentiment", known) == right(base, "sentiment", known) == 1


def test_a_task_nobody_answered_stays_as_it_was(base: weights.Model) -> None:
    taught = [Example(e.text, {"sentiment": e.answers["sentiment"]}, "desk", e.story) for e in texts(60, NEW, 5)]
    learnt, changed = relearning.relearn(base, taught, [])
    assert set(changed) == {"sentiment"}
    for task in set(base.heads) - {"sentiment"}:
        assert learnt.heads[task] is base.heads[task]


def test_what_a_head_knows_already_changes_nothing(base: weights.Model) -> None:
    assert "sentiment" not in relearning.relearn(base, list(texts(150, OLD, 6)), [])[1]


def test_few_answers_or_one_story_change_nothing(base: weights.Model) -> None:
    few = list(texts(relearning.FEWEST - 1, NEW, 5))
    assert relearning.relearn(base, few, [])[1] == {}
    same = [Example(e.text, e.answers, "desk", "một chuyện") for e in texts(60, NEW, 5)]
    assert relearning.relearn(base, same, [])[1] == {}
    assert relearning.relearn(base, [], list(texts(30, OLD, 8)))[1] == {}


def test_the_same_answers_make_the_same_weights(base: weights.Model) -> None:
    taught, corpus = list(texts(60, NEW, 5)), list(texts(60, OLD, 8))
    one, two = (relearning.relearn(base, taught, corpus)[0] for _ in range(2))
    for task in base.heads:
        assert np.array_equal(one.heads[task].weights, two.heads[task].weights)


def test_acts_are_taught_by_no_answer(base: weights.Model) -> None:
    taught = list(texts(90, NEW, 5, acts=("3c", "commits"), clauses=(("3c", "commits"),)))
    assert relearning.relearn(base, taught, [])[0].heads["acts"] is base.heads["acts"]


def test_a_label_the_head_does_not_know_is_passed_over(base: weights.Model) -> None:
    taught = [*texts(60, NEW, 5), *texts(30, NEW, 9, sentiment="lạ", target="lạ")]
    assert relearning.relearn(base, taught, [])[1]["sentiment"] == 60
