"""Slows down guessing: a few failed sign-ins in a quarter of an hour, by login and by address, and the door stays shut."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FAILURES = {"login": 8, "address": 30}
MOST = 10_000
"""names remembered at once; the oldest go first"""


class Throttle:
    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def shut(self, login: str, address: str, now: datetime) -> bool:
        """Whether this login or address has failed too often lately."""
        with self._lock:
            return any(len(self._recent(kind, name, now)) >= FAILURES[kind] for kind, name in _names(login, address))

    def failed(self, login: str, address: str, now: datetime) -> None:
        with self._lock:
            for kind, name in _names(login, address):
                self._failures[kind, name] = [*self._recent(kind, name, now), now]
                self._failures.move_to_end((kind, name))
            while len(self._failures) > MOST:
                self._failures.popitem(last=False)

    def forget(self, login: str) -> None:
        """A right password opens the door for this login again."""
        with self._lock:
            self._failures.pop(("login", login), None)

    def _recent(self, kind: str, name: str, now: datetime) -> list[datetime]:
        return [at for at in self._failures.get((kind, name), []) if now - at < WINDOW]


def _names(login: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("login", login[:64]), ("address", address)
