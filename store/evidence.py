"""Sealed evidence of flagged documents: which are due, the chain of hashes, the encrypted files, their time stamps.

The chain is for ever and holds hashes only; the files go with their document, or 30 days after a dismissal. It fetches and
stamps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

import sealing
from records import BadInput, Document, Sealed
from store import audit, rows
from store.database import Database, one_writer
from store.judged import OPEN
from store.tables import documents
from store.tables_evidence import evidence, evidence_due, evidence_files
from store.tables_work import cases
from store.vault import Vault

AROUND = 200
"""links handed out before and after a record, so that its place in the chain can be checked"""


class Evidence:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def due(self, now: datetime, limit: int) -> list[tuple[Document, int, bool]]:
        """(document, tries so far, whether a case of it is open) of what is to be sealed now, the longest due first."""
        opened = exists().where(cases.c.document_id == documents.c.id, cases.c.status.in_(OPEN)).label("opened")
        query = select(documents, evidence_due.c.tries, opened).join(
            evidence_due, evidence_due.c.document_id == documents.c.id
        )
        query = query.where(evidence_due.c.due_at <= now).order_by(evidence_due.c.due_at).limit(limit)
        with self._database.read() as connection:
            found = connection.execute(query).mappings().all()
        return [(rows.document(row), row["tries"], bool(row["opened"])) for row in found]

    def put_off(self, key: str, until: datetime, trouble: str) -> None:
        """The page could not be fetched: another try later."""
        values = {"due_at": until, "tries": evidence_due.c.tries + 1, "trouble": trouble[:500]}
        with self._database.write() as connection:
            connection.execute(update(evidence_due).where(evidence_due.c.document_id == _id(key)).values(values))

    def seal(self, document: Document, files: Mapping[str, bytes], at: datetime) -> Sealed | None:
        """Encrypt and keep the files as the next link of the chain; None when the document is not due any more, or its
        words are others by now (it is due again). Raises BadInput where there is no vault key."""
        with self._database.write() as connection:
            one_writer(connection, "evidence")
            query = select(documents).join(evidence_due, evidence_due.c.document_id == documents.c.id)
            row = connection.execute(query.where(documents.c.short_id == rows.short_id(document.key))).first()
            if row is None or row.digest != rows.fingerprint(document):
                return None
            last = connection.execute(select(evidence).order_by(evidence.c.number.desc()).limit(1)).first()
            number, previous = (last.number + 1, last.hash) if last else (1, sealing.FIRST)
            record = sealing.sealed(number, previous, row.short_id, row.version, at, files)
            connection.execute(insert(evidence).values(_values(record) | {"stamp_due": at}))
            for name, content in files.items():
                cipher = self._vault.seal(content)
                values = {"number": number, "document_id": row.id, "name": name, "cipher": cipher}
                connection.execute(insert(evidence_files).values(values))
            connection.execute(delete(evidence_due).where(evidence_due.c.document_id == row.id))
            return record

    def of(self, key: str) -> list[Sealed]:
        """The records about a document, the first one first."""
        with self._database.read() as connection:
            query = select(evidence).where(evidence.c.short_id == rows.short_id(key))
            return _records(connection, query)

    def waiting(self, key: str) -> tuple[datetime, int, str] | None:
        """(next try, tries so far, what went wrong) of a document still to be sealed."""
        with self._database.read() as connection:
            row = connection.execute(select(evidence_due).where(evidence_due.c.document_id == _id(key))).first()
        return (row.due_at, row.tries, row.trouble) if row else None

    def open(self, key: str, by: str, at: datetime) -> tuple[list[tuple[Sealed, dict[str, bytes]]], list[Sealed]]:
        """The records of a document with their files, and the links of the chain around them; that `by` has opened them
        is logged in the same transaction. Raises BadInput where the files cannot be opened (no key, another key)."""
        with self._database.write() as connection:
            records = _records(connection, select(evidence).where(evidence.c.short_id == rows.short_id(key)))
            opened = [(record, self._files(connection, record)) for record in records]
            chain: list[Sealed] = []
            if records:
                around = evidence.c.number.between(records[0].number - AROUND, records[-1].number + AROUND)
                chain = _records(connection, select(evidence).where(around))
            audit.write(connection, audit.AuditLine(by, "evidence", rows.short_id(key), at, f"{len(records)} records"))
            return opened, chain

    def _files(self, connection: Connection, record: Sealed) -> dict[str, bytes]:
        query = select(evidence_files.c.name, evidence_files.c.cipher).where(evidence_files.c.number == record.number)
        found = {row.name: self._vault.unseal(row.cipher) for row in connection.execute(query)}
        for name, content in found.items():
            if sealing.sha256(content) != record.files.get(name):
                raise BadInput(f"chứng cứ số {record.number}: {name} không còn khớp mã băm đã ghi")
        return {name: found[name] for name in record.files if name in found}

    def unstamped(self, now: datetime, limit: int) -> list[Sealed]:
        """Records without a time stamp whose next try is due."""
        query = select(evidence).where(evidence.c.token.is_(None), evidence.c.stamp_due <= now)
        with self._database.read() as connection:
            return _records(connection, query.limit(limit))

    def stamped(self, number: int, token: bytes) -> None:
        self._change(number, {"token": token, "stamp_due": None, "stamp_trouble": ""})

    def not_stamped(self, number: int, until: datetime, trouble: str) -> None:
        """The authority gave no stamp: another try later."""
        tries = evidence.c.stamp_tries + 1
        self._change(number, {"stamp_due": until, "stamp_trouble": trouble[:500], "stamp_tries": tries})

    def _change(self, number: int, values: Mapping[str, Any]) -> None:
        with self._database.write() as connection:
            connection.execute(update(evidence).where(evidence.c.number == number).values(**values))

    def counts(self) -> dict[str, int]:
        """ "records", "due" (pages still to be sealed), "unstamped" (a stamp was refused at least once)."""
        with self._database.read() as connection:
            last = connection.execute(select(evidence.c.number).order_by(evidence.c.number.desc()).limit(1)).scalar()
            due = len(connection.execute(select(evidence_due.c.document_id).where(evidence_due.c.tries > 0)).all())
            refused = select(evidence.c.number).where(evidence.c.token.is_(None), evidence.c.stamp_tries > 0)
            return {"records": last or 0, "due": due, "unstamped": len(connection.execute(refused).all())}

    def broken(self) -> int | None:
        """The number of the first link of the whole chain that was changed or taken out; None: all hold."""
        before: Sealed | None = None
        while True:
            start = before.number if before else 0
            query = select(evidence).where(evidence.c.number > start).order_by(evidence.c.number).limit(1000)
            with self._database.read() as connection:
                some = _records(connection, query)
            if not some:
                return None
            if some[0].number != start + 1:
                return start + 1
            wrong = sealing.broken(some, before.hash if before else sealing.FIRST)
            if wrong is not None:
                return wrong
            before = some[-1]


def want(connection: Connection, row: Row[Any], at: datetime) -> None:
    """A document was flagged: its page is to be sealed, unless these words are sealed already."""
    done = select(evidence.c.number).where(evidence.c.short_id == row.short_id, evidence.c.version == row.version)
    if connection.execute(done).first() is not None:
        return
    added = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = {"document_id": row.id, "due_at": at, "tries": 0, "trouble": ""}
    changes = {name: values[name] for name in ("due_at", "tries", "trouble")}
    once = added(evidence_due).values(values)
    connection.execute(once.on_conflict_do_update(index_elements=["document_id"], set_=changes))


def drop(connection: Connection, ids: Iterable[int]) -> int:
    """Delete the files of these documents, and what is still to be sealed; gives how many files. The links stay."""
    chosen = list(ids)
    connection.execute(delete(evidence_due).where(evidence_due.c.document_id.in_(chosen)))
    return connection.execute(delete(evidence_files).where(evidence_files.c.document_id.in_(chosen))).rowcount


def _id(key: str) -> Any:
    return select(documents.c.id).where(documents.c.short_id == rows.short_id(key)).scalar_subquery()


def _records(connection: Connection, query: Select[Any]) -> list[Sealed]:
    found = connection.execute(query.order_by(evidence.c.number)).all()
    numbers = [row.number for row in found]
    there = select(evidence_files.c.number).where(evidence_files.c.number.in_(numbers)).distinct()
    kept = set(connection.execute(there).scalars())
    return [
        Sealed(
            row.number, row.short_id, row.version, row.sealed_at, json.loads(row.files), row.previous, row.hash,
            row.token, row.stamp_trouble, row.number in kept,
        )
        for row in found
    ]  # fmt: skip


def _values(record: Sealed) -> dict[str, Any]:
    return {
        "number": record.number,
        "short_id": record.document,
        "version": record.version,
        "sealed_at": record.sealed_at,
        "files": json.dumps(dict(record.files), sort_keys=True),
        "previous": record.previous,
        "hash": record.hash,
    }
