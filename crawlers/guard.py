"""The address guard: decides on the resolved IP, at every single connection, and connects to exactly that IP.

Every fetch of the product (feed, sitemap, listing, robots.txt, article, each hop of a redirect) goes through the
download handler in `download.py`, and so through `Guard.pick`. A name that resolves to several addresses is
refused when one of them is not public; what was resolved is what is connected to, so a second answer of a hostile name
server changes nothing. The guard cannot be switched off: loopback servers of the sample, a replay or a test are let in
by their exact host:port, and nothing else is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer  # type: ignore[import-untyped]

from records import BadInput, BadSetting, BlockedAddress

from .address import host_of

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
PORTS = {"http": 80, "https": 443}
CONNECT_TIMEOUT = 10.0
RESOLVERS = 32
"""threads for names: a dead name server must not hold up the others"""

_NOT_PUBLIC_4 = [
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [
    ipaddress.IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "3ffe::/16")
]  # fmt: skip


def is_public(address: str | IP) -> bool:
    """Whether an IP is a public unicast host. Everything special, embedded, translated or scoped is not."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _NOT_PUBLIC_4)
    return ip.scope_id is None and ip in _GLOBAL_6 and not any(ip in net for net in _NOT_PUBLIC_6)


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host, by the system's resolver. Blocks; raises OSError."""
    return list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class Guard:
    """The decision. `allow` are exact host:port pairs of loopback servers; anything else in it raises BadSetting."""

    def __init__(self, allow: Iterable[str] = (), resolve: Resolve = resolve) -> None:
        self.allow = frozenset(_pair(entry) for entry in allow)
        self.resolve = resolve
        self._threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")

    def lookup(self, host: str, port: int) -> asyncio.Future[Sequence[str]]:
        """All addresses of a host, without blocking the running loop."""
        return asyncio.get_running_loop().run_in_executor(self._threads, self.resolve, host, port)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def check(self, url: str) -> None:
        """What can be said before any name is resolved. Raises BlockedAddress."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BlockedAddress(f"{url[:200]}: địa chỉ không hợp lệ") from error
        if parts.scheme not in PORTS:
            raise BlockedAddress(f"{url[:200]}: chỉ được tải http và https")
        if "@" in parts.netloc:
            raise BlockedAddress(f"{url[:200]}: địa chỉ mang tên người dùng")
        if re.search(r"[\x00-\x20\x7f\\]", url):  # what one parser drops, another reads as part of the host
            raise BlockedAddress(f"{url[:200]!r}: địa chỉ có ký tự không được phép")
        try:
            self.check_port(parts.scheme, host_of(parts), PORTS[parts.scheme] if port is None else port)
        except BadInput as error:
            raise BlockedAddress(f"{url[:200]}: {error}") from error

    def check_port(self, scheme: str, host: str, port: int) -> None:
        """http on 80, https on 443, and the allow-listed pairs. Raises BlockedAddress."""
        if (host, port) not in self.allow and port not in PORTS.values():
            raise BlockedAddress(f"{scheme}://{host}:{port}: cổng {port} không được phép, chỉ 80 và 443")

    def pick(self, host: str, port: int, addresses: Sequence[str]) -> Sequence[str]:
        """The addresses that may be connected to. Raises BlockedAddress when one of them may not."""
        allowed = (host, port) in self.allow
        for address in addresses:
            good = _is_loopback(address) if allowed else is_public(address) and port in PORTS.values()
            if not good:
                raise BlockedAddress(f"{host}:{port}: địa chỉ {address} không phải địa chỉ công cộng; từ chối kết nối")
        if not addresses:
            raise BlockedAddress(f"{host}:{port}: không phân giải được tên máy chủ")
        return addresses


def _pair(entry: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{entry}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadSetting(f"crawl.allow_loopback: {entry!r} không phải host:cổng") from error
    if port is None or parts.path or "@" in entry or not (host == "localhost" or _is_loopback(host)):
        raise BadSetting(f"crawl.allow_loopback: {entry!r} phải là host:cổng của máy này, ví dụ 127.0.0.1:8800")
    return host, port


def _is_loopback(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return ip == ipaddress.IPv6Address("::1") or (ip.version == 4 and ip.is_loopback)


@implementer(IStreamClientEndpoint)
class PinnedEndpoint:
    """Resolves once, asks the guard, and connects to what the guard saw: first come, first tried."""

    def __init__(self, reactor: Any, guard: Guard, host: str, port: int) -> None:
        self.reactor, self.guard, self.host, self.port = reactor, guard, host, port

    @inlineCallbacks
    def connect(self, factory: Any) -> Any:
        addresses = yield from self._addresses()
        for number, address in enumerate(addresses, 1):
            kind = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
            try:
                return (yield kind(self.reactor, address, self.port, timeout=CONNECT_TIMEOUT).connect(factory))
            except Exception:
                if number == len(addresses):
                    raise
        return None

    def _addresses(self) -> Any:
        try:
            found: Sequence[str] = [str(ipaddress.ip_address(self.host))]
        except ValueError:
            found = yield Deferred.fromFuture(self.guard.lookup(self.host, self.port))
        return self.guard.pick(self.host, self.port, found)


class GuardedPool(HTTPConnectionPool):
    """A connection pool that makes its own endpoints: whatever endpoint an agent brings along is not used."""

    def __init__(self, reactor: Any, guard: Guard, tls: Any, factory: Any, per_host: int) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self.reactor, self.guard, self.tls = reactor, guard, tls
        self.maxPersistentPerHost = per_host
        self._factory = factory

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: ARG002
        scheme, host, port = key[0].decode("ascii"), key[1].decode("ascii").rstrip(".").lower(), int(key[2])
        if scheme not in PORTS:
            raise BlockedAddress(f"{scheme}://{host}:{port}: chỉ được tải http và https, không qua proxy")
        self.guard.check_port(scheme, host, port)
        pinned: Any = PinnedEndpoint(self.reactor, self.guard, host, port)
        ours = wrapClientTLS(self.tls.creatorForNetloc(key[1], port), pinned) if scheme == "https" else pinned
        return super().getConnection(key, ours)
