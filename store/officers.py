"""People with an account on the desk. Password hashes go in and out as they are; nothing is hashed or checked here."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, Select, delete, select, update

from records import BadInput, Officer
from store.database import Database, insert_new
from store.tables_work import officers, sessions


class Officers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, officer: Officer, password_hash: str) -> None:
        """Raises BadInput where the login is taken."""
        with self._database.write() as connection:
            if not insert_new(connection, officers, _values(officer) | {"password_hash": password_hash}):
                raise BadInput(f"tài khoản {officer.login} đã có; chọn tên đăng nhập khác")

    def change(self, officer: Officer) -> None:
        """Name, address, roles, province, unit, active. Made inactive: every session ends."""
        self._update(officer.login, _values(officer), end_sessions=not officer.active)

    def get(self, login: str) -> Officer | None:
        with self._database.read() as connection:
            row = connection.execute(_one(login)).first()
        return record(row) if row else None

    def all(self) -> list[Officer]:
        with self._database.read() as connection:
            return [record(row) for row in connection.execute(select(officers).order_by(officers.c.login))]

    def with_role(self, role: str) -> list[Officer]:
        """The active officers who hold the role, by login."""
        return [officer for officer in self.all() if officer.active and role in officer.roles]

    def disable(self, login: str) -> None:
        """The account stays for the record but cannot sign in; every session of it ends at once."""
        self._update(login, {"active": False}, end_sessions=True)

    def password_hash(self, login: str) -> str | None:
        """Of an active account; None otherwise."""
        with self._database.read() as connection:
            row = connection.execute(_one(login)).first()
        return row.password_hash if row and row.active else None

    def set_password(self, login: str, password_hash: str) -> None:
        """Every session ends."""
        self._update(login, {"password_hash": password_hash}, end_sessions=True)

    def _update(self, login: str, values: dict[str, Any], end_sessions: bool) -> None:
        with self._database.write() as connection:
            if not connection.execute(update(officers).where(officers.c.login == login).values(values)).rowcount:
                raise BadInput(f"không có tài khoản {login}")
            if end_sessions:
                connection.execute(delete(sessions).where(sessions.c.login == login))


def _one(login: str) -> Select[tuple[Any, ...]]:
    return select(officers).where(officers.c.login == login)


def _values(officer: Officer) -> dict[str, Any]:
    same = ("login", "name", "email", "province", "unit", "active")
    return {name: getattr(officer, name) for name in same} | {"roles": json.dumps(officer.roles)}


def record(row: Row[Any]) -> Officer:
    roles = tuple(json.loads(row.roles))
    return Officer(row.login, row.name, row.email, roles, row.province, row.unit, row.active)
