"""Work the desk asks of the pipeline. Taken with a lease; what a dead taker left is taken again at its end."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from records import Request
from store.database import Database, one_writer
from store.tables_work import requests

LEASE = timedelta(minutes=10)


class Requests:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, arguments: Mapping[str, Any], by: str, at: datetime) -> str:
        """Ask for work; gives the request's id. `arguments`: JSON values only."""
        with self._database.write() as connection:
            return _ask(connection, kind, arguments, by, at)

    def join(self, kind: str, arguments: Mapping[str, Any], by: str, at: datetime) -> tuple[str, bool]:
        """(id, whether it is new) of the same work that waits or runs already, else of a new request."""
        same = (requests.c.kind == kind, requests.c.arguments == json.dumps(dict(arguments)))
        open_ = select(requests.c.id).where(*same, requests.c.state.in_(("waiting", "running")))
        with self._database.write() as connection:
            one_writer(connection, "requests")
            known = connection.execute(open_.order_by(requests.c.at).limit(1)).scalar()
            if known is not None:
                return str(known), False
            return _ask(connection, kind, arguments, by, at), True

    def take(self, now: datetime, working: Sequence[str] = (), lease: timedelta = LEASE) -> Request | None:
        """The oldest request that waits, or whose taker's lease is over; it is then running. `working`: ids of those the
        taker still works on, whatever the clock says of their leases."""
        over = (requests.c.state == "running", requests.c.lease_until <= now)
        lapsed = and_(*over, requests.c.id.not_in(working))
        query = (
            select(requests).where(or_(requests.c.state == "waiting", lapsed)).order_by(requests.c.at, requests.c.id)
        )
        with self._database.write() as connection:
            row = connection.execute(query.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            taken = {"state": "running", "lease_until": now + lease}
            connection.execute(update(requests).where(requests.c.id == row.id).values(taken))
            return _record(connection.execute(select(requests).where(requests.c.id == row.id)).one())

    def progress(self, id_: str, text: str, now: datetime, lease: timedelta = LEASE) -> None:
        """Say how far it is, and keep the lease."""
        self._change(id_, {"progress": text, "lease_until": now + lease})

    def renew(self, id_: str, now: datetime, lease: timedelta = LEASE) -> None:
        """Keep the lease of a request that is still worked on; a longer one stays."""
        with self._database.write() as connection:
            mine = (requests.c.id == id_, requests.c.state == "running", requests.c.lease_until < now + lease)
            connection.execute(update(requests).where(*mine).values(lease_until=now + lease))

    def finish(self, id_: str, result: Mapping[str, Any] | None = None, failed: bool = False) -> None:
        """`result`: JSON values only, shown to who asked."""
        text = None if result is None else json.dumps(dict(result))
        self._change(id_, {"state": "failed" if failed else "done", "result": text, "lease_until": None})

    def _change(self, id_: str, values: dict[str, Any]) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(requests).where(requests.c.id == id_, requests.c.state == "running").values(values)
            )

    def get(self, id_: str) -> Request | None:
        with self._database.read() as connection:
            row = connection.execute(select(requests).where(requests.c.id == id_)).first()
        return _record(row) if row else None

    def last(self, kind: str, arguments: Mapping[str, Any]) -> Request | None:
        """The newest request of just this."""
        query = select(requests).where(requests.c.kind == kind, requests.c.arguments == json.dumps(dict(arguments)))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(requests.c.at.desc()).limit(1)).first()
        return _record(row) if row else None

    def list(self, limit: int = 50, kind: str | None = None) -> list[Request]:
        """The newest first; of one kind, where named."""
        query = select(requests).order_by(requests.c.at.desc(), requests.c.id).limit(limit)
        query = query.where(requests.c.kind == kind) if kind else query
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]


def _ask(connection: Connection, kind: str, arguments: Mapping[str, Any], by: str, at: datetime) -> str:
    id_ = secrets.token_hex(8)
    row = {"id": id_, "kind": kind, "arguments": json.dumps(dict(arguments)), "by": by, "at": at}
    connection.execute(insert(requests).values(row | {"state": "waiting", "progress": ""}))
    return id_


def _record(row: Row[Any]) -> Request:
    result = None if row.result is None else json.loads(row.result)
    return Request(row.id, row.kind, json.loads(row.arguments), row.by, row.at, row.state, row.progress, result)
