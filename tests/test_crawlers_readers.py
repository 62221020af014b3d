"""The readers of known outlets: one written page in the structure of each, read exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawlers import readers
from crawlers.pages import Page, read
from records import BadKnowledge

PAGES = Path(__file__).with_name("pages")
NAMES = sorted(file.stem for file in PAGES.glob("*.json"))


def wanted(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def told(page: Page) -> dict[str, Any]:
    """A page in the words of the expected files."""
    return {
        "url": page.canonical_url,
        "outlet": page.outlet,
        "title": page.title,
        "lead": page.lead,
        "body": (page.body or "").split("\n\n"),
        "authors": list(page.authors),
        "section": page.section,
        "published": page.published_at and page.published_at.isoformat(),
        "modified": page.modified_at and page.modified_at.isoformat(),
        "comments": page.comments,
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_known_outlets_page_is_read_exactly(name: str) -> None:
    expected = wanted(name)
    page = read(expected["url"], (PAGES / f"{name}.html").read_bytes())
    assert told(page) == expected
    assert (page.reader, page.method, page.doubtful) == (name, "selectors", ())


def test_there_are_readers_for_the_forty_most_important_outlets() -> None:
    assert len(NAMES) >= 40 and set(NAMES) <= set(readers.readers())


def test_the_pages_need_their_readers() -> None:
    """Without selectors most of these pages are read wrongly: they do test them."""
    right = 0
    for name in NAMES:
        text = (PAGES / f"{name}.html").read_text(encoding="utf-8")
        plain = text.replace("class=", "data-x=").replace(" id=", " data-y=").replace("data-role=", "data-z=")
        page = read("https://bao-la.vn/a-1.html", plain.replace("itemprop=", "data-w=").encode())
        right += told(page)["body"] == wanted(name)["body"]
    assert right <= len(NAMES) // 4


def test_every_selector_is_one() -> None:
    tree = LexborHTMLParser("<p>x</p>")
    for layout in readers.readers().values():
        lists = (layout.title, layout.lead, layout.body, layout.authors, layout.section, layout.date, layout.comments)
        for selector in (*(one for some in lists for one in some), *([layout.junk] if layout.junk else [])):
            tree.css(selector)  # raises ValueError for what is none


def test_the_host_chooses_its_reader() -> None:
    assert [found.name for found in map(readers.own, ("e.vnexpress.net", "baochinhphu.vn")) if found] == [
        "vnexpress",
        "baochinhphu",
    ]
    assert readers.own("khong-phai-vnexpress.net") is None and readers.own("vnexpress.net.lua-dao.vn") is None
    assert readers.outlet("camau.baohiemxahoi.gov.vn") == "BHXH Việt Nam"
    assert readers.layouts("bao-la.vn", "dantri")[0].name == "dantri"


@pytest.mark.parametrize(
    "text",
    ["", "[[reader]]\nname = 'a'", "[[reader]]\nname = 'a'\nbody = ['p']\nmau = 1", "[[reader]]\nname = 'a'\nlike = 'b'", "x ="],
)  # fmt: skip
def test_a_wrong_row_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "readers.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(readers, "FILE", file)
    with pytest.raises(BadKnowledge, match=r"readers\.toml"):
        readers.readers.__wrapped__()
