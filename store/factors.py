"""Second factors: the sealed secret of an officer's authenticator app, the last step that was used, recovery codes as
digests. Nothing is generated or compared here but digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from records import BadInput
from store.audit import AuditLine, write
from store.database import Database
from store.tables_desk import recovery_codes, second_factors
from store.tables_work import sessions
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Factor:
    """`confirmed_at` None: begun, not yet in force. `left`: recovery codes not used."""

    secret: str
    confirmed_at: datetime | None
    left: int


class Factors:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def begin(self, login: str, secret: str, at: datetime) -> None:
        """Keep a secret to be confirmed, in place of one that was not. Raises BadInput where one is in force."""
        row = {"login": login, "cipher": self._vault.seal(secret.encode()), "begun_at": at, "last_step": 0}
        mine = second_factors.c.login == login
        with self._database.write() as connection:
            connection.execute(delete(second_factors).where(mine, second_factors.c.confirmed_at.is_(None)))
            if connection.execute(select(second_factors.c.login).where(mine)).first():
                raise BadInput("mã xác thực đã bật; hãy tắt trước khi bật lại")
            connection.execute(insert(second_factors).values(row))

    def get(self, login: str) -> Factor | None:
        unused = (recovery_codes.c.login == login, recovery_codes.c.used_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(select(second_factors).where(second_factors.c.login == login)).first()
            if row is None:
                return None
            left = connection.execute(select(func.count()).select_from(recovery_codes).where(*unused)).scalar_one()
        return Factor(self._vault.unseal(row.cipher).decode(), row.confirmed_at, left)

    def logins(self) -> frozenset[str]:
        """Those whose second factor is in force."""
        with self._database.read() as connection:
            query = select(second_factors.c.login).where(second_factors.c.confirmed_at.is_not(None))
            return frozenset(connection.execute(query).scalars())

    def on(self, login: str) -> bool:
        mine = (second_factors.c.login == login, second_factors.c.confirmed_at.is_not(None))
        with self._database.read() as connection:
            return connection.execute(select(second_factors.c.login).where(*mine)).first() is not None

    def confirm(self, login: str, step: int, codes: Iterable[str], at: datetime) -> bool:
        """In force from now on, with these recovery codes; the step counts as used. False: nothing waited."""
        begun = (second_factors.c.login == login, second_factors.c.confirmed_at.is_(None))
        with self._database.write() as connection:
            change = update(second_factors).where(*begun).values(confirmed_at=at, last_step=step)
            if not connection.execute(change).rowcount:
                return False
            _replace(connection, login, codes)
            write(connection, AuditLine(login, "bật mã xác thực", login, at, ""))
            return True

    def renew(self, login: str, codes: Iterable[str], at: datetime) -> None:
        """Other recovery codes in place of all earlier ones."""
        with self._database.write() as connection:
            _replace(connection, login, codes)
            write(connection, AuditLine(login, "lập lại mã dự phòng", login, at, ""))

    def spend(self, login: str, step: int) -> bool:
        """Uses a step up, once: False where it, or a later one, was used before."""
        fresh = (second_factors.c.login == login, second_factors.c.last_step < step)
        in_force = second_factors.c.confirmed_at.is_not(None)
        with self._database.write() as connection:
            change = update(second_factors).where(*fresh, in_force).values(last_step=step)
            return connection.execute(change).rowcount == 1

    def recover(self, login: str, code: str, at: datetime) -> bool:
        """Uses a recovery code up, once; False where there is none like it that was not used."""
        mine = (recovery_codes.c.login == login, recovery_codes.c.digest == _digest(login, code))
        with self._database.write() as connection:
            change = update(recovery_codes).where(*mine, recovery_codes.c.used_at.is_(None)).values(used_at=at)
            if not connection.execute(change).rowcount:
                return False
            write(connection, AuditLine(login, "dùng mã dự phòng", login, at, ""))
            return True

    def reset(self, login: str, by: str, at: datetime) -> bool:
        """Takes the factor away, codes and all. Done by another, it ends the sessions too."""
        with self._database.write() as connection:
            gone = connection.execute(delete(second_factors).where(second_factors.c.login == login)).rowcount
            connection.execute(delete(recovery_codes).where(recovery_codes.c.login == login))
            if gone:
                write(connection, AuditLine(by, "bỏ mã xác thực", login, at, ""))
            if gone and by != login:
                connection.execute(delete(sessions).where(sessions.c.login == login))
            return bool(gone)


def _replace(connection: Connection, login: str, codes: Iterable[str]) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.login == login))
    connection.execute(insert(recovery_codes), [{"login": login, "digest": _digest(login, code)} for code in codes])


def _digest(login: str, code: str) -> str:
    return hashlib.sha256(f"{login}\0{code}".encode("utf-8", "replace")).hexdigest()
