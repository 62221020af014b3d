"""The schema and the errors: Alembic makes exactly the tables of tables.py; every fault says what, where and what to do."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

import records as r
import store
from store import database, tables_work
from store.columns import Moment, metadata
from store.schema import head
from tests.store_support import Cluster, document

ROOT = Path(__file__).resolve().parents[1]


def change(store_url: str, *statements: str) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_migrations_make_the_tables(store_url: str) -> None:
    assert tables_work.audit_log.metadata is metadata
    engine = create_engine(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == head()
    engine.dispose()


def _ours(_item: object, name: str, kind: str, *_: object) -> bool:
    return not (kind == "table" and (name == "search" or name.startswith("search_")))


def test_create_is_said_again_without_harm(kept: store.Store, store_url: str) -> None:
    kept.documents.keep(document())
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(store.create, [store_url] * 3))
    store.upgrade(store_url)
    assert kept.documents.count() == 1


class Refused(sqlite3.Connection):
    """SQLite as it is where two open a new file at once: the first wish for a write-ahead log is refused unheard."""

    asked = 0

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if "journal_mode" in sql:
            self.asked += 1
            if self.asked == 1:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
        return super().execute(sql, *args)


def test_a_refused_write_ahead_log_is_asked_for_again(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "a.db", factory=Refused)
    database._prepare(raw, None)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert raw.asked == 3
    raw.close()


def test_many_make_one_new_store(tmp_path: Path) -> None:
    store_url = f"sqlite:///{tmp_path}/neu/duong dan/100%/a.db"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store.create, [store_url] * 4))
    store.open(store_url).close()


def test_sqlite_runs_as_promised(tmp_path: Path) -> None:
    store_url = f"sqlite:///{tmp_path}/a.db"
    store.create(store_url)
    kept = store.open(store_url)
    with kept._database.write() as connection:
        said = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert said == ["wal", 2, 1]
    kept.close()


@pytest.mark.parametrize(
    "store_url",
    [
        "sqlite:///{0}/none.db",
        "sqlite://",
        "mysql://x/y",
        "nonsense",
        "postgresql://u@127.0.0.1:1/x",
        "sqlite:////proc/x/y.db",
    ],
)
def test_unreachable(tmp_path: Path, store_url: str) -> None:
    with pytest.raises(r.StoreUnreachable, match=r"sửa|kiểm tra"):
        store.open(store_url.format(tmp_path))


def test_create_where_nothing_can_be_made() -> None:
    with pytest.raises(r.StoreUnreachable, match="/proc"):
        store.create("sqlite:////proc/x/y.db")


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(r.StoreUnreachable) as caught:
        store.open("postgresql://u:secret99@127.0.0.1:1/x")
    assert "secret99" not in str(caught.value)


def test_another_version_is_refused_and_untouched(store_url: str) -> None:
    change(store_url, "UPDATE alembic_version SET version_num = '9999'")
    for action in (store.open, store.upgrade):
        with pytest.raises(r.StoreOutdated, match="9999"):
            action(store_url)
    store.create(store_url)  # leaves what is there as it is
    with pytest.raises(r.StoreOutdated):
        store.open(store_url)


def test_an_older_version_says_how_to_upgrade(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.schema.head", lambda: "9999")
    with pytest.raises(r.StoreOutdated, match=r"backup.*upgrade"):
        store.open(store_url)


def test_a_foreign_or_empty_database(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("xin chào " * 1000)
    with pytest.raises(r.StoreDamaged):
        store.open(f"sqlite:///{tmp_path}/text.db")
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    with pytest.raises(r.StoreDamaged, match="Lắng Nghe"):
        store.open(f"sqlite:///{tmp_path}/foreign.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(r.StoreUnreachable, match="trống"):
        store.open(f"sqlite:///{tmp_path}/empty.db")


def test_damage_is_named(tmp_path: Path) -> None:
    store_url = f"sqlite:///{tmp_path}/a.db"
    store.create(store_url)
    file = tmp_path / "a.db"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(r.StoreDamaged, match="khôi phục"):
        store.open(store_url).documents.keep(document())


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    store_url = f"sqlite:///{tmp_path}/a.db"
    store.create(store_url)
    kept = store.open(store_url)
    kept.documents.keep(document("first"))
    with kept._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    kept._database.engine.dispose()
    from sqlalchemy import event

    event.listen(kept._database.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages}").close())
    with pytest.raises(r.StoreFull, match="đĩa đầy"):
        for place in range(1000):
            kept.documents.keep(document(f"k{place}", body="dài " * 5000))
    assert kept.documents.get("first") is not None
    kept.close()
    roomy = store.open(store_url)
    assert roomy.documents.keep(document("again", body="dài " * 5000)) == "new"
    roomy.close()


def test_a_server_that_goes_away_and_comes_back(cluster: Cluster, new_store_url: object) -> None:
    store_url = new_store_url("postgresql")
    kept = store.open(store_url)
    kept.documents.keep(document())
    change(
        store_url.rsplit("/", 1)[0] + "/postgres",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{store_url.rsplit('/', 1)[1]}'",
    )
    assert kept.documents.count() == 1
    cluster.stop()
    with pytest.raises(r.StoreUnreachable, match="không kết nối được"):
        kept.documents.count()
    cluster.start()
    assert kept.documents.count() == 1
    kept.close()


def test_a_naive_moment_is_refused(kept: store.Store) -> None:
    with pytest.raises(ValueError, match="múi giờ"):
        kept.runs.start("x", datetime(2026, 1, 1))  # noqa: DTZ001
    assert kept.runs.last("x") is None


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=7))), min_value=datetime(1900, 1, 2)))  # noqa: DTZ001
def test_moments_are_utc_on_the_way_in_and_out(moment: datetime) -> None:
    from sqlalchemy.dialects import postgresql, sqlite

    for dialect in (sqlite.dialect(), postgresql.dialect()):
        stored = Moment().process_bind_param(moment, dialect)
        back = Moment().process_result_value(stored, dialect)
        assert back == moment and back.utcoffset() == timedelta(0) and back.tzinfo is UTC


@pytest.mark.slow
def test_the_wheel_carries_its_migrations(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for module in ROOT.glob("*.py"):
        shutil.copy(module, source / module.name)
    for package in ("records", "store"):
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = "import store; store.create('sqlite:///a.db'); store.open('sqlite:///a.db').close(); print(store.__file__)"
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path / "site") in done.stdout
