"""The gate before a candidate: what must be lost, and what not, to keep it aside. And the challenge set it is tried on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import examples, pairing, promotion
from nlp.examples import Example
from nlp.promotion import Answered
from records import Act, Assessment, Text
from vietnamese import fold, nfc

ACT = Act("3c", "commits", 0.9, "text", 0, 4, "Thu", "Rao mua sổ.", "r", None, "L")


def one(number: int, truth: str, before: str, after: str, **answers: Any) -> Answered:
    """A relevant text whose tone is `truth`, as two models read it."""
    example = Example(
        Text(f"t{number}", None, "Lương hưu.", None), {"relevance": 2, "sentiment": truth} | answers, "random"
    )
    was, now = (Assessment(f"t{number}", "m", 2, 0.9, sentiment=said) for said in (before, after))  # type: ignore[arg-type]
    return Answered(example, was, now)


def sample(right: int, wrong: int = 0, better: int = 0, size: int = 300) -> list[Answered]:
    """`wrong` texts the candidate reads wrongly, `better` only it reads rightly; the rest both read alike and rightly."""
    tones = ["negative", "neutral", "positive"]
    found = []
    for i in range(size):
        truth, other = tones[i % 3], tones[(i + 1) % 3]
        found.append(one(i, truth, other if wrong <= i < wrong + better else truth, other if i < wrong else truth))
    assert right == size - wrong
    return found


def test_nothing_lost_is_promoted() -> None:
    found = promotion.weigh(sample(300), sample(300))
    assert found.state == "promote" and len(found.figures) == 4


def test_a_gain_is_shown_with_its_interval() -> None:
    figure = next(f for f in promotion.weigh(sample(300, better=30), []).figures if f.what == "sentiment")
    change = figure.change
    assert (
        change.after == 1 and 0.88 < change.before < 0.92 and 0 < change.low < 0.1 < change.high and change.gained == 1
    )


def test_a_loss_within_half_a_point_is_no_loss() -> None:
    assert promotion.weigh(sample(299, wrong=1), []).state == "promote"
    found = promotion.weigh(sample(298, wrong=2), [])
    assert found.state == "aside" and "sắc thái trên mẫu ngẫu nhiên giảm 0,7 điểm" in found.reason


def test_below_two_hundred_nothing_is_promoted_by_itself() -> None:
    found = promotion.weigh(sample(199, size=199), sample(300))
    assert found.state == "wait" and "199" in found.reason and "200" in found.reason
    assert promotion.weigh(sample(200, size=200), sample(300)).state == "promote"
    assert promotion.weigh([], sample(300)).state == "wait"


def test_a_loss_on_the_challenge_set_counts_at_any_size() -> None:
    found = promotion.weigh(sample(100, size=100), sample(290, wrong=10))
    assert found.state == "aside" and "bộ thử thách" in found.reason


def test_a_flag_lost_or_an_honest_text_flagged_keeps_aside() -> None:
    plain = sample(300)
    true = replace(one(900, "neutral", "neutral", "neutral", clauses=(("3c", "commits"),)))
    honest = one(901, "negative", "negative", "negative", clauses=())
    flagged = replace(true, before=replace(true.before, acts=(ACT,)), after=replace(true.after, acts=(ACT,)))
    missed = replace(flagged, after=true.after)
    assert promotion.weigh(plain, [flagged, honest]).state == "promote"
    assert "hành vi tìm được trên bộ thử thách giảm 100 điểm" in promotion.weigh(plain, [missed, honest]).reason
    accused = replace(honest, after=replace(honest.after, acts=(ACT,)))
    assert "cắm cờ nhầm trên bộ thử thách tăng 100 điểm" in promotion.weigh(plain, [flagged, accused]).reason
    assert promotion.weigh(plain, [replace(accused, before=accused.after, after=accused.before)]).state == "promote"


def test_only_what_a_person_answered_is_measured() -> None:
    silent = replace(
        one(1, "negative", "neutral", "neutral"), example=Example(Text("t1", None, "x", None), {"relevance": 0}, "")
    )
    assert {f.what for f in promotion.weigh([silent] * 10, []).figures} == {"relevance"}


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", "c"])] * 3), min_size=1, max_size=60))
def test_the_same_answers_change_nothing_and_macro_f1_is_scikit_learns(rows: list[tuple[str, str, str]]) -> None:
    from sklearn.metrics import f1_score

    truth, before, after = (list(column) for column in zip(*rows, strict=True))
    same = pairing.macro_f1(truth, before, before)
    assert same is not None and (same.low, same.high, same.gained) == (0, 0, 0)
    found = pairing.macro_f1(truth, before, after, few=1)
    assert found is not None
    for said, value in ((before, found.before), (after, found.after)):
        expected = f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0)
        assert abs(value - expected) < 1e-9


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", "c"])] * 3, st.integers(1, 5)), min_size=1, max_size=40))
def test_a_text_that_stands_for_five_counts_as_five(rows: list[tuple[str, str, str, int]]) -> None:
    *columns, stand = ([row[i] for row in rows] for i in range(4))
    truth, before, after = (
        [name for name, n in zip(column, stand, strict=True) for _ in range(n)] for column in columns
    )
    weighed = pairing.macro_f1(*columns, few=1, weights=stand)  # type: ignore[misc]
    repeated = pairing.macro_f1(truth, before, after, few=1)
    assert weighed and repeated and weighed.items == len(rows)
    assert (weighed.before, weighed.after) == pytest.approx((repeated.before, repeated.after))
    assert weighed.low - 1e-9 <= weighed.high
    was, now = ([a == b for a, b in zip(columns[0], said, strict=True)] for said in columns[1:])
    share = pairing.rate(was, now, stand)
    assert share and share.before == pytest.approx(
        sum(n for right, n in zip(was, stand, strict=True) if right) / sum(stand)
    )
    assert pairing.rate(was, now) == pairing.rate(was, now, [1.0] * len(rows))


def test_a_loss_among_what_was_drawn_thinly_weighs_as_much_as_it_stands_for() -> None:
    found = sample(297, wrong=3, better=6)
    assert promotion.weigh(found, []).state == "promote"
    thin = [replace(one, stands=20.0) if n < 3 else one for n, one in enumerate(found)]
    assert promotion.weigh(thin, []).state == "aside"


def test_rare_labels_are_left_out_of_the_mean() -> None:
    truth = ["a"] * 50 + ["b"] * 4
    found = pairing.macro_f1(truth, truth, ["a"] * 54)
    assert found is not None and found.before == 1 and found.after == 100 / 104
    assert pairing.macro_f1([], [], []) is None and pairing.rate([], []) is None


# ---------------------------------------------------------------- the challenge set

CHALLENGE = examples.read(promotion.CHALLENGE, "challenge")


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", fold(text))
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def test_the_challenge_set_holds_true_acts_beside_honest_texts() -> None:
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in CHALLENGE:
        groups[example.story].append(example)
    modes = Counter(mode for example in CHALLENGE for _, mode in example.answers["clauses"])
    honest = [e for e in CHALLENGE if e.answers["sentiment"] == "negative" and not e.answers["clauses"]]
    assert len(CHALLENGE) >= 150 and all(len(group) > 3 for group in groups.values()) and len(groups) >= 30
    assert modes["commits"] >= 15 and modes["reports"] >= 10 and modes["refutes"] >= 5 and len(honest) >= 30
    feedback = Counter(e.answers["feedback"] for e in CHALLENGE)
    assert feedback["question"] >= 20 and feedback["complaint"] >= 10
    assert all(e.text.text == nfc(e.text.text) for e in CHALLENGE)
    for group in groups.values():  # what differs is the decisive point, so the answers differ
        assert (
            len(
                {
                    (e.answers["relevance"], e.answers["sentiment"], e.answers["feedback"], e.answers["clauses"])
                    for e in group
                }
            )
            > 1
        )


def test_the_challenge_set_is_in_no_training_text() -> None:
    assert promotion.CHALLENGE.parent != examples.CORPUS
    held = [shingles(f"{e.text.title or ''} {e.text.text}") for e in CHALLENGE]
    written = [e for file in examples.CORPUS.glob("*.jsonl") for e in examples.read(file)]
    assert len(written) > 4000
    spread = {s: i for i, some in enumerate(held) for s in some}
    copies = []
    for example in written:
        shared = Counter(spread[s] for s in shingles(f"{example.text.title or ''} {example.text.text}") if s in spread)
        copies += [(example.text.id, CHALLENGE[i].text.id) for i, n in shared.items() if n > 0.3 * len(held[i])]
    assert not copies
