"""What a page says about itself in its head: JSON-LD, OpenGraph and other meta elements, microdata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

MAX_JSON = 512 * 1024
_ARTICLE = re.compile(r"Article|BlogPosting|LiveBlogPosting|Report|VideoObject|WebPage$")


class Metadata:
    """First of all ways a page states a thing. Every answer is a clean one-line text, or "" where nothing is stated."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        self.things = list(_things(tree))
        articles = [thing for thing in self.things if _ARTICLE.search(" ".join(_texts(thing.get("@type"))))]
        # an article proper comes before the page or the video that only frames it
        self.article: Mapping[str, Any] = min(articles, key=_rank, default={})
        self.meta = _meta(tree)

    def title(self) -> str:
        stated = self._ld("headline") or self.first("og:title", "twitter:title") or self._ld("name")
        return stated or self._item("headline")

    def lead(self) -> str:
        return self._ld("description") or self.first("og:description", "description", "twitter:description")

    def published(self) -> Iterator[str]:
        """Every statement of the publication time, the best first."""
        yield self._ld("datePublished")
        yield self.first("article:published_time", "og:published_time", "pubdate", "datepublished", "date", "dc.date")
        yield self._item("datePublished")
        yield self._ld("uploadDate") or self._ld("dateCreated")

    def modified(self) -> Iterator[str]:
        yield self._ld("dateModified")
        yield self.first("article:modified_time", "og:updated_time", "lastmod")
        yield self._item("dateModified")

    def authors(self) -> tuple[str, ...]:
        """Names of persons; an organisation is the outlet, not an author."""
        people = self.article.get("author")
        stated = [person for person in (people if isinstance(people, list) else [people]) if person]
        names = []
        for person in stated[:10]:
            if isinstance(person, Mapping):
                if "Organization" not in _texts(person.get("@type")):
                    names.append(clean(person.get("name")))
            else:
                names.append(clean(person))
        return tuple(dict.fromkeys(name for name in names if name and not name.startswith("http")))

    def section(self) -> str:
        crumbs = [name for name in self._crumbs() if name.lower() not in ("trang chủ", "home", "trang nhất")]
        stated = self.first("article:section") or self._ld("articleSection")
        return stated.split(",")[0].strip() or (crumbs[0] if crumbs else "")

    def comments(self) -> int | None:
        """The number of comments stated in JSON-LD."""
        stated = self.article.get("commentCount")
        if isinstance(stated, str) and stated.strip().isdecimal():
            return int(stated.strip()[:9])
        return stated if isinstance(stated, int) and not isinstance(stated, bool) and 0 <= stated < 10**9 else None

    def canonical(self) -> str:
        link = self.tree.css_first("link[rel=canonical]")
        return clean(link.attributes.get("href") if link else "") or self.first("og:url")

    def outlet(self) -> str:
        publisher = self.article.get("publisher")
        name = clean(publisher.get("name")) if isinstance(publisher, Mapping) else clean(publisher)
        return name or self.first("og:site_name")

    def _crumbs(self) -> Iterator[str]:
        for thing in self.things:
            if "BreadcrumbList" in _texts(thing.get("@type")):
                for entry in _flat(thing.get("itemListElement")):
                    item = entry.get("item")
                    yield clean(entry.get("name") or (item.get("name") if isinstance(item, Mapping) else ""))

    def _ld(self, key: str) -> str:
        return next((text for text in map(clean, _texts(self.article.get(key))) if text), "")

    def first(self, *names: str) -> str:
        return next((text for name in names for stated in self.meta.get(name, ()) if (text := clean(stated))), "")

    def _item(self, name: str) -> str:
        node = self.tree.css_first(f"[itemprop={name}]")
        if node is None:
            return ""
        stated = node.attributes
        return clean(stated.get("content") or stated.get("datetime") or node.text(separator=" "))


def clean(value: object) -> str:
    """One line of plain text out of a stated value: entities undone (twice where a page doubled them), tags dropped."""
    if not isinstance(value, str):
        return ""
    text = html.unescape(html.unescape(value[:20_000]))
    return " ".join(re.sub(r"</?[a-zA-Z][^<>]{0,500}>", " ", text).split())


def _things(tree: LexborHTMLParser) -> Iterator[Mapping[str, Any]]:
    for script in tree.css('script[type="application/ld+json"]')[:30]:
        text = script.text().strip()
        if not 2 < len(text) <= MAX_JSON:
            continue
        try:
            yield from _flat(json.loads(text.rstrip("; \n"), strict=False))
        except (ValueError, RecursionError):
            yield _salvage(text)


def _flat(value: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        if depth < 4:
            yield from _flat(value.get("@graph"), depth + 1)
            yield from _flat(value.get("mainEntity"), depth + 1)
    elif isinstance(value, list) and depth < 4:
        for item in value[:100]:
            yield from _flat(item, depth + 1)


def _salvage(text: str) -> Mapping[str, Any]:
    """What can still be read of JSON-LD that is no JSON (a raw quotation mark, a trailing comma)."""
    found: dict[str, Any] = {}
    for key in ("@type", "datePublished", "dateModified", "articleSection"):
        if match := re.search(rf'"{key}"\s*:\s*"([^"\n]{{1,200}})"', text):
            found[key] = match[1]
    return found


def _rank(thing: Mapping[str, Any]) -> int:
    kinds = " ".join(_texts(thing.get("@type")))
    return 0 if "Article" in kinds or "Posting" in kinds or "Report" in kinds else 1


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return [value] if isinstance(value, str) else []


def _meta(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """What each meta element states, as it is written."""
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[content]")[:300]:
        stated = node.attributes
        name = (stated.get("property") or stated.get("name") or stated.get("itemprop") or "").lower()
        found.setdefault(name, []).append(stated.get("content") or "")
    return found
