"""Backup while work goes on; restore that verifies first, refuses what is damaged, and sends nothing by itself."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import records as r
import store
from tests.store_support import DAILY, KEY, NOW, URGENT, Cluster, act, document, message, settled


def fill(kept: store.Store) -> None:
    settled(kept, document("a"), URGENT, messages=(message("<1@x>"), message("<2@x>")), acts=(act(),))
    settled(kept, document("b"), DAILY)
    kept.documents.keep(document("c"), [r.Indicator("phone", "0912345678", "09xx")])
    kept.outbox.sent(kept.outbox.claim(NOW, timedelta(minutes=1), 1)[0], NOW)


def test_everything_comes_back_and_nothing_is_sent(
    kept: store.Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fill(kept)
    kept.backup(tmp_path / "b.backup")
    empty = request.getfixturevalue("cluster").new() if kept.name.startswith("postgresql") else None
    store_url = store.restore(tmp_path / "b.backup", tmp_path / "new", empty)
    back = store.open(store_url, KEY)
    assert back.documents.count() == 3 and back.judged.page() == kept.judged.page()
    assert [hit.key for hit in back.search("lương hưu")] == [hit.key for hit in kept.search("lương hưu")]
    assert back.cases.indicators("c", "an", NOW) == (r.Indicator("phone", "0912345678", "09xx"),)
    assert {each.id: (each.state, each.error) for each in back.outbox.list()} == {
        "<1@x>": ("sent", None),
        "<2@x>": ("dead", "restored"),
    }
    assert back.outbox.claim(NOW + timedelta(days=9), timedelta(minutes=1), 9) == [] and back.judged.undigested() == []
    assert back.documents.keep(document("d")) == "new"
    back.close()
    assert not list((tmp_path / "new").glob(".langnghe*"))


def test_a_backup_is_whole_while_others_write(kept: store.Store, tmp_path: Path) -> None:
    stop, done = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            key = f"w{len(done)}"
            settled(kept, document(key), URGENT, messages=(message(f"<{key}@x>"),))
            done.append(key)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(done) < 3:
            stop.wait(0.01)
        before = len(done)
        kept.backup(tmp_path / "b.backup")
    finally:
        stop.set()
        writer.join()
    with zipfile.ZipFile(tmp_path / "b.backup") as archive:
        counts = json.loads(archive.read("manifest.json"))["counts"]
    assert counts["documents"] - counts["judged"] in (0, 1) and counts["judged"] == counts["messages"] >= before


def test_what_is_there_is_never_overwritten(kept: store.Store, tmp_path: Path, store_url: str) -> None:
    fill(kept)
    kept.backup(tmp_path / "b.backup")
    with pytest.raises(r.BadInput, match="đã có"):
        kept.backup(tmp_path / "b.backup")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "langnghe.db").write_text("quý giá")
    with pytest.raises(r.BadInput):
        store.restore(tmp_path / "b.backup", tmp_path / "new", None if store_url.startswith("sqlite") else store_url)
    assert (tmp_path / "new" / "langnghe.db").read_text() == "quý giá" and kept.documents.count() == 3


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("whole")
    store_url = f"sqlite:///{directory}/a.db"
    store.create(store_url)
    kept = store.open(store_url, KEY)
    fill(kept)
    kept.backup(directory / "b")
    kept.close()
    return directory / "b"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(where=0.0625, damage="flip")
@given(where=st.floats(0, 1, exclude_max=True), damage=st.sampled_from(["cut", "flip", "zero"]))
def test_a_damaged_file_is_refused_before_anything_is_touched(
    sound: Path, tmp_path: Path, where: float, damage: str
) -> None:
    whole = sound.read_bytes()
    place = int(where * len(whole))
    if damage == "cut":
        broken = whole[:place]
    elif damage == "flip":
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
    else:
        broken = whole[:place] + b"\0" * min(512, len(whole) - place) + whole[place + 512 :]
    (tmp_path / "b").write_bytes(broken)
    try:
        store_url = store.restore(tmp_path / "b", tmp_path / "new")
    except r.StoreDamaged as error:
        assert "hỏng" in str(error) or "không phải" in str(error)
        assert not (tmp_path / "new").exists() or not list((tmp_path / "new").iterdir())
    else:  # the flipped byte meant nothing (a time stamp in the zip's directory): then all of it is there
        back = store.open(store_url, KEY)
        assert back.documents.count() == 3
        back.close()
        for file in (tmp_path / "new").iterdir():
            file.unlink()


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    def archive(**members: bytes) -> Path:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
            for name, content in members.items():
                made.writestr(name, content)
        return tmp_path / "x.zip"

    manifest = {"kind": "sqlite", "revision": "0001", "size": 3, "sha256": "0" * 64, "counts": {}}
    for file in (
        archive(**{"../../evil": b"x", "manifest.json": b"{}"}),
        archive(**{"manifest.json": b"[]", "database": b"x"}),
        archive(**{"manifest.json": json.dumps(manifest).encode(), "database": b"x" * (1 << 20)}),
        tmp_path / "missing",
        tmp_path,
    ):
        with pytest.raises(r.StoreDamaged):
            store.restore(file, tmp_path / "new")
    assert not (tmp_path.parent / "evil").exists()


def test_a_sound_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    import hashlib
    import sqlite3

    with sqlite3.connect(tmp_path / "f.db") as foreign:
        foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    content = (tmp_path / "f.db").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    manifest = {"kind": "sqlite", "revision": "0001", "size": len(content), "sha256": sha256, "counts": {}}
    with zipfile.ZipFile(tmp_path / "x", "w") as made:
        made.writestr("manifest.json", json.dumps(manifest))
        made.writestr("database", content)
    with pytest.raises(r.StoreDamaged, match="Lắng Nghe"):
        store.restore(tmp_path / "x", tmp_path / "new")
    assert not (tmp_path / "new" / "langnghe.db").exists()


def test_a_postgresql_dump_needs_an_empty_database(
    cluster: Cluster, new_store_url: Callable[[str], str], tmp_path: Path
) -> None:
    kept = store.open(new_store_url("postgresql"))
    kept.backup(tmp_path / "b")
    kept.close()
    for wrong in (None, "sqlite:///x.db"):
        with pytest.raises(r.BadInput, match="PostgreSQL"):
            store.restore(tmp_path / "b", tmp_path / "new", wrong)


def test_no_room_for_the_backup(kept: store.Store) -> None:
    with pytest.raises(r.StoreUnreachable, match="sao lưu"):
        kept.backup(Path("/proc/b.backup"))
