"""Clocks. The one place that asks for the time of day; everything else is handed a `Clock`.

`wall` is the machine's clock; `Replay` follows the clock of a replay server on loopback; `Hand` is moved by its owner
(the sample, tests).
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from records import BadSetting

Clock = Callable[[], datetime]
"""gives the current time, aware, UTC"""

MEASURE = 0.25
"""seconds between the two looks from which a replay's speed is first measured"""
FIRST_WAIT, WAIT = 10.0, 1.0
"""seconds for an answer: at the start, and later, when whoever wants the time waits for it"""
AGAIN = 5.0
"""seconds after which the replay is asked again; the longer the base, the truer the speed"""


def wall() -> datetime:
    return datetime.now(UTC)


class Hand:
    """A clock that stands where it was set and, once released, runs on with the wall."""

    def __init__(self, start: datetime) -> None:
        self._moment, self._released = start, None

    _released: float | None

    def set(self, moment: datetime) -> None:
        self._moment = moment

    def release(self) -> None:
        self._released = time.monotonic()

    def __call__(self) -> datetime:
        if self._released is None:
            return self._moment
        return self._moment + timedelta(seconds=time.monotonic() - self._released)


class Replay:
    """The clock of a replay, read from its /replay/state and run on in between at the speed it was seen to have.

    Never goes backwards. Raises BadSetting when the address is not loopback or does not answer.
    """

    def __init__(self, address: str) -> None:
        host = urlsplit(address).hostname or ""
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = host == "localhost"
        if not address.startswith("http://") or not loopback:
            raise BadSetting(f"clock: {address}: chỉ nhận đồng hồ của máy chủ phát lại trên máy này (127.x.x.x)")
        self._address, self._lock = address, threading.Lock()
        self._first = self._look(FIRST_WAIT)
        time.sleep(MEASURE)
        self._seen = self._look(FIRST_WAIT)
        self._last, self._asked = self._seen

    def _look(self, wait: float) -> tuple[datetime, float]:
        try:
            with urllib.request.urlopen(self._address, timeout=wait) as answer:  # noqa: S310 (loopback http, checked above)
                state = json.loads(answer.read(1 << 20))
            return datetime.fromisoformat(state["clock"]).astimezone(UTC), time.monotonic()
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            raise BadSetting(f"clock: {self._address}: không đọc được đồng hồ phát lại: {error}") from error

    def __call__(self) -> datetime:
        with self._lock:
            if time.monotonic() - self._asked > AGAIN:
                self._asked = time.monotonic()
                with contextlib.suppress(BadSetting):  # a replay that has ended leaves its clock running on
                    self._seen = self._look(WAIT)
            (start, began), (moment, at) = self._first, self._seen
            speed = (moment - start).total_seconds() / (at - began)
            self._last = max(self._last, moment + timedelta(seconds=(time.monotonic() - at) * speed))
            return self._last
