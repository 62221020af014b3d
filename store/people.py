"""Who is to be told when: silences, shifts and leaves, what recipients prefer. Each change leaves a line in the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from records import BadInput, Preferences, Shift, Silence
from store import audit
from store.database import Database, insert_new
from store.tables_mail import preferences, shifts, silences

SCOPES = ("story", "outlet", "topic", "clause", "province")


class Silences:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, scope: str, value: str, reason: str, author: str, start: datetime, end: datetime, at: datetime
    ) -> int:
        """Gives its id. Raises BadInput without a reason, an end after the start, or a known scope."""
        if scope not in SCOPES or not value.strip():
            raise BadInput("hãy chọn phạm vi tạm im và giá trị của nó")
        if not reason.strip():
            raise BadInput("hãy ghi lý do tạm im")
        if end <= start:
            raise BadInput("giờ kết thúc phải sau giờ bắt đầu")
        row = {"scope": scope, "value": value, "reason": reason, "author": author, "start": start, "end": end}
        with self._database.write() as connection:
            id_ = connection.execute(insert(silences).returning(silences.c.id), row).scalar_one()
            line = audit.AuditLine(
                author, "tạm im", f"{scope}={value}"[:200], at, f"đến {end.isoformat()}: {reason}"[:500]
            )
            audit.write(connection, line)
            return int(id_)

    def end(self, id_: int, by: str, at: datetime) -> bool:
        """Ends one before its time; the first to do so counts."""
        open_ = (silences.c.id == id_, silences.c.ended_by.is_(None))
        with self._database.write() as connection:
            ended = connection.execute(update(silences).where(*open_).values(ended_by=by)).rowcount == 1
            if ended:
                audit.write(connection, audit.AuditLine(by, "bỏ tạm im", str(id_), at, ""))
            return ended

    def list(self, since: datetime) -> list[Silence]:
        """Those whose end lies after `since`, the newest first."""
        query = select(silences).where(silences.c.end > since).order_by(silences.c.id.desc())
        with self._database.read() as connection:
            return [Silence(*row) for row in connection.execute(query)]


class Roster:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        login: str,
        kind: str,
        start: datetime,
        end: datetime,
        by: str,
        at: datetime,
        substitute: str | None = None,
    ) -> int:
        """A shift ("duty") or a leave ("leave"). Raises BadInput for an end before the start or a substitute of oneself."""
        if kind not in ("duty", "leave") or end <= start:
            raise BadInput("ca trực cần giờ kết thúc sau giờ bắt đầu")
        if substitute == login:
            raise BadInput("người trực thay phải là người khác")
        row = {"login": login, "kind": kind, "start": start, "end": end, "substitute": substitute or None, "by": by}
        with self._database.write() as connection:
            id_ = connection.execute(insert(shifts).returning(shifts.c.id), row).scalar_one()
            what = "xếp ca trực" if kind == "duty" else "ghi nghỉ"
            line = f"{start.isoformat()} – {end.isoformat()}" + (f", thay: {substitute}" if substitute else "")
            audit.write(connection, audit.AuditLine(by, what, login, at, line))
            return int(id_)

    def remove(self, id_: int, by: str, at: datetime) -> bool:
        with self._database.write() as connection:
            gone = connection.execute(delete(shifts).where(shifts.c.id == id_)).rowcount == 1
            if gone:
                audit.write(connection, audit.AuditLine(by, "bỏ ca trực", str(id_), at, ""))
            return gone

    def between(self, start: datetime, end: datetime) -> list[Shift]:
        """All that touch the stretch, by their start."""
        query = select(shifts).where(shifts.c.end > start, shifts.c.start < end).order_by(shifts.c.start, shifts.c.id)
        with self._database.read() as connection:
            return [Shift(*row) for row in connection.execute(query)]


class Wishes:
    """What recipients prefer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Preferences]:
        with self._database.read() as connection:
            return {row.recipient: _wish(row) for row in connection.execute(select(preferences))}

    def set(self, wish: Preferences, at: datetime) -> None:
        values = {
            "morning": wish.morning,
            "afternoon": wish.afternoon,
            "quiet_from": wish.quiet_from,
            "quiet_to": wish.quiet_to,
            "at": at,
        }
        with self._database.write() as connection:
            if not insert_new(connection, preferences, values | {"recipient": wish.recipient}):
                mine = preferences.c.recipient == wish.recipient
                connection.execute(update(preferences).where(mine).values(values))
            audit.write(connection, audit.AuditLine(wish.recipient, "chọn cách nhận thư", "", at, ""))


def _wish(row: Row[Any]) -> Preferences:
    return Preferences(row.recipient, row.morning, row.afternoon, row.quiet_from, row.quiet_to)
