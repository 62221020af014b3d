"""https: certificates are checked, for the name in the address, and a good one is accepted through the guarded pool."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .crawlers_support import Web, article, rss

HOUSE = Path(__file__).resolve().parents[1]
CHILD = """
import sys
from datetime import UTC, datetime
import config
from crawlers import collect
from crawlers.intake import Official
from crawlers.sources import Source
from tests.crawlers_support import Memorised
port, kept = sys.argv[1], Memorised()
row = Source("bao", "Báo", f"https://localhost:{port}/", "press", feeds=(f"https://localhost:{port}/rss",))
chosen = config.Settings(crawl=config.Crawl(allow_loopback=(f"localhost:{port}",), delay=0, timeout=10))
done = collect.run([row], chosen, kept, lambda: datetime(2026, 11, 26, tzinfo=UTC), lambda *a: collect.collect(*a, Official()))
print(done[0].new, done[0].error)
"""


def certificate(home: Path, name: str) -> tuple[Path, Path]:
    """(certificate, key): self-signed, so it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = home / f"{name}.pem", home / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    return files


@pytest.mark.parametrize(
    ("name", "trusted", "new"), [("localhost", True, 1), ("localhost", False, 0), ("khac.example", True, 0)]
)
def test_certificates_are_checked(tmp_path: Path, name: str, trusted: bool, new: int) -> None:
    chain, key = certificate(tmp_path, name)
    found = Web()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    found.server.socket = context.wrap_socket(found.server.socket, server_side=True)
    base = f"https://localhost:{found.port}"
    found.put("/rss", rss((f"{base}/a-100001.html", "Bài A")))
    found.put("/a-100001.html", article("Bài A"))
    found.thread.start()
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    if trusted:
        environment["SSL_CERT_FILE"] = str(chain)
    try:
        command = [sys.executable, "-c", CHILD, str(found.port)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    finally:
        found.server.shutdown()
        found.server.server_close()
        found.thread.join()
    assert done.stdout.startswith(f"{new} "), done.stdout + done.stderr
    assert bool(found.asked) == bool(new), "nothing is asked of a server that cannot show who it is"
