"""Addresses that receive a kind of mail without an account on the desk; those of the settings stand beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import delete, select

from records import BadInput
from store.audit import AuditLine, write
from store.database import Database, insert_new
from store.tables_desk import recipients

MailList = Literal["urgent", "daily", "weekly", "alarm"]


@dataclass(frozen=True, slots=True)
class Recipient:
    kind: MailList
    address: str
    name: str
    by: str
    at: datetime


class Recipients:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recipient: Recipient) -> None:
        """Raises BadInput where the address is on that list, or for an unknown list."""
        if recipient.kind not in get_args(MailList):
            raise BadInput(f"không có danh sách nhận {recipient.kind}")
        row = {name: getattr(recipient, name) for name in ("kind", "address", "name", "by", "at")}
        with self._database.write() as connection:
            if not insert_new(connection, recipients, row):
                raise BadInput(f"{recipient.address} đã có trong danh sách này")
            write(
                connection, AuditLine(recipient.by, "thêm người nhận", recipient.address, recipient.at, recipient.kind)
            )

    def remove(self, kind: str, address: str, by: str, at: datetime) -> None:
        """Raises BadInput where the address is not on that list."""
        one = (recipients.c.kind == kind, recipients.c.address == address)
        with self._database.write() as connection:
            if not connection.execute(delete(recipients).where(*one)).rowcount:
                raise BadInput(f"{address} không còn trong danh sách này")
            write(connection, AuditLine(by, "bỏ người nhận", address, at, kind))

    def all(self) -> list[Recipient]:
        query = select(recipients).order_by(recipients.c.kind, recipients.c.address)
        with self._database.read() as connection:
            return [Recipient(**row._mapping) for row in connection.execute(query)]

    def of(self, kind: MailList) -> list[str]:
        """The addresses of one list."""
        return [one.address for one in self.all() if one.kind == kind]
