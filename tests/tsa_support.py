"""A time-stamp authority of the tests' own on loopback: `openssl ts` behind a small web server."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .crawlers_support import Web, web

CONFIG = """
[tsa]
default_tsa = one
[one]
dir = {0}
serial = {0}/serial
signer_cert = {0}/tsa.pem
signer_key = {0}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_chain = no
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
"""


def openssl(place: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)


def authority(place: Path) -> Path:
    """Keys and certificates in a directory; gives the root's PEM."""
    place.mkdir()
    (place / "ts.cnf").write_text(CONFIG.format(place), encoding="utf-8")
    (place / "serial").write_text("01\n", encoding="utf-8")
    key = ("-newkey", "rsa:2048", "-nodes", "-config", "ts.cnf")
    openssl(place, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-subj", "/CN=Goc thu",
            "-extensions", "root")  # fmt: skip
    openssl(place, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA thu")
    openssl(place, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "tsa.pem",
            "-days", "3650", "-extfile", "ts.cnf", "-extensions", "leaf")  # fmt: skip
    return place / "ca.pem"


def answer(place: Path, query: bytes) -> bytes:
    (place / "query.tsq").write_bytes(query)
    openssl(place, "ts", "-reply", "-config", "ts.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
    return (place / "reply.tsr").read_bytes()


@contextmanager
def serving(place: Path, change: Callable[[bytes], bytes] = lambda reply: reply) -> Iterator[tuple[Web, str]]:
    """The authority on loopback: (its server, its address). `change`: what becomes of its answers."""
    with web() as found:

        def stamp(handler: Any) -> None:
            query = handler.rfile.read(int(handler.headers["Content-Length"]))
            reply = change(answer(place, query))
            handler.send_response(200)
            handler.send_header("Content-Type", "application/timestamp-reply")
            handler.send_header("Content-Length", str(len(reply)))
            handler.end_headers()
            handler.wfile.write(reply)

        found.pages["/tsa"] = stamp
        yield found, found.base + "/tsa"
