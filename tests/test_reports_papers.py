"""Drafts from a case: the three papers in the form of NĐ 30/2020, what they say and what they must not."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import docx
import pypdf
import pytest
from docx.shared import Mm

from records import BadInput, Case, Judged, PressEntry
from reports import papers, paperwork
from tests.reports_support import AS_OF, LETTERHEAD, facts, flagged, item, wrong

AGENCY, PRINT = "Bảo hiểm xã hội Việt Nam", "ab" * 32


def paper(kind: str, judged: Judged, lines: tuple[PressEntry, ...] = ()) -> papers.Paper:
    return papers.compose(kind, judged, lines, AGENCY, PRINT, facts(), AS_OF)


def words(made: papers.Paper) -> str:
    return "\n".join(piece.head + piece.text for piece in made.pieces)


def running() -> Judged:
    return flagged(3, "3c", "confirmed", by="an", at=AS_OF, note="Đã gọi xác minh", impact_confirmed_at=AS_OF)


def test_a_quick_report_says_what_when_why_and_what_next() -> None:
    said = words(paper("bao-cao-nhanh", running()))
    assert "Máy gợi ý khả năng" in said and "độ tin cậy 90%" in said and PRINT in paper("bao-cao-nhanh", running()).note
    assert "đã xác nhận (an," in said and "Ghi chú: Đã gọi xác minh." in said
    due = (AS_OF + timedelta(hours=24)).astimezone().strftime("%d/%m/%Y")
    assert "hạn phát ngôn" in said and due in said and "khoản 4 Điều 7 Nghị định 244/2026/NĐ-CP" in said
    assert "Chưa phát ngôn" in said and "đã quá hạn" not in said


def test_a_possibility_stays_one_and_a_dismissed_flag_is_none() -> None:
    dismissed = flagged(3, "3c", "dismissed", by="an", at=AS_OF, note="Bài cảnh báo")
    said = words(paper("bao-cao-nhanh", dismissed))
    assert "Máy gợi ý khả năng" not in said and "Người xác minh đã loại: Bài cảnh báo." in said
    assert "Không đề xuất xử lý" in said


def test_a_wrong_claim_stands_beside_the_provision() -> None:
    said = words(paper("cai-chinh", wrong(3)))
    (claim,) = wrong(3).assessment.claims
    assert claim.quote[:40] in said and facts().fact(claim.fact_id or "").statement[:60] in said
    assert (
        "cải chính ngay và gỡ nội dung sai" in said and "trong 2 ngày" in said and "Điều 19 Nghị định 237/2026" in said
    )


def test_nobody_is_asked_to_correct_what_nobody_found_wrong() -> None:
    for judged in (item(3), flagged(3), flagged(3, status="dismissed")):
        with pytest.raises(BadInput, match="xác nhận"):
            paper("cai-chinh", judged)
    assert "[Nội dung đúng và căn cứ pháp lý.]" in words(paper("cai-chinh", flagged(3, status="confirmed")))
    with pytest.raises(BadInput, match="loại văn bản"):
        paper("khác", item(3))


def test_a_reply_is_addressed_to_the_outlet_never_to_a_person_who_posts() -> None:
    press = replace(item(1), document=replace(item(1).document, kind="press"))
    assert paper("tra-loi", press).to == "Báo Mẫu số 1"
    post = replace(
        press, document=replace(press.document, kind="post", author="bút danh đã mã hóa", authors=("Ai Đó",))
    )
    made = paper("tra-loi", post)
    assert made.to == "[Nơi nhận]" and "Ai Đó" not in words(made) and "mã hóa" not in words(made)


@pytest.mark.parametrize("kind", ["bao-cao-nhanh", "tra-loi", "cai-chinh"])
def test_the_word_file_has_the_form_of_the_decree(kind: str) -> None:
    content = paperwork.write(paper(kind, running()), LETTERHEAD, AS_OF)
    assert content == paperwork.write(paper(kind, running()), LETTERHEAD, AS_OF), "the same bytes"
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert Mm(30) <= section.left_margin <= Mm(35) and Mm(15) <= section.right_margin <= Mm(20)
    head = "\n".join(cell.text for row in document.tables[0].rows for cell in row.cells)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head and "Độc lập - Tự do - Hạnh phúc" in head
    assert re.search(r"Số: +/", head) and re.search(r"ngày +tháng 9 năm 2026", head), "no number, no day"
    assert ("V/v" in head) == (kind != "bao-cao-nhanh")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "DỰ THẢO" in text and "Kính gửi: " in text
    end = "\n".join(cell.text for row in document.tables[-1].rows for cell in row.cells)
    assert "Nơi nhận:" in end and "(dự thảo, chưa ký)" in end
    assert {run.font.name for p in document.paragraphs for run in p.runs} == {None}
    assert document.styles["Normal"].font.name == "Times New Roman"


def longest() -> Judged:
    """As much outside text in every field as an attacker may send."""
    judged = running()
    act = replace(judged.assessment.acts[0], quote="trích dẫn " * 400, reason="lý do " * 400)
    claims = tuple(replace(claim, quote="câu sai " * 200) for claim in wrong(3).assessment.claims)
    document = replace(
        judged.document,
        title="Tiêu đề rất dài " * 300,
        outlet="Cơ quan báo chí " * 50,
        url="https://b.example/" + "a" * 1900,
    )
    case = replace(judged.case or Case("x", "new", AS_OF), note="ghi chú " * 250)
    assessment = replace(judged.assessment, acts=(act, act, act), claims=claims * 3)
    return replace(judged, document=document, assessment=assessment, case=case)


@pytest.mark.parametrize("judged", [running(), longest(), item(3)], ids=["usual", "longest", "plain"])
def test_a_quick_report_is_one_page(judged: Judged) -> None:
    files, missing = paperwork.files(paper("bao-cao-nhanh", judged), LETTERHEAD, AS_OF)
    if missing:
        pytest.skip(missing)
    (name,) = [name for name in files if name.endswith(".pdf")]
    pdf = pypdf.PdfReader(io.BytesIO(files[name]))
    assert len(pdf.pages) == 1
    assert "BÁO CÁO NHANH" in pdf.pages[0].extract_text()


HOSTILE = (
    "{{7*7}}",
    "{% for x in y %}",
    "${jndi:ldap://x}",
    "%s%n",
    "{0.__class__}",
    "<script>alert(1)</script>",
    "a\x00b\ufffe&<w:t>",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_stay_text(text: str) -> None:
    judged = replace(running(), document=replace(running().document, title=text, outlet=text))
    made = paper("bao-cao-nhanh", judged)
    document = docx.Document(io.BytesIO(paperwork.write(made, LETTERHEAD, AS_OF)))
    body = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.replace("\x00", "").replace("\ufffe", "") in body
    assert "<script>" not in paperwork.html(made, LETTERHEAD, AS_OF)
