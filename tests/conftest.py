"""What every test stands on: no network beyond loopback, and settings of its own."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from nlp import encoder
from tests.store_support import (  # noqa: F401
    _stores_are_copied,
    _template_database,
    _template_file,
    cluster,
    kept,
    new_store_url,
    store_url,
)

# Tests of an optional part nobody has installed are not there to be skipped; with langnghe[transformer-train] they run.
collect_ignore = ["test_nlp_encoder.py"] if encoder.missing(encoder.TRAINING) else []


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that reaches for another host fails at once instead of waiting for an answer that must not come."""
    plain = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            try:
                inside = ipaddress.ip_address(host).is_loopback
            except ValueError:
                inside = host == "localhost"
            if not inside:
                raise OSError(f"a test tried to reach {host}: tests speak to loopback only")
        return plain(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield
