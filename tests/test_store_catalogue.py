"""The list of sources in the store: published, switched on and off by people, opened by trials."""

from __future__ import annotations

from datetime import timedelta

import pytest

import store
from records import BadInput
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
