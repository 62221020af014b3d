"""Lists of judged documents: every filter, human answers in force, cases and labels beside the machine's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import records as r
import store
from tests.store_support import DAILY, NOW, URGENT, act, document, settled

DAY = timedelta(days=1)
WRONG = r.Claim("sai", "contradicted", "f1", "75", "Đ64")


@pytest.fixture
def filled(kept: store.Store) -> store.Store:
    settled(kept, document("a", outlet="A"), URGENT, sentiment="negative", acts=(act(clause="1e"),), provinces=("Huế",))
    settled(
        kept,
        document("b", outlet="B", kind="post", source="mxh", published_at=NOW - DAY),
        story="s",
        sentiment="positive",
        feedback="question",
        target="hospital",
        topics=("khac",),
        provinces=(),
        provinces_unsure=(("Huế", "Hà Nội"),),
    )
    settled(kept, document("c", outlet="B", published_at=NOW - 2 * DAY), story="s", claims=(WRONG,), relevance=1)
    settled(
        kept,
        document("d", published_at=NOW - 3 * DAY),
        relevance=0,
        sentiment=None,
        target=None,
        topics=(),
        provinces=(),
    )
    settled(kept, document("e", published_at=NOW - 4 * DAY), spam=True)
    settled(kept, document("f", published_at=NOW - 5 * DAY), acts=(act(clause="1e", mode="reports"), act(clause="3a")))
    kept.documents.keep(document("unjudged"))
    return kept


@pytest.mark.parametrize(
    ("which", "keys"),
    [
        ({}, "abcf"),
        ({"relevance": (0, 1, 2)}, "abcdf"),
        ({"relevance": (0, 1, 2), "spam": None}, "abcdef"),
        ({"spam": True}, "e"),
        ({"relevance": (1,)}, "c"),
        ({"sentiment": "positive"}, "b"),
        ({"target": "hospital"}, "b"),
        ({"topic": "huu_tri"}, "acf"),
        ({"province": "Huế"}, "a"),
        ({"unsure": True}, "b"),
        ({"feedback": "question"}, "b"),
        ({"feedback": "any"}, "b"),
        ({"clause": "1e"}, "af"),
        ({"mode": "commits"}, "af"),
        ({"clause": "1e", "mode": "commits"}, "a"),
        ({"clause": "1e", "mode": "reports"}, "f"),
        ({"correction": True}, "c"),
        ({"outlet": "B"}, "bc"),
        ({"source": "mxh"}, "b"),
        ({"kind": "post"}, "b"),
        ({"story": "s"}, "bc"),
        ({"case": "new"}, "af"),
        ({"case": "open"}, "af"),
        ({"case": "closed"}, ""),
        ({"decision": "urgent"}, "a"),
        ({"start": NOW - 2 * DAY}, "abc"),
        ({"end": NOW - DAY}, "cf"),
        ({"query": "lương hưu", "outlet": "B"}, "bc"),
        ({"query": "-lương"}, ""),
        ({"topic": "' OR 1=1"}, ""),
    ],
)
def test_filters(filled: store.Store, which: dict[str, object], keys: str) -> None:
    asked = store.Filter(**which)
    assert [each.document.key for each in filled.judged.page(asked)] == list(keys)
    assert filled.judged.count(asked) == len(keys)


def test_pages_and_bounded_counts(filled: store.Store) -> None:
    assert [each.document.key for each in filled.judged.page(limit=2, offset=1)] == ["b", "c"]
    assert filled.judged.count(limit=3) == 3


def test_human_answers_rule_lists_and_stand_beside_the_machines(filled: store.Store) -> None:
    for place, new in enumerate(["neutral", "positive"]):
        label = r.Label("a", "sentiment", "negative", new, "an", NOW + place * DAY, "vì", "random")
        filled.labels.add(label)
    filled.labels.add(r.Label("a", "acts", "1e:commits", "", "an", NOW))
    filled.labels.add(r.Label("b", "provinces", "", "Huế;Hà Nội", "an", NOW))
    filled.labels.add(r.Label("b", "topics", "khac", "mot_lan", "an", NOW))
    filled.labels.add(r.Label("c", "relevance", "1", "0", "an", NOW))
    filled.labels.add(r.Label("d", "acts", "", "3b:commits", "an", NOW))
    found = filled.judged.get("a")
    assert found.labels == {"sentiment": "positive", "acts": ""} and found.assessment.sentiment == "negative"
    page = lambda **which: "".join(each.document.key for each in filled.judged.page(store.Filter(**which)))  # noqa: E731
    assert page(sentiment="positive") == "ab" and page(mode="commits") == "f" and page(province="Huế") == "ab"
    assert page(unsure=True) == "" and page(topic="mot_lan") == "abf" and page() == "abf"
    assert page(clause="3b", relevance=(0,)) == "d"
    assert [each.new for each in filled.labels.of("a")] == ["neutral", "", "positive"]
    assert len(filled.labels.all()) == 7 and filled.labels.of("z") == []
    with pytest.raises(r.BadInput):
        filled.labels.add(r.Label("z", "sentiment", "", "neutral", "an", NOW))


def test_a_label_before_the_judgement_and_a_new_model_after(kept: store.Store) -> None:
    kept.documents.keep(document("a"))
    kept.labels.add(r.Label("a", "sentiment", "", "positive", "an", NOW))
    settled(kept, document("a"), sentiment="negative")
    assert kept.judged.count(store.Filter(sentiment="positive")) == 1
    settled(kept, document("a"), model="m2", sentiment="negative")
    assert kept.judged.count(store.Filter(sentiment="positive")) == 1
    assert kept.judged.get("a").assessment.model == "m2"


def test_cases_are_decided_by_people_step_by_step(filled: store.Store) -> None:
    confirmed = filled.cases.decide("a", "confirmed", "an", NOW, "đã xem", seen=0)
    assert confirmed == r.Case("a", "confirmed", NOW, "an", NOW, "đã xem", version=1)
    with pytest.raises(r.Overtaken, match="an"):
        filled.cases.decide("a", "dismissed", "binh", NOW, seen=0)
    with pytest.raises(r.BadInput):
        filled.cases.decide("a", "tuỳ ý", "binh", NOW)
    with pytest.raises(r.BadInput):
        filled.cases.decide("z", "confirmed", "binh", NOW)
    routed = filled.cases.decide("a", "routed", "binh", NOW + DAY, routed_to="Huế")
    assert (routed.status, routed.routed_to, routed.detected_at) == ("routed", "Huế", NOW)
    assert filled.cases.impact_confirmed("a", "an", NOW).impact_confirmed_at == NOW
    assert filled.cases.impact_confirmed("a", "an", NOW + DAY).impact_confirmed_at == NOW
    assert filled.cases.first_statement("a", "an", NOW + DAY) == replace(
        routed, impact_confirmed_at=NOW, first_statement_at=NOW + DAY, impact_by="an", statement_by="an", version=4
    )
    assert [step.status for step in filled.cases.steps("a")] == ["new", "confirmed", "routed"]
    assert [case.document for case in filled.cases.open(10)] == ["a", "f"]
    filled.cases.decide("a", "closed", "an", NOW)
    assert [case.document for case in filled.cases.open(10)] == ["f"]
    assert filled.judged.get("a").case.status == "closed"
    assert filled.cases.decide("b", "confirmed", "an", NOW).detected_at == NOW  # opened by a person


def test_undigested_waits_until_told(kept: store.Store) -> None:
    settled(kept, document("a"), DAILY)
    assert len(kept.judged.undigested()) == 1 and kept.judged.get("zz") is None


def test_a_phrase_is_found_beyond_the_newest(kept: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the newest fill the page or not, the page is the same."""
    keys = [
        settled(kept, document(f"https://bao.example/{n}", published_at=NOW - timedelta(hours=n))).key for n in range(6)
    ]
    for newest in (0, 1, 3, 100):
        monkeypatch.setattr("store.judged.NEWEST", newest)
        for query in ('"luong huu"', "BHXH", '"huu luong"'):
            wanted = keys if query != '"huu luong"' else []
            for limit, offset in ((2, 0), (2, 2), (3, 1), (10, 0), (10, 4)):
                page = kept.judged.page(store.Filter(query=query), limit, offset)
                assert [one.document.key for one in page] == wanted[offset : offset + limit], (
                    newest,
                    query,
                    limit,
                    offset,
                )


def test_any_of_some_topics_and_what_waits_for_an_answer(kept: store.Store) -> None:
    first = settled(kept, document("https://bao.example/1"), topics=("mot_lan", "huu_tri"), feedback="complaint")
    second = settled(kept, document("https://bao.example/2"), topics=("bhyt",), feedback="question")

    def found(**asked: object) -> set[str]:
        return {one.document.key for one in kept.judged.page(store.Filter(**asked))}  # type: ignore[arg-type]

    assert found(topics=("mot_lan", "huu_tri")) == {first.key}, "once, though it has two of them"
    assert found(topics=("bhyt", "mot_lan")) == {first.key, second.key} and found(topics=("khac",)) == set()
    kept.cases.decide(first.key, "answered", "an", NOW)
    kept.cases.decide(second.key, "routed", "an", NOW, routed_to="Ban BHYT")
    assert found(feedback="any", unanswered=True) == {second.key} == found(routed_to="Ban BHYT")
    assert set(kept.judged.many([first.key, "https://khac.example"])) == {first.key}
