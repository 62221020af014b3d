"""Page readers: recorded pages strictly, and small pages of our own for what the recorded ones do not show."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages import Page, body, read
from records import UnreadablePage

from .crawlers_support import NOW, PROSE, SHARED, article

HTML = SHARED / "web" / "html"
VNEXPRESS = "https://vnexpress.net/a-b-5047363.html"
TUOITRE = "https://tuoitre.vn/a-b-20260307075519174.htm"
DANTRI = "https://dantri.com.vn/kinh-doanh/a-b-20260307080054340.htm"


def reference() -> list[dict[str, Any]]:
    file = HTML / "reference.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.is_file() else []


def load(name: str) -> bytes:
    raw = (HTML / name).read_bytes()
    return gzip.decompress(raw) if name.endswith(".gz") else raw


def f1(one: str, other: str) -> float:
    first, second = Counter(one.split()), Counter(other.split())
    return 2 * sum((first & second).values()) / (sum(first.values()) + sum(second.values()) or 1)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("row", reference() or [None], ids=lambda row: row["file"] if row else "none")
def test_recorded_pages(row: dict[str, Any] | None) -> None:
    if row is None:
        pytest.skip("needs ../shared/web/html")
    page = read(row["url"], load(row["file"]))
    assert (page.title, page.lead, page.outlet) == (row["title"], row["lead"], row["outlet"])
    assert page.published_at is not None and page.published_at.isoformat() == row["published"]
    assert page.canonical_url == row["url"] and row["author"] in page.authors and page.section
    assert page.method == "selectors" and page.doubtful == ()
    found = (page.body or "").split("\n\n")
    # letter for letter; the reference puts spaces around links where the page shows none
    assert [squeezed(text) for text in found] == [squeezed(text) for text in row["paragraphs"]]
    assert f1(page.body or "", "\n\n".join(row["paragraphs"])) >= 0.99


def test_recorded_pages_beat_the_mark() -> None:
    rows = reference()
    if not rows:
        pytest.skip("needs ../shared/web/html")
    scores = [f1(read(row["url"], load(row["file"])).body or "", "\n\n".join(row["paragraphs"])) for row in rows]
    assert sum(scores) / len(scores) >= 0.997


@pytest.mark.parametrize("row", reference() or [None], ids=lambda row: row["file"] if row else "none")
def test_recorded_pages_read_as_an_unknown_outlets(row: dict[str, Any] | None) -> None:
    """Without the outlet's selectors: the same page under another address."""
    if row is None:
        pytest.skip("needs ../shared/web/html")
    page = read("https://bao-la.vn/a-1.html", load(row["file"]))
    assert page.title == row["title"] and page.published_at is not None
    assert page.published_at.isoformat()[:16] == row["published"][:16]
    assert f1(page.body or "", "\n\n".join(row["paragraphs"])) >= 0.9
    assert page.canonical_url is None, "the page's word about its address counts within its own outlet only"


# ---------------------------------------------------------------- own pages


def test_an_unknown_outlet_is_read_without_frills() -> None:
    page = read("https://bao-thu.vn/a-100001.html", article("Chi trả lương hưu").encode())
    assert page.title == "Chi trả lương hưu" and page.method == "trafilatura"
    assert page.body == PROSE
    assert page.published_at is not None and page.published_at.isoformat() == "2026-11-26T09:00:00+07:00"


def test_a_page_with_title_and_lead_only_has_no_body() -> None:
    lead = "Từ tháng này, người hưởng lương hưu được nhận tiền qua tài khoản ngân hàng tại nơi cư trú."
    data = json.dumps(
        {"@type": "NewsArticle", "headline": "Lương hưu", "description": lead, "datePublished": "2026-11-26"}
    )
    text = (
        f"<!doctype html><html><head><meta charset=utf-8><script type='application/ld+json'>{data}</script></head><body><nav><ul>"
        f"{'<li><a href=/m>Chuyên mục</a></li>' * 12}</ul></nav><main><article><h1>Lương hưu</h1><p class='sapo'>{lead}</p>"
        "</article><aside><h2>Tin liên quan</h2></aside></main><footer>Báo</footer></body></html>"
    )
    page = read("http://127.0.1.1:8800/x", text.encode())
    assert (page.title, page.lead, page.body, page.method) == ("Lương hưu", lead, None, "json-ld")


VNE = """<html><head><meta property="og:title" content="SEO khác"><meta name="pubdate" content="2026-03-07T00:05:00+07:00"></head>
<body><h1 class="title-detail">Tên bài</h1><p class="description"><span class="location-stamp">Hà Nội</span>Tóm tắt của bài.</p>
<article class="fck_detail">{}<p class="Normal" style="text-align:right;"><strong>Hà Thu</strong> (tổng hợp)</p></article></body></html>"""


def vnexpress(inside: str) -> Page:
    return read(VNEXPRESS, VNE.format(inside).encode())


def test_vnexpress() -> None:
    page = vnexpress(
        '<p class="Normal">Ngày 5/3, <a href="/x">Reuters</a> đưa tin ở eo biển <a>Hormuz</a>. Hết.</p>'
        '<p class="Normal"><strong>Giữa bài</strong></p><figure class="tplCaption"><img><figcaption><p class="Image">'
        "Chú thích ảnh. Ảnh: AFP</p></figcaption></figure><p class=Normal>Dòng một<br>dòng hai<br><br>Đoạn sau"
        "<script>try{x()}</script></p><div class='box-tinlienquanv2'><p>Xem thêm bài khác</p></div>"
        "<ul><li>Điều một.</li><li>Điều hai.</li></ul><blockquote><p>Lời nói được trích.</p></blockquote>"
        "<table><tr><td>Mức đóng</td><td>8 %</td></tr></table>"
    )
    assert (page.body or "").split("\n\n") == [
        "Ngày 5/3, Reuters đưa tin ở eo biển Hormuz. Hết.", "Giữa bài", "Dòng một dòng hai", "Đoạn sau", "Điều một.",
        "Điều hai.", "Lời nói được trích.", "Mức đóng 8 %",
    ]  # fmt: skip
    assert (page.title, page.lead) == ("Tên bài", "Hà Nội - Tóm tắt của bài.")
    assert page.authors == ("Hà Thu (tổng hợp)",) and page.outlet == "VnExpress"


def test_a_photo_essays_captions_are_its_text() -> None:
    slide = (
        '<div class="item_slide_show"><div class="block_thumb"><img></div><div class="desc_cation"><p class="Normal">'
        "Người dân chờ ở bưu điện từ sáng sớm để nhận lương hưu, ảnh số {}.</p></div></div>"
    )
    page = vnexpress("".join(slide.format(number) for number in range(3)))
    assert (page.body or "").count("\n\n") == 2


FIRST = "Đoạn thứ nhất của bài, đủ dài để được coi là nội dung của một bài báo."


def test_tuoitre_has_two_article_bodies_and_only_the_first_is_the_article() -> None:
    second = "".join(f"<p>Đoạn {n} của bài khác hiện trong cửa sổ bật lên, không thuộc bài này.</p>" for n in range(9))
    text = f"""<html><head><meta property="article:published_time" content="2026-03-07T08:01:53+07:00"></head><body>
      <div class="detail__cmain" id="main-detail"><h1 class="detail-title article-title" data-role="title">Tên bài</h1>
      <h2 class="detail-sapo" data-role="sapo">Tóm tắt của bài.</h2><div class="detail-cmain"><div class="detail-content afcbc-body"
      data-role="content" itemprop="articleBody"><figure class="VCSortableInPreviewMode"><figcaption><p>Chú thích</p></figcaption></figure>
      <p>Đoạn thứ nhất của bài, đủ dài để được coi là nội dung của một bài báo.</p><h2>Giữa bài</h2><p>Đoạn thứ hai.</p>
      <div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/y">Bài khác</a><p>Tóm tắt bài khác</p></div></div></div>
      <div class="author-info"><a class="name">NHẬT XUÂN</a></div></div>
      <div class="detail-cmain"><div class="content-popup"><h1 class="article-title">Bài khác</h1><div class="detail-content afcbc-body"
      id="objectPopupBody" data-role="content">{second}</div></div></div></body></html>"""
    for order in (
        text,
        re.sub(
            r'(?s)(<div class="detail__cmain".*</div></div>)\s*(<div class="detail-cmain"><div class="content-popup">.*</div></div></div>)',
            r"\2\1",
            text,
        ),
    ):
        page = read(TUOITRE, order.encode())
        assert (page.body or "").split("\n\n") == [
            "Đoạn thứ nhất của bài, đủ dài để được coi là nội dung của một bài báo.",
            "Giữa bài",
            "Đoạn thứ hai.",
        ]
        assert (page.title, page.lead, page.authors) == ("Tên bài", "Tóm tắt của bài.", ("NHẬT XUÂN",))


@pytest.mark.parametrize(
    "frame",
    [
        '<main><article><h1>Tên bài</h1><div><a href="/tac-gia/a.htm">Tri Túc</a><time datetime="2026-03-07 08:07">x</time></div>'
        '<h2>(Dân trí) - Tóm tắt của bài.</h2><div id="desktop-in-article">{}</div></article></main>',
        '<h1 class="title-page">Tên bài</h1><div class="author-name"><a>Tri Túc</a></div><time datetime="2026-03-07 08:07">x</time>'
        '<h2 class="singular-sapo">(Dân trí) - Tóm tắt của bài.</h2><div class="singular-content">{}</div>',
        '<main><article><h1>Tên bài</h1><div><a href="/tac-gia/a.htm">Tri Túc</a><time datetime="2026-03-07 08:07">x</time></div>'
        "<h2>(Dân trí) - Tóm tắt của bài.</h2>{}</article></main>",
    ],
)  # fmt: skip
def test_dantri_in_three_layouts(frame: str) -> None:
    inside = (
        "<p>Đoạn thứ nhất của bài, đủ dài để được coi là nội dung của một bài báo.</p><figure><img><figcaption><p>Chú thích"
        "</p></figcaption></figure><p>Đoạn thứ hai.</p><aside><p>Tin liên quan</p></aside><div class='dantri-widget'><p>Giá vàng</p></div>"
    )
    page = read(DANTRI, f"<html><body>{frame.format(inside)}</body></html>".encode())
    assert (page.body or "").split("\n\n") == [
        "Đoạn thứ nhất của bài, đủ dài để được coi là nội dung của một bài báo.",
        "Đoạn thứ hai.",
    ]
    assert (page.title, page.lead, page.authors) == ("Tên bài", "(Dân trí) - Tóm tắt của bài.", ("Tri Túc",))
    assert page.published_at is not None and page.published_at.isoformat() == "2026-03-07T08:07:00+07:00"


LD = '<script type="application/ld+json">%s</script>'


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ('<meta property="article:published_time" content="2026-03-07T08:52:11.000 +07:00">', "2026-03-07T08:52:11+07:00"),
        ('<meta property="article:published_time" content="2026-03-07T08:52:11">', "2026-03-07T08:52:11+07:00"),
        ('<meta property="article:published_time" content="2026-03-07T01:52:11Z">', "2026-03-07T01:52:11+00:00"),
        ('<meta itemprop="datePublished" content="07/03/2026 08:52 GMT+7">', "2026-03-07T08:52:00+07:00"),
        (LD % '{"@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"datePublished":"2026-03-07T10:00:00+09:00"}]}', "2026-03-07T10:00:00+09:00"),
        (LD % '{"@type":"NewsArticle","headline":"Câu "hỏng","datePublished":"2026-03-07T08:00:00+07:00",}', "2026-03-07T08:00:00+07:00"),
        (LD % ("[" * 5000), None),
        ("", None),
    ],
)  # fmt: skip
def test_times_are_told_as_the_page_tells_them(head: str, wanted: str | None) -> None:
    page = read("https://bao-thu.vn/a-100001.html", article("Bài", date="", head=head).encode())
    assert (page.published_at.isoformat() if page.published_at else None) == wanted


def test_a_printed_time_counts_where_the_head_says_nothing() -> None:
    text = article("Bài", date="").replace(
        "<article>", "<article><span class='date'>Thứ bảy, 7/3/2026, 00:05 (GMT+7)</span>"
    )
    page = read("https://bao-thu.vn/a-100001.html", text.encode())
    assert page.published_at is not None and page.published_at.isoformat() == "2026-03-07T00:05:00+07:00"
    ago = article("Bài", date="").replace("<article>", "<article><time>2 giờ trước</time>").encode()
    assert read("https://bao-thu.vn/a-100001.html", ago).published_at is None
    told = read("https://bao-thu.vn/a-100001.html", ago, now=NOW).published_at
    assert told is not None and (NOW - told).total_seconds() == 7200


def test_a_pages_word_about_its_address_counts_within_its_outlet() -> None:
    def stated(address: str) -> str | None:
        return read(
            "https://m.bao-thu.vn/a-100001.html",
            article("Bài", head=f'<link rel="canonical" href="{address}">').encode(),
        ).canonical_url

    assert stated("https://bao-thu.vn/a-100001.html?utm_source=x") == "https://bao-thu.vn/a-100001.html"
    assert stated("/a-100001.html") == "https://m.bao-thu.vn/a-100001.html"
    for bad in ("https://khac.vn/a-100001.html", "https://bao-thu.vn/", "javascript:alert(1)", "http://[x/", ""):
        assert stated(bad) is None


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "rỗng"), (b"\0\0", "HTML"), (b"%PDF-1.7", "HTML"), (b'{"a": 1}', "HTML"), (b"<html><body><p>x</p></body></html>", "tiêu đề"),
     (b"<html><head><title> </title></head><body><h1></h1></body></html>", "tiêu đề")],
)  # fmt: skip
def test_what_is_no_article_is_named(body: bytes, said: str) -> None:
    with pytest.raises(UnreadablePage, match=said) as caught:
        read("https://bao-thu.vn/a", body)
    assert caught.value.url == "https://bao-thu.vn/a"


# ---------------------------------------------------------------- encodings

SAID = article("Bảo hiểm xã hội tự nguyện: mức hỗ trợ mới")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "header",
    ["text/html", "text/html; charset=utf-8", "text/html; charset=windows-1252", "text/html; charset=x", "iso-8859-1"],
)
@pytest.mark.parametrize("declared", ["utf-8", "windows-1252", "iso-8859-1", "windows-1258"])
def test_lies_about_the_encoding_do_no_harm(encoding: str, header: str, declared: str) -> None:
    text = SAID.replace("charset='utf-8'", f"charset='{declared}'")
    page = read("https://bao-thu.vn/a", text.encode(encoding), header)
    assert (page.title, page.body, page.doubtful) == ("Bảo hiểm xã hội tự nguyện: mức hỗ trợ mới", PROSE, ())


def test_decomposed_letters_and_old_code_pages_become_nfc() -> None:
    import unicodedata

    page = read("https://bao-thu.vn/a", unicodedata.normalize("NFD", SAID).encode())
    assert page.title == "Bảo hiểm xã hội tự nguyện: mức hỗ trợ mới" and page.body == PROSE
    # windows-1258 writes the tone of a letter as a second character
    old = "".join(unicodedata.normalize("NFC", c[:2]) + c[2:] if len(c) > 2 else c for c in _clusters(SAID))
    raw = old.replace("charset='utf-8'", "charset='windows-1258'").encode("cp1258", errors="xmlcharrefreplace")
    for header in ("text/html", "text/html; charset=windows-1258", "text/html; charset=utf-8"):
        page = read("https://bao-thu.vn/a", raw, header)
        assert page.title == "Bảo hiểm xã hội tự nguyện: mức hỗ trợ mới" and page.body == PROSE


def _clusters(text: str) -> list[str]:
    """Letters as windows-1258 can write them: base with hat or horn, then the tone."""
    import unicodedata

    tones, out = "\u0300\u0301\u0303\u0309\u0323", []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        hat = "".join(part for part in parts if part not in tones)
        out.append(unicodedata.normalize("NFC", hat) + "".join(part for part in parts if part in tones))
    return ["".join(out)]


def test_text_that_was_read_wrongly_once_is_put_right() -> None:
    wrong = "".join(
        chr(b) if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([b]).decode("cp1252") for b in SAID.encode()
    )
    page = read("https://bao-thu.vn/a", wrong.encode())
    assert (page.title, page.body, page.doubtful) == ("Bảo hiểm xã hội tự nguyện: mức hỗ trợ mới", PROSE, ())


def test_broken_bytes_are_marked() -> None:
    raw = SAID.encode().replace("lương".encode(), b"l\xc6\xff\xfeng", 1)
    page = read("https://bao-thu.vn/a", raw)
    assert page.doubtful == ("charset",) and page.body is not None and "bảo hiểm xã hội" in page.body


def test_fonts_of_the_nineties_are_read() -> None:
    # "Bảo hiểm xã hội" in TCVN3 is other letters altogether, which only its font shows rightly
    text = article("B¶o hiÓm x· héi tù nguyÖn", "Ng\xadêi lao ®éng ®\xadîc hç trî tiÒn ®ãng b¶o hiÓm x· héi. " * 6)
    raw = text.replace("Báo thử", "Bao").replace("Mục", "Muc").encode("cp1252")
    page = read("https://bao-thu.vn/a", raw)
    assert (page.title, page.doubtful) == ("Bảo hiểm xã hội tự nguyện", ())
    assert page.body and page.body.startswith("Người lao động được hỗ trợ tiền đóng bảo hiểm xã hội.")


# ---------------------------------------------------------------- hostile pages


@pytest.mark.parametrize(
    "inside",
    ["<div>" * 200_000, "<b>" * 100_000 + "x", "x" * 7_000_000, "<p>a" * 200_000, "<a " + "b=c " * 300_000 + ">", "&" * 1_000_000,
     "<script>" * 50_000, "<![CDATA[" * 50_000, "<p>" + "<!--" * 100_000, "<table><tr><td>" * 30_000],
    ids=lambda text: text[:12],
)  # fmt: skip
@pytest.mark.parametrize("url", [VNEXPRESS, "https://bao-thu.vn/a"])
def test_monstrous_pages_cost_little(inside: str, url: str) -> None:
    text = f"<html><head><title>Bài</title></head><body><h1 class='title-detail'>Bài</h1><article class='fck_detail'>{inside}"
    started = time.process_time()
    try:
        page = read(url, text.encode())
    except UnreadablePage as error:
        assert "quá nhiều thẻ" in error.what
    else:
        assert page.title == "Bài" and len(page.body or "") <= 300_000
    assert time.process_time() - started < 3


TAGS = st.sampled_from(
    ["<div>", "</div>", "<SPAN x>", "</span >", "<p>", "</p>", "<divx>", "</spa>", "<br>", "<", "</", "< div>", "a"]
)


@given(st.lists(TAGS, max_size=40))
def test_a_page_is_monstrous_from_one_element_too_many_or_too_deep(tags: list[str]) -> None:
    page = "".join(tags)
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?:div|span)\b", page, re.IGNORECASE):
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    with mock.patch.multiple(body, MAX_TAGS=12, MAX_DEPTH=3):
        assert body.monstrous(page.encode()) == (len(re.findall("<[a-zA-Z]", page)) > 12 or deepest > 3)


def test_a_page_carries_no_markup_into_its_text() -> None:
    page = read(
        VNEXPRESS,
        VNE.format(
            "<p class=Normal>A&lt;script&gt;alert(1)&lt;/script&gt; <img src=x onerror=alert(1)> dài đủ sáu mươi ký tự để đọc.</p>"
        ).encode(),
    )
    assert page.body == "A<script>alert(1)</script> dài đủ sáu mươi ký tự để đọc."
