"""Sealed evidence: only of what is flagged, encrypted, one chain, gone thirty days after a dismissal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

import records as r
import sealing
import store
from tests.store_support import KEY, NOW, act, document, settled

FILES = {"van-ban.txt": "Chữ của bài".encode(), "trang.warc.gz": b"\x1f\x8b trang"}
WRONG = r.Claim("tăng 30%", "contradicted", "F006", "Quy định là 8%.", None)


def flagged(kept: store.Store, number: int = 1, **values: object) -> r.Document:
    return settled(kept, document(f"https://bao.example/{number}", **values), acts=(act(),))


def sealed(kept: store.Store, of: r.Document, at: object = NOW) -> r.Sealed:
    record = kept.evidence.seal(of, FILES, at)  # type: ignore[arg-type]
    assert record is not None
    return record


def keys(kept: store.Store) -> list[str]:
    return [one.key for one, _, _ in kept.evidence.due(NOW, 10)]


def test_flagged_items_are_due_and_only_those(kept: store.Store) -> None:
    one = flagged(kept)
    wrong = settled(kept, document("https://bao.example/2"), claims=(WRONG,))
    settled(kept, document("https://bao.example/3"), feedback="complaint")
    settled(kept, document("https://bao.example/4"), acts=(act(mode="reports"),))
    settled(kept, document("https://bao.example/5"), claims=(r.Claim("x", "supported", "F001", None, None),))
    assert sorted(keys(kept)) == [one.key, wrong.key]
    opened = {each.key: case for each, _, case in kept.evidence.due(NOW, 10)}
    assert opened == {one.key: True, wrong.key: False}


def test_a_record_is_encrypted_linked_and_opened_with_a_line_in_the_log(kept: store.Store, store_url: str) -> None:
    one, two = flagged(kept, 1), flagged(kept, 2)
    first, second = sealed(kept, one), sealed(kept, two, NOW + timedelta(minutes=1))
    assert (first.number, first.previous) == (1, sealing.FIRST) and (second.number, second.previous) == (2, first.hash)
    assert first.files == {name: sealing.sha256(content) for name, content in FILES.items()}
    assert kept.evidence.of(one.key) == [first] and keys(kept) == []
    assert kept.evidence.seal(one, FILES, NOW) is None, "once"
    records, chain = kept.evidence.open(one.key, "an", NOW)
    assert records == [(first, FILES)] and chain == [first, second]
    (line,) = [line for line in kept.audit_log() if line.what == "evidence"]
    assert (line.who, line.subject, line.detail) == ("an", store.short_id(one.key), "1 records")
    engine = create_engine(store_url)
    with engine.connect() as connection:
        ciphers = connection.execute(text("SELECT cipher FROM evidence_files")).scalars().all()
    engine.dispose()
    assert len(ciphers) == 4 and not [cipher for cipher in ciphers if b"trang" in bytes(cipher)]


def test_without_the_key_nothing_is_sealed_or_opened(kept: store.Store, store_url: str) -> None:
    one = flagged(kept)
    for key in (None, b"another key"):
        other = store.open(store_url, key)
        if key is None:
            with pytest.raises(r.BadInput, match="vault_key"):
                other.evidence.seal(one, FILES, NOW)
            sealed(kept, one)
        with pytest.raises(r.BadInput, match="vault_key"):
            other.evidence.open(one.key, "an", NOW)
        other.close()


def test_a_changed_item_is_sealed_again_once_it_is_judged_again(kept: store.Store) -> None:
    one = flagged(kept)
    sealed(kept, one)
    changed = document(one.key, body="Thân bài đã sửa.", first_seen=NOW + timedelta(hours=1))
    kept.documents.keep(changed)
    assert keys(kept) == []
    settled(kept, changed, acts=(act(),))
    assert keys(kept) == [one.key]
    assert kept.evidence.seal(one, FILES, NOW) is None, "these words are not the item's any more"
    (due, _, _) = kept.evidence.due(NOW, 1)[0]
    assert sealed(kept, due).version == 2
    assert kept.settle(
        due, r.Assessment(due.key, "m2", 2, 0.9, acts=(act(),)), None, r.Reason("daily", "x", "x"), (), NOW
    )
    assert keys(kept) == [], "another model's answer about the same words seals nothing again"


def test_a_page_that_does_not_answer_is_put_off(kept: store.Store) -> None:
    one = flagged(kept)
    kept.evidence.put_off(one.key, NOW + timedelta(hours=2), "HTTP 503")
    assert keys(kept) == [] and kept.evidence.waiting(one.key) == (NOW + timedelta(hours=2), 1, "HTTP 503")
    assert [tries for _, tries, _ in kept.evidence.due(NOW + timedelta(hours=2), 5)] == [1]


def forget(kept: store.Store, now: object) -> None:
    kept.documents.forget({}, NOW - timedelta(days=900), now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "status", "goes"),
    [("press", "dismissed", True), ("post", "dismissed", True), ("post", "closed", True), ("press", "closed", False),
     ("press", "confirmed", False)],
)  # fmt: skip
def test_thirty_days_after_a_dismissal_the_files_are_deleted(
    kept: store.Store, kind: str, status: str, goes: bool
) -> None:
    one, other = flagged(kept, 1, kind=kind), flagged(kept, 2)
    record = sealed(kept, one)
    sealed(kept, other)
    kept.cases.decide(one.key, status, "an", NOW, "lý do")
    forget(kept, NOW + timedelta(days=30) - timedelta(seconds=1))
    assert kept.evidence.of(one.key)[0].kept
    forget(kept, NOW + timedelta(days=30))
    (left,) = kept.evidence.of(one.key)
    assert left.kept is not goes and left.hash == record.hash
    records, _ = kept.evidence.open(one.key, "an", NOW)
    assert (records[0][1] == {}) is goes
    assert kept.evidence.of(other.key)[0].kept and kept.evidence.broken() is None
    assert bool([line for line in kept.audit_log() if line.subject == "dismissed"]) is goes


def test_a_case_opened_again_keeps_its_evidence(kept: store.Store) -> None:
    one = flagged(kept)
    sealed(kept, one)
    kept.cases.decide(one.key, "dismissed", "an", NOW)
    kept.cases.decide(one.key, "confirmed", "an", NOW + timedelta(days=20))
    forget(kept, NOW + timedelta(days=60))
    assert kept.evidence.of(one.key)[0].kept


def test_erasing_takes_the_files_and_leaves_hashes(kept: store.Store) -> None:
    one = flagged(kept)
    sealed(kept, one)
    kept.documents.erase(one.key, by="an", at=NOW)
    (left,) = kept.evidence.of(one.key)
    assert not left.kept and kept.evidence.broken() is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evidence SET short_id = 'khac' WHERE number = 2",
        "UPDATE evidence SET files = '{}' WHERE number = 2",
        "DELETE FROM evidence_files WHERE number = 2; DELETE FROM evidence WHERE number = 2",
        "DELETE FROM evidence_files WHERE number = 1; DELETE FROM evidence WHERE number = 1",
    ],
)
def test_a_change_of_the_chain_is_seen(kept: store.Store, store_url: str, change: str) -> None:
    for number in (1, 2, 3):
        sealed(kept, flagged(kept, number))
    assert kept.evidence.broken() is None
    engine = create_engine(store_url)
    with engine.begin() as connection:
        for statement in change.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    assert kept.evidence.broken() is not None


def test_a_changed_file_is_not_handed_out(kept: store.Store, store_url: str) -> None:
    one = flagged(kept)
    sealed(kept, one)
    engine = create_engine(store_url)
    with engine.begin() as connection:  # the two files change places: each opens, neither is what was sealed
        connection.execute(text("UPDATE evidence_files SET name = 'x' WHERE name = 'van-ban.txt'"))
        connection.execute(text("UPDATE evidence_files SET name = 'van-ban.txt' WHERE name = 'trang.warc.gz'"))
    engine.dispose()
    with pytest.raises(r.BadInput, match="không còn khớp"):
        kept.evidence.open(one.key, "an", NOW)


def test_many_processes_make_one_chain(kept: store.Store, store_url: str) -> None:
    items = [flagged(kept, number) for number in range(12)]

    def work(some: list[r.Document]) -> None:
        own = store.open(store_url, KEY)
        for one in some:
            sealed(own, one)
        own.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, (items[0::3], items[1::3], items[2::3])))
    assert kept.evidence.counts()["records"] == 12 and kept.evidence.broken() is None


def test_stamps_are_kept_and_a_refusal_is_tried_again(kept: store.Store) -> None:
    record = sealed(kept, flagged(kept))
    assert kept.evidence.unstamped(NOW, 5) == [record]
    kept.evidence.not_stamped(record.number, NOW + timedelta(minutes=15), "HTTP 500")
    assert kept.evidence.unstamped(NOW, 5) == [] and kept.evidence.counts()["unstamped"] == 1
    assert kept.evidence.of(document("https://bao.example/1").key)[0].stamp_trouble == "HTTP 500"
    (again,) = kept.evidence.unstamped(NOW + timedelta(minutes=15), 5)
    kept.evidence.stamped(again.number, b"token")
    (done,) = kept.evidence.of(document("https://bao.example/1").key)
    assert (done.token, done.stamp_trouble) == (b"token", "") and kept.evidence.broken() is None
    assert kept.evidence.counts()["unstamped"] == 0


def test_evidence_comes_back_with_a_backup(new_store_url: Callable[[str], str], tmp_path: object) -> None:
    kept = store.open(new_store_url("sqlite"), KEY)
    one = flagged(kept)
    record = sealed(kept, one)
    kept.backup(tmp_path / "a.backup")  # type: ignore[operator]
    kept.close()
    again = store.open(store.restore(tmp_path / "a.backup", tmp_path / "khac"), KEY)  # type: ignore[operator]
    assert again.evidence.open(one.key, "an", NOW)[0] == [(record, FILES)] and again.evidence.broken() is None
    again.close()
