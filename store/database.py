"""One engine, two kinds of transaction, and the errors of both databases in the product's own words.

SQLite: WAL, synchronous=FULL, foreign keys, a busy time-out; a writing transaction begins IMMEDIATE, so writers queue
instead of failing. PostgreSQL: psycopg 3; where one writer at a time is needed, a transaction-level advisory lock.
It does not know a single noun.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, ColumnElement, Connection, Engine, Table, cast, create_engine, event, func, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError

from records import LangNgheError, StoreDamaged, StoreFull, StoreUnreachable

BUSY_MS = 30_000
FULL_BELOW = 1 << 20
"""free bytes under which a failed write of SQLite counts as a full disk"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
}
T = TypeVar("T")


class Database:
    """The engine of one address. `read` and `write` give a connection inside a transaction that ends with the block."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            address = make_url(url)
        except ArgumentError as error:
            raise StoreUnreachable("địa chỉ cơ sở dữ liệu không hợp lệ; sửa thiết lập `database`") from error
        self.name = address.render_as_string(hide_password=True)
        self.sqlite = address.drivername == "sqlite"
        if not self.sqlite and address.drivername not in ("postgresql", "postgresql+psycopg"):
            raise StoreUnreachable(
                f"{self.name}: chỉ dùng được sqlite:/// hoặc postgresql://; sửa thiết lập `database`"
            )
        self.file = Path(address.database) if self.sqlite and address.database else None
        if self.sqlite and (self.file is None or str(self.file) == ":memory:"):
            raise StoreUnreachable(f"{self.name}: cần đường dẫn tới một tệp; sửa thiết lập `database`")
        self.engine = _engine(address)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction: one snapshot from its first statement to its end."""
        with self._errors(), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A writing transaction: committed at the end of the block, rolled back when it raises."""
        with self._errors(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def identity(self) -> tuple[int, int] | None:
        """(device, inode) of SQLite's file; None for a server, or where there is no file."""
        try:
            found = self.file.stat() if self.file else None
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found else None

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            known = translate(error, self.name, self.file)
            if known is None:
                raise
            raise known from error
        except StatementError as error:
            if isinstance(error.orig, (ValueError, TypeError)):
                raise error.orig from error
            raise


def _engine(address: URL) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(address, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(raw: sqlite3.Connection, _record: Any) -> None:
    raw.isolation_level = None  # SQLAlchemy's own begin below, instead of the driver's guesses
    raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
    _write_ahead(raw)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=FAST",
        "cache_size=-32000",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Where several processes open a new file at once, SQLite refuses all but one of them without waiting its time-out."""
    last = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def translate(error: DBAPIError, name: str, file: Path | None) -> LangNgheError | None:
    """The product's error for the database's; None where it is a fault of ours and must be seen as it is."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _sqlite_error(cause, name, file)
    state = getattr(cause, "sqlstate", None)
    if state == "53100":
        return StoreFull(f"{name}: máy chủ cơ sở dữ liệu hết đĩa; giải phóng chỗ rồi chạy lại")
    if state in ("XX001", "XX002"):
        return StoreDamaged(f"{name}: dữ liệu bị hỏng ({cause}); khôi phục từ bản sao lưu gần nhất")
    if (
        error.connection_invalidated
        or type(cause).__name__ == "OperationalError"
        or str(state)[:2] in ("08", "53", "57")
    ):
        return StoreUnreachable(
            f"{name}: không kết nối được ({_line(cause)}); kiểm tra máy chủ và địa chỉ rồi chạy lại"
        )
    return None


def _sqlite_error(cause: sqlite3.Error, name: str, file: Path | None) -> LangNgheError | None:
    code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _no_room(file)):
        return StoreFull(f"{name}: đĩa đầy; giải phóng chỗ rồi chạy lại, những gì đã lưu vẫn còn")
    if code in _DAMAGED:
        return StoreDamaged(f"{name}: tệp cơ sở dữ liệu bị hỏng ({cause}); khôi phục từ bản sao lưu gần nhất")
    if code in _CLOSED:
        return StoreUnreachable(
            f"{name}: không mở hoặc không ghi được ({cause}); kiểm tra đường dẫn và quyền rồi chạy lại"
        )
    return None


def _no_room(file: Path | None) -> bool:
    return file is not None and file.parent.is_dir() and shutil.disk_usage(file.parent).free < FULL_BELOW


def _line(cause: object) -> str:
    return " ".join(str(cause).split())[:300]


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert unless a unique key says it is there already; True when it was inserted. Safe against races on both."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing()
    return connection.execute(statement, row, execution_options={"preserve_rowcount": True}).rowcount == 1


def one_writer(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds `name`; held to the end of this one. (SQLite: already the only writer.)"""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": lock_id(name)})


def lock_id(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"lang-nghe:{name}".encode()).digest()[:8], "big", signed=True)


def inside(connection: Connection, column: ColumnElement[str], *path: str | int) -> ColumnElement[str | None]:
    """A part of JSON kept as text, taken out by the database: a word as it is, a list as JSON, None where there is none."""
    if connection.dialect.name == "sqlite":
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        return func.json_extract(column, f"${steps}")
    part: ColumnElement[str | None] = cast(column, postgresql.JSON)[tuple(path)].astext
    return part


def chunks(items: list[T], size: int = 500) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
