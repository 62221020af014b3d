"""The table of alerts.rules, line by line, and what must hold for every input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import rules
from records import Reason
from tests.alerts_support import NOW, act, assessment, claim, document, facts, story

LONG_AGO = NOW - 2 * rules.FRESH
OLD = {"published_at": NOW - timedelta(days=3)}
TOLD = story(told_urgent_at=NOW - timedelta(hours=2))
SEVERE = {"acts": (act("1e"),)}
MILD = {"acts": (act("3a", score=0.8),)}


def decide(judged: dict[str, Any] | None = None, relevance: int = 2, **given: Any) -> Reason:
    return rules.decide(
        document(**given.pop("document", {})),
        assessment(relevance, **(judged or {})),
        given.pop("story", None),
        given.pop("copy_of", None),
        NOW,
        facts(),
        **given,
    )


TABLE: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("none", "spam", {"spam": True, **SEVERE}, {}),
    ("none", "irrelevant", {}, {"relevance": 0}),
    ("daily", "flag_review", {"acts": (act("2", score=0.99),)}, {}),
    ("daily", "flag_review", {"acts": (act("2"),)}, {"story": story(outlets=9)}),
    ("urgent", "flag_severe", SEVERE, {}),
    ("urgent", "flag_severe", SEVERE, {"relevance": 1}),
    ("urgent", "flag_severe", {"acts": (act("2", score=0.99), act("4", score=0.8))}, {}),
    ("daily", "flag", {"acts": (act("4", score=0.6),)}, {}),
    ("urgent", "flag_severe", SEVERE, {"story": story(told_daily_at=NOW)}),
    ("urgent", "flag_severe", SEVERE, {"copy_of": "x", "story": story()}),
    ("urgent", "flag_severe", SEVERE, {"document": {"kind": "report", "published_at": None}}),
    ("urgent", "flag_spreading", MILD, {"story": story(outlets=3)}),
    ("urgent", "flag_spreading", MILD, {"document": {"reach": 2500}}),
    ("urgent", "flag_spreading", MILD, {"story": story(documents=6)}),
    ("daily", "flag", MILD, {}),
    ("daily", "flag", MILD, {"story": story(documents=6, first_at=NOW - timedelta(days=2))}),
    ("daily", "flag", {"acts": (act("1e", score=0.3),)}, {}),
    ("daily", "flag", {"acts": (act("1e", rule=None),)}, {}),
    ("daily", "flag", {"acts": (act("1e", rule=None),)}, {"story": story(outlets=9)}),
    ("daily", "flag", {"acts": (act("1e", rule=None, score=0.99), act("1e", score=0.6))}, {}),
    ("urgent", "flag_severe", {"acts": (act("3c", rule=None), act("1e", score=0.8))}, {}),
    ("daily", "rejudged", SEVERE, {"rejudged": True}),
    ("daily", "undated", SEVERE, {"document": {"published_at": None}}),
    ("daily", "old_news", SEVERE, {"document": OLD}),
    ("daily", "old_news", SEVERE, {"document": {"published_at": None, "kind": "report", "first_seen": LONG_AGO}}),
    ("daily", "near_duplicate", SEVERE, {"copy_of": "x", "story": TOLD}),
    ("daily", "near_duplicate", SEVERE, {"copy_of": "x", "story": story(told_daily_at=NOW)}),
    ("daily", "told_story", SEVERE, {"story": TOLD}),
    ("daily", "unjudged", {"sentiment": None}, {"relevance": 1}),
    ("daily", "correction", {"claims": (claim(),)}, {}),
    ("daily", "correction", {"claims": (claim(),)}, {"relevance": 1, "document": {"kind": "official"}}),
    ("daily", "relevant", {"claims": (claim(verdict="supported"),)}, {}),
    ("daily", "feedback", {"feedback": "complaint", "sentiment": "negative"}, {}),
    ("daily", "feedback", {"feedback": "question"}, {"relevance": 1}),
    ("daily", "relevant", {"feedback": "praise", "sentiment": "positive"}, {}),
    ("daily", "near_duplicate", {}, {"copy_of": "x"}),
    ("weekly", "mention", {}, {"relevance": 1, "copy_of": "x"}),
    ("daily", "negative", {"sentiment": "negative"}, {}),
    ("daily", "negative", {"sentiment": "negative"}, {"relevance": 1}),
    ("daily", "reports", {"acts": (act("1e", mode="reports"),)}, {}),
    ("daily", "refutes", {"acts": (act("1a", mode="refutes"),)}, {}),
    ("daily", "relevant", {}, {}),
    ("weekly", "mention", {}, {"relevance": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("decision", "code", "judged", "given_"), TABLE)
def test_the_table(decision: str, code: str, judged: dict[str, Any], given_: dict[str, Any]) -> None:
    reason = decide(judged, **given_)
    assert (reason.decision, reason.code) == (decision, code), reason.text


def test_a_flag_is_worded_as_a_lead() -> None:
    for judged in (SEVERE, MILD, {"acts": (act("2"),)}):
        assert "cần người xác minh" in decide(judged).text
    assert "Khả năng vi phạm" in decide(SEVERE).text
    assert "vi phạm" not in decide({"acts": (act("2"),)}).text
    assert "không phải vi phạm" in decide({"acts": (act("1e", mode="reports"),)}).text


def test_the_reason_says_what_the_item_is_about() -> None:
    assert decide().text == "Nội dung chính: Rút BHXH một lần."
    blamed = decide({"sentiment": "negative", "target": "hospital"}).text
    assert blamed == "Tin bất lợi, phê phán cơ sở khám, chữa bệnh; không phải vi phạm."


MOMENTS = st.one_of(st.none(), st.integers(-200, 50).map(lambda h: NOW + timedelta(hours=h)))
ACTS = st.builds(
    act,
    st.sampled_from(["1a", "1b", "1c", "1d", "1e", "2", "3a", "3b", "3c", "4"]),
    st.sampled_from(["commits", "reports", "refutes"]),
    st.floats(0, 1),
)


@given(
    st.sampled_from([0, 1, 2]),
    st.lists(ACTS, max_size=3).map(tuple),
    MOMENTS,
    st.integers(0, 60).map(lambda h: NOW - timedelta(hours=h)),
    st.one_of(
        st.none(), st.builds(story, documents=st.integers(1, 50), outlets=st.integers(1, 9), told_urgent_at=MOMENTS)
    ),
    st.sampled_from([None, "x"]),
    st.booleans(),
    st.sampled_from(["none", "complaint", "question", "praise"]),
    st.sampled_from(["negative", "neutral", "positive"]),
)
def test_what_must_always_be_true(relevance, acts, published, seen, told, copy_of, spam, feedback, sentiment) -> None:
    judged = {"acts": acts, "spam": spam, "feedback": feedback, "sentiment": sentiment} if relevance else {"spam": spam}
    when = {"published_at": published, "first_seen": seen}
    reason = decide(judged, relevance, document=when, story=told, copy_of=copy_of)
    assert reason.text
    flags = [a for a in acts if a.mode == "commits"] if relevance else []
    if relevance == 2 and not spam:
        assert reason.decision in ("urgent", "daily")
    if reason.decision == "urgent":
        assert any(a.clause != "2" for a in flags)
        assert published is not None
        assert seen - published <= rules.FRESH
        assert NOW - seen <= rules.FRESH
        assert told is None or told.told_urgent_at is None
    if not flags:
        assert reason.decision != "urgent"
        assert "khả năng vi phạm" not in reason.text.lower()
    assert decide(judged, relevance, document=when, story=told, copy_of=copy_of, rejudged=True).decision != "urgent"
