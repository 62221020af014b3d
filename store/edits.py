"""Edits of the knowledge: proposed by one person, approved by another; approved ones are in force. What an entry means
is the knowledge's affair: here it is JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from records import BadInput
from store.audit import AuditLine, write
from store.database import Database, one_writer
from store.tables_desk import knowledge_edits


@dataclass(frozen=True, slots=True)
class Edit:
    """A whole entry of the knowledge, new or in the place of the one with its `subject`. `state`: waiting, approved,
    refused."""

    id: int
    kind: str
    subject: str
    content: Mapping[str, Any]
    source: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str

    @property
    def said(self) -> str:
        """The entry as JSON; who approved it has verified it."""
        checked = {"verified_by": self.decided_by} if self.decided_by and self.kind != "clause" else {}
        return json.dumps({**self.content, **checked}, ensure_ascii=False, sort_keys=True)


class Edits:
    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, kind: str, subject: str, content: Mapping[str, Any], source: str, by: str, at: datetime) -> int:
        """Keep a proposal; `content` is of JSON values. It changes nothing until another person approves it."""
        said = json.dumps(dict(content), ensure_ascii=False, sort_keys=True)
        row = {"kind": kind, "subject": subject, "content": said, "source": source, "state": "waiting", "note": ""}
        with self._database.write() as connection:
            made = insert(knowledge_edits).returning(knowledge_edits.c.id)
            id_ = int(connection.execute(made, row | {"proposed_by": by, "proposed_at": at}).scalar_one())
            write(connection, AuditLine(by, "đề nghị sửa kiến thức", f"{kind}:{subject}", at, f"#{id_}"))
            return id_

    def decide(self, id_: int, approved: bool, by: str, at: datetime, note: str = "") -> Edit:
        """Approve or refuse. Raises BadInput for one's own proposal, and for one that is decided already."""
        with self._database.write() as connection:
            one_writer(connection, "edits")
            row = connection.execute(select(knowledge_edits).where(knowledge_edits.c.id == id_)).first()
            if row is None or row.state != "waiting":
                raise BadInput("đề nghị này không còn chờ duyệt; tải lại trang để xem")
            if row.proposed_by == by:
                raise BadInput("người đề nghị không tự duyệt được; cần một người khác duyệt")
            state = "approved" if approved else "refused"
            decided = {"state": state, "decided_by": by, "decided_at": at, "note": note}
            connection.execute(update(knowledge_edits).where(knowledge_edits.c.id == id_).values(decided))
            what = "duyệt sửa kiến thức" if approved else "không duyệt sửa kiến thức"
            write(connection, AuditLine(by, what, f"{row.kind}:{row.subject}", at, f"#{id_}"))
            return _edit(connection.execute(select(knowledge_edits).where(knowledge_edits.c.id == id_)).one())

    def stamp(self) -> int:
        """Changes whenever an edit comes into force; cheap to ask."""
        query = select(func.count()).where(knowledge_edits.c.state == "approved")
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def in_force(self) -> list[Edit]:
        """The approved edits in the order they were approved: a later one of a subject replaces an earlier."""
        query = select(knowledge_edits).where(knowledge_edits.c.state == "approved")
        return self._list(query.order_by(knowledge_edits.c.decided_at, knowledge_edits.c.id))

    def get(self, id_: int) -> Edit | None:
        return next(iter(self._list(select(knowledge_edits).where(knowledge_edits.c.id == id_))), None)

    def _list(self, query: Any) -> list[Edit]:
        with self._database.read() as connection:
            return [_edit(row) for row in connection.execute(query)]

    def list(self, state: str | None = None, limit: int = 100) -> list[Edit]:
        """The newest first."""
        query = select(knowledge_edits).order_by(knowledge_edits.c.id.desc()).limit(limit)
        return self._list(query.where(knowledge_edits.c.state == state) if state else query)


def _edit(row: Row[Any]) -> Edit:
    return Edit(**{**row._mapping, "content": json.loads(row.content)})
