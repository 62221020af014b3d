"""Readers of known outlets and of the content systems many Vietnamese newspapers share: selectors, checked in order.

A reader is data: where title, lead, body and byline stand. When a site changes its face, a line is added here and a
saved page to the tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..address import same_site
from .body import paragraphs, tidy


@dataclass(frozen=True, slots=True)
class Layout:
    """Selectors of one layout, each tried in order until one gives text."""

    body: tuple[str, ...]
    title: tuple[str, ...] = ("h1",)
    lead: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    junk: str = ""
    """what in the body is no running text"""


VNEXPRESS = Layout(
    title=("h1.title-detail", "h1.title_news_detail", "h1.title-post", "h1.title-gn"),
    lead=("p.description", "h2.description", "h2.short_intro", ".lead_detail", ".sapo"),
    body=("article.fck_detail", "div.fck_detail", "#article_content", ".content-live-detail", ".fck_detail"),
    authors=(
        "p.author_mail",
        "p.author",
        "article.fck_detail p[align=right]",
        'article.fck_detail p[style*="right"]',
        '.fck_detail p[style*="right"]',
    ),
    section=("ul.breadcrumb li a",),
    junk="p.author_mail, p.author, p[align=right], p[style*='text-align:right'], p[style*='text-align: right'], .box-tinlienquanv2, "
    ".box-tinlienquan, .block_tinlienquan, .related_news, .list-news, ul.list-link, .box_brief_info, .box-quiz, "
    ".box_comment, .banner-ads, .social, .box_embed_video, .box-insert-link, .footer-content, .audio-box, .poll",
)
VCCORP = Layout(
    title=("h1.detail-title", "h1[data-role=title]", "h1.article-title", "h1.title-2"),
    lead=("h2.detail-sapo", "[data-role=sapo]", "h2.sapo", ".detail-sapo"),
    body=("[data-role=content][itemprop=articleBody]", ".detail-cmain [data-role=content]:not(#objectPopupBody)",
          ".detail-content.afcbc-body:not(#objectPopupBody)", "#main-detail-body", "#mainContent.detail-cmain",
          ".detail-content:not(#objectPopupBody)"),
    authors=(".author-info a.name", ".author-info .name", "[data-role=author]", ".detail-author", "p.author"),
    section=("[data-role=cate-name]", ".detail-cate a"),
    junk=".VCSortableInPreviewMode, [type=RelatedOneNews], [type=RelatedNews], .readmore-body-box, .author, "
    ".detail-author, .PhotoCMS_Caption, .PhotoCMS_Author, [data-role=author], .link-source-wrapper, .inread, .z-corona-header",
)  # fmt: skip
DANTRI = Layout(
    title=("main article h1", "h1.title-page", "h1.dt-news__title", "h1"),
    lead=("main article > h2", "h2.singular-sapo", ".singular-sapo", ".dt-news__sapo h2", ".dt-news__sapo", "h2.sapo",
          ".e-magazine__sapo"),
    body=("#desktop-in-article", ".singular-content", ".dt-news__content", ".e-magazine__body", "#divNewsContent",
          "main article"),
    authors=("main article a[href*='tac-gia']", ".author-name", ".dt-news__author", ".e-magazine__meta a"),
    section=(".breadcrumbs a", ".dt-breadcrumb a"),
    junk="article article, .dantri-widget, .article-related, .related-news, .author, .news-tag, .dt-news__tags, .singular-source, "
    "main article > h2, main article time, main article > div:has(time), .singular-author, .tags-wrap, .inread",
)  # fmt: skip
HEMERA = Layout(
    title=("h1.article__title", ".article__title.cms-title", "h1.cms-title"),
    lead=(".article__sapo", ".article__summary", ".cms-desc"),
    body=(".article__body.cms-body", "div.article__body", "div.cms-body"),
    authors=(".article__author .name", ".article__author", ".cms-author"),
    junk=".article__story, .cms-relate, .related-news, .article__author, .cms-note, .notebox",
)
MASTERCMS = Layout(
    title=("h1.post-title", ".post-title"),
    lead=("div.post-desc", ".post-desc"),
    body=(".post-content.__MASTERCMS_CONTENT", ".__MASTERCMS_CONTENT"),
    authors=(".bx-post-author", ".post-author"),
    junk=".__MASTERCMS_TABLE_DATA_RELATED, .related, .image_caption, td.image_desc",
)
OTHERS = (
    Layout(title=("h1.content-detail-title",), lead=("h2.content-detail-sapo",), body=(".maincontent.main-content",),
           authors=(".article-detail-author .name",), junk=".insert-wiki-content, .inner-article, .article-relate"),
    Layout(title=("h1",), lead=("div.news-sapo[data-field=sapo]", "[data-field=sapo]"), body=("div[data-field=body]",)),
    Layout(title=("h1",), body=("[itemprop=articleBody]",), authors=("[itemprop=author] [itemprop=name]",)),
)  # fmt: skip

PLACE = ".location-stamp"
KNOWN = {"vnexpress": VNEXPRESS, "tuoitre": VCCORP, "dantri": DANTRI}
TEMPLATES = (VCCORP, HEMERA, MASTERCMS, *OTHERS)
_HOSTS = (
    ("vnexpress.net", "vnexpress", "VnExpress"),
    ("tuoitre.vn", "tuoitre", "Tuổi Trẻ"),
    ("dantri.com.vn", "dantri", "Dân trí"),
)


def layouts(host: str, reader: str) -> Sequence[Layout]:
    """The layouts worth trying on a page: the outlet's own first."""
    own = KNOWN.get(next((key for suffix, key, _ in _HOSTS if same_site(host, suffix)), reader))
    return (own, *(layout for layout in TEMPLATES if layout is not own)) if own else TEMPLATES


def outlet(host: str) -> str:
    """The name of a known outlet; "" for any other host."""
    return next((name for suffix, _, name in _HOSTS if same_site(host, suffix)), "")


def container(tree: LexborHTMLParser, layout: Layout) -> LexborNode | None:
    """The element that holds the article. A page may hold several articles (popups, the next one to read): the first
    that has text is the one asked for."""
    for selector in layout.body:
        for node in tree.css(selector):
            if len(node.text(strip=True)) > 60:
                return node
    return None


def text_of(tree: LexborHTMLParser, selectors: Sequence[str]) -> str:
    """The text of the first element that has any; the place a report is dated from goes before a dash, as it is shown."""
    for selector in selectors:
        for node in tree.css(selector)[:5]:
            text = " ".join(paragraphs(node, PLACE)) or tidy(node.text())
            place = node.css_first(PLACE)
            if text:
                return f"{tidy(place.text())} - {text}" if place and place.text(strip=True) else text
    return ""


def bylines(tree: LexborHTMLParser, selectors: Sequence[str]) -> tuple[str, ...]:
    """Names of authors as printed: "Hà Thu (tổng hợp)"."""
    for selector in selectors:
        texts = [tidy(node.text()) for node in tree.css(selector)[:10]]
        names = [name for text in texts for name in re.split(r" [-–] | ?; ?", text) if _is_name(name)]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _is_name(text: str) -> bool:
    return 1 < len(text) <= 60 and not re.search(r"[@:/!?\d]|^(theo|nguồn|ảnh|xem|bài|tin)\b", text, re.IGNORECASE)
