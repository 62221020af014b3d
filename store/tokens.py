"""Tokens of the read API: made once, shown once, kept as a digest; each stands for a role, ends by itself, can be revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from records import BadInput, Role
from store.audit import AuditLine, write
from store.database import Database, insert_new
from store.tables_desk import tokens

SEEN_EVERY = timedelta(minutes=10)
"""how exactly the last use is known"""


@dataclass(frozen=True, slots=True)
class Token:
    digest: str
    name: str
    role: Role
    province: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


class Tokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, name: str, role: Role, province: str | None, expires_at: datetime, by: str, at: datetime) -> str:
        """A new token; nobody can read it again."""
        token = "ln_" + secrets.token_urlsafe(32)
        row = {"digest": _digest(token), "name": name, "role": role, "province": province, "made_by": by}
        with self._database.write() as connection:
            insert_new(connection, tokens, row | {"made_at": at, "expires_at": expires_at})
            write(connection, AuditLine(by, "tạo khóa API", name, at, role))
        return token

    def find(self, token: str, now: datetime) -> Token | None:
        """The token in force, or None; its use is noted."""
        with self._database.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == _digest(token))).first()
        if row is None or row.revoked_at is not None or row.expires_at <= now:
            return None
        if row.used_at is None or now - row.used_at >= SEEN_EVERY:
            with self._database.write() as connection:
                connection.execute(update(tokens).where(tokens.c.digest == row.digest).values(used_at=now))
        return Token(**row._mapping)

    def revoke(self, digest: str, by: str, at: datetime) -> None:
        """From now on it opens nothing. Raises BadInput where there is no such token in force."""
        one = (tokens.c.digest == digest, tokens.c.revoked_at.is_(None))
        with self._database.write() as connection:
            row = connection.execute(select(tokens.c.name).where(*one)).first()
            if row is None:
                raise BadInput("khóa này không còn hiệu lực")
            connection.execute(update(tokens).where(*one).values(revoked_at=at))
            write(connection, AuditLine(by, "thu hồi khóa API", row.name, at, ""))

    def all(self) -> list[Token]:
        """The newest first."""
        with self._database.read() as connection:
            return [
                Token(**row._mapping) for row in connection.execute(select(tokens).order_by(tokens.c.made_at.desc()))
            ]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
