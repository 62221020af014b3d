"""Tokens that a platform changes at each use, kept encrypted under the vault key and nowhere else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from store.database import Database, insert_new
from store.tables_social import credentials
from store.vault import Vault


class Credentials:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    @property
    def can_keep(self) -> bool:
        """Whether there is a vault key. A token that is used up by its use must not be used where there is none."""
        return self._vault.has_key

    def get(self, name: str) -> str | None:
        """None where there is none, or none that this vault key opens."""
        with self._database.read() as connection:
            cipher = connection.execute(select(credentials.c.cipher).where(credentials.c.name == name)).scalar()
        return self._vault.unlock(cipher) if cipher is not None else None

    def put(self, name: str, value: str, at: datetime) -> None:
        """Raises BadInput without a vault key."""
        row = {"name": name, "cipher": self._vault.lock(value), "at": at}
        with self._database.write() as connection:
            if not insert_new(connection, credentials, row):
                connection.execute(update(credentials).where(credentials.c.name == name).values(row))

    def drop(self, name: str) -> None:
        with self._database.write() as connection:
            connection.execute(delete(credentials).where(credentials.c.name == name))
