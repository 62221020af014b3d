"""What the desk keeps: counts by the day, edits with four eyes, recipients, saved searches, tokens, reports sent in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import records as r
import store
from tests.store_support import NOW, document, message, settled

DAY = date(NOW.year, NOW.month, NOW.day)


def tallied(kept: store.Store) -> dict[str, dict[str, int]]:
    """dimension -> label -> count over a fortnight."""
    found = kept.tallies.of(DAY - timedelta(days=7), DAY + timedelta(days=7))
    return {name: {label: sum(days.values()) for label, days in labels.items()} for name, labels in found.items()}


def test_days_are_counted_again_when_something_changes(kept: store.Store) -> None:
    first, second = document("https://bao.example/1"), document("https://bao.example/2")
    settled(kept, first)
    settled(kept, second, sentiment="positive", topics=("mot_lan",))
    assert kept.tallies.waiting() == 1 and kept.tallies.recount(NOW) == 1 and kept.tallies.waiting() == 0
    counts = tallied(kept)
    assert counts["all"] == {"all": 2} and counts["sentiment"] == {"negative": 1, "positive": 1}
    assert counts["topics"] == {"mot_lan": 2, "huu_tri": 1}
    kept.labels.add(r.Label(first.key, "sentiment", "negative", "neutral", "an", NOW))
    assert tallied(kept)["sentiment"]["negative"] == 1, "not before the day is counted again"
    assert kept.tallies.recount(NOW) == 1
    assert tallied(kept)["sentiment"] == {"neutral": 1, "positive": 1}
    kept.documents.erase(first.key, by="an", at=NOW)
    kept.tallies.recount(NOW)
    assert tallied(kept)["all"] == {"all": 1}


def test_a_tally_is_what_the_list_shows(kept: store.Store) -> None:
    settled(kept, document("https://bao.example/1"), feedback="complaint")
    settled(kept, document("https://bao.example/2"), relevance=0)
    settled(kept, document("https://bao.example/3"), spam=True)
    kept.tallies.recount(NOW)
    counts = tallied(kept)
    assert counts["all"]["all"] == kept.judged.count() == 1
    assert counts["feedback"]["complaint"] == kept.judged.count(store.Filter(feedback="complaint"))
    assert counts["province"]["Hà Nội"] == kept.judged.count(store.Filter(province="Hà Nội"))
    assert counts["topics"]["huu_tri"] == kept.judged.count(store.Filter(topic="huu_tri"))


def test_nobody_approves_their_own_edit(kept: store.Store) -> None:
    number = kept.edits.propose("fact", "F001", {"id": "F001", "statement": "Mới."}, "NĐ 1/2026", "an", NOW)
    before = kept.edits.stamp()
    with pytest.raises(r.BadInput, match="không tự duyệt"):
        kept.edits.decide(number, True, "an", NOW)
    assert kept.edits.in_force() == []
    edit = kept.edits.decide(number, True, "binh", NOW, "đúng văn bản")
    assert (edit.state, edit.decided_by, edit.content["statement"]) == ("approved", "binh", "Mới.")
    assert kept.edits.stamp() != before and [one.id for one in kept.edits.in_force()] == [number]
    with pytest.raises(r.BadInput, match="không còn chờ"):
        kept.edits.decide(number, False, "chi", NOW)
    assert {line.what for line in kept.audit_log(subject="fact:F001")} == {
        "đề nghị sửa kiến thức",
        "duyệt sửa kiến thức",
    }
    assert kept.audit_log(who="an")[0].who == "an" and not kept.audit_log(who="an", subject="x")


def test_a_refused_edit_is_kept_and_not_in_force(kept: store.Store) -> None:
    number = kept.edits.propose("fact", "F001", {"id": "F001"}, "", "an", NOW)
    kept.edits.decide(number, False, "binh", NOW, "thiếu nguồn")
    assert kept.edits.in_force() == [] and kept.edits.list("refused")[0].note == "thiếu nguồn"
    assert kept.edits.list("waiting") == [] and kept.edits.get(number) and kept.edits.get(99) is None


def test_recipients_stand_on_lists(kept: store.Store) -> None:
    one = store.Recipient("daily", "an@x.example", "An", "quan-tri", NOW)
    kept.recipients.add(one)
    with pytest.raises(r.BadInput):
        kept.recipients.add(one)
    with pytest.raises(r.BadInput):
        kept.recipients.add(store.Recipient("lạ", "an@x.example", "An", "quan-tri", NOW))  # type: ignore[arg-type]
    assert kept.recipients.of("daily") == ["an@x.example"] and kept.recipients.of("weekly") == []
    kept.recipients.remove("daily", "an@x.example", "quan-tri", NOW)
    with pytest.raises(r.BadInput):
        kept.recipients.remove("daily", "an@x.example", "quan-tri", NOW)


def test_a_saved_search_mails_a_hit_once(kept: store.Store) -> None:
    kept.officers.add(r.Officer("an", "An", "an@x.example", ("viewer",)), "băm")
    first, second = settled(kept, document("https://bao.example/1")), settled(kept, document("https://bao.example/2"))
    number = kept.searches.add(
        "an", "Lương hưu", {"q": "lương hưu"}, store.Filter(query="lương hưu", start=NOW), True, NOW
    )
    (saved,) = kept.searches.mailing(NOW)
    assert saved.chosen == {"q": "lương hưu"} and saved.asked == store.Filter(query="lương hưu", start=NOW)
    keys = [first.key, second.key]
    assert kept.searches.untold(number, keys) == keys
    kept.searches.tell(number, keys[:1], [message("<s1@x>", kind="daily")], NOW)
    assert kept.searches.untold(number, keys) == keys[1:] and len(kept.outbox.list()) == 1
    assert kept.searches.mailing(NOW - timedelta(hours=1)) == [] and len(kept.searches.mailing(NOW)) == 1
    with pytest.raises(r.BadInput):
        kept.searches.remove(number, "nguoi-khac")
    kept.searches.remove(number, "an")
    kept.searches.tell(number, keys[1:], [message("<s2@x>", kind="daily")], NOW)
    assert kept.searches.of("an") == [] and len(kept.outbox.list()) == 1


def test_a_person_saves_so_many_searches(kept: store.Store) -> None:
    kept.officers.add(r.Officer("an", "An", "", ("viewer",)), "băm")
    for n in range(50):
        kept.searches.add("an", f"{n}", {}, store.Filter(), False, NOW)
    with pytest.raises(r.BadInput, match="50"):
        kept.searches.add("an", "nữa", {}, store.Filter(), False, NOW)


def test_a_token_opens_until_it_ends_or_is_revoked(kept: store.Store) -> None:
    token = kept.tokens.make("Bảng tin", "viewer", None, NOW + timedelta(days=90), "admin", NOW)
    found = kept.tokens.find(token, NOW)
    assert found and (found.role, found.name) == ("viewer", "Bảng tin")
    assert token not in repr(kept.tokens.all()) and kept.tokens.all()[0].used_at == NOW
    assert kept.tokens.find(token + "x", NOW) is None and kept.tokens.find("\ud800", NOW) is None
    assert kept.tokens.find(token, NOW + timedelta(days=90)) is None
    kept.tokens.revoke(found.digest, "admin", NOW)
    assert kept.tokens.find(token, NOW) is None
    with pytest.raises(r.BadInput):
        kept.tokens.revoke(found.digest, "admin", NOW)


def test_a_report_sent_in_keeps_its_pictures_until_it_is_erased(kept: store.Store) -> None:
    sent = document("report:abc", kind="report", url="")
    kept.documents.keep(sent)
    picture = r.Attachment("anh-1.png", "image/png", b"png")
    intake = store.Intake(sent.key, "hue", NOW, "tờ rơi")
    assert kept.intakes.add(intake, [picture]) and not kept.intakes.add(intake, [picture])
    found = kept.intakes.get(sent.key)
    assert found and [name for _, name in found.files] == ["anh-1.png"] and found.seen == "tờ rơi"
    assert kept.intakes.file(sent.key, found.files[0][0]) == picture
    assert kept.intakes.file("report:khac", found.files[0][0]) is None
    assert [one.key for one in kept.intakes.of("hue")] == [sent.key] and kept.intakes.of("khac") == []
    kept.documents.erase(sent.key, by="an", at=NOW)
    assert kept.intakes.get(sent.key) is None and kept.intakes.file(sent.key, found.files[0][0]) is None
