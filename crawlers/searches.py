"""The way from what a news search links to the article itself. Pure.

A search links articles of any outlet, some directly, some through a page of its own. The article's address is then a
parameter of the link, where a redirect leads (the downloader follows it), or what that page names. A search that hides it in
a script cannot be read, and nothing is kept of such an item.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from records import BadInput

from .address import canonical, same_site
from .links import Link
from .pages.body import monstrous, parse
from .pages.decode import utf8
from .sources import Source

_REFRESH = re.compile(r"^\s*\d{1,3}\s*;\s*url\s*=\s*['\"]?([^'\"]{1,2000})", re.IGNORECASE)


def unwrapped(link: Link, source: Source) -> Link:
    """The link of the article itself, where the search states it as a parameter of its own link."""
    if not _within(source, link.url):
        return link
    for _, value in parse_qsl(urlsplit(link.url).query, max_num_fields=100):
        if target := _elsewhere(source, value):
            return replace(link, key=target, url=target)
    return link


def behind(body: bytes, url: str, content_type: str, source: Source) -> str | None:
    """The article's address, as the page in between names it: where it sends the reader, or whose copy it says it is."""
    page, _ = utf8(body, content_type)
    if monstrous(page):
        return None
    tree = parse(page)
    stated = [
        sent[1]
        for node in tree.css("meta[http-equiv=refresh i]")
        if (sent := _REFRESH.match(node.attributes.get("content") or ""))
    ]
    stated += [node.attributes.get("href") or "" for node in tree.css("link[rel=canonical]")]
    return next((target for one in stated if (target := _elsewhere(source, one, url))), None)


def stays(source: Source, url: str) -> bool:
    """Whether an address is still one of the search itself."""
    return _within(source, url)


def _within(source: Source, url: str) -> bool:
    return same_site(source.host, urlsplit(url).hostname or "")


def _elsewhere(source: Source, address: str, base: str = "") -> str | None:
    if not base and not address.startswith(("http://", "https://")):
        return None
    try:
        found = canonical(address, base)
    except BadInput:
        return None
    return None if _within(source, found) else found
