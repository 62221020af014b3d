"""What provinces and units send in, from the desk's form or by mail: words, pictures and PDFs from outside made harmless.

A picture is decoded within bounds and written anew (nothing but its pixels is kept); of a PDF only its words are kept. It
keeps nothing and asks nobody.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import warnings
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

import attached
import masking
import vietnamese
from records import Attachment, BadInput, Document, Indicator, Officer

MOST_FILES = 5
MOST_BYTES = 5 * 2**20
"""of one file"""
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 2400
"""pixels of a kept picture; a larger one is made smaller"""
TITLE, TEXT, SEEN, URL = 300, 50_000, 500, 2000
"""the longest parts of a report, in code points"""


@dataclass(frozen=True, slots=True)
class Received:
    """A report fit to be kept: the document, the scam indicators taken out of it, its pictures."""

    document: Document
    indicators: tuple[Indicator, ...]
    pictures: tuple[Attachment, ...]
    seen: str


def report(
    officer: Officer,
    title: str,
    text: str,
    url: str,
    seen: str,
    files: Sequence[Attachment],
    now: datetime,
    numbers: Container[str],
    domains: Collection[str],
    receipt: str = "",
) -> Received:
    """A report as it may be kept: NFC, masked, bounded. Its key is the content's hash and the time of receipt, or
    `receipt` where that says better that two are one (a mail's Message-ID).

    Raises BadInput with what to do."""
    headline, words, said = (vietnamese.nfc(part).strip() for part in (title, text, seen))
    pictures, pdf = sorted_files(files)
    words = "\n\n".join(part for part in (words, *pdf) if part)
    if not headline or not (words or pictures or url):
        raise BadInput("hãy ghi tiêu đề, và địa chỉ, nội dung hoặc ít nhất một ảnh")
    if url and not url.startswith(("http://", "https://")):
        raise BadInput("địa chỉ phải bắt đầu bằng http:// hoặc https://")
    if len(headline) > TITLE or len(said) > SEEN or len(url) > URL or not url.isprintable():
        raise BadInput("tiêu đề, địa chỉ hoặc phần đã thấy quá dài")
    words = words[:TEXT]
    everything = f"{headline}\n\n{said}\n\n{words}"
    unique = f"{officer.login}\n{receipt or now.isoformat()}\n{everything}" + "".join(digest(one) for one in pictures)
    key = "report:" + hashlib.sha256(unique.encode()).hexdigest()[:32]
    office = f"BHXH {officer.province}" if officer.province else officer.unit or officer.name
    document = Document(
        key, "report", source(officer), office, url, masking.mask(headline, numbers), masking.mask(said, numbers) or None,
        masking.mask(words, numbers) or None, now, now, method="report",
    )  # fmt: skip
    return Received(document, masking.indicators(everything, domains, numbers), tuple(pictures), document.lead or "")


def source(officer: Officer) -> str:
    """Whose reports they are: the province's, the unit's, or the person's own."""
    return f"bao-tin:{officer.province or officer.unit or officer.login}"


def digest(file: Attachment) -> str:
    return hashlib.sha256(file.content).hexdigest()


def sorted_files(files: Sequence[Attachment]) -> tuple[list[Attachment], list[str]]:
    """Pictures written anew, and the words of the PDFs. The content says what a file is, never its name. Raises BadInput."""
    if len(files) > MOST_FILES:
        raise BadInput(f"gửi nhiều nhất {MOST_FILES} tệp một lần")
    pictures: list[Attachment] = []
    words: list[str] = []
    for number, file in enumerate(files, 1):
        if len(file.content) > MOST_BYTES:
            raise BadInput(f"tệp thứ {number} quá lớn: nhiều nhất {MOST_BYTES >> 20} MB")
        if file.content.startswith(b"%PDF-"):
            words.append(pdf_text(file.content))
        else:
            pictures.append(picture(number, file.content))
    return pictures, words


@contextlib.contextmanager
def whole_only() -> Iterator[None]:
    """Within it a picture that breaks off is refused, whatever another library has asked of Pillow (WeasyPrint does)."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def picture(number: int, content: bytes) -> Attachment:
    """A PNG or JPEG written anew, at most LONGEST_SIDE wide and high. Raises BadInput."""
    try:
        with warnings.catch_warnings(), whole_only():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise BadInput(
                        f"tệp thứ {number} quá {MOST_PIXELS // 10**6} triệu điểm ảnh; hãy thu nhỏ rồi gửi lại"
                    )
                kind = opened.format or "PNG"
                plain = ImageOps.exif_transpose(opened).convert("RGB")
    except BadInput:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadInput(f"tệp thứ {number} không phải ảnh PNG, JPEG hay PDF") from None
    except Exception as error:  # decoders raise anything on a broken file
        raise BadInput(f"tệp thứ {number} bị hỏng, không mở được") from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    written = io.BytesIO()
    clean.save(written, kind, **({"quality": 85} if kind == "JPEG" else {"optimize": False}))
    suffix = "jpg" if kind == "JPEG" else "png"
    return Attachment(f"anh-{number}.{suffix}", f"image/{kind.lower()}", written.getvalue())


def pdf_text(content: bytes) -> str:
    """The words of a PDF's first pages. Raises BadInput with what to do."""
    try:
        return attached.words(content)
    except BadInput as error:
        raise BadInput(f"{error}; hãy gửi ảnh chụp trang cần báo") from error
