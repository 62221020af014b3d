"""Agreement: published examples, and what must hold of every coefficient."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from reports import agreement

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section B: two observers, nominal, 12 units: 0.692.
NOMINAL = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
# Cohen's kappa, the worked example of two readers of 50 grant proposals: 20 both yes, 5 and 10 apart, 15 both no: 0.4.
GRANTS = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
answers = st.lists(st.tuples(*[st.sampled_from("abcd")] * 2), min_size=agreement.FEW, max_size=80)


def test_published_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    found = agreement.kappa(GRANTS)
    assert found and found.value == pytest.approx(0.4) and found.low < 0.4 < found.high
    assert agreement.alpha(NOMINAL) is None, "12 units say too little"
    monkeypatch.setattr(agreement, "FEW", 12)
    assert agreement.alpha(NOMINAL) == pytest.approx(0.692, abs=0.0005)


@given(answers)
def test_kappa_is_that_of_the_other_library(pairs: list[tuple[str, str]]) -> None:
    found = agreement.kappa(pairs)
    if found is None:
        assert len({label for pair in pairs for label in pair}) < 2
    else:
        first, second = zip(*pairs, strict=True)
        assert found.value == pytest.approx(cohen_kappa_score(first, second))


@given(answers)
def test_alpha_does_not_ask_who_answered_first(pairs: list[tuple[str, str]]) -> None:
    found = agreement.alpha(pairs)
    assert found == agreement.alpha([(other, one) for one, other in pairs])
    assert found is None or found <= 1


@given(st.lists(st.sampled_from("abc"), min_size=agreement.FEW))
def test_who_always_agrees_is_at_one(labels: list[str]) -> None:
    same = [(label, label) for label in labels]
    expected = 1.0 if len(set(labels)) > 1 else None
    assert agreement.alpha(same) == (pytest.approx(expected) if expected else None)
    found = agreement.kappa(same)
    assert (found.value if found else None) == (pytest.approx(expected) if expected else None)


def test_a_label_by_itself_and_in_words() -> None:
    assert agreement.of_label([("a", "b"), ("b", "b")], "a") == [("True", "False"), ("False", "False")]
    assert [agreement.said(value) for value in (0.9, 0.7, 0.2)] == ["tin cậy", "tạm dùng được", "chưa đủ tin cậy"]
