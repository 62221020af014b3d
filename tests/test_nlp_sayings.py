from __future__ import annotations

import unicodedata
from datetime import date

import numpy as np
import pytest

import knowledge
from nlp import belief_training, claims, lexicon, sayings
from records import BadKnowledge, Text


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def test_every_fact_is_said_rightly_and_all_but_true_events_wrongly(known: knowledge.Knowledge) -> None:
    table = lexicon.table("sayings")
    assert set(table) == {fact.id for fact in known.facts}
    for fact in known.facts:
        entry = table[fact.id]
        assert len(entry["right"]) > 1, fact.id
        assert bool(entry.get("wrong")) == (fact.kind != "event"), fact.id
        said = [wording for wording, _ in sayings.of(fact)]
        assert len(said) == len(set(said)), fact.id
        assert all(wording == unicodedata.normalize("NFC", wording) for wording in said)


def test_likeness_is_one_to_a_wording_itself_and_leaves_out_the_one_named(known: knowledge.Knowledge) -> None:
    prepared = sayings.wordings(known.fact("F082"), {})
    wrong = "BHXH Việt Nam bị giải thể"
    spoken = [sayings.weighed(sayings._words(wrong), {})]
    false, right = prepared.nearest(spoken)
    assert false == pytest.approx(1.0) and right < 0.95
    assert prepared.nearest(spoken, but=wrong)[0] < 0.95
    assert prepared.nearest([sayings.weighed(["bong", "da"], {})]) == (0.0, 0.0)


def test_unknown_keys_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sayings._invented.cache_clear()
    monkeypatch.setattr(lexicon, "table", lambda name: {"F001": {"maybe": []}})
    with pytest.raises(BadKnowledge, match="maybe"):
        sayings._invented()
    sayings._invented.cache_clear()


def test_who_recalls_a_true_event_says_nothing_false(known: knowledge.Knowledge) -> None:
    for fact in (known.fact("F047"), known.fact("F090")):
        for wording in lexicon.table("sayings")[fact.id]["right"]:
            text = Text("x", None, wording, date(2026, 8, 3), "post")
            assert not [c for c in claims.check(text, known) if c.verdict == "contradicted"], wording


def test_the_quadratic_form_learns_what_two_signs_say_together() -> None:
    rng = np.random.default_rng(0)
    points = np.column_stack([np.ones(400), rng.normal(2, 3, (400, 2))])
    y = points[:, 1] * points[:, 2] > 4
    form = belief_training._quadratic(points, y, np.ones(400))
    assert np.allclose(form, form.T)
    said = np.einsum("ni,ij,nj->n", points, form, points) > 0
    assert (said == y).mean() > 0.9
