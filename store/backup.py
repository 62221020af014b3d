"""Online backup to one verified file, and restore that verifies before it touches anything.

A restored store sends nothing by itself: mails still waiting become dead letters ("restored"; a person may queue them
again), what no digest had told yet counts as told ("restored"), and an approved report waits for a new approval.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Connection, delete, func, make_url, select, update

import store.tables_desk
import store.tables_evidence
import store.tables_mail
import store.tables_work  # noqa: F401  (fills the metadata)
from records import BadInput, StoreDamaged, StoreError, StoreFull, StoreUnreachable
from store import archive, schema
from store.columns import metadata
from store.database import Database
from store.tables import judged
from store.tables_mail import messages
from store.tables_reports import report_steps

FILE = "langnghe.db"


def backup(database: Database, target: Path) -> None:
    """Raises StoreUnreachable, StoreDamaged, StoreFull; then there is no file `target`. One of that name is refused
    (BadInput)."""
    if target.exists():
        raise BadInput(f"{target}: đã có tệp này; chọn tên khác")
    try:
        with tempfile.TemporaryDirectory(prefix=".langnghe-backup-", dir=target.parent) as directory:
            data = Path(directory) / "data"
            manifest = _copy_sqlite(database, data) if database.sqlite else _dump(database, data)
            archive.write(target, data, manifest)
    except OSError as error:
        kind = StoreFull if error.errno == 28 else StoreUnreachable
        raise kind(f"{target}: không ghi được bản sao lưu ({error.strerror}); kiểm tra thư mục và chỗ trống") from error


def _copy_sqlite(database: Database, data: Path) -> archive.Manifest:
    with database.read() as connection:
        source = connection.connection.driver_connection
        assert source is not None
        with sqlite3.connect(data) as copy:
            source.backup(copy)
        copy.close()
    revision, counts = _examine(data, database.name)
    return archive.Manifest("sqlite", revision, data.stat().st_size, archive.digest(data), counts)


def _examine(data: Path, name: str) -> tuple[str, dict[str, int]]:
    """Revision and counts of a database file that is sound. Raises StoreDamaged."""
    copy = Database(f"sqlite:///{data}")
    try:
        with copy.read() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if said != "ok" or orphans:
                raise StoreDamaged(f"{name}: cơ sở dữ liệu bị hỏng ({said}); khôi phục từ bản sao lưu trước đó")
            revision = schema.revision(connection)
            if revision is None:
                raise StoreDamaged(f"{name}: không phải cơ sở dữ liệu của Lắng Nghe; chọn tệp khác")
            return revision, _counts(connection)
    finally:
        copy.close()


def _counts(connection: Connection) -> dict[str, int]:
    tables = metadata.sorted_tables
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def _dump(database: Database, data: Path) -> archive.Manifest:
    with database.read() as connection:
        revision, counts = schema.revision(connection) or "", _counts(connection)
    _run(["pg_dump", "-Fc", "--no-owner", "-f", str(data), f"--dbname={_libpq(database.url)}"], database)
    return archive.Manifest("postgresql", revision, data.stat().st_size, archive.digest(data), counts)


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str], database: Database) -> None:
    program = shutil.which(command[0]) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command[0]}"), reverse=True)), None
    )
    if program is None:
        raise StoreError(f"{database.name}: thiếu chương trình {command[0]}; cài gói postgresql-client rồi chạy lại")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise StoreUnreachable(f"{database.name}: {command[0]} không làm được: {' '.join(done.stderr.split())[:500]}")


def restore(file: Path, directory: Path, url: str | None = None) -> str:
    """Bring a backup back: SQLite as a new file in `directory`; a PostgreSQL dump into the empty database `url`.
    Gives the address of the restored store. Raises StoreDamaged for a damaged or foreign file, BadInput where
    something is there already."""
    manifest = archive.read(file)
    if manifest.kind == "postgresql":
        return _restore_server(file, directory, url)
    target = directory / FILE
    if target.exists():
        raise BadInput(f"{target}: đã có cơ sở dữ liệu; chọn thư mục khác")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".langnghe-restore-", dir=directory) as place:
            data = Path(place) / "data"
            archive.extract(file, data)
            _examine(data, str(file))
            quiet = Database(f"sqlite:///{data}")
            schema.check_known(quiet, manifest.revision)
            _silence(quiet)
            data.rename(target)
    except OSError as error:
        kind = StoreFull if error.errno == 28 else StoreUnreachable
        raise kind(f"{directory}: không khôi phục được ({error.strerror}); kiểm tra quyền và chỗ trống") from error
    return f"sqlite:///{target.absolute()}"


def _restore_server(file: Path, directory: Path, url: str | None) -> str:
    if not url or not url.startswith("postgresql"):
        raise BadInput(
            f"{file}: là bản sao lưu PostgreSQL; đặt `database` tới một cơ sở dữ liệu PostgreSQL còn trống rồi chạy lại"
        )
    database = Database(url)
    try:
        with database.read() as connection:
            if schema.revision(connection) is not None:
                raise BadInput(f"{database.name}: đã có dữ liệu; chọn một cơ sở dữ liệu còn trống")
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".langnghe-restore-", dir=directory) as place:
            data = Path(place) / "data"
            archive.extract(file, data)
            command = ["pg_restore", "--no-owner", "--single-transaction", "--exit-on-error"]
            _run([*command, f"--dbname={_libpq(url)}", str(data)], database)
        _silence(database)
    finally:
        database.close()
    return url


def _silence(database: Database) -> None:
    with database.write() as connection:
        waiting = messages.c.state.in_(("queued", "sending"))
        connection.execute(update(messages).where(waiting).values(state="dead", error="restored"))
        untold = judged.c.told_on.is_(None) & judged.c.decision.in_(("urgent", "daily"))
        connection.execute(update(judged).where(untold).values(told_on="restored"))
        _hold_reports(connection)
    database.close()  # the last connection takes the -wal file with it


def _hold_reports(connection: Connection) -> None:
    """What was approved and not sent waits for a new approval: a restored store sends nothing by itself."""
    sent = select(report_steps.c.week).where(report_steps.c.step == "sent")
    waiting = (report_steps.c.step == "approved", report_steps.c.week.not_in(sent))
    connection.execute(delete(report_steps).where(*waiting))
