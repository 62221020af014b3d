"""Documents: kept once, versions at a change, what is due, retention and erasure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import records as r
import store
from tests.store_support import DAILY, KEY, NONE, NOW, URGENT, act, assessment, document, message, settled, signature

DAY = timedelta(days=1)


def test_a_document_comes_back_as_it_was(kept: store.Store) -> None:
    full = document(
        modified_at=NOW,
        section="Xã hội",
        authors=("Nguyễn A", "Trần B"),
        author="abc",
        method="json-ld",
        gaps=("body", "date"),
        reach=2**40,
        published_at=datetime(2026, 11, 26, 7, 0, tzinfo=timezone(timedelta(hours=7))),
    )
    assert kept.documents.keep(full) == "new"
    assert kept.documents.get(full.key) == full
    assert kept.documents.by_id(store.short_id(full.key)) == full
    assert kept.documents.get(full.key).published_at.utcoffset() == timedelta(0)
    assert kept.documents.get("https://khong.example/") is None


def test_keeping_again_changes_nothing(kept: store.Store) -> None:
    one = document()
    assert [kept.documents.keep(one) for _ in range(3)] == ["new", "same", "same"]
    assert kept.documents.keep(replace(one, first_seen=NOW + DAY)) == "same"
    assert kept.documents.get(one.key) == one
    assert kept.documents.count() == 1 and len(kept.documents.versions(one.key)) == 1


def test_changed_words_make_a_version_and_are_judged_again(kept: store.Store) -> None:
    one = settled(kept, document())
    assert kept.documents.unassessed("m1", 10) == []
    later = replace(one, body="Thân bài đã sửa.", first_seen=NOW + DAY)
    assert kept.documents.keep(later) == "changed"
    assert [(v.seen_at, v.body) for v in kept.documents.versions(one.key)] == [(NOW, one.body), (NOW + DAY, later.body)]
    assert [d.body for d in kept.documents.unassessed("m1", 10)] == [later.body]
    assert kept.documents.get(one.key).first_seen == NOW
    assert [hit.key for hit in kept.search("đã sửa")] == [one.key] and kept.search("lương hưu") == []
    assert kept.documents.keep(replace(one, first_seen=NOW + 2 * DAY)) == "changed"  # and back again
    assert [v.body for v in kept.documents.versions(one.key)] == [one.body, later.body, one.body]


def test_numbers_and_missing_dates_follow_without_a_version(kept: store.Store) -> None:
    kept.documents.keep(document(published_at=None, reach=5))
    assert kept.documents.keep(document(published_at=NOW - DAY, reach=9)) == "same"
    assert kept.documents.keep(document(published_at=NOW - 3 * DAY, reach=None)) == "same"
    found = kept.documents.get(document().key)
    assert (found.published_at, found.reach) == (NOW - DAY, 9)


def test_many_at_once_keep_one(kept: store.Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda place: kept.documents.keep(document(f"https://b.example/{place % 5}")), range(40)))
    assert (said.count("new"), said.count("same")) == (5, 35)
    assert kept.documents.count() == 5


def test_two_keys_with_one_number_are_two_documents(kept: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.rows.number", lambda key, at: 77)
    assert [kept.documents.keep(document(f"k{place}")) for place in range(3)] == ["new"] * 3
    assert {kept.documents.get(f"k{place}").key for place in range(3)} == {"k0", "k1", "k2"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""},
        {"key": "k" * 2001},
        {"first_seen": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"published_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"body": "x" * 4_000_001},
    ],
)
def test_what_no_document_may_be_is_refused(kept: store.Store, wrong: dict[str, object]) -> None:
    with pytest.raises(r.BadInput):
        kept.documents.keep(replace(document(), **wrong))
    assert kept.documents.count() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(st.characters(), max_size=40), body=st.text(st.characters(), max_size=200))
def test_any_text_is_kept_and_judged(kept: store.Store, title: str, body: str) -> None:
    one = document("https://x.example/" + str(abs(hash((title, body)))), title=title, body=body)
    kept.documents.keep(one)
    found = kept.documents.get(one.key)
    assert found.title == title.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    assert kept.settle(found, assessment(found), r.Placement(found.key, None, signature(1, x=1)), DAILY, [], NOW)
    assert kept.documents.keep(one) == "same"


def test_known_in_chunks(kept: store.Store) -> None:
    for place in range(3):
        kept.documents.keep(document(f"https://b.example/{place}"))
    asked = [f"https://b.example/{place}" for place in range(1203)]
    assert kept.documents.known(asked) == set(asked[:3])
    assert kept.documents.known([]) == set()


def test_when_the_oldest_was_first_seen(kept: store.Store) -> None:
    assert kept.documents.first_seen() is None
    settled(kept, document("b", first_seen=NOW - DAY))
    kept.documents.keep(document("a"))
    assert kept.documents.first_seen() == NOW - DAY


def test_unassessed_gives_the_new_first_then_other_models_oldest_first(kept: store.Store) -> None:
    for place in range(6):
        one = document(f"k{place}", first_seen=NOW + timedelta(minutes=place))
        kept.documents.keep(one)
        if place in (0, 1, 2, 4):
            kept.settle(one, assessment(one, "old" if place != 2 else "new"), None, NONE, [], NOW)
    assert [d.key for d in kept.documents.unassessed("new", 10)] == ["k3", "k5", "k0", "k1", "k4"]
    assert [d.key for d in kept.documents.unassessed("new", 10, NOW + timedelta(minutes=1))] == ["k3", "k5", "k1", "k4"]
    assert [d.key for d in kept.documents.unassessed("new", 3)] == ["k3", "k5", "k0"]
    assert [d.key for d in kept.documents.unassessed("old", 10)] == ["k3", "k5", "k2"]


def test_rejudging_counts_what_is_still_to_be_given(kept: store.Store) -> None:
    assert kept.documents.rejudging(NOW) is None, "nothing was judged yet"
    for place in range(6):
        one = document(f"k{place}", first_seen=NOW - place * DAY)
        kept.documents.keep(one)
        kept.settle(one, assessment(one, "old" if place % 2 else "older"), None, NONE, [], NOW)
    old = document("past", first_seen=NOW - 61 * DAY)
    kept.documents.keep(old)
    kept.settle(old, assessment(old, "old"), None, NONE, [], NOW)
    kept.documents.keep(document("never judged"))
    waiting = len(kept.documents.unassessed("new", 100, NOW - store.REJUDGED)) - 1
    for at, one in enumerate(kept.documents.unassessed("new", 100, NOW - store.REJUDGED)[1:], 1):
        kept.settle(one, assessment(one, "new"), None, NONE, [], NOW + timedelta(minutes=at))
        assert kept.documents.rejudging(NOW) == store.Rejudging("new", waiting - at, False)
        assert kept.documents.rejudging(NOW, 2) == store.Rejudging("new", min(waiting - at, 2), waiting - at > 2)
    assert waiting == at == 6


def test_flagged_and_high_reach_are_followed_after_a_day_a_week_and_two(kept: store.Store) -> None:
    settled(kept, document("flagged"), acts=(act(),))
    settled(kept, document("reach", reach=50_000))
    settled(kept, document("urgent"), URGENT)
    settled(kept, document("plain"))
    settled(kept, document("told of"), acts=(act(mode="reports"),))
    assert kept.documents.follow_due(NOW + timedelta(hours=23), 10) == []
    seen = []
    now = NOW
    for _ in range(20):
        now += DAY
        for due in kept.documents.follow_due(now, 10):
            if due.key == "flagged":
                seen.append((now - NOW).days)
            kept.documents.followed(due.key, now)
    assert seen == [1, 7, 14]
    assert {d.key for d in kept.documents.follow_due(NOW + 99 * DAY, 10)} == set()


def test_gone_at_the_source_is_noted_once_and_not_followed(kept: store.Store) -> None:
    one = settled(kept, document(), acts=(act(),))
    kept.documents.mark_gone(one.key, NOW + DAY, 404)
    kept.documents.mark_gone(one.key, NOW + 2 * DAY, 410)
    assert kept.documents.gone(one.key) == (NOW + DAY, 404)
    assert kept.documents.follow_due(NOW + 9 * DAY, 10) == []
    assert kept.documents.get(one.key) == one
    assert kept.documents.keep(one) == "same" and kept.documents.gone(one.key) is None
    assert kept.documents.absences(one.key)[0].back_at == one.first_seen


def test_retention_keeps_what_people_work_on(kept: store.Store) -> None:
    old = NOW - 800 * DAY
    for key, kind, seen in [
        ("a", "press", old),
        ("b", "post", old),
        ("c", "press", NOW),
        ("d", "press", old),
        ("e", "press", old),
    ]:
        settled(kept, document(key, kind=kind, published_at=seen, first_seen=seen))
    settled(kept, document("f", first_seen=old, published_at=old), acts=(act(),))
    settled(kept, document("g", first_seen=old, published_at=old), acts=(act(),))
    kept.cases.decide("g", "closed", "an", NOW)
    settled(kept, document("h", published_at=NOW - 100 * DAY, first_seen=NOW - 100 * DAY), relevance=0)
    kept.labels.add(r.Label("d", "sentiment", "negative", "positive", "an", NOW))
    gone = kept.documents.forget({"press": NOW - 730 * DAY}, NOW - 90 * DAY, NOW)
    left = {key for key in "abcdefgh" if kept.documents.get(key)}
    assert (gone, left) == (4, set("bcdf"))
    assert kept.documents.known("abcdefgh") == set("abcdefgh")
    assert kept.documents.keep(document("a")) == "same" and kept.documents.get("a") is None
    assert kept.stories.get("a") is None and kept.stories.get("b") is not None
    assert all("Tiêu đề" not in line.detail + line.subject for line in kept.audit_log())
    assert kept.documents.forget({"press": NOW - 730 * DAY}, NOW - 90 * DAY, NOW) == 0


def test_retention_takes_old_mails_and_counts(kept: store.Store) -> None:
    attached = (r.Attachment("a", "t/p", b"x"),)
    kept.outbox.add([message("<old@x>", created_at=NOW - 800 * DAY, attachments=attached), message("<new@x>")])
    for mail in kept.outbox.claim(NOW, DAY, 9):
        kept.outbox.sent(mail, NOW)
    kept.outbox.add([message("<waiting@x>", created_at=NOW - 800 * DAY)])
    for days in (0, 500):
        kept.runs.note_problem("date", f"bao{days}", "x", NOW - days * DAY)
        kept.sources.polled("bao", NOW - days * DAY, True)
    kept.documents.forget({"press": NOW - 730 * DAY, "post": NOW - 365 * DAY}, NOW - 90 * DAY, NOW)
    assert {each.id for each in kept.outbox.list()} == {"<new@x>", "<waiting@x>"}
    assert [each.where for each in kept.runs.problems(NOW - 999 * DAY)] == ["bao0"]


def test_erasure_takes_the_words_out_of_everything(kept: store.Store, store_url: str) -> None:
    secret = document("https://b.example/s", title="Bí mật riêng tư", body="chuyện riêng tư của tôi", author="hash1")
    kept.documents.keep(secret, [r.Indicator("phone", "0912345678", "09xx")])
    kept.documents.keep(replace(secret, body="chuyện riêng tư lần hai"))
    quoted = message(
        "<q@x>", text="… riêng tư …", documents=(secret.key,), attachments=(r.Attachment("a", "t/p", b"rieng"),)
    )
    other = message("<o@x>", documents=("https://b.example/o",), attachments=(r.Attachment("a", "t/p", b"khac"),))
    one = kept.documents.get(secret.key)
    kept.settle(one, assessment(one), r.Placement("s", None, signature(1, tư=1)), URGENT, [quoted, other], NOW)
    kept.cases.decide(one.key, "confirmed", "an", NOW)
    assert kept.documents.erase(author="hash1", by="an", at=NOW) == 1
    assert kept.documents.get(one.key) is None and kept.documents.versions(one.key) == []
    assert kept.judged.get(one.key) is None and kept.search("riêng tư") == [] and kept.cases.get(one.key) is None
    mail = kept.outbox.get("<q@x>")
    assert (mail.state, mail.error, mail.attachments) == (
        "dead",
        "erased",
        (),
    ) and "riêng" not in mail.text + mail.subject
    assert kept.outbox.get("<o@x>") == replace(other, next_try_at=NOW)
    assert kept.documents.keep(secret) == "same" and kept.documents.get(one.key) is None
    assert [(line.who, line.what, line.detail) for line in kept.audit_log()] == [("an", "erase", "1 documents")]
    if store_url.startswith("sqlite"):
        kept.close()
        content = Path(store_url.removeprefix("sqlite:///")).read_bytes()
        assert "riêng tư".encode() not in content
    with pytest.raises(r.BadInput):
        kept.documents.erase(by="an", at=NOW)


def test_indicators_are_encrypted_and_reading_them_is_logged(kept: store.Store, store_url: str) -> None:
    phone = r.Indicator("phone", "0912345678", "09xx…")
    one = document()
    kept.documents.keep(one, [phone, phone])
    kept.documents.keep(one, [phone])
    assert kept.cases.indicators(one.key, "an", NOW) == (phone,)
    assert [(line.who, line.what, line.subject) for line in kept.audit_log()] == [
        ("an", "indicators", store.short_id(one.key))
    ]
    for other in (store.open(store_url), store.open(store_url, KEY + b"!")):
        assert other.cases.indicators(one.key, "an", NOW) == (replace(phone, value="09xx…"),)
        other.close()
    if store_url.startswith("sqlite"):
        assert b"0912345678" not in Path(store_url.removeprefix("sqlite:///")).read_bytes()
