"""Databases for the store's tests: every test that asks for `store_url` or `kept` runs on SQLite and on PostgreSQL.

PostgreSQL: a throw-away cluster of the test process's own (user `postgres` when root, since the server refuses root), on a
free loopback port, without fsync; each test gets a database copied from a template. Skipped only where there is no server binary.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

import records as r
import store

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
KEY = b"a vault key of the tests"
_NUMBERS = count(1)
_create = store.create


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Cluster:
    """A running PostgreSQL server in a temporary directory."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.directory = Path(tempfile.mkdtemp(prefix="langnghe-pg-"))
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        if os.getuid() == 0:
            shutil.chown(self.directory, "postgres")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        data = str(self.directory / "data")
        self._run("initdb", "-D", data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.directory} -c fsync=off "
            "-c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB"
        )
        log = str(self.directory / "log")
        self._run("pg_ctl", "-D", str(self.directory / "data"), "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.directory / "data"), "-w", "-m", mode, "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres: dict[str, Any] = {}
        if os.getuid() == 0:
            entry = pwd.getpwnam("postgres")
            as_postgres = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.directory,
            **as_postgres,
        )

    def url(self, name: str) -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{name}"

    def new(self, template: str = "template0") -> str:
        """A new database's store_url."""
        name = f"t{os.getpid()}_{next(_NUMBERS)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        return self.url(name)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    programs = binaries()
    if programs is None:
        pytest.skip("needs a PostgreSQL server (package postgresql)")
    made = Cluster(programs)
    yield made
    made.remove()


@pytest.fixture(scope="session")
def _template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "langnghe.db"
    _create(f"sqlite:///{file}")
    return file


@pytest.fixture(autouse=True)
def _stores_are_copied(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """`store.create` finds a copy of the template where a new SQLite file would be made: twenty migrations cost a test more than
    all it does. Those of the schema itself are migrated."""
    if request.path.name == "test_store_schema.py":
        return

    def create(url: str) -> None:
        kind, _, place = url.partition(":///")
        file = Path(place)
        if kind == "sqlite" and file.parent.is_dir() and not file.exists():
            shutil.copy(request.getfixturevalue("_template_file"), file)
        _create(url)

    monkeypatch.setattr(store, "create", create)


@pytest.fixture(scope="session")
def _template_database(cluster: Cluster) -> str:
    url = cluster.new()
    _create(url)
    return url.rsplit("/", 1)[1]


@pytest.fixture
def new_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """A function: kind of database -> the store_url of a new, migrated, empty store."""

    def new(kind: str) -> str:
        if kind == "sqlite":
            file = tmp_path / f"{next(_NUMBERS)}.db"
            shutil.copy(request.getfixturevalue("_template_file"), file)
            return f"sqlite:///{file}"
        cluster = request.getfixturevalue("cluster")
        return cluster.new(request.getfixturevalue("_template_database"))

    return new


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> str:
    """The store_url of a new, migrated, empty store; once on each database."""
    return new_store_url(request.param)


@pytest.fixture
def kept(store_url: str) -> Iterator[store.Store]:
    """A new, empty store; once on each database."""
    opened = store.open(store_url, KEY)
    yield opened
    opened.close()


# ---------------------------------------------------------------- things to put into it


def document(key: str = "https://bao.example/1", **values: Any) -> r.Document:
    common: dict[str, Any] = {
        "kind": "press",
        "source": "bao",
        "outlet": "Báo Ví Dụ",
        "url": key,
        "title": "Tiêu đề về BHXH",
        "lead": "Đoạn mở đầu.",
        "body": "Thân bài nói về lương hưu.",
        "published_at": NOW - timedelta(hours=1),
        "first_seen": NOW,
    }
    return r.Document(key, **(common | values))


def act(**values: Any) -> r.Act:
    base = r.Act("1e", "commits", 0.9, "text", 0, 4, "Đoạn", "Có lời rao bán giấy tờ.", "rule-1", None, "law-1")
    return replace(base, **values)


def assessment(of: r.Document, model: str = "m1", **values: Any) -> r.Assessment:
    common: dict[str, Any] = {
        "relevance": 2,
        "relevance_score": 0.95,
        "sentiment": "negative",
        "sentiment_scores": {"negative": 0.7, "neutral": 0.2, "positive": 0.1},
        "target": "agency_policy",
        "topics": ("mot_lan", "huu_tri"),
        "provinces": ("Hà Nội",),
    }
    return r.Assessment(of.key, model, **(common | values))


def signature(*bands: int, **terms: float) -> r.Signature:
    return r.Signature(bands, tuple(range(8)), terms)


def message(id_: str = "<1@x>", recipient: str = "can-bo@bhxh.example", **values: Any) -> r.Message:
    base = r.Message(id_, "urgent", recipient, "Chủ đề", "chữ", "<p>chữ</p>", NOW)
    return replace(base, **values)


DAILY = r.Reason("daily", "relevant", "Tin về chính sách, đưa vào bản tin ngày.")
URGENT = r.Reason("urgent", "flag_severe", "Dấu hiệu nghiêm trọng.")
NONE = r.Reason("none", "irrelevant", "Không liên quan.")


def settled(
    kept: store.Store,
    of: r.Document,
    reason: r.Reason = DAILY,
    story: str | None = None,
    messages: tuple[r.Message, ...] = (),
    at: datetime = NOW,
    placement: r.Placement | None = None,
    **answers: Any,
) -> r.Document:
    """Keep and settle a document, in a story of its own unless one is named."""
    kept.documents.keep(of)
    of = kept.documents.get(of.key) or of
    placed = placement or r.Placement(story or of.key, None, signature())
    assert kept.settle(of, assessment(of, **answers), placed, reason, messages, at)
    return of
