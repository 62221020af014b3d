"""The week's figures: what is counted under which label, as known at one moment; reports frozen once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import records as r
import store
from store.rows import dump
from tests.store_support import act, assessment, document, message, settled, signature
from vietnamese import HO_CHI_MINH

START = datetime(2026, 11, 16, tzinfo=HO_CHI_MINH)
END = START + timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXPECTED = {"bao": ("Báo Ví Dụ", 2), "cam": ("Báo Câm", 1), "moi": ("Báo Mới", 0)}
WRONG = r.Claim("sai", "contradicted", "f1", "75", "Đ64")


def put(kept: store.Store, key: str, at: datetime, story: str | None = None, **values: object) -> r.Document:
    about = {name: values.pop(name) for name in ("outlet", "kind", "source", "title") if name in values}
    return settled(
        kept, document(key, published_at=at, first_seen=at + HOUR, **about), story=story, at=at + 2 * HOUR, **values
    )


def week(kept: store.Store, as_of: datetime = END + DAY) -> r.Figures:
    return kept.figures(START, END, as_of, EXPECTED)


def fill(kept: store.Store) -> None:
    put(kept, "a", START, "s", sentiment="negative", acts=(act(clause="1e"), act(clause="3a", mode="reports")))
    put(
        kept,
        "b",
        START + DAY,
        "s",
        outlet="Khác",
        sentiment="positive",
        feedback="petition",
        topics=("khac", "mot_lan"),
    )
    put(kept, "c", END - HOUR / 60, kind="post", claims=(WRONG,), provinces=("Huế", "Hà Nội"), source="mxh")
    put(kept, "spam", START, spam=True)
    put(kept, "no", START, relevance=0, sentiment=None, target=None)
    put(kept, "before", START - timedelta(seconds=1), sentiment="neutral")
    put(kept, "after", END)


def test_items_stand_under_their_labels(kept: store.Store) -> None:
    fill(kept)
    found = week(kept)
    assert (found.week, found.start, found.end, found.models) == ("2026-W47", START, END, ("m1",))
    assert found.groups == {
        "all": {"all": ("a", "b", "c")},
        "day": {"2026-11-16": ("a",), "2026-11-17": ("b",), "2026-11-22": ("c",)},
        "sentiment": {"negative": ("a", "c"), "positive": ("b",)},
        "target": {"agency_policy": ("a", "b", "c")},
        "topic": {"khac": ("b",), "mot_lan": ("a", "c")},
        "province": {"Huế": ("c",), "Hà Nội": ("a", "b", "c")},
        "outlet": {"Báo Ví Dụ": ("a", "c"), "Khác": ("b",)},
        "kind": {"post": ("c",), "press": ("a", "b")},
        "feedback": {"petition": ("b",)},
        "flag": {"new": ("a",)},
        "clause": {"1e": ("a",)},
        "correction": {"contradicted": ("c",)},
        "reply": {"waiting": ("b",)},
        "week": {"2026-W47": ("a", "b", "c")},
    }
    assert [item.key for item in found.items] == ["a", "b", "c"]
    assert [item.story for item in found.items] == ["s", "s", "c"] and found.stories_before == {"before": "before"}
    assert found.before["all"] == {"all": ("before",)} and found.before["sentiment"] == {"neutral": ("before",)}
    assert set(found.judged) == {"a", "b", "c"} and found.judged["a"].document.body is None
    assert found.judged["a"].case.status == "new"


def test_stories_the_largest_first(kept: store.Store) -> None:
    fill(kept)
    first, second = week(kept).stories
    assert (first.story, first.keys, first.outlets, first.headline) == ("s", ("a", "b"), 2, "Tiêu đề về BHXH")
    assert first.sentiment == {"negative": 1, "positive": 1} and second.keys == ("c",)


def test_coverage_says_who_was_silent(kept: store.Store) -> None:
    fill(kept)
    kept.sources.polled("bao", START + HOUR, True, items=9, new=2)
    kept.sources.polled("bao", START + DAY, False, "timeout")
    kept.sources.polled("moi", START + HOUR, False, "timeout")
    kept.sources.polled("cam", START + HOUR, True)
    kept.sources.polled("cam", END + HOUR, True)
    lines = {line.source: line for line in week(kept).coverage}
    assert lines["bao"] == r.SourceLine("bao", "Báo Ví Dụ", 4, 14, 1, START + HOUR, False, 2)
    assert lines["cam"] == r.SourceLine("cam", "Báo Câm", 0, 7, 0, START + HOUR, True, 1)
    assert lines["moi"] == r.SourceLine("moi", "Báo Mới", 0, None, 1, None, True, 1)
    assert lines["mxh"] == r.SourceLine("mxh", "Báo Ví Dụ", 1, None, 0, None, False)


def test_the_same_moment_gives_the_same_figures_whatever_came_later(kept: store.Store) -> None:
    fill(kept)
    before = week(kept)
    as_of = before.as_of
    later = as_of + HOUR
    one = kept.documents.get("a")
    kept.settle(
        one,
        assessment(one, "m2", sentiment="positive"),
        r.Placement("s", None, signature()),
        r.Reason("none", "x", "x"),
        [],
        later,
    )
    kept.labels.add(r.Label("b", "sentiment", "positive", "neutral", "an", later))
    kept.cases.decide("a", "confirmed", "an", later)
    settled(kept, document("z", first_seen=later, published_at=START), at=later)
    merging = document("y", first_seen=later, published_at=later)
    settled(kept, merging, placement=r.Placement("c", None, signature(), 0.9, ("s",)), at=later)
    kept.sources.polled("bao", later, True)
    assert dump(r.Figures, week(kept)) == dump(r.Figures, before)
    now = week(kept, later)
    assert now.groups["all"]["all"] == ("a", "z", "b", "c") and now.models == ("m1", "m2")
    assert now.groups["sentiment"]["neutral"] == ("b",) and "flag" not in now.groups
    assert now.stories[0].keys == ("a", "b", "c")


def test_the_human_answer_counts_where_one_existed(kept: store.Store) -> None:
    fill(kept)
    kept.labels.add(r.Label("a", "sentiment", "negative", "neutral", "an", END))
    kept.labels.add(r.Label("b", "relevance", "2", "0", "an", END))
    kept.labels.add(r.Label("c", "topics", "mot_lan", "bhyt;khac", "an", END))
    kept.labels.add(r.Label("no", "relevance", "0", "2", "an", END))
    kept.cases.decide("a", "dismissed", "an", END)
    found = week(kept).groups
    assert found["all"]["all"] == ("a", "no", "c") and found["sentiment"] == {"negative": ("c",), "neutral": ("a",)}
    assert found["topic"]["bhyt"] == ("c",) and found["flag"] == {"dismissed": ("a",)}


def test_what_is_usual_and_what_came_late(kept: store.Store) -> None:
    late = document("late", published_at=START, first_seen=START + 30 * HOUR)
    settled(kept, late, at=START + 31 * HOUR)
    for week_before in range(1, 7):
        for _ in range(2):
            kept.sources.polled("bao", START - week_before * 7 * DAY, True, items=9, new=3 + week_before)
    (line,) = [line for line in week(kept).coverage if line.source == "bao"]
    assert (line.late, line.usual) == (1, 13)
    kept.sources.polled("cam", START - 7 * DAY, True, new=5)
    assert [one.usual for one in week(kept).coverage if one.source == "cam"] == [None], "one week is no habit"


def test_the_weeks_before_are_counted_in_one_pass(kept: store.Store) -> None:
    for n in range(6):
        at = START - (6 - n) * 7 * DAY
        put(kept, f"k{n}", at, f"s{n % 2}", sentiment="negative", title="Lương hưu tháng mười hai")
        put(kept, f"p{n}", at + HOUR, f"s{n % 2}", outlet="Khác", sentiment="positive", feedback="question")
        put(kept, f"n{n}", at, relevance=0, sentiment=None, target=None)
        put(kept, f"r{n}", at, spam=True)
    for n in range(3):
        put(kept, f"t{n}", START + n * HOUR, title="Lương hưu tháng mười hai tăng")
    kept.labels.add(r.Label("k5", "sentiment", "negative", "neutral", "an", START))
    kept.labels.add(r.Label("n5", "relevance", "0", "1", "an", START))
    kept.labels.add(r.Label("k4", "sentiment", "negative", "positive", "an", END + 9 * DAY))
    found = week(kept).history
    assert [line.week for line in found] == ["2026-W42", "2026-W43", "2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    before, now = found[-2].counts, found[-1].counts
    assert before["all"] == {"all": 3} and before["stored"] == {"all": 4} and before["story"] == {"all": 2}
    assert before["sentiment"] == {"neutral": 1, "positive": 1} and found[-3].counts["sentiment"]["negative"] == 1
    assert before["outlet"] == {"Báo Ví Dụ": 2, "Khác": 1} and before["phrase"]["lương hưu tháng mười"] == 1
    assert now["all"] == {"all": 3} and now["phrase"]["lương hưu tháng mười"] == 3
    for line in found[-1:]:
        groups = week(kept).groups
        same = {
            d: {label: len(keys) for label, keys in groups[d].items()} for d in ("all", "outlet", "topic", "sentiment")
        }
        assert {d: line.counts[d] for d in same} == same, "the weeks of the history are the figures of those weeks"


def test_the_random_sample_alone_measures_the_machine(kept: store.Store) -> None:
    for n, (new, origin) in enumerate((("negative", "random"), ("neutral", "random"), ("neutral", "correction"))):
        put(kept, f"x{n}", START, sentiment="negative")
        kept.labels.add(r.Label(f"x{n}", "sentiment", "negative", new, "an", END, origin=origin))
    kept.labels.add(r.Label("x0", "sentiment", "negative", "positive", "an", END + HOUR, origin="random"))
    kept.labels.add(r.Label("x1", "topics", "mot_lan", "bhyt", "an", END, origin="random"))
    assert week(kept).sample == {"sentiment": {"neutral": {"negative": 1}, "positive": {"negative": 1}}}
    assert week(kept, END + HOUR / 2).sample == {"sentiment": {"negative": {"negative": 1}, "neutral": {"negative": 1}}}


def test_confirmed_cases_and_replies_as_they_were_known(kept: store.Store) -> None:
    fill(kept)
    kept.cases.impact_confirmed("a", "an", END - DAY)
    kept.cases.first_statement("a", "an", END + HOUR)
    kept.cases.decide("b", "answered", "an", END + HOUR)
    early, late = week(kept, END), week(kept, END + 2 * HOUR)
    assert [case.first_statement_at for case in early.cases] == [None]
    assert [case.first_statement_at for case in late.cases] == [END + HOUR]
    assert (early.groups["reply"], late.groups["reply"]) == ({"waiting": ("b",)}, {"answered": ("b",)})
    assert late.groups["impact"] == {"confirmed": ("a",)} and late.cases[0].by is None


def test_messages_are_asked_of_the_whole_text(kept: store.Store) -> None:
    fill(kept)
    told = kept.figures(
        START, END, END + DAY, EXPECTED, spoken=lambda of: [("M03", "lương hưu" in of.text)] if of.key != "c" else []
    )
    assert told.groups["message"] == {"M03": ("a", "b")} == told.groups["message_exact"]
    assert "message" in told.carried and "message" not in week(kept).carried


def test_a_month_is_compared_with_the_month_before(kept: store.Store) -> None:
    fill(kept)
    first, last = datetime(2026, 11, 1, tzinfo=HO_CHI_MINH), datetime(2026, 12, 1, tzinfo=HO_CHI_MINH)
    put(kept, "october", datetime(2026, 10, 1, tzinfo=HO_CHI_MINH))
    found = kept.figures(first, last, last, EXPECTED, datetime(2026, 10, 1, tzinfo=HO_CHI_MINH), "2026-11")
    assert found.week == "2026-11" and len(found.groups["all"]["all"]) == 5
    assert found.before["all"] == {"all": ("october",)}


def test_an_empty_week(kept: store.Store) -> None:
    found = week(kept)
    assert (found.groups, found.before, found.stories, found.judged) == ({}, {}, (), {})
    assert (found.items, found.history, found.sample, found.cases) == ((), (), {}, ())
    assert [line.silent for line in found.coverage] == [True, True, True]


def test_a_report_is_frozen_once(kept: store.Store) -> None:
    fill(kept)
    figures = week(kept)
    files = {"a.docx": b"\x00docx", "a.html": "báo cáo".encode()}
    assert kept.reports.get("2026-W47") is None and kept.reports.file("2026-W47", "a.docx") is None
    assert kept.reports.freeze("2026-W47", figures, files, END)
    assert not kept.reports.freeze("2026-W47", replace(figures, week="x"), {}, END + DAY)
    found = kept.reports.get("2026-W47")
    assert (found.figures, found.files, found.issued_at, len(found.sha256)) == (figures, files, END, 64)
    assert kept.reports.weeks() == ["2026-W47"] and kept.reports.file("2026-W47", "a.docx") == b"\x00docx"
    kept.documents.erase("a", by="an", at=END)
    assert kept.reports.get("2026-W47").figures == figures


def test_words_and_steps_stand_beside_the_figures(kept: store.Store) -> None:
    fill(kept)
    kept.reports.freeze("2026-W47", week(kept), {"a.docx": b"x"}, END)
    mail = message("<w@x>", kind="weekly")
    assert not kept.reports.step("2026-W47", "sent", "máy", END, [mail], {"b.docx": b"y"})
    kept.reports.edit("2026-W47", "de-xuat", "Một", "an", END)
    kept.reports.edit("2026-W47", "de-xuat", "Hai", "binh", END + HOUR)
    assert {part: (one.text, one.by) for part, one in kept.reports.edits("2026-W47").items()} == {
        "de-xuat": ("Hai", "binh")
    }
    kept.reports.approve("2026-W47", "an", END + HOUR, kept.reports.seen("2026-W47"))
    assert kept.reports.step("2026-W47", "sent", "máy", END + DAY, [mail], {"b.docx": b"y"})
    assert not kept.reports.step("2026-W47", "sent", "máy", END + DAY, [message("<v@x>")])
    assert [each.id for each in kept.outbox.list()] == ["<w@x>"]
    (line,) = kept.reports.listing()
    assert (line.files, set(line.steps), line.steps["approved"].by) == (
        ("a.docx", "b.docx"),
        {"approved", "sent"},
        "an",
    )
    assert kept.reports.get("2026-W47").figures == week(kept)
