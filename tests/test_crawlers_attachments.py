"""Notices of state bodies say what they say in a PDF or a Word file: its words are read, bounded, and kept with the page."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import pytest

import attached
from crawlers import attachments
from records import BadInput

from .crawlers_support import Memorised, article, rss, source, web
from .test_crawlers_collect import gather
from .test_received import pdf


def word(*paragraphs: str, table: tuple[str, ...] = ()) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    if table:
        for cell, text in zip(made.add_table(1, len(table)).rows[0].cells, table, strict=True):
            cell.text = text
    made.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """A Word file of 4 GB of one letter."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word("x"))) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in whole.infolist():
            if one.filename != "word/document.xml":
                made.writestr(one.filename, whole.read(one))
        with made.open("word/document.xml", "w", force_zip64=True) as inside:
            for _ in range(64):
                inside.write(b"x" * 2**24)
    return out.getvalue()


def test_words_of_a_word_file_in_their_order() -> None:
    text = attached.words(word("Công văn số 12/BHXH", "Nội dung hướng dẫn", table=("Mức đóng", "4,5%")))
    assert text.split("\n") == ["Công văn số 12/BHXH", "Nội dung hướng dẫn", "Mức đóng | 4,5%"]
    assert attached.words(pdf("Muc dong moi")) == "Muc dong moi"


@pytest.mark.parametrize("wrong", [b"", b"<html>", b"%PDF-1.7 rubbish", b"PK\x03\x04rubbish", word()])
def test_what_cannot_be_read_is_refused(wrong: bytes) -> None:
    with pytest.raises(BadInput):
        attached.words(wrong)


@pytest.mark.slow
def test_a_bomb_is_given_up_within_its_bounds() -> None:
    began = time.monotonic()
    with pytest.raises(BadInput):
        attached.words(bomb())
    assert time.monotonic() - began < 4 * attached.SECONDS


def links(*addresses: str) -> str:
    return article("Thông báo", "Chi tiết trong tệp đính kèm.").replace(
        "</article>", "".join(f'<a href="{one}">tệp</a>' for one in addresses) + "</article>"
    )


def test_the_files_of_a_notice_are_kept_with_it_and_stay_at_a_later_look() -> None:
    store = Memorised()
    with web() as found:
        page = f"{found.base}/tin/thong-bao-1.html"
        found.put("/rss", rss((page, "Thông báo")))
        found.put(
            "/tin/thong-bao-1.html", links("/tep/cong-van.docx", "/tep/phu-luc.pdf", "/tep/hong.pdf", "/tep/thu-tu.pdf")
        )
        found.put("/tep/cong-van.docx", word("Mức đóng bảo hiểm y tế hộ gia đình"))
        found.put("/tep/phu-luc.pdf", pdf("Phu luc kem theo"))
        found.put("/tep/hong.pdf", b"%PDF-1.7 rubbish")
        (done,) = gather(store, found, source(found, kind="official"))
    assert (done.ok, done.new, done.failed) == (True, 1, 0)
    (kept,) = store.kept.values()
    assert kept.body.endswith(
        "\n\nTệp đính kèm cong-van.docx:\n\nMức đóng bảo hiểm y tế hộ gia đình\n\nTệp đính kèm phu-luc.pdf:\n\nPhu luc kem theo"
    )
    assert found.paths("/tep/") == ["/tep/cong-van.docx", "/tep/phu-luc.pdf", "/tep/hong.pdf"], "three at most"
    assert "hong.pdf" in store.said()
    assert attachments.tail(kept.body).startswith(attachments.MARK)


def test_files_elsewhere_and_of_the_press_are_not_fetched() -> None:
    with web() as found, web("127.0.0.2") as other:
        for kind in ("official", "press"):
            found.put("/rss", rss((f"{found.base}/bai-{kind}.html", "Bài")))
            found.put(
                f"/bai-{kind}.html",
                links(f"{other.base}/a.pdf", "/b.exe", "javascript:alert(1)//.pdf", "file:///c.pdf"),
            )
            (done,) = gather(Memorised(), [found, other], source(found, kind=kind))
            assert done.new == 1
        assert other.asked == []


def test_a_file_that_leads_away_or_is_missing_loses_no_notice() -> None:
    store = Memorised()
    with web() as found, web("127.0.0.2") as other:
        found.put("/rss", rss((f"{found.base}/tin-1.html", "Thông báo")))
        found.put("/tin-1.html", links("/mat.pdf", "/lac.pdf"))
        found.put("/lac.pdf", b"", 302, Location=f"{other.base}/a.pdf")
        other.put("/a.pdf", pdf("Khong phai cua nguon"))
        (done,) = gather(store, [found, other], source(found, kind="official"))
    assert done.new == 1 and "Tệp đính kèm" not in next(iter(store.kept.values())).body
