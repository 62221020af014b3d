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


class Rate:
    """So many requests in a minute and no more, a name each. Each process of the desk counts for itself."""

    def __init__(self, most: int, window: timedelta = timedelta(minutes=1)) -> None:
        self._most, self._window = most, window
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, now: datetime) -> int:
        """Counts a request; seconds until the next may come, 0 where this one may pass."""
        with self._lock:
            start, count = self._seen.get(name, (now, 0))
            if not timedelta() <= now - start < self._window:
                start, count = now, 0
            self._seen[name] = (start, count + 1)
            self._seen.move_to_end(name)
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
            return 0 if count < self._most else max(1, int((start + self._window - now).total_seconds()))
