"""Models learnt on the desk. Those in force lie on one another like a pile: the last one put on judges, the one below when it
is taken back or damaged, and under all the trained weights, which are no row. What a model is, and whether it may be in
force, is the caller's affair."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, Select, delete, insert, select, update

from records import BadInput
from store.audit import AuditLine, write
from store.database import Database, one_writer
from store.tables_models import models

State = Literal["candidate", "in force", "aside", "rolled back"]
ACCEPTED = ("candidate", "rolled back")
"""states out of which a person may put a model in force"""
DONE = {
    "candidate": "học xong, chờ người quyết định",
    "in force": "dùng mô hình",
    "aside": "không dùng mô hình",
    "rolled back": "bỏ mô hình",
}
"""as the log says it"""


@dataclass(frozen=True, slots=True)
class Model:
    version: str
    base: str
    """version of the trained weights it was taught from"""
    data: str
    """sha256 of all that taught it and measured it"""
    code: str
    """what taught it: version of the product and hash of its code"""
    digest: str
    """sha256 of its manifest file: a directory with another one is not this model"""
    by: str
    at: datetime
    measured: Mapping[str, Any]
    """figures before and after, and what it was taught: JSON values"""
    state: State
    """candidate: waits for a person; aside: something would be lost; rolled back: was in force, and was taken back"""
    reason: str
    decided_by: str
    decided_at: datetime


class Models:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, model: Model) -> bool:
        """Keep a new model with its state; earlier candidates go aside. One that was measured before and never in force is
        measured anew; of one that was or is in force nothing is changed, and False given."""
        with self._database.write() as connection:
            one_writer(connection, "models")
            known = connection.execute(select(models).where(models.c.version == model.version)).first()
            if known and known.state in ("in force", "rolled back"):
                return False
            if known:
                connection.execute(delete(models).where(models.c.id == known.id))
            why = f"đã có mô hình học sau: {model.version}"
            late = {"state": "aside", "reason": why, "decided_by": model.by, "decided_at": model.at}
            connection.execute(update(models).where(models.c.state == "candidate").values(late))
            names = (
                "version",
                "base",
                "data",
                "code",
                "digest",
                "by",
                "at",
                "state",
                "reason",
                "decided_by",
                "decided_at",
            )
            row = {name: getattr(model, name) for name in names}
            connection.execute(insert(models).values(row | {"measured": json.dumps(dict(model.measured))}))
            write(connection, AuditLine(model.decided_by, DONE[model.state], model.version, model.at, model.reason))
            return True

    def accept(self, version: str, by: str, at: datetime, reason: str) -> None:
        """Put a candidate, or one that was taken back, in force. Raises BadInput for any other."""
        with self._database.write() as connection:
            one_writer(connection, "models")
            row = connection.execute(select(models).where(models.c.version == version)).first()
            if row is None or row.state not in ACCEPTED:
                raise BadInput(f"mô hình {version[:40]} không chờ quyết định; tải lại trang để xem")
            if not reason.strip():
                raise BadInput("hãy ghi lý do dùng mô hình này")
            decided = {"state": "in force", "reason": reason, "decided_by": by, "decided_at": at}
            connection.execute(update(models).where(models.c.id == row.id).values(decided))
            write(connection, AuditLine(by, DONE["in force"], version, at, reason))

    def take_back(self, version: str, by: str, at: datetime, reason: str) -> str:
        """Take a model in force, and all that lie on it, off the pile; gives the version that judges then, "" for the
        trained weights. Raises BadInput where it is not in force."""
        with self._database.write() as connection:
            one_writer(connection, "models")
            pile = connection.execute(_pile()).all()
            versions = [row.version for row in pile]
            if version not in versions:
                raise BadInput(f"mô hình {version[:40]} không được dùng; tải lại trang để xem")
            for row in pile[: versions.index(version) + 1]:
                decided = {"state": "rolled back", "reason": reason, "decided_by": by, "decided_at": at}
                connection.execute(update(models).where(models.c.id == row.id).values(decided))
                write(connection, AuditLine(by, DONE["rolled back"], row.version, at, reason))
            return next(iter(versions[versions.index(version) + 1 :]), "")

    def pile(self) -> list[Model]:
        """Those in force, the one that judges first."""
        return self._list(_pile())

    def get(self, version: str) -> Model | None:
        return next(iter(self._list(select(models).where(models.c.version == version))), None)

    def made_of(self, data: str) -> Model | None:
        """The model that the same teaching made already."""
        return next(iter(self._list(select(models).where(models.c.data == data))), None)

    def _list(self, query: Select[Any]) -> list[Model]:
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def list(self, limit: int = 50) -> list[Model]:
        """The newest first."""
        return self._list(select(models).order_by(models.c.id.desc()).limit(limit))


def _pile() -> Select[Any]:
    return select(models).where(models.c.state == "in force").order_by(models.c.decided_at.desc(), models.c.id.desc())


def _record(row: Row[Any]) -> Model:
    values = dict(row._mapping)
    del values["id"]
    return Model(**values | {"measured": json.loads(row.measured)})
