"""What is sent in: pictures written anew, PDFs reduced to their words, bounds, masks; what the sender sees of it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from starlette.testclient import TestClient

import attached
import received
import store
from records import Attachment, BadInput, Officer
from tests.desk_support import NOW, Rig, assessment, rig, token

HUE = Officer("hue", "Chị Huế", "hue@x.example", ("province",), "Huế")


def image(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **options)  # type: ignore[arg-type]
    return made.getvalue()


def pdf(text: str = "Thu phi giu the") -> bytes:
    """A PDF of one page, by hand: no font file is needed for ASCII words."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    return out + head + table + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)


def bomb() -> bytes:
    """A PNG that claims 60,000 x 60,000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def report(*files: bytes, **changes: str) -> received.Received:
    said = {"title": "Tờ rơi lạ", "text": "Gọi 0912345678 nộp phí.", "url": "", "seen": "ở chợ"} | changes
    sent = [Attachment("../../x.svg", "text/html", content) for content in files]
    return received.report(HUE, *said.values(), sent, NOW, (), ())


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_written_anew(kind: str) -> None:
    hidden = b"<script>alert(1)</script>"
    (kept,) = report(image(kind) + hidden).pictures
    assert hidden not in kept.content and kept.name in {"anh-1.png", "anh-1.jpg"}
    assert kept.media_type == f"image/{kind.lower()}"
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.size == (40, 20) and opened.format == kind


def test_where_a_picture_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "16.46 N 107.59 E"
    (kept,) = report(image("JPEG", exif=exif)).pictures
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert not dict(opened.getexif())


def test_a_large_picture_becomes_smaller() -> None:
    (kept,) = report(image("PNG", (5000, 100))).pictures
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.size == (received.LONGEST_SIDE, 48)


def test_the_words_of_a_pdf_join_the_text() -> None:
    made = report(pdf("Thu phi giu the"))
    assert made.pictures == () and "Thu phi giu the" in (made.document.body or "")


def locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("x")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "không phải ảnh"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "không phải ảnh"),
        (b"GIF89a" + b"\0" * 50, "không phải ảnh"),
        (image()[:60], "bị hỏng"),
        (bomb(), "không phải ảnh|điểm ảnh"),
        (image("PNG", (6000, 6000)), "điểm ảnh"),
        (b"%PDF-1.7\nrubbish", "tệp không đọc được"),
        (locked(), "tệp không đọc được"),
        (b"\x89PNG" + b"\0" * (received.MOST_BYTES + 1), "quá lớn"),
        (b"MZ" + b"\0" * 100, "không phải ảnh"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_words(content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        report(content)


def test_a_pdf_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "SECONDS", 0.01)
    with pytest.raises(BadInput, match="phức tạp"):
        received.pdf_text(pdf())


def test_bounds_of_a_report() -> None:
    with pytest.raises(BadInput, match="nhiều nhất 5 tệp"):
        report(*[image()] * 6)
    for wrong in (
        {"title": " "},
        {"text": "", "title": "Chỉ có tiêu đề"},
        {"url": "javascript:alert(1)"},
        {"seen": "x" * 600},
    ):
        with pytest.raises(BadInput):
            report(**wrong)
    assert report(image(), text="").document.body is None, "a picture is enough"
    assert report(text="", url="https://mxh.example/1").document.url == "https://mxh.example/1", "an address is enough"


def test_numbers_are_masked_and_the_receipt_makes_one_report() -> None:
    made = report()
    assert "0912345678" not in made.document.text and made.indicators[0].kind == "phone"
    assert made.document.key == report().document.key != report(text="khác").document.key
    assert made.document.outlet == "BHXH Huế" and made.document.source == "bao-tin:Huế"


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def send(client: TestClient, *files: bytes, **changes: str) -> tuple[int, str]:
    form = {"title": "Cuộc gọi lạ", "text": "Đòi nộp tiền.", "token": token(client.get("/bao-tin").text)} | changes
    sent = [("files", (f"{n}.png", content, "image/png")) for n, content in enumerate(files)]
    answer = client.post("/bao-tin", data=form, files=sent or None)
    return answer.status_code, answer.text


def test_the_sender_sees_what_became_of_it(desk: Rig) -> None:
    client = desk.client("province")
    assert send(client, image())[0] == 303
    page = client.get("/bao-tin").text
    assert "Cuộc gọi lạ" in page and "đang chờ đánh giá" in page
    (waiting,) = [one for one in desk.store.documents.unassessed("mới", 9) if one.kind == "report"]
    from records import Reason

    desk.store.settle(waiting, assessment(waiting.key), None, Reason("daily", "report", "Tỉnh báo."), [], NOW)
    desk.store.cases.decide(waiting.key, "routed", "duty_officer", NOW, routed_to="Hà Nội")
    page = client.get("/bao-tin").text
    assert "Tỉnh báo." in page and "đã chuyển đơn vị, chuyển Hà Nội" in page
    item = f"/tin/{store.short_id(waiting.key)}"
    assert item in page and client.get(item).status_code == 200, "one's own report is seen whatever province it names"
    assert "Bạn chưa gửi tin nào" in desk.client("unit").get("/bao-tin").text


def test_a_picture_is_seen_by_few_and_each_look_is_logged(desk: Rig) -> None:
    assert send(desk.client("province"), image())[0] == 303
    (waiting,) = [one for one in desk.store.documents.unassessed("mới", 9) if one.kind == "report"]
    from records import Reason

    desk.store.settle(waiting, assessment(waiting.key), None, Reason("daily", "report", "Tỉnh báo."), [], NOW)
    item = f"/tin/{store.short_id(waiting.key)}"
    intake = desk.store.intakes.get(waiting.key)
    assert intake
    address = f"{item}/anh/{intake.files[0][0]}"
    sender, officer = desk.client("province"), desk.client("duty_officer")
    assert sender.get(address).status_code == 200 and address in sender.get(item).text
    assert officer.get(address).status_code == 409 and address not in officer.get(item).text, "no case is open"
    assert desk.store.audit_log(1)[0].who == "province"
    desk.store.cases.decide(waiting.key, "confirmed", "duty_officer", NOW)
    assert address in officer.get(item).text
    found = officer.get(address)
    assert found.headers["content-type"] == "image/png" and "sandbox" in found.headers["content-security-policy"]
    assert desk.store.audit_log(1)[0].what == "xem ảnh báo tin"
    assert desk.client("viewer").get(address).status_code == 403
    assert officer.get(f"{item}/anh/99999").status_code == 404
    assert officer.get(f"/tin/{'0' * 16}/anh/1").status_code == 404


def test_what_was_typed_is_not_lost_when_a_file_is_refused(desk: Rig) -> None:
    status, text = send(desk.client("province"), b"MZ\0\0", text="Nội dung dài đã gõ.")
    assert status == 422 and "không phải ảnh PNG, JPEG hay PDF" in text and "Nội dung dài đã gõ." in text
    assert not [one for one in desk.store.documents.unassessed("mới", 9) if one.kind == "report"]


def test_a_form_with_files_may_be_larger_and_not_without_bound(desk: Rig) -> None:
    client = desk.client("province")
    assert send(client, image() + b"\0" * 2_000_000)[0] == 303
    assert client.post("/bao-tin", content=b"", headers={"content-length": str(27 * 2**20)}).status_code == 413
    assert client.post("/viec", content=b"", headers={"content-length": str(2**20)}).status_code == 413
