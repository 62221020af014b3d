"""Files attached to official notices: which ones a page links to, and their words behind those of the page. Fetches nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from scrapy.http import Response

import attached
import vietnamese
from records import BadInput

from .address import canonical, spaced
from .pages.body import parse
from .pages.decode import utf8
from .sources import Source

ENDINGS = (".pdf", ".docx")
MOST = 3
"""files of one page"""
NAME = 100
MARK = "\n\nTệp đính kèm "
"""what opens the words of a file behind those of its page"""


@dataclass(slots=True)
class Bundle:
    """A fetched page, the files still to be fetched and the words of those that were."""

    response: Response
    left: list[str]
    words: list[str] = field(default_factory=list)

    def add(self, url: str, content: bytes) -> None:
        """Raises BadInput for a file that cannot be read."""
        self.words.append(f"{MARK}{name(url)}:\n\n{attached.words(content)}")


def found(url: str, body: bytes, content_type: str, source: Source) -> list[str]:
    """Addresses of the PDF and Word files an official page links to, on the same source, in their order."""
    if source.kind != "official":
        return []
    files: dict[str, None] = {}
    for anchor in parse(utf8(body, content_type)[0]).css("a[href]"):
        try:
            address = canonical(urljoin(url, spaced(anchor.attributes.get("href") or "")))
        except (BadInput, ValueError):
            continue
        if urlsplit(address).path.lower().endswith(ENDINGS) and source.owns(address):
            files[address] = None
    return list(files)[:MOST]


def name(url: str) -> str:
    """The file's name as the address gives it, one bounded line."""
    return " ".join(vietnamese.nfc(unquote(urlsplit(url).path.rpartition("/")[2])).split())[:NAME]


def tail(body: str | None) -> str:
    """The words of files at the end of a stored body: a page read again has none of its own."""
    _, mark, after = (body or "").partition(MARK)
    return mark + after
