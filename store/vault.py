"""Scam indicators: shown masked, kept encrypted; without a key only the masked form is kept. Sealed bytes of evidence."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, select

from records import BadInput, Indicator
from store.database import insert_new
from store.tables import indicators


class Vault:
    def __init__(self, key: bytes | None) -> None:
        self._key = hashlib.sha256(b"lang-nghe vault\x00" + key).digest() if key else None
        self._box = Fernet(base64.urlsafe_b64encode(self._key)) if self._key else None

    @property
    def has_key(self) -> bool:
        return self._box is not None

    def lock(self, value: str) -> bytes:
        """Raises BadInput without a key: what must stay secret is never kept in clear."""
        if self._box is None:
            raise BadInput("thiếu vault_key: không cất được khóa truy cập")
        return self._box.encrypt(value.encode())

    def unlock(self, cipher: bytes) -> str | None:
        """None for what this key does not open."""
        return self._open(cipher, "") or None

    def put(self, connection: Connection, document_id: int, found: Iterable[Indicator]) -> None:
        """Add what is not there yet; the same value of one document is kept once."""
        for each in found:
            row = {
                "document_id": document_id,
                "kind": each.kind,
                "masked": each.masked,
                "digest": self.digest(each),
                "cipher": self._box.encrypt(each.value.encode("utf-8", "replace")) if self._box else None,
            }
            insert_new(connection, indicators, row)

    def get(self, connection: Connection, document_id: int) -> tuple[Indicator, ...]:
        """The indicators with their values; a value that cannot be read (no key, another key) comes back masked."""
        query = select(indicators).where(indicators.c.document_id == document_id).order_by(indicators.c.id)
        return tuple(
            Indicator(row.kind, self._open(row.cipher, row.masked), row.masked) for row in connection.execute(query)
        )

    def seal(self, content: bytes) -> bytes:
        """Raises BadInput where there is no key: evidence is never kept in clear."""
        if self._box is None:
            raise BadInput("thiếu vault_key: không niêm phong được chứng cứ")
        return self._box.encrypt(content)

    def unseal(self, cipher: bytes) -> bytes:
        """Raises BadInput without the key it was sealed with, and for what was changed."""
        if self._box is None:
            raise BadInput("thiếu vault_key: không mở được chứng cứ")
        try:
            return self._box.decrypt(cipher)
        except InvalidToken as error:
            raise BadInput("chứng cứ không mở được: khóa vault_key khác, hoặc dữ liệu đã bị sửa") from error

    def _open(self, cipher: bytes | None, masked: str) -> str:
        if cipher is None or self._box is None:
            return masked
        try:
            return self._box.decrypt(cipher).decode()
        except InvalidToken:
            return masked

    def digest(self, each: Indicator) -> str:
        shown = each.value if self._key else each.masked
        return hmac.new(self._key or b"", shown.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
