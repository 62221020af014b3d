"""Addresses of the desk as they stand in mails."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

LONGEST = 2000


def short_id(key: str) -> str:
    """The id of a document in desk addresses; the store computes the same."""
    return sha256(key.encode("utf-8")).hexdigest()[:16]


def item(public_url: str, key: str) -> str:
    """Address of a document's page on the desk."""
    return f"{public_url.rstrip('/')}/tin/{short_id(key)}"


def domain(public_url: str) -> str:
    """Host name of the desk, for Message-IDs; "langnghe.local" where the address names none a mail can carry."""
    name = host(public_url)
    return name if name and ":" not in name else "langnghe.local"


def web(url: str) -> str:
    """`url` when a mail may link to it (http or https, no white space), else nothing."""
    scheme = url[:8].lower()
    plain = len(url) <= LONGEST and url.isprintable() and not any(c.isspace() or c in "<>\"'`" for c in url)
    return url if plain and scheme.startswith(("http://", "https://")) else ""


def host(url: str) -> str:
    """Host name of a usable address, as it is (an IDN in its ASCII form), else nothing."""
    if not web(url):
        return ""
    try:
        name = urlsplit(url).hostname or ""
        return name.encode("idna").decode("ascii")[:100]
    except ValueError:
        return ""
