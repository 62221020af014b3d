"""A flagged page fetched as evidence: WARC with heads and digests, through the guard, without other people's words."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from warcio.archiveiterator import ArchiveIterator

import masking
from crawlers import collect
from crawlers.capture import Captured
from crawlers.manners import Memory
from crawlers.pages import comments
from crawlers.sources import Source
from records import Document, UnreadablePage

from .crawlers_forum_support import bar, post, thread
from .crawlers_support import NOW, OFFICIAL, PROSE, Memorised, Web, article, settings, source, web

KEY = b"k" * 32
OTHERS = (
    "<div id='box_comment' class='list-comment'><p class='binh-luan'>Lời riêng của chị Hoa</p></div>"
    '<script type=\'application/json\'>{"comments": [{"text": "Lời riêng trong dữ liệu"}]}</script>'
)


@dataclass
class Record:
    kind: str
    headers: Any
    http: Any
    body: bytes
    good: bool


def records(warc: bytes) -> list[Record]:
    found = []
    for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
        body = record.raw_stream.read()
        found.append(
            Record(record.rec_type, record.rec_headers, record.http_headers, body, record.digest_checker.passed)
        )
    return found


def stored(found: Web, path: str = "/a-1.html", **values: Any) -> Document:
    common: dict[str, Any] = {"title": "Bài A", "lead": None, "body": PROSE, "published_at": NOW, "first_seen": NOW}
    kind, key = values.pop("kind", "press"), values.pop("key", found.base + path)
    return Document(key, kind, values.pop("source", "bao-thu"), "Báo thử", found.base + path, **{**common, **values})


def capture(found: Web, *documents: Document, place: Source | None = None, **named: Any) -> list[Captured]:
    chosen = settings(found).model_copy(
        update=dict.fromkeys(("author_key", "desk_key", "vault_key"), SecretStr("k" * 32))
    )
    work = collect.capture(
        documents,
        [place or source(found)],
        chosen,
        Memorised(),
        lambda: NOW,
        official=OFFICIAL,
        memory=Memory(),
        **named,
    )
    return asyncio.run(work)


def test_a_page_is_kept_byte_for_byte_with_question_heads_and_digests() -> None:
    with web() as found:
        body = article("Bài A").encode()
        found.put("/a-1.html", body, Content_Type="text/html; charset=utf-8", X_Ghi="Một")
        (one,) = capture(found, stored(found))
    assert (one.answered, one.status, one.cut, one.same_words, one.trouble) == (True, 200, 0, True, "")
    assert one.sha256 == hashlib.sha256(body).hexdigest() and one.address == "127.0.0.1" and one.fetched_at == NOW
    info, answer, request = records(one.warc)
    assert [info.kind, answer.kind, request.kind] == ["warcinfo", "response", "request"]
    assert answer.body == body and answer.good
    assert (
        answer.http.get_statuscode() == "200" and answer.http.get_header("content-type") == "text/html; charset=utf-8"
    )
    assert answer.headers.get_header("WARC-Date") == "2026-11-26T03:00:00.000000Z"
    assert answer.headers.get_header("WARC-Payload-Digest").startswith("sha256:")
    assert answer.headers.get_header("WARC-Target-URI") == found.base + "/a-1.html"
    assert request.headers.get_header("WARC-Concurrent-To") == answer.headers.get_header("WARC-Record-ID")
    assert request.http.get_header("User-Agent").startswith("LangNghe/") and request.http.get_header("Host")
    assert found.asked[-1][1]["Accept-Encoding"] == "identity"


def test_every_hop_is_there_and_a_packed_answer_stays_packed() -> None:
    with web() as found:
        packed = gzip.compress(article("Bài A").encode())
        found.put("/a-1.html", b"", 302, Location="/a-2.html")
        found.put("/a-2.html", packed, Content_Encoding="gzip", Content_Type="text/html")
        (one,) = capture(found, stored(found))
    hops = [(record.kind, record.headers.get_header("WARC-Target-URI")) for record in records(one.warc)][1:]
    assert hops == [(kind, f"{found.base}/a-{n}.html") for n in (1, 2) for kind in ("response", "request")]
    assert records(one.warc)[3].body == packed and one.sha256 == hashlib.sha256(packed).hexdigest()
    assert one.same_words is True and one.url.endswith("/a-2.html")


def test_comments_under_an_article_are_cut_out_and_it_says_so() -> None:
    with web() as found:
        body = article("Bài A").replace("</article>", "</article>" + OTHERS)
        found.put("/a-1.html", body, Content_Type="text/html")
        (one,) = capture(found, stored(found))
    kinds = {record.kind: record for record in records(one.warc)}
    assert list(kinds) == ["warcinfo", "conversion", "metadata", "request"], "what was cut is no response"
    plain = gzip.decompress(one.warc).decode()
    assert "Lời riêng" not in plain and "Lời riêng" not in one.page.decode()
    assert PROSE[:40] in kinds["conversion"].body.decode() and one.cut == 2
    said = kinds["metadata"].body.decode()
    assert (
        f"response-payload-digest: sha256:{one.sha256}" in said and "response-header: Content-Type: text/html" in said
    )
    assert one.same_words is True


@pytest.mark.parametrize("named", [True, False])
def test_of_a_thread_one_post_is_kept(named: bool) -> None:
    with web() as found:
        place = Source("dien-dan", "Diễn đàn", f"{found.base}/", "post", feeds=(f"{found.base}/rss",), article="/t/")
        quoted = '<blockquote class="bbCodeBlock bbCodeBlock--quote">Lời của ba_khac</blockquote>Bán sổ BHXH giá rẻ'
        page = thread(
            post(1, "Lời của mot_khac", "mot_khac"), post(2, quoted, "nguoi_ban", extra=bar("<bdi>hai_khac</bdi>"))
        )
        found.put("/t/luong-huu.41/post-2", page, Content_Type="text/html; charset=utf-8")
        one_post = stored(
            found, "/t/luong-huu.41/post-2", kind="post", source="dien-dan", key="dien-dan:post-2", title=None,
            body="Bán sổ BHXH giá rẻ", author=masking.pseudonym("nguoi_ban", "dien-dan", KEY),
        )  # fmt: skip
        (one,) = capture(found, one_post, place=place, named={"dien-dan:post-2"} if named else ())
    plain = gzip.decompress(one.warc).decode()
    assert "Bán sổ BHXH giá rẻ" in plain and one.same_words is True
    assert not [name for name in ("mot_khac", "hai_khac", "ba_khac") if name in plain + one.page.decode()]
    assert ("nguoi_ban" in plain) is named, "the name of an author stays only while a case is open"


def test_what_is_gone_is_evidence_too_and_what_fails_is_tried_again() -> None:
    with web() as found:
        found.put("/a-1.html", b"da go", 410)
        found.put("/a-2.html", b"", 503)
        found.put("/a-3.html", article("Bài A", "Chỗ này nay viết khác hẳn " * 20), Content_Type="text/html")
        found.put("/robots.txt", "User-agent: *\nDisallow: /a-4")
        keys = [stored(found, f"/a-{number}.html") for number in (1, 2, 3, 4)]
        one = {each.key[-6]: each for each in capture(found, *keys)}
    assert (one["1"].answered, one["1"].status, one["1"].page) == (True, 410, b"") and records(one["1"].warc)
    assert not one["2"].answered and "HTTP 503" in one["2"].trouble and not one["2"].warc
    assert one["3"].answered and one["3"].same_words is False
    assert not one["4"].answered and "robots.txt" in one["4"].trouble
    assert not [path for path, _ in found.asked if path == "/a-4.html"]


def test_an_inner_address_is_not_connected_to() -> None:
    with web() as found, web() as inner:
        found.put("/a-1.html", b"", 302, Location=f"{inner.base}/mat")
        (one,) = capture(found, stored(found))
        assert not one.answered and not inner.asked


SAID = "Lời của người đọc, không phải của bài"
WAYS = [
    f"<div class='commentBox'>{SAID}</div>",
    f"<div class=lstComment>{SAID}</div>",
    f"<ul class='item-cmt__list'><li>{SAID}</ul>",
    f"<div id=y_kien>{SAID}</div>",
    f"<div class='ykienbandoc'>{SAID}</div>",
    f"<div class='replies'><p>{SAID}</div>",
    f"<div itemprop=comment itemscope itemtype='https://schema.org/Comment'>{SAID}</div>",
    f"<section aria-label='Bình luận'>{SAID}</section>",
    f"<section data-role=comments>{SAID}</section>",
    f"<app-comments><p>{SAID}</p></app-comments>",
    f"<section><h3>Bình luận (3)</h3><ul><li>{SAID}</ul></section>",
    f"<template><div class=comment>{SAID}</div></template>",
    f'<div data-comments=\'[{{"noiDung": "{SAID}"}}]\'></div>',
    f'<div data-state=\'{{"comments": [{{"noiDung": "{SAID}"}}]}}\'></div>',
    f"<script>window.__NUXT__={{comments:[{{noiDung:'{SAID}'}}]}}</script>",
    f"<script>x = {{'parentComments': [{{noiDung: '{SAID}'}}]}}</script>",
    f'<script>self.__next_f.push([1,"{{\\"comments\\":[{{\\"t\\":\\"{SAID}\\"}}]}}"])</script>',
    f'<script type="application/ld+json">[{{"@type":"Comment","text":"{SAID}"}}]</script>',
    f'<script type="application/ld+json">{{"mainEntity":{{"acceptedAnswer":{{"text":"{SAID}"}}}}}}</script>',
    f"<div class=comments><p>{PROSE[:300]}</p><p>{SAID}</p></div>",  # quotes how the article begins
]


@pytest.mark.parametrize("way", WAYS)
def test_what_readers_say_is_cut_however_it_is_marked(way: str) -> None:
    page = article("Bài A").replace("</article>", f"</article>{way}").encode()
    kept, places = comments.cut(page, "text/html; charset=utf-8", PROSE)
    assert places == 1 and SAID not in kept.decode() and PROSE[-40:] in kept.decode()


def test_a_page_is_one_whatever_its_head_calls_it() -> None:
    with web() as found:
        body = article("Bài A").replace("</article>", "</article>" + OTHERS)
        for number, kind in enumerate(("", "text/plain", "application/octet-stream")):
            found.put(f"/a-{number}.html", body, **({"Content_Type": kind} if kind else {}))
            (one,) = capture(found, stored(found, f"/a-{number}.html", key=f"k{number}"))
            assert "Lời riêng" not in gzip.decompress(one.warc).decode() and one.cut == 2


def test_nobody_else_of_a_forum_stands_beside_the_post() -> None:
    page = thread(post(1, "Lời của mot_khac", "mot_khac"), post(2, "Bán sổ", "nguoi_ban"), title="Hỏi lương hưu").replace(
        "</h1>", "</h1><div class='p-description'><a class=username>chu_de</a></div>"
    ).replace("</body>", "<aside>Đang xem: <b>khach_la</b></aside><footer>Chủ đề mới của ban_moi</footer></body>")  # fmt: skip
    kept = comments.cut(page.encode(), "text/html; charset=utf-8", "Bán sổ", "2", named=True)[0].decode()
    assert [name for name in ("mot_khac", "chu_de", "khach_la", "ban_moi") if name in kept] == []
    assert "nguoi_ban" in kept and "Bán sổ" in kept and "Hỏi lương hưu" in kept


def test_words_of_the_item_are_never_cut() -> None:
    page = f"<html><body class='has-comments'><div class='content-comment'><p>{PROSE[:200]}</p></div></body></html>".encode()
    assert comments.cut(page, "text/html", PROSE) == (page, 0)
    nested = f"<div class='comments'><div class='comment'>x</div></div><p>{PROSE}</p>".encode()
    kept, places = comments.cut(nested, "text/html", PROSE)
    assert places == 1 and PROSE[:50] in kept.decode() and b"comment" not in kept
    with pytest.raises(UnreadablePage):
        comments.cut(b"<div>" * 5000, "text/html", "x")


@given(st.text(max_size=300))
def test_cutting_never_breaks(text: str) -> None:
    body = f"<div class='comment'>{text}</div>".encode("utf-8", "replace")
    comments.cut(body, "text/html", "Văn bản")
    comments.cut(body, "text/html", "Văn bản", "1", False)


def test_a_still_acts_and_loads_nothing() -> None:
    page = (
        "<html><head><base href='http://x/'><link rel=stylesheet href=http://x/a.css><meta http-equiv=refresh content='0;http://x/'>"
        "<script src=http://x/a.js></script></head><body onload='x()'><iframe src=http://x/></iframe><object data=http://x/></object>"
        "<p>Chữ</p></body></html>"
    )
    still = comments.still(page.encode(), "text/html").decode()
    assert "Chữ" in still and not [
        tag for tag in ("<script", "<iframe", "<object", "<link", "<base", "refresh") if tag in still
    ]
    assert "default-src 'none'" in still
