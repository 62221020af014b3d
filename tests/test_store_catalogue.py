"""The list of sources in the store: published, switched on and off by people, opened by trials."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

import store
from records import BadInput
from store.tables_sources import catalogue
from tests.store_support import NOW


def entry(source: str = "bao", name: str = "Báo Ví Dụ", waits_for: str = "") -> store.Entry:
    home = f"https://{source}.example"
    return store.Entry(
        source, name, home, "press", 3, "C", "một nơi nêu", "Huế", waits_for, 0, "ghi chú", (f"{home}/rss",)
    )


def test_the_list_is_what_was_published_last(kept: store.Store) -> None:
    assert kept.catalogue.all() == []
    assert kept.catalogue.publish([entry("b", "Báo B"), entry("a", "Báo A")])
    assert [one.name for one in kept.catalogue.all()] == ["Báo A", "Báo B"]
    assert not kept.catalogue.publish([entry("a", "Báo A"), entry("b", "Báo B")]), "the same list is no change"
    assert kept.catalogue.publish([entry("b", "Báo Bê")])
    assert kept.catalogue.all() == [entry("b", "Báo Bê")]
    assert kept.catalogue.publish([]) and kept.catalogue.all() == []


def test_a_person_switches_and_the_log_says_why(kept: store.Store) -> None:
    with pytest.raises(BadInput, match="lý do"):
        kept.catalogue.switch("bao", False, "  ", "quan-tri", NOW)
    kept.catalogue.switch("bao", False, "tòa soạn yêu cầu", "quan-tri", NOW)
    assert kept.catalogue.switches() == {"bao": store.Switch(False, "tòa soạn yêu cầu", "quan-tri", NOW)}
    kept.catalogue.switch("bao", True, "đã hỏi lại", "quan-tri", NOW + timedelta(hours=1))
    assert kept.catalogue.switches()["bao"].on
    assert [(line.what, line.subject, line.detail) for line in kept.audit_log()] == [
        ("bật nguồn", "bao", "đã hỏi lại"),
        ("tạm dừng nguồn", "bao", "tòa soạn yêu cầu"),
    ]
    assert kept.audit_intact()


def test_a_trial_that_went_well_is_remembered_after_one_that_did_not(kept: store.Store) -> None:
    later = NOW + timedelta(days=1)
    kept.catalogue.tried("bao", False, "hết giờ", NOW)
    assert kept.catalogue.trials() == {"bao": store.Trial(NOW, False, "hết giờ", None)}
    kept.catalogue.tried("bao", True, "5 bài", NOW)
    kept.catalogue.tried("bao", False, "hết giờ", later)
    assert kept.catalogue.trials() == {"bao": store.Trial(later, False, "hết giờ", NOW)}


GOOD, BAD = store.Trial(NOW, True, "", NOW), store.Trial(NOW, False, "", None)
ON, OFF = store.Switch(True, "x", "a", NOW), store.Switch(False, "x", "a", NOW)


@pytest.mark.parametrize(
    ("waits_for", "switch", "trial", "read"),
    [
        ("", None, None, True),
        ("", None, BAD, True),  # a failed trial puts nothing off
        ("", OFF, GOOD, False),
        ("test", None, None, False),
        ("test", None, BAD, False),
        ("test", None, GOOD, True),
        ("test", OFF, GOOD, False),
        ("test", ON, None, True),
        ("person", None, GOOD, False),  # reading it proves nothing about its terms
        ("person", ON, None, True),
    ],
)
def test_which_source_is_read(
    waits_for: str, switch: store.Switch | None, trial: store.Trial | None, read: bool
) -> None:
    assert store.is_read(waits_for, switch, trial) == read


def test_which_sources_were_asked_in_a_period(kept: store.Store) -> None:
    kept.sources.polled("bao", NOW, True)
    kept.sources.polled("cu", NOW - timedelta(days=8), False)
    week = timedelta(days=7)
    assert kept.sources.polled_between(NOW - week, NOW + timedelta(hours=1)) == {"bao"}
    assert kept.sources.polled_between(NOW - 2 * week, NOW - week) == {"cu"}


WEEK = (NOW - timedelta(days=7), NOW)


def everything(kept: store.Store) -> list[store.Listing]:
    """The whole list, as the desk's pages make it."""
    return kept.listings.of([one.entry.source for one in kept.listings.briefs()], *WEEK)


def test_an_entry_of_an_earlier_version_is_read(kept: store.Store) -> None:
    kept.catalogue.publish([entry()])
    with kept._database.write() as connection:
        said = json.loads(connection.execute(select(catalogue.c.said)).scalar_one())
        old = {name: value for name, value in said.items() if name not in {"every", "at_most", "kept", "connector"}}
        connection.execute(update(catalogue).values(said=json.dumps(old)))
    assert kept.catalogue.all() == [entry()]


def test_one_look_has_all_that_is_known_of_a_source(kept: store.Store) -> None:
    kept.catalogue.publish([entry("b", "Báo B"), entry("a", "Báo A", "test"), entry("c", "Báo C")])
    kept.catalogue.switch("b", False, "tòa soạn yêu cầu", "quan-tri", NOW)
    kept.catalogue.tried("a", False, "hết giờ", NOW)
    kept.sources.polled("c", NOW - timedelta(days=8), True, items=9, new=9)
    kept.sources.polled("c", NOW - timedelta(hours=30), True, items=5, new=2)
    kept.sources.polled("c", NOW, True, items=5, new=1)
    kept.sources.polled("da-bo", NOW, True, items=5, new=1)
    kept.listings.watched([("c", "silent", "im"), ("c", "reader", "bài 1"), ("c", "reader", "bài 2")], NOW)
    a, b, c = everything(kept)
    assert [(one.entry.name, one.brief.standing) for one in (a, b, c)] == [
        ("Báo A", "test"),
        ("Báo B", "paused"),
        ("Báo C", "read"),
    ]
    assert a.trial == store.Trial(NOW, False, "hết giờ", None) and a.state is None and (a.new, a.hours) == (0, 0)
    assert b.switch == store.Switch(False, "tòa soạn yêu cầu", "quan-tri", NOW) and b.trial is None
    assert (c.new, c.hours) == (3, 31), "what was brought before the week does not count"
    assert c.state == next(one for one in kept.sources.health() if one.source == "c")
    assert c.findings == (
        store.Finding("c", "reader", "bài 1; bài 2", NOW),
        store.Finding("c", "silent", "im", NOW),
    )
    assert [one.brief for one in (a, b, c)] == kept.listings.briefs()
    assert kept.listings.of(["c", "da-bo", "a"], *WEEK) == [c, a], "in the order asked for"
    assert kept.listings.get("c", *WEEK) == c and kept.listings.get("da-bo", *WEEK) is None


def test_the_list_costs_as_many_queries_however_long_it_is(kept: store.Store) -> None:
    kept.catalogue.publish([entry(f"n{number}") for number in range(300)])
    asked: list[str] = []
    event.listen(kept._database.engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    assert len(everything(kept)) == 300
    assert len([one for one in asked if one.lstrip().startswith("SELECT")]) == 7


def test_a_finding_keeps_its_beginning_and_goes_with_its_cause(kept: store.Store) -> None:
    later = NOW + timedelta(hours=1)
    kept.listings.watched([("bao", "silent", "không có tin mới từ hôm qua"), ("", "network", "mất mạng")], NOW)
    kept.listings.watched([("bao", "silent", "không có tin mới từ hôm kia"), ("bao", "moved", "đã chuyển")], later)
    kept.catalogue.publish([entry()])
    (one,) = everything(kept)
    assert one.findings == (
        store.Finding("bao", "moved", "đã chuyển", later),
        store.Finding("bao", "silent", "không có tin mới từ hôm kia", NOW),
    )
    assert kept.listings.everywhere() == []
    kept.listings.watched([("", "network", "mất mạng")], later)
    assert [one.said for one in kept.listings.everywhere()] == ["mất mạng"]
    kept.listings.watched([], later)
    assert kept.listings.everywhere() == []


def test_the_hours_and_the_problems_of_one_source(kept: store.Store) -> None:
    hour = NOW.replace(minute=0)
    kept.sources.polled("bao", hour + timedelta(minutes=1), True, items=5, new=2, failed=1, bare=1)
    kept.sources.polled("bao", hour + timedelta(minutes=2), False, "hết giờ", trouble="network")
    kept.sources.polled("bao", hour - timedelta(hours=3), True, items=5, new=1)
    kept.sources.polled("khac", hour, True, items=5, new=1)
    assert kept.listings.hours("bao", hour - timedelta(days=1)) == [
        store.Hour(hour, 2, 1, 5, 2, 1, 1),
        store.Hour(hour - timedelta(hours=3), 1, 0, 5, 1, 0, 0),
    ]
    assert len(kept.listings.hours("bao", hour)) == 1
    kept.runs.note_problem("page", "bao", "không có tiêu đề", NOW)
    kept.runs.note_problem("page", "bao", "không có ngày", NOW + timedelta(minutes=1))
    kept.runs.note_problem("page", "khac", "không có ngày", NOW)
    (problem,) = kept.listings.problems("bao", NOW - timedelta(days=7))
    assert (problem.what, problem.count, problem.detail) == ("page", 2, "không có ngày")


def test_who_says_the_same_second_is_told_and_changes_nothing(kept: store.Store) -> None:
    kept.catalogue.switch("bao", False, "tòa soạn yêu cầu", "an", NOW)
    with pytest.raises(BadInput, match="an đã tạm dừng nguồn này trước rồi: tòa soạn yêu cầu"):
        kept.catalogue.switch("bao", False, "lý do khác", "binh", NOW + timedelta(minutes=1))
    assert kept.catalogue.switches() == {"bao": store.Switch(False, "tòa soạn yêu cầu", "an", NOW)}
    assert len(kept.audit_log()) == 1


def test_the_same_request_is_joined_while_it_is_open(kept: store.Store) -> None:
    first, new = kept.requests.join("test_source", {"what": "bao"}, "an", NOW)
    assert new and kept.requests.join("test_source", {"what": "bao"}, "binh", NOW) == (first, False)
    other, new = kept.requests.join("test_source", {"what": "khac"}, "binh", NOW)
    assert new and other != first
    taken = kept.requests.take(NOW)
    assert taken and taken.id in (first, other)
    assert kept.requests.join("test_source", {"what": "bao"}, "binh", NOW) == (first, False), "it runs"
    kept.requests.finish(taken.id)
    if taken.id != first:
        again = kept.requests.take(NOW)
        assert again and again.id == first
        kept.requests.finish(first)
    later = NOW + timedelta(minutes=1)
    last, new = kept.requests.join("test_source", {"what": "bao"}, "binh", later)
    assert new and last != first
    found = kept.requests.last("test_source", {"what": "bao"})
    assert found and (found.id, found.by) == (last, "binh")
    assert kept.requests.last("test_source", {"what": "chua-co"}) is None
    kept.requests.add("train", {}, "an", later)
    assert {one.id for one in kept.requests.list(kind="test_source")} == {first, other, last}


def test_a_request_that_is_still_worked_on_is_not_taken_twice(kept: store.Store) -> None:
    first = kept.requests.add("test_source", {"what": "bao"}, "an", NOW)
    assert kept.requests.take(NOW)
    later = NOW + timedelta(minutes=9)
    kept.requests.renew(first, later)
    assert kept.requests.take(NOW + timedelta(minutes=11)) is None
    over = NOW + timedelta(minutes=20)
    assert kept.requests.take(over, working=(first,)) is None
    assert kept.requests.take(over)
    kept.requests.progress(first, "đang học", over, timedelta(hours=1))
    kept.requests.renew(first, over)
    assert kept.requests.take(over + timedelta(minutes=59)) is None, "a longer lease stays"
