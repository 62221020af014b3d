"""Leases: one holder of a name at a time, on all machines that share the store. A dead holder's lease is free at once.

PostgreSQL: a session-level advisory lock on a connection of its own. SQLite: a lock on a file beside the database,
which the operating system gives up with the process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from records import StoreUnreachable
from store.database import Database, lock_id, translate


class Leases:
    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """True: the lease is ours until the end of the block. False: another holder has it; nothing waits."""
        if self._database.file is not None:
            with _file(self._database.file, name) as held:
                yield held
            return
        with self._server(name) as held:
            yield held

    @contextmanager
    def _server(self, name: str) -> Iterator[bool]:
        engine = self._database.engine
        try:
            connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:id)"), {"id": lock_id(name)}).scalar())
        except DBAPIError as error:
            raise translate(error, self._database.name, None) or error from error
        try:
            yield held
        finally:
            if held:  # free at once: a closed session's lock goes only when the server has seen the end of it
                with suppress(DBAPIError):
                    connection.execute(text("SELECT pg_advisory_unlock(:id)"), {"id": lock_id(name)})
            if not connection.invalidated:  # by a server that went away, and the lock with it
                connection.detach()  # closing the session itself frees the lock, whatever state the connection is in
            connection.close()


@contextmanager
def _file(database: Path, name: str) -> Iterator[bool]:
    safe = name if name.isalnum() else hashlib.sha256(name.encode()).hexdigest()[:16]
    lock = FileLock(
        database.with_name(f"{database.name}.{safe}.lock"), timeout=0, is_singleton=False, thread_local=False
    )
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError as error:
        raise StoreUnreachable(f"{lock.lock_file}: không khóa được ({error}); kiểm tra quyền của thư mục") from error
    try:
        yield True
    finally:
        lock.release()
