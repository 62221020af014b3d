"""The outbox: queued once, claimed by one, re-claimed after a death, never told twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import records as r
import store
from tests.store_support import DAILY, NONE, NOW, URGENT, document, message, settled

LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
EDITION = "2026-11-26"


def test_a_mail_comes_back_as_it_was(kept: store.Store) -> None:
    attached = (r.Attachment("a.docx", "application/x", b"\x00\xff" * 10), r.Attachment("b.txt", "text/plain", b""))
    full = message(documents=("k2", "k1"), story="s", attachments=attached)
    assert kept.outbox.add([full, full]) == 1
    assert kept.outbox.get(full.id) == replace(full, next_try_at=NOW)
    assert [each.name for each in kept.outbox.list()[0].attachments] == ["a.docx", "b.txt"]
    assert kept.outbox.get("<nobody@x>") is None


def test_one_row_a_recipient(kept: store.Store) -> None:
    assert kept.outbox.add([message(recipient="a@x"), message(recipient="b@x")]) == 2
    assert kept.outbox.add([message(recipient="a@x", subject="khác"), message(recipient="c@x")]) == 1
    assert kept.outbox.get(message().id, "a@x").subject == message().subject
    assert kept.outbox.get(message().id, "c@x").recipient == "c@x"


def test_claim_send_retry_and_give_up(kept: store.Store) -> None:
    kept.outbox.add([message("<1@x>"), message("<2@x>"), message("<3@x>", next_try_at=NOW + MINUTE)])
    one, two = kept.outbox.claim(NOW, LEASE, 10)
    assert (one.state, one.attempts) == ("sending", 1)
    assert kept.outbox.claim(NOW, LEASE, 10) == []
    assert kept.outbox.sent(one, NOW)
    assert kept.outbox.failed(two, NOW, "450 thử lại", NOW + MINUTE)
    assert {each.id for each in kept.outbox.claim(NOW + MINUTE, LEASE, 10)} == {"<2@x>", "<3@x>"}
    again = kept.outbox.get("<2@x>")
    assert (again.attempts, again.error) == (2, "450 thử lại")
    assert kept.outbox.failed(again, NOW, "550 không có hộp thư", None)
    assert [each.id for each in kept.outbox.list(state="dead")] == ["<2@x>"]
    assert kept.outbox.claim(NOW + timedelta(days=1), LEASE, 10)[0].id == "<3@x>"
    assert kept.outbox.counts() == {"dead": 1, "sent": 1, "sending": 1}
    assert kept.outbox.get("<1@x>").sent_at == NOW
    assert kept.outbox.requeue(again, NOW) and not kept.outbox.requeue(again, NOW)
    assert [each.id for each in kept.outbox.claim(NOW, LEASE, 10)] == ["<2@x>"]


def test_a_dead_holders_mail_is_claimed_again_and_its_late_word_refused(kept: store.Store) -> None:
    kept.outbox.add([message()])
    (zombie,) = kept.outbox.claim(NOW, LEASE, 10)
    assert kept.outbox.claim(NOW + LEASE - MINUTE, LEASE, 10) == []
    (heir,) = kept.outbox.claim(NOW + LEASE, LEASE, 10)
    assert (heir.id, heir.attempts) == (zombie.id, 2)
    assert not kept.outbox.sent(zombie, NOW + LEASE)
    assert not kept.outbox.failed(zombie, NOW + LEASE, "muộn", None)
    assert kept.outbox.sent(heir, NOW + LEASE) and not kept.outbox.sent(heir, NOW + LEASE)
    assert kept.outbox.get(zombie.id).state == "sent"


def test_urgent_goes_before_daily(kept: store.Store) -> None:
    kinds = ("daily", "weekly", "urgent", "alarm", "escalation")
    kept.outbox.add([message(f"<{kind}@x>", kind=kind) for kind in kinds])
    assert {each.kind for each in kept.outbox.claim(NOW, LEASE, 3)} == {"urgent", "alarm", "escalation"}


def test_a_clock_that_ran_ahead_loses_nothing(kept: store.Store) -> None:
    ahead = NOW + timedelta(days=3650)
    kept.outbox.add([message()])
    assert len(kept.outbox.claim(ahead, LEASE, 10)) == 1
    (found,) = kept.outbox.claim(NOW, LEASE, 10)
    assert kept.outbox.sent(found, NOW)
    assert kept.outbox.claim(ahead, LEASE, 10) == []


def test_eight_claimers_double_nothing(kept: store.Store) -> None:
    kept.outbox.add([message(f"<{place}@x>") for place in range(200)])

    def work(_: int) -> list[str]:
        mine: list[str] = []
        while claimed := kept.outbox.claim(NOW, LEASE, 7):
            mine += [each.id for each in claimed if kept.outbox.sent(each, NOW)]
        return mine

    with ThreadPoolExecutor(8) as pool:
        sent = [id_ for mine in pool.map(work, range(8)) for id_ in mine]
    assert len(sent) == len(set(sent)) == 200
    assert kept.outbox.counts() == {"sent": 200}


def test_the_digest_of_a_day_is_made_once_with_its_marks(kept: store.Store) -> None:
    settled(kept, document("a"), DAILY)
    settled(kept, document("b", published_at=NOW - timedelta(days=2)), URGENT)
    settled(kept, document("c"), NONE)
    waiting = kept.judged.undigested()
    assert [each.document.key for each in waiting] == ["b", "a"]
    assert not kept.outbox.digest_done(EDITION)
    mails = [message("<d@x>", kind="daily")]
    assert kept.outbox.add_digest(EDITION, mails, ["a", "b"], NOW)
    assert not kept.outbox.add_digest(EDITION, [message("<e@x>")], ["c"], NOW)
    assert kept.outbox.digest_done(EDITION) and kept.judged.undigested() == []
    assert [each.id for each in kept.outbox.list()] == ["<d@x>"]
    assert kept.stories.get("a").told_daily_at == NOW and kept.stories.get("c").told_daily_at is None
    settled(kept, document("e"), DAILY)
    assert [each.document.key for each in kept.judged.undigested()] == ["e"]


def test_a_digest_that_fails_marks_nothing(kept: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(kept, document("a"))

    def broken(*_: object) -> int:
        raise OSError("power")

    with monkeypatch.context() as patched:
        patched.setattr("store.outbox.add", broken)
        with pytest.raises(OSError, match="power"):
            kept.outbox.add_digest(EDITION, [message()], ["a"], NOW)
    assert not kept.outbox.digest_done(EDITION) and len(kept.judged.undigested()) == 1


def test_digests_of_one_day_by_many_make_one(kept: store.Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        done = list(
            pool.map(lambda place: kept.outbox.add_digest(EDITION, [message(f"<{place}@x>")], [], NOW), range(6))
        )
    assert done.count(True) == 1 and len(kept.outbox.list()) == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["claim", "die", "sent", "retry", "dead"]), st.integers(0, 200)), max_size=25
    )
)
def test_no_order_of_events_sends_twice_or_loses(kept: store.Store, steps: list[tuple[str, int]]) -> None:
    ids = {f"<{place}-{abs(hash(str(steps)))}@x>" for place in range(3)}
    kept.outbox.add([message(id_) for id_ in ids])
    now, held, accepted = NOW, [], []
    for what, seconds in steps:
        now += timedelta(seconds=seconds)
        if what == "claim":
            held += kept.outbox.claim(now, LEASE, 2)
        elif held and what == "die":
            held.pop()
        elif held and what == "sent":
            mail = held.pop(0)
            accepted += [mail.id] if kept.outbox.sent(mail, now) else []
        elif held:
            kept.outbox.failed(held.pop(0), now, "lỗi", now + MINUTE if what == "retry" else None)
    now += timedelta(days=1)
    accepted += [each.id for each in kept.outbox.claim(now, LEASE, 99) if kept.outbox.sent(each, now)]
    ended = [kept.outbox.get(id_) for id_ in ids]
    assert {each.state for each in ended} <= {"sent", "dead"}
    assert sorted(id_ for id_ in accepted if id_ in ids) == sorted(each.id for each in ended if each.state == "sent")
