"""Sign-ins: a random token for the browser, its SHA-256 here. A session ends by time, by idleness, or with its
account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from records import Officer
from store.database import Database
from store.officers import record
from store.tables_work import officers, sessions

TOUCH = timedelta(seconds=30)
"""a session seen within this time is not written again"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as its owner sees it."""

    started_at: datetime
    seen_at: datetime
    here: bool


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, login: str, now: datetime, idle: timedelta, longest: timedelta) -> str:
        """A new session's token (256 random bits, URL-safe). Expired sessions of everyone are cleared away."""
        token = secrets.token_urlsafe(32)
        row = {
            "digest": _digest(token),
            "login": login,
            "started_at": now,
            "seen_at": now,
            "expires_at": now + longest,
            "idle_seconds": int(idle.total_seconds()),
        }
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(insert(sessions).values(row))
        return token

    def get(self, token: str, now: datetime) -> Officer | None:
        """Whose session this is, if it is alive and the account active; that it was seen is noted."""
        query = select(sessions, officers).join(officers, officers.c.login == sessions.c.login)
        with self._database.read() as connection:
            row = connection.execute(query.where(sessions.c.digest == _digest(token), officers.c.active)).first()
        if row is None or now >= row.expires_at or now >= row.seen_at + timedelta(seconds=row.idle_seconds):
            return None
        if now - row.seen_at >= TOUCH:
            with self._database.write() as connection:
                seen = update(sessions).where(sessions.c.digest == row.digest, sessions.c.seen_at < now)
                connection.execute(seen.values(seen_at=now))
        return record(row)

    def of(self, login: str, token: str, now: datetime) -> list[Seen]:
        """The account's sessions that have not reached their end, the latest seen first; `token`: of the one that asks."""
        query = select(sessions).where(sessions.c.login == login, sessions.c.expires_at > now)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.digest)).all()
        mine = _digest(token)
        alive = [row for row in found if now < row.seen_at + timedelta(seconds=row.idle_seconds)]
        return [Seen(row.started_at, row.seen_at, row.digest == mine) for row in alive]

    def end_others(self, login: str, token: str) -> int:
        """Ends every session of the account but the one of this token; gives their number."""
        others = (sessions.c.login == login, sessions.c.digest != _digest(token))
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(*others)).rowcount

    def end(self, token: str) -> None:
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))

    def end_all(self, login: str) -> int:
        """Ends every session of the account; gives their number."""
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.login == login)).rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
