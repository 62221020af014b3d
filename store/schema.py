"""The schema's versions: make a database, bring it to this release's version, say which one it has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from records import StoreDamaged, StoreOutdated, StoreUnreachable
from store.database import Database, one_writer

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@cache
def head() -> str:
    """The revision this release works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def revision(connection: Connection) -> str | None:
    """The database's revision; None where the store was never made in it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def create(url: str) -> None:
    """Make the database where there is none. One that is there, of whatever version, is left as it is.

    Raises StoreUnreachable, StoreFull; StoreDamaged where the file is no database."""
    _migrate(url, only_new=True)


def upgrade(url: str) -> None:
    """Bring the database to this release's version (or make it), in one transaction. Raises StoreOutdated where it is
    newer."""
    _migrate(url, only_new=False)


def _migrate(url: str, only_new: bool) -> None:
    database = Database(url)
    try:
        if database.file is not None:
            _directory(database.file.parent)
        with database.write() as connection:
            one_writer(connection, "migrate")
            now = revision(connection)
            if now == head() or (now is not None and only_new):
                return
            if now is not None:
                check_known(database, now)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


def check_known(database: Database, now: str) -> None:
    """Raises StoreOutdated for a revision that this release has never heard of."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if now not in known:
        raise StoreOutdated(
            f"{database.name}: cơ sở dữ liệu phiên bản {now} mới hơn chương trình (cần {head()}); "
            "hãy cài bản chương trình mới hơn"
        )


def _directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnreachable(
            f"{directory}: không tạo được thư mục ({error.strerror}); kiểm tra quyền rồi chạy lại"
        ) from error


def check(database: Database) -> None:
    """Raises StoreUnreachable, StoreOutdated or StoreDamaged unless the database is this release's."""
    if database.file is not None and not database.file.is_file():
        raise StoreUnreachable(
            f"{database.file}: chưa có cơ sở dữ liệu; chạy `langnghe run` để tạo, hoặc sửa `database`"
        )
    with database.read() as connection:
        now = revision(connection)
        if now is None:
            empty = not inspect(connection).get_table_names()
            if empty:
                raise StoreUnreachable(f"{database.name}: cơ sở dữ liệu còn trống; chạy `langnghe run` để tạo")
            raise StoreDamaged(f"{database.name}: không phải cơ sở dữ liệu của Lắng Nghe; sửa thiết lập `database`")
    if now != head():
        check_known(database, now)
        raise StoreOutdated(
            f"{database.name}: cơ sở dữ liệu phiên bản {now}, chương trình cần {head()}; "
            "hãy chạy `langnghe backup`, rồi `langnghe upgrade`"
        )
